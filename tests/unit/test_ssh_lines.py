"""Lines of authorized_keys: every reader finds the key that OpenSSH finds, and no other."""

import base64
import os
import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from demo.linux_host import key_line
from demo.ssh_authority import SshIdentity
from offboarding.custody.thumbprints import ssh_fingerprint
from offboarding.model import Credential, Standing
from offboarding.net.sshkeys.lines import KeyFileLine, Unread, fingerprint_of_key, lines
from offboarding.net.sshkeys.wire import string
from offboarding.sources.ldap.entry import Entry
from offboarding.sources.ldap.ssh_keys import ssh_keys_in
from tests.contract.source_contract import of, refs
from tests.support.collected import put_bytes
from tests.support.ssh_lines import drawn, found_by_openssh
from tests.systems.ssh.files import needs_ssh_keygen, read, verifier
from tests.systems.ssh_hosts.written_host import WrittenHost

ONE, TWO = (SshIdentity(seed=seed) for seed in ("one", "two"))
RSA = (b"\1\0\1", b"\0\xff" + b"\7" * 254 + b"\1")
MANY = 805
SEED = secrets.randbelow(10**9) if os.environ.get("LINES_EXAMPLES") else 2026
"""Others each time in `make fuzz`."""


def _by_lines(text: bytes, folder: Path) -> Iterator[str]:
    del folder
    return (line.fingerprint for line in lines(text, options=True) if isinstance(line, KeyFileLine))


def _by_ldap(text: bytes, folder: Path) -> Iterator[str]:
    del folder
    entry = Entry("uid=shared", {"sshpublickey": text.split(b"\n")})
    return (line.fingerprint for _, line in ssh_keys_in(entry, ("sshPublicKey",), []))


def _by_ldap_in_one_value(text: bytes, folder: Path) -> Iterator[str]:
    del folder
    entry = Entry("uid=shared", {"sshpublickey": [text]})
    return (line.fingerprint for _, line in ssh_keys_in(entry, ("sshPublicKey",), []))


def _by_key(text: bytes, folder: Path) -> Iterator[str]:
    del folder
    return filter(None, (fingerprint_of_key(line, options=True)[0] for line in text.decode().split("\n")))


def _by_host(text: bytes, folder: Path) -> Iterator[str]:
    host = WrittenHost(folder=folder)
    host.person("alice").authorize(*text.decode().split("\n"))
    host.write()
    facts = list(host.source().collect())
    looked = host.source().detail(refs(iter(facts), "alice"))
    return (each.native_id.removeprefix("cert-authority ") for each in of(Credential, looked))


def _by_fleet(text: bytes, folder: Path) -> Iterator[str]:
    put_bytes(folder, "web1/home/deploy/.ssh/authorized_keys", text)
    keys, _, _ = read(verifier(folder))
    return (native_id.partition(":")[2] for native_id in keys)


READERS = (_by_lines, _by_ldap, _by_ldap_in_one_value, _by_key, _by_host, _by_fleet)


@pytest.fixture(scope="module")
def written() -> tuple[list[str], list[str]]:
    """Lines, and what OpenSSH finds in them."""
    given = drawn(MANY, SEED)
    return given, found_by_openssh(given)


@needs_ssh_keygen
@pytest.mark.parametrize("reader", READERS, ids=[reader.__name__.removeprefix("_by_") for reader in READERS])
def test_each_reader_finds_the_keys_that_openssh_finds(
    reader: Callable[[bytes, Path], Iterator[str]], written: tuple[list[str], list[str]], tmp_path: Path
) -> None:
    given, found = written
    assert MANY // 3 < len(found) < MANY

    mine = list(reader("\n".join(given).encode(), tmp_path))

    assert sorted(mine) == sorted(found), f"seed {SEED}"


@pytest.mark.parametrize(
    ("line", "key"),
    [
        (ONE.line, ONE),
        (f"{ONE.line} {TWO.line}", ONE),
        (f"{ONE.line}\r", ONE),
        (f" \t {ONE.line} kim", ONE),
        (ONE.line.replace(" ", " \t "), ONE),
        (f"no-pty \t {ONE.line}", ONE),
        (f'command="a \\"b\\" c" {ONE.line}', ONE),
        # A backslash escapes a quote alone: behind two of them the quote is escaped all the same.
        (f'command="echo \\\\" {ONE.line} " {TWO.line}', TWO),
        (f'command="echo \\\\\\\\" {ONE.line} " {TWO.line}', TWO),
        (f'command="echo \\n" {ONE.line} " {TWO.line}', ONE),
        (f'\\" {ONE.line}', ONE),
        (f"ssh-rsa {ONE.line}", ONE),
        (f"ssh-ed25519 {ONE.line}", ONE),
        (f"\xa0{ONE.line}", None),
        (f"\ufeff{ONE.line}", None),
        (f"no-pty\xa0{ONE.line}", None),
        (f'command="open {ONE.line}', None),
        (f"# {ONE.line}", None),
        (f"rsa-sha2-256 {ONE.line.split()[1]}", None),
    ],
)
def test_a_line(line: str, key: SshIdentity | None) -> None:
    found = [each.fingerprint for each in lines(line.encode(), options=True) if isinstance(each, KeyFileLine)]

    assert found == ([key.fingerprint] if key else [])


def _rsa(kind: str, *numbers: bytes, named: bytes = b"ssh-rsa") -> str:
    return f"{kind} {base64.b64encode(b''.join(map(string, (named, *numbers)))).decode()}"


@pytest.mark.parametrize(
    "line",
    [
        _rsa("ssh-rsa", *RSA),
        _rsa("rsa-sha2-512", *RSA),
        _rsa("ssh-rsa", *RSA, named=b"rsa-sha2-256"),
        _rsa("ssh-rsa", b"\0" + RSA[0], b"\0\0" + RSA[1]),
    ],
)
def test_a_key_has_one_fingerprint_however_it_is_written(line: str) -> None:
    (found,) = lines(line.encode(), options=True)

    assert isinstance(found, KeyFileLine)
    assert found.found.type == "ssh-rsa"
    assert found.fingerprint == ssh_fingerprint(b"".join(map(string, (b"ssh-rsa", *RSA))))


def test_an_rsa_key_of_odd_numbers_is_a_key() -> None:
    (found,) = lines(_rsa("ssh-rsa", b"\2", RSA[1]).encode(), options=True)

    assert isinstance(found, KeyFileLine)
    assert found.found.type == "ssh-rsa"


@pytest.mark.parametrize(
    "text",
    ["", "ssh-rsa", "-----BEGIN PUBLIC KEY-----\nMIIB\n", "\udc80", f"{ONE.line}\n{TWO.line}", f'from="x" {ONE.line}'],
)
def test_a_text_that_is_not_one_key_has_no_fingerprint(text: str) -> None:
    assert fingerprint_of_key(text)[0] == ""


def test_blanks_between_the_words_of_a_key_change_nothing() -> None:
    assert fingerprint_of_key(ONE.line.replace(" ", "  ")) == fingerprint_of_key(ONE.line)


@pytest.mark.parametrize(
    ("options", "names", "ends", "odd"),
    [
        ("no-pty,Restrict", ("no-pty", "restrict"), None, False),
        ('command="a,cert-authority"', ("command",), None, False),
        ('command=x"a,cert-authority,b"', (), None, True),
        ("no-pty,", (), None, True),
        ("no-pty,,restrict", ("no-pty",), None, True),
        ('expiry-time="20200101Z"', ("expiry-time",), "2020-01-01 00:00", False),
        ('expiry-time="202001010203utc"', ("expiry-time",), "2020-01-01 02:03", False),
        ('expiry-time="20200101"', ("expiry-time",), "2020-01-01 12:00", False),
        ('expiry-time="20300101Z",expiry-time="20200101Z"', ("expiry-time",) * 2, "2020-01-01 00:00", False),
        ('expiry-time="99999999Z"', ("expiry-time",), None, True),
        ('expiry-time="2020010100Z"', ("expiry-time",), None, True),
        ('expiry-time="soon"', ("expiry-time",), None, True),
        ("expiry-time", ("expiry-time",), None, True),
    ],
)
def test_options(options: str, names: tuple[str, ...], ends: str | None, odd: bool) -> None:
    (found,) = lines(f"{options} {ONE.line}".encode(), options=True)

    assert isinstance(found, KeyFileLine)
    at = datetime.strptime(ends, "%Y-%m-%d %H:%M").replace(tzinfo=UTC) if ends else None
    assert (found.options, found.expires_at, found.odd_options) == (names, at, odd)


def test_options_that_sshd_may_refuse_are_not_checked(tmp_path: Path) -> None:
    host = WrittenHost(folder=tmp_path)
    host.person("alice").authorize(f'expiry-time="99999999" {key_line(7)}')

    (key,) = host.credentials("alice")

    assert key.standing is Standing.UNKNOWN
    assert "sshd may refuse the options" in key.standing_reason


def test_of_a_line_that_is_no_key_nothing_is_told() -> None:
    """It may be a private key."""
    secret = "b3BlbnNzaC1rZXktdjEAAAAA"
    for text in (secret, f"ssh-ed25519 {secret}", f"ssh-ed25519 {secret}!", f'x="{secret}'):
        (unread,) = lines(text.encode(), options=True)

        assert isinstance(unread, Unread)
        assert secret not in unread.sentence
