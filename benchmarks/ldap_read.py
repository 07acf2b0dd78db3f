"""How fast a directory is read, and in how much memory: ours, ldapsearch and a bare ldap3 loop on one slapd.

    .venv/bin/python benchmarks/ldap_read.py [entries]

All read the same entries with the same attributes in pages of 1,000, over StartTLS with the certificate verified.
"the read": our pages of entries, each ended by result 0. "the source": all that a night takes of it, accounts and keys
in our own form, what may be seen and who is privileged asked first.
"""

import base64
import hashlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import ldap3
import structlog

from demo import slapd
from demo.certificates import make_certificate
from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.model import Account
from offboarding.sources.ldap import Settings, build
from offboarding.sources.ldap.session import opened
from offboarding.sources.ldap.tls import VerifiedTls

SUFFIX = "dc=corp,dc=example"
ADMIN, PASSWORD = f"cn=admin,{SUFFIX}", "bench"
WITNESS = f"uid=witness,{SUFFIX}"
FILTER = "(objectClass=inetOrgPerson)"
ATTRIBUTES = (
    *("uid", "cn", "mail", "employeeNumber", "entryUUID", "createTimestamp", "creatorsName", "objectClass", "manager"),
)
ENTRIES, PAGE, ROUNDS = 100_000, 1000, 5


def main(entries: int) -> None:
    """Each way in turn, several times; the medians are compared."""
    with tempfile.TemporaryDirectory() as folder:
        ldif = Path(folder) / "many.ldif"
        ldif.write_text(_ldif(entries), encoding="ascii")
        tls = make_certificate(Path(folder) / "tls")
        settings = slapd.Settings(suffix=SUFFIX, admin_dn=ADMIN, admin_password=PASSWORD, ldif=ldif, tls=tls)
        with slapd.running(Path(folder) / "slapd", settings) as server:
            fields = connection(server.port, tls.authority)
            ways: Mapping[str, Callable[[], int]] = {
                "ldapsearch": lambda: with_ldapsearch(server, tls.authority, Path(folder)),
                "the read": lambda: with_ours(fields),
                "the source": lambda: whole(fields),
                "ldap3": lambda: with_ldap3(server, tls.authority),
            }
            took = timed(ways, entries)
            memory = memory_of(server.port, tls.authority, entries)
    print(f"bench ldap_vs_ldapsearch ratio={took['the read'] / took['ldapsearch']:.2f} goal=2.2")
    print(f"bench ldap_vs_ldap3 ratio={took['the read'] / took['ldap3']:.2f} goal=0.25")
    print(f"bench ldap_source_vs_ldapsearch ratio={took['the source'] / took['ldapsearch']:.2f} goal=2.2")
    print(f"bench ldap_source_vs_ldap3 ratio={took['the source'] / took['ldap3']:.2f} goal=0.25")
    print(f"bench ldap_memory_mb ratio={memory:.0f} goal=150")


def timed(ways: Mapping[str, Callable[[], int]], entries: int) -> dict[str, float]:
    """The median of some rounds, in seconds. In turn, so that whatever else the machine does meets them alike."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, read in ways.items():
            began = time.perf_counter()
            count = read()
            seconds[name].append(time.perf_counter() - began)
            # The witness isn't anybody's, and the source leaves it out.
            assert count in {entries, entries + 1}, f"{name} read {count} of {entries}"
    for name, each in seconds.items():
        print(f"{name:12} {entries:,} entries in {statistics.median(each):5.2f} s ({min(each):.2f}-{max(each):.2f})")
    return {name: statistics.median(each) for name, each in seconds.items()}


def with_ldapsearch(server: slapd.Server, authority: Path, folder: Path) -> int:
    """OpenLDAP's own client, its output thrown away but for the number of entries."""
    program = slapd.find_program()
    beside = program.binary.parent.parent / "bin" / "ldapsearch"
    secret = folder / "secret"
    secret.touch(mode=0o600)
    secret.write_text(PASSWORD, encoding="ascii")
    command = [beside if beside.exists() else "ldapsearch", "-x", "-ZZ", "-H", server.uri, "-D", ADMIN, "-y", secret]
    command += ["-LLL", "-o", "ldif-wrap=no", "-E", f"pr={PAGE}/noprompt", "-b", SUFFIX, FILTER, *ATTRIBUTES]
    with (folder / "found.ldif").open("w+b") as found:
        environment = program.environment() | {"LDAPTLS_CACERT": str(authority), "LDAPTLS_REQCERT": "demand"}
        subprocess.run(command, stdout=found, env=environment, check=True)
        found.seek(0)
        return found.read().count(b"dn: ")


def with_ours(fields: ConnectionFields) -> int:
    """The pages that our source reads."""
    with opened(fields, source="bench", count=lambda _: None) as session:
        return sum(len(page) for page in session.search(SUFFIX, FILTER, ATTRIBUTES, page_size=PAGE))


def whole(fields: ConnectionFields) -> int:
    """Everything that a night takes of it."""
    settings = Settings(name="bench", kind="ldap", connection="bench", base_dn=SUFFIX, witness=WITNESS)
    context = ReadContext(as_of=datetime.now(UTC), default_zone="UTC", service_patterns=("svc-*",))
    return sum(isinstance(fact, Account) for fact in build(settings, fields, "", context).collect())


def with_ldap3(server: slapd.Server, authority: Path) -> int:
    """The loop that ldap3's documentation shows, in its fastest strategy."""
    ldap = ldap3.Server(server.host, port=server.port, get_info=ldap3.NONE, tls=VerifiedTls(str(authority)))
    with ldap3.Connection(ldap, ADMIN, PASSWORD, auto_bind=ldap3.AUTO_BIND_TLS_BEFORE_BIND) as client:
        search = client.extend.standard.paged_search
        return sum(1 for _ in search(SUFFIX, FILTER, attributes=ATTRIBUTES, paged_size=PAGE, generator=True))


def connection(port: int, authority: Path) -> ConnectionFields:
    """As Airflow would give it."""
    return ConnectionFields(
        conn_id="bench",
        host="127.0.0.1",
        port=port,
        login=ADMIN,
        password=PASSWORD,
        extra={"tls": "starttls", "ca_certs_file": str(authority)},
    )


def memory_of(port: int, authority: Path, entries: int) -> float:
    """Peak MB of a process that reads the source, less a bare interpreter's."""
    interpreter = [sys.executable, "-c", "import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"]
    reader = [sys.executable, __file__, "--peak", str(port), str(authority), str(entries)]
    # A child's peak begins with its parent's, where it's forked and not yet its own program: sh is small.
    bare, peak = (
        int(subprocess.run(["sh", "-c", '"$@"', "sh", *command], capture_output=True, text=True, check=True).stdout)
        for command in (interpreter, reader)
    )
    print(f"peak memory of the source {peak / 1024:.0f} MB, of a bare interpreter {bare / 1024:.0f} MB")
    return (peak - bare) / 1024


def print_peak(port: str, authority: str, entries: str) -> None:
    """In the process whose memory is measured."""
    assert whole(connection(int(port), Path(authority))) == int(entries)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def _ldif(entries: int) -> str:
    person = "objectClass: inetOrgPerson\nobjectClass: ldapPublicKey\nsn: P"
    blocks = [f"dn: {SUFFIX}\nobjectClass: domain\ndc: corp\n"]
    blocks.append(f"dn: {WITNESS}\n{person}\nuid: witness\ncn: witness\nsshPublicKey: {_ssh_key(entries)}\n")
    blocks += [
        f"dn: uid=p{number},{SUFFIX}\n{person}\nuid: p{number}\ncn: Person {number}\n"
        f"mail: p{number}@corp.example\nemployeeNumber: {number}\nmanager: uid=p{number // 10},{SUFFIX}\n"
        + (f"sshPublicKey: {_ssh_key(number)}\n" if number % 10 == 0 else "")
        for number in range(entries)
    ]
    return "\n".join(blocks)


def _ssh_key(number: int) -> str:
    body = hashlib.sha256(str(number).encode()).digest()
    blob = b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + body
    return f"ssh-ed25519 {base64.b64encode(blob).decode()} p{number}"


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    if sys.argv[1:2] == ["--peak"]:
        print_peak(*sys.argv[2:])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else ENTRIES)
