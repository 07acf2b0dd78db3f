"""How fast a directory is read: our decoder against ldap3's own, over the same pages of the same slapd.

.venv/bin/python benchmarks/ldap_read.py [entries]
"""

import base64
import hashlib
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import ldap3

from include.offboarding.demo import slapd
from include.offboarding.interfaces import ConnectionFields, ReadContext
from include.offboarding.sources._ldap.session import opened
from include.offboarding.sources.ldap import Settings, build

SUFFIX = "dc=corp,dc=example"
ADMIN = f"cn=admin,{SUFFIX}"
ATTRIBUTES = (
    "uid",
    "cn",
    "mail",
    "employeeNumber",
    "entryUUID",
    "createTimestamp",
    "creatorsName",
    "objectClass",
    "manager",
)
PAGE = 1000


def main(entries: int) -> None:
    """Read that many entries three ways."""
    with tempfile.TemporaryDirectory() as folder:
        ldif = Path(folder) / "many.ldif"
        ldif.write_text(_ldif(entries), encoding="ascii")
        settings = slapd.Settings(suffix=SUFFIX, admin_dn=ADMIN, admin_password="bench", ldif=ldif)  # noqa: S106
        with slapd.running(Path(folder) / "slapd", settings) as server:
            fields = ConnectionFields(
                conn_id="bench",
                host=server.host,
                port=server.port,
                login=ADMIN,
                password="bench",  # noqa: S106
                extra={"tls": "none"},
            )
            _report("ldap3's own", entries, lambda: _with_ldap3(server))
            _report("our decoder", entries, lambda: _with_ours(fields))
            _report("whole source", entries, lambda: _whole(fields))


def _report(name: str, entries: int, read: Callable[[], int]) -> None:
    began = time.perf_counter()
    count = read()
    seconds = time.perf_counter() - began
    tracemalloc.start()
    read()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count >= entries, f"{count} of {entries}"
    print(f"{name:14} {count:>8,} entries in {seconds:6.2f} s  {count / seconds:>9,.0f}/s  peak {peak / 1e6:5.1f} MB")


def _with_ldap3(server: slapd.Server) -> int:
    ldap = ldap3.Server(server.host, port=server.port, get_info=ldap3.NONE)
    with ldap3.Connection(ldap, ADMIN, "bench", return_empty_attributes=False) as client:
        pages = client.extend.standard.paged_search(SUFFIX, "(uid=*)", attributes=ATTRIBUTES, paged_size=PAGE)
        return sum(1 for _ in pages)


def _with_ours(fields: ConnectionFields) -> int:
    with opened(fields, source="bench", count=lambda _: None) as session:
        pages = session.search(SUFFIX, "(uid=*)", ATTRIBUTES, page_size=PAGE)
        return sum(len(page) for page in pages)


def _whole(fields: ConnectionFields) -> int:
    settings = Settings(name="bench", kind="ldap", connection="bench", base_dn=SUFFIX)
    context = ReadContext(as_of=datetime.now(UTC), default_zone="UTC")
    return sum(1 for _ in build(settings, fields, "", context).collect())


def _ldif(entries: int) -> str:
    blocks = [f"dn: {SUFFIX}\nobjectClass: domain\ndc: corp\n"]
    for number in range(entries):
        key = base64.b64encode(hashlib.sha256(str(number).encode()).digest()).decode()
        blocks.append(
            f"dn: uid=p{number},{SUFFIX}\nobjectClass: inetOrgPerson\nuid: p{number}\ncn: Person {number}\nsn: P\n"
            f"mail: p{number}@corp.example\nemployeeNumber: {number}\nmanager: uid=p{number // 10},{SUFFIX}\n"
            f"description: {key}\n"
        )
    return "\n".join(blocks)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
