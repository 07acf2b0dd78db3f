"""Encrypted and signed feeds, by a real program and by real keys: sqop's, and GnuPG's."""

import gzip
import io
import os
import resource
import subprocess
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from offboarding.config.init.asking import Answers
from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import IncompleteReadError
from offboarding.rosters.csv import CsvRoster, openpgp, propose
from tests.contract.roster_contract import RosterContract, Streams, failure_of
from tests.systems.csv.conftest import Build, Deliver, build, publish
from tests.systems.csv.openpgp import GPG, PASSPHRASE, Gnupg, Keyring, in_reach, sqop
from tests.systems.csv.sshd import sshd
from tests.systems.csv.workbooks import Worksheet, workbook

pytestmark = pytest.mark.rosters

__all__ = ["build", "publish"]

Read = Callable[..., CsvRoster]
FEED = b"id\n1\n2\n"


@pytest.fixture(autouse=True)
def _installed(monkeypatch: pytest.MonkeyPatch) -> None:
    in_reach(monkeypatch)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keyring:
    return Keyring(folder=tmp_path_factory.mktemp("keys")).made("ours", "locked", "hr", "stranger")


@pytest.fixture(scope="module")
def gnupg(keys: Keyring) -> Iterator[Gnupg]:
    """HR's, with a key. Its agent's socket wants a short path."""
    if not GPG:
        pytest.skip("this machine has no gpg")
    home = Path(f"/tmp/offboarding-gpg-{os.getpid()}")
    home.mkdir(mode=0o700)
    try:
        made = Gnupg(home=home)
        made("--quick-generate-key", "hr@corp.example", "rsa2048", "sign,cert", "never")
        made("--import", given=keys.read("ours.cert"))
        (home / "hr.cert").write_bytes(made("--export", "hr@corp.example"))
        yield made
    finally:
        subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=False)
        subprocess.run(["rm", "-rf", home], check=True)


@pytest.fixture
def roster(keys: Keyring, tmp_path: Path, build: Build) -> Read:
    """Of a file of this content, signed by HR's key unless told otherwise."""

    def made(content: bytes, fields: ConnectionFields | None = None, **given: object) -> CsvRoster:
        (tmp_path / "hr.csv.pgp").write_bytes(content)
        plain = {"coverage": "active", "columns": {"worker_id": "id"}, "connection": "hr_pgp"}
        plain |= {"signed_by": str(keys.folder / "hr.cert")}
        return build(tmp_path / "hr.csv.pgp", connection_fields=fields or keys.connection(), **(plain | given))

    return made


@pytest.fixture
def deliver(keys: Keyring, tmp_path: Path) -> Deliver:
    def delivered(text: str) -> tuple[str, Mapping[str, object]]:
        path = tmp_path / "hr_20261124.csv.pgp"
        path.write_bytes(keys.message(text.encode()))
        given = {"connection": "hr_pgp", "connection_fields": keys.connection()}
        return str(path), given | {"signed_by": str(keys.folder / "hr.cert")}

    return delivered


class TestContract(Streams, RosterContract):
    pass


def ids(roster: CsvRoster) -> list[str]:
    return [worker.worker_id for worker in roster.read()]


def refused(roster: CsvRoster) -> str:
    error = failure_of(roster, PASSPHRASE, "PRIVATE KEY")
    assert isinstance(error, IncompleteReadError)
    assert "Nothing was concluded from this read" in str(error)
    return str(error)


# --- what is opened ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("armored", (True, False))
@pytest.mark.parametrize("by", ("hr", ""))
def test_a_message_is_opened(keys: Keyring, roster: Read, by: str, armored: bool) -> None:
    given = {} if by else {"signed_by": None}

    assert ids(roster(keys.message(FEED, by=by, armored=armored), **given)) == ["1", "2"]


def test_a_key_may_have_a_passphrase(keys: Keyring, roster: Read) -> None:
    message = keys.message(FEED, to="locked")

    assert ids(roster(message, keys.connection("locked", pgp_passphrase=PASSPHRASE))) == ["1", "2"]
    for phrase in ({}, {"pgp_passphrase": "canary-not-this"}):
        assert "pgp_private_key has a passphrase, and pgp_passphrase isn't it" in refused(
            roster(message, keys.connection("locked", **phrase))
        )


def test_what_is_packed_within_is_unpacked(keys: Keyring, roster: Read) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("hr.csv", FEED)
    for content in (
        gzip.compress(FEED),
        packed.getvalue(),
        workbook({"Staff": Worksheet(rows=[["id"], ["1"], ["2"]])}),
    ):
        assert ids(roster(keys.message(content))) == ["1", "2"]


def test_what_no_feed_is_stays_none_within(keys: Keyring, roster: Read) -> None:
    for content, said in (
        (b"%PDF-1.7", "is a PDF, no delimited text"),
        (gzip.compress(b"<html>"), "is a web page, no delimited text"),
        (keys.message(FEED), "is an OpenPGP message within something else"),
        (gzip.compress(keys.message(FEED, armored=False)), "is an OpenPGP message within something else"),
    ):
        assert said in refused(roster(keys.message(content)))


def test_a_feed_that_says_the_same_is_known_although_no_two_messages_are_alike(keys: Keyring, roster: Read) -> None:
    seen: set[str] = set()
    for content in (FEED, FEED, b"id\n1\n"):
        reading = roster(keys.message(content))
        ids(reading)
        assert reading.summary
        seen.add(reading.summary.digest)

    assert len(seen) == 2


def test_a_manifest_is_of_what_was_delivered(keys: Keyring, roster: Read, tmp_path: Path) -> None:
    message = keys.message(FEED)
    (tmp_path / "hr.csv.pgp.done").write_text(f"bytes={len(message)} rows=2")
    given = {"manifest": {"path": "{name}.done", "pattern": r"bytes=(?P<bytes>\d+) rows=(?P<rows>\d+)"}}

    reading = roster(message, **given)

    assert ids(reading) == ["1", "2"]
    assert reading.summary
    assert reading.summary.proved


@pytest.mark.parametrize("options", ([], ["--compress-algo", "none"], ["--compress-algo", "bzip2"], ["--armor"]))
def test_gnupgs_messages_are_opened(gnupg: Gnupg, roster: Read, options: list[str]) -> None:
    """By default it packs what it signs, before it encrypts."""
    message = gnupg.message(FEED, *options)

    assert ids(roster(message, signed_by=str(gnupg.home / "hr.cert"))) == ["1", "2"]
    assert "bears no signature that holds" in refused(roster(message))


def test_it_comes_by_sftp(keys: Keyring, tmp_path: Path, build: Build) -> None:
    """As most of them do: one connection holds both keys."""
    with sshd(tmp_path) as server:
        server.put("out/hr.csv.pgp", keys.message(FEED))
        told = {"host_key": server.key("host_ed25519.pub"), "private_key": server.key("reader")}
        fields = server.connection({**told, **keys.connection().extra}, password="")
        given = {"coverage": "active", "columns": {"worker_id": "id"}, "connection": "hr_drop"}
        given |= {"signed_by": str(keys.folder / "hr.cert")}

        assert ids(build(server.address("out/*.pgp"), connection_fields=fields, **given)) == ["1", "2"]


def test_a_first_look_opens_it_and_says_who_may_have_made_it(keys: Keyring, tmp_path: Path) -> None:
    (tmp_path / "hr.csv.pgp").write_bytes(keys.message(b"Employee ID,Work Email\n1,a@corp.example\n2,b@corp.example\n"))

    answers = Answers(given={"coverage": "active"}, interactive=False)

    proposal = propose(str(tmp_path / "hr.csv.pgp"), keys.connection(), answers.about("hr"))

    assert proposal.settings["columns"] == {"worker_id": "Employee ID", "mail": "Work Email"}
    assert any("Where HR signs, name its certificate in signed_by" in note for note in proposal.notes)


# --- whose it is ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ("", "stranger", "ours"))
def test_what_hr_did_not_sign_is_not_looked_at(keys: Keyring, roster: Read, by: str) -> None:
    said = refused(roster(keys.message(FEED, by=by)))

    assert "hr.csv.pgp bears no signature that holds: none at all, another's, or" in said
    assert f"Where HR signs by another key now, put its certificate into {keys.folder / 'hr.cert'}." in said


@pytest.mark.parametrize("content", (FEED, gzip.compress(FEED), b"id\n"))
def test_a_file_without_any_signature_is_refused(roster: Read, content: bytes) -> None:
    assert "is no OpenPGP message, and signed_by asks for a signature" in refused(roster(content))


def test_several_may_sign(keys: Keyring, roster: Read) -> None:
    both = keys.folder / "both.cert"
    both.write_bytes(keys.read("stranger.cert") + keys.read("hr.cert"))

    assert ids(roster(keys.message(FEED), signed_by=str(both))) == ["1", "2"]


def test_a_key_that_was_revoked_signs_nothing(keys: Keyring, roster: Read) -> None:
    revoked = keys.folder / "revoked.cert"
    revoked.write_bytes(sqop("revoke-key", given=keys.read("hr.key")))

    assert "of a key that was revoked" in refused(roster(keys.message(FEED), signed_by=str(revoked)))


def test_a_key_that_had_expired_signs_nothing(keys: Keyring, gnupg: Gnupg, roster: Read) -> None:
    """Its holder has given it more time since, and HR's certificate that we have says nothing of that."""
    login, expired = "late@corp.example", keys.folder / "expired.cert"
    gnupg("--faked-system-time", "20261001T000000", "--quick-generate-key", login, "rsa2048", "sign,cert", "30d")
    expired.write_bytes(gnupg("--export", login))
    listed = gnupg("--list-keys", "--with-colons", login).decode().splitlines()
    (fingerprint, *_) = [line.split(":")[9] for line in listed if line.startswith("fpr")]
    gnupg("--quick-set-expire", fingerprint, "0")

    message = gnupg.message(FEED, by=login)

    assert "or had expired" in refused(roster(message, signed_by=str(expired)))
    renewed = keys.folder / "renewed.cert"
    renewed.write_bytes(gnupg("--export", login))
    assert ids(roster(message, signed_by=str(renewed))) == ["1", "2"]


# --- what can't be opened ---------------------------------------------------------------------------------------------


def test_a_message_for_another_is_refused(keys: Keyring, roster: Read) -> None:
    (keys.folder / "word").write_text("a password")
    symmetric = sqop("encrypt", f"--with-password={keys.folder / 'word'}", given=FEED)

    for message in (keys.message(FEED, to="stranger"), symmetric):
        assert "is encrypted, and not for pgp_private_key. " in refused(roster(message))


@pytest.mark.parametrize("size", (100, 60 << 20), ids=("small", "larger than what is held back"))
def test_what_was_cut_off_or_changed_is_refused(keys: Keyring, roster: Read, size: int) -> None:
    rows = b"id\n" + b"".join(b"%d\n" % number for number in range(size // 8))
    message = keys.message(rows, armored=False)

    for spoiled in (
        message[:-30],
        message[: len(message) // 2],
        message[:-40] + bytes([message[-40] ^ 1]) + message[-39:],
    ):
        said = refused(roster(spoiled))
        assert "is no whole OpenPGP message: it was cut off, or changed on its way" in said or "not for" in said


def test_a_message_that_unpacks_to_more_than_anybody_has(gnupg: Gnupg, roster: Read) -> None:
    """64 MB of noughts in some kilobytes; nothing of it is kept, here or in the other process."""
    message = gnupg.message(FEED + bytes(64 << 20), "--compress-algo", "zlib", "-z", "9")
    assert len(message) < 200_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    said = refused(roster(message, signed_by=str(gnupg.home / "hr.cert"), max_megabytes=8))

    assert "holds more than 8 MB" in said
    assert "raise max_megabytes" in said
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000
    assert not _running()


def test_a_program_that_never_ends_is_left_in_time(
    keys: Keyring, roster: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin/sqop"
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    begun = time.monotonic()

    assert "has no end within the time" in refused(roster(keys.message(FEED), max_read_minutes=0.5 / 60))
    assert time.monotonic() - begun < 10


def test_a_program_that_dies_is_no_end_of_the_feed(
    keys: Keyring, roster: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second time, half-way."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin/sqop"
    real = f'LD_LIBRARY_PATH="{os.environ["LD_LIBRARY_PATH"]}" exec {openpgp.shutil.which("sqop")} "$@"'
    once = f"test -e {tmp_path}/once && {{ printf 'id\\n1\\n'; kill -9 $$; }}; touch {tmp_path}/once\n"
    program.write_text(f"#!/bin/sh\n{once}{real}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")

    assert "is no whole OpenPGP message" in refused(roster(keys.message(FEED)))


def test_nothing_runs_on_when_nobody_reads_on(keys: Keyring, roster: Read) -> None:
    rows = b"id\n" + b"".join(b"%d\n" % number for number in range(1_000_000))
    workers = roster(keys.message(rows)).read()
    next(workers)
    workers.close()  # pyrefly: ignore[missing-attribute]

    assert not _running()


def _running() -> bool:
    """Whether a program of ours still runs."""
    mine = (Path("/proc") / str(os.getpid()) / "task").glob("*/children")
    children = {child for each in mine for child in each.read_text().split()}
    return any((Path("/proc") / each / "comm").read_text().strip() == "sqop" for each in children)
