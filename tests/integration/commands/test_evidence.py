"""evidence: what auditors get of a period, and that nothing in it can be changed unseen."""

import csv
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from psycopg.types.json import Jsonb

from offboarding.model import IdentityKeyKind, NobodyChecked, Standing
from offboarding.model.errors import RetriableError
from offboarding.report.evidence import verify
from offboarding.rules import all_rules
from offboarding.store import embedded, exceptions, recorded, runs
from offboarding.store.connect import Session, opened
from offboarding.store.purge import purge
from tests.integration.commands.conftest import Type, Typed
from tests.integration.commands.test_custody import SETTINGS
from tests.support.database import TEMPLATE, cloned
from tests.support.listed_tracker import ListedTracker
from tests.support.office import HeardTracker, Office, access_key, locked, login, switched_off, user
from tests.support.rows import versions
from tests.support.small_company import LEFT, NIGHT, job, number, tag, worker
from tests.support.source_tree import PROJECT

pytestmark = pytest.mark.slow

HOSTILE = "=cmd|'/c calc'!A1,\"\r\n\x1b[31m\u202e"
KIM = worker("1042", LEFT, mail="kim@corp.example", name=HOSTILE)
LEE = worker("1043", LEFT, mail="lee@corp.example", name="Lee Jieun")
OLD = worker("1001", job("left", last="2026-08-13"))
STAFF = worker("1044", mail="park@corp.example", name="Park")
CLOUD_USER = user("AIDAKIM", tag(IdentityKeyKind.NUMBER, "1042"))


def company(session: Session) -> Office:
    """Kim's login is locked by the second night, and of his two keys one is switched off; Lee's login may stand for a
    while. In the third night the cloud can't be read.
    """
    office = Office(session=session, tracker=HeardTracker(ListedTracker()))
    office.as_of = NIGHT - timedelta(days=1)
    office.hr.workers = [KIM, LEE, OLD, STAFF]
    office.directory.accounts = [
        login("kim", number("1042")),
        login("lee", number("1043")),
        login("park", number("1044")),
    ]
    office.cloud.accounts = [CLOUD_USER]
    office.cloud.credentials = [access_key("AKIAWORKS", CLOUD_USER), access_key("AKIAOFF", CLOUD_USER)]
    expires = (office.as_of + timedelta(days=20)).date()
    waiver = {"source": "corp-ldap", "account": "lee", "reason": HOSTILE, "approver": "Soyeon", "expires": expires}
    office.let_stand = {"exceptions": [waiver]}
    office.night()
    office.directory.change("kim", **locked())
    office.cloud.change("AKIAOFF", **switched_off())
    office.night()
    office.cloud.error = RetriableError("aws: no answer.")
    office.night()
    return office


def again(session: Session) -> Office:
    """The same company after those nights."""
    office = Office(session=session, tracker=HeardTracker(ListedTracker()))
    office.as_of = NIGHT + timedelta(days=2)
    office.hr.workers = [KIM, LEE, OLD, STAFF]
    office.directory.accounts = [
        login("kim", number("1042")),
        login("lee", number("1043")),
        login("park", number("1044")),
    ]
    office.directory.change("kim", **locked())
    office.cloud.accounts = [CLOUD_USER]
    office.cloud.credentials = [access_key("AKIAWORKS", CLOUD_USER), access_key("AKIAOFF", CLOUD_USER)]
    office.cloud.change("AKIAOFF", **switched_off())
    return office


@pytest.fixture(scope="module")
def three_nights(store_server: embedded.EmbeddedServer) -> Iterator[str]:
    with cloned(store_server) as name:
        with opened(store_server.connection_kwargs(dbname=name)) as session:
            company(session)
        yield name


@pytest.fixture
def store_template(three_nights: str) -> str:
    return three_nights or TEMPLATE


@dataclass(frozen=True, kw_only=True)
class Packing:
    """Packs made of those nights."""

    deciding: Type
    folder: Path
    configured: Path
    key: Path
    public: Path

    def asked(self, *words: str, out: str = "pack", last: str = "2026-11-30") -> Typed:
        return self.deciding("evidence", "--from", "2026-11-01", "--to", last, "--out", str(self.folder / out), *words)

    def made(self, *words: str, out: str = "pack", last: str = "2026-11-30") -> Path:
        done = self.asked(*words, out=out, last=last)
        assert done.code == 0, done.err
        return self.folder / out

    def signed(self) -> Path:
        return self.made("--sign-with", str(self.key))

    def set_policy(self, **policy: Any) -> None:
        self.configured.write_text(yaml.safe_dump({**SETTINGS, "policy": policy}), encoding="utf-8")


@pytest.fixture(autouse=True)
def in_december(monkeypatch: pytest.MonkeyPatch) -> None:
    """The period is over, whenever the tests run."""
    monkeypatch.setattr("offboarding.cli.evidence.today", lambda _zone: date(2026, 12, 1))


@pytest.fixture
def packing(deciding: Type, configured: Path, tmp_path: Path) -> Packing:
    key = Ed25519PrivateKey.generate()
    made = Packing(
        deciding=deciding, folder=tmp_path, configured=configured, key=tmp_path / "k.pem", public=tmp_path / "p.pem"
    )
    written(made.key, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    made.public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    made.set_policy()
    return made


def written(path: Path, octets: bytes, mode: int = 0o600) -> Path:
    path.write_bytes(octets)
    path.chmod(mode)
    return path


def rows(pack: Path, name: str) -> list[dict[str, Any]]:
    return list(verify.rows(pack, name))


def verified(pack: Path, *words: str) -> int:
    """By the script alone: no path to this project."""
    command = [sys.executable, "-I", str(Path(verify.__file__)), str(pack), *words]
    return subprocess.run(command, capture_output=True, check=False, cwd="/").returncode


def test_each_thing_is_seen_dead_works_or_is_not_known(packing: Packing) -> None:
    things = {row["native_id"]: row for row in rows(packing.made(), "things")}

    states = {native_id: things[native_id]["state"] for native_id in ("kim", "lee", "AKIAWORKS", "AKIAOFF")}
    assert states == {"kim": "dead", "lee": "works", "AKIAWORKS": "unknown", "AKIAOFF": "dead"}
    assert things["kim"]["seen_at"]
    assert things["AKIAOFF"]["seen_at"]
    assert things["AKIAWORKS"]["seen_at"] is None, "the last night didn't read it"
    assert things["AKIAWORKS"]["last_whole_read_at"]
    assert "park" not in things


def begun(session: Session) -> list[datetime]:
    """When each run began to read."""
    found = session.execute("select reads_since from run order by run_id").fetchall()
    return [at for (at,) in found if isinstance(at, datetime)]


def first_seen_dead(pack: Path, name: str) -> dict[str, str | None]:
    native_id = "native_id" if name == "things" else "subject_native_id"
    return {row[native_id]: row["first_seen_dead_at"] for row in rows(pack, name)}


def test_when_it_was_first_seen_dead_stays_whatever_else_is_told_of_it(packing: Packing, store: Session) -> None:
    _, second, third = begun(store)
    office = again(store)
    office.directory.change("kim", standing_reason="moved to another branch", label="kim, left")
    office.cloud.change("AKIAOFF", label="the old key")
    office.night()
    pack = packing.made()

    (kim,) = [row for row in rows(pack, "things") if row["native_id"] == "kim"]
    assert kim["reason"] == "moved to another branch"
    for name in ("things", "findings"):
        seen = first_seen_dead(pack, name)
        assert {each: second <= datetime.fromisoformat(seen[each] or "") < third for each in ("kim", "AKIAOFF")} == {
            "kim": True,
            "AKIAOFF": True,
        }
        assert seen["AKIAWORKS"] is None
    assert datetime.fromisoformat(kim["seen_at"]) > third, "which the row's last change moved"


def test_what_worked_again_is_first_seen_dead_anew_and_what_went_when_it_was_gone(
    packing: Packing, store: Session
) -> None:
    office = again(store)
    office.directory.change("kim", standing=Standing.WORKS)
    office.night()
    assert first_seen_dead(packing.made(out="works"), "things")["kim"] is None

    office.directory.change("kim", **locked())
    office.cloud.remove("AKIAWORKS")
    office.night()
    last = begun(store)[-1]
    dead = packing.made(out="dead")
    for change in ({"standing": Standing.UNKNOWN}, locked()):
        office.directory.change("kim", **change)
        office.night()
    after = packing.made(out="after")

    for name in ("things", "findings"):
        seen = first_seen_dead(dead, name)
        assert {each: datetime.fromisoformat(seen[each] or "") >= last for each in ("kim", "AKIAWORKS")} == {
            "kim": True,
            "AKIAWORKS": True,
        }
        assert first_seen_dead(after, name)["kim"] == seen["kim"], "what isn't known isn't at work"


def test_what_was_dead_before_that_was_kept_has_no_moment(packing: Packing, store: Session) -> None:
    store.execute("update account set dead_since = '-infinity'")
    store.execute("update credential set dead_since = '-infinity'")
    pack = packing.made()

    assert {row["state"] for row in rows(pack, "things") if row["native_id"] in ("kim", "AKIAOFF")} == {"dead"}
    assert [set(first_seen_dead(pack, name).values()) for name in ("things", "findings")] == [{None}, {None}]


def test_what_stands_on_a_list_was_seen_by_nobody(packing: Packing, store: Session) -> None:
    store.execute("update account set attested_at = now() where native_id = 'kim'")

    (kim,) = [row for row in rows(packing.made(), "things") if row["native_id"] == "kim"]
    assert (kim["state"], kim["seen_at"], bool(kim["attested_at"])) == ("unknown", None, True)
    store.execute("update account set gone_at = now() where native_id = 'kim'")
    (kim,) = [row for row in rows(packing.made(out="gone"), "things") if row["native_id"] == "kim"]
    assert (kim["state"], kim["reason"]) == ("unknown", "it no longer stands on the list")


WAITING = (
    "update departure set basis = 'inferred', confirmed = false where valid_to is null",
    """insert into guard_hold (kind, name, opened_run, last_run, numbers, findings, closings, status)
    select 'person', person_uid, run_id, run_id, '[]', 0, 0, 'waiting'
    from departure, (select max(run_id) as run_id from run) r""",
)


@pytest.mark.parametrize("waiting", WAITING, ids=["for a person's word", "for a release"])
def test_a_departure_that_waits_is_not_said_to_be_one(packing: Packing, store: Session, waiting: str) -> None:
    with store.transaction(), recorded.followed(store, actor="run 1"):
        store.execute(waiting.encode())
    pack = packing.made()

    assert {row["departed"] for row in rows(pack, "leavers")} == {None}
    assert [row["size"] for row in rows(pack, "populations") if row["population"] == "leavers"] == [0]
    assert verify.main([str(pack), "--unsigned"]) == 0


def test_whoever_was_denied_to_have_left_waits_for_nobodys_word(packing: Packing, store: Session) -> None:
    store.execute("update departure set basis = 'inferred', confirmed = false where valid_to is null")
    store.execute(
        """insert into departure_word (person_uid, basis, left_at, verdict, reason, author, until)
        select person_uid, basis, left_at, 'deny', 'because', 'jin', %s
        from departure d join person p using (person_uid)
        where p.worker_id = '1042' and valid_to is null""",
        [NIGHT + timedelta(days=90)],
    )
    said = ("departed", "word", "word_by", "word_until")

    found = {row["worker_id"]: tuple(row[name] for name in said) for row in rows(packing.made(), "leavers")}
    assert found["1043"] == (None, None, None, None), "waits"
    assert found["1042"][:3] == (False, "deny", "jin")
    assert found["1042"][3].startswith("2027-02-2")

    store.execute("update departure_word set until = %s", [NIGHT - timedelta(days=90)])
    found = {row["worker_id"]: row["departed"] for row in rows(packing.made(out="lapsed"), "leavers")}
    assert found["1042"] is None, "asked again"


def test_leavers_findings_and_waivers_of_the_period_stand_there_and_no_others(packing: Packing) -> None:
    pack = packing.made()

    assert [(row["worker_id"], row["departed"]) for row in rows(pack, "leavers")] == [("1042", True), ("1043", True)]
    ended = {row["subject_native_id"]: (row["ended"], row["state_at_end"]) for row in rows(pack, "findings")}
    assert ended["kim"] == ("seen dead", "resolved")
    assert ended["lee"] == (None, "excepted")
    assert ended["AKIAWORKS"][0] is None
    (waiver,) = rows(pack, "waivers")
    assert (waiver["approver"], waiver["account"], waiver["ended_at"]) == ("Soyeon", "lee", None)


WHY = ("--reason", "asked the payments team", "--author", "jin")


def test_what_people_decided_stands_there_with_who_and_why(packing: Packing, store: Session) -> None:
    assert packing.deciding("link", "reject", "corp-ldap", "kim", "hr:1042", *WHY).code == 0
    assert packing.deciding("notice", "add", "hr:1044", "--last", "now", *WHY).code == 0
    store.execute("update notice set made_at = '2026-11-20+09'")
    assert packing.deciding("link", "revoke", "1", "--author", "soo").code == 0
    pack = packing.made(last="2026-12-31")

    found = {row["kind"]: row for row in rows(pack, "decisions")}
    link, notice = found["link"], found["notice"]
    said = ("decided", "id_space", "worker_id", "source", "account", "author", "reason", "ended_by")
    assert [link[name] for name in said] == [
        *("reject", "hr", "1042", "corp-ldap", "kim", "jin", "asked the payments team", "soo")
    ]
    assert (notice["decided"], notice["worker_id"], notice["author"]) == ("leaves", "1044", "jin")
    recorded = {row["about"] for row in rows(pack, "record")}
    assert {row["decision"] for row in found.values()} <= recorded, "each is found in the record"
    assert (pack / "decisions.csv").read_text().count("asked the payments team") == len(found)


def test_a_decision_is_among_them_as_long_as_it_counts_and_of_leavers_always(packing: Packing, store: Session) -> None:
    for account, worker_id in (("kim", "hr:1042"), ("park", "hr:1044")):
        assert packing.deciding("link", "reject", "corp-ldap", account, worker_id, *WHY).code == 0
    store.execute(
        "update link_decision set decided_at = '2026-01-05+09', revoked_at = '2026-02-05+09', revoked_by = 'x'"
    )
    assert [row["account"] for row in rows(packing.made(), "decisions")] == ["kim"], "a leaver's"

    store.execute("update link_decision set revoked_at = null")
    assert {row["account"] for row in rows(packing.made(out="stand"), "decisions")} == {"kim", "park"}
    store.execute("update link_decision set decided_at = '2027-02-05+09'")
    assert [row["account"] for row in rows(packing.made(out="later"), "decisions")] == ["kim"]


def test_every_kind_of_decision_has_its_row(packing: Packing, store: Session) -> None:
    store.execute(EVERY_DECISION.encode())

    found = {row["kind"]: row for row in rows(packing.made(last="2026-12-31"), "decisions")}
    assert {kind: (row["decided"], row["about"], row["worker_id"]) for kind, row in found.items()} == {
        "departure": ("deny", "inferred", "1042"),
        "verdict": ("explained", "", "1042"),
        "exception": ("approved", "exception 1", None),
        "attestation": ("dead", "jwks:1", None),
        "list": ("listed", "of 2026-11-20", None),
        "release": ("released", "run 1, hr", None),
        "hold": ("rejected", "person", "1042"),
        "read": ("accepted", "roster hr, run 1", None),
        "run": ("withdrawn", "run 1", None),
        "revocation": ("approved", "locks it", "1042"),
    }
    assert {(row["author"], row["reason"]) for row in found.values()} == {("jin", "because")}


EVERY_DECISION = """
create temp table one as select person_uid, (select min(run_id) from run) as run_id, (
        select min(finding_key) from finding f where f.person_uid = p.person_uid) as finding_key
    from person p where worker_id = '1042';
insert into departure_word (person_uid, basis, left_at, verdict, reason, author, until, decided_at)
    select person_uid, 'inferred', '2026-11-20+09', 'deny', 'because', 'jin', '2026-12-20+09', '2026-11-20+09' from one;
insert into verdict (finding_key, reason, author, decided_at)
    select finding_key, 'because', 'jin', '2026-11-20+09' from one;
insert into exception_decision (exception_id, author, reason, decided_at)
    values (1, 'jin', 'because', '2026-11-20+09');
insert into attestation (material, reason, author, attested_at, until)
    values ('jwks:1', 'because', 'jin', '2026-11-20+09', '2026-12-20+09');
insert into people_list (realm, listed_on, people, reason, author, stated_at)
    values ('vpn', '2026-11-20', 'nobody', 'because', 'jin', '2026-11-20+09');
insert into release (run_id, released_at, author, reason, scope)
    select run_id, '2026-11-20+09', 'jin', 'because', 'hr' from one;
insert into guard_hold (kind, name, opened_run, last_run, numbers, findings, closings, status, decided_at, decided_by,
        decided_for)
    select 'person', person_uid, run_id, run_id, '[]', 0, 0, 'rejected', '2026-11-20+09', 'jin', 'because' from one;
update roster_read set accepted_at = '2026-11-20+09', accepted_by = 'jin', accepted_for = 'because'
    where read_id = (select min(read_id) from roster_read);
insert into withdrawal (run_id, reason, author, withdrawn_at) select run_id, 'because', 'jin', '2026-11-20+09' from one;
insert into revocation (finding_key, reopened, status, proposed_run, source, part, realm, subject_kind,
        subject_native_id, account_native_id, login, product, step, approved_by, approved_at, reason)
    select finding_key, 0, 'approved', run_id, 'corp-ldap', '', 'ldap', 'account', 'kim', 'kim', '', '', 'locks it',
        'jin', '2026-11-20+09', 'because' from one;
"""
"""One of each kind that the test doesn't type."""


def test_an_exception_that_waits_for_a_decision_is_said_to_and_its_approval_holds(
    packing: Packing, store: Session
) -> None:
    with store.transaction(), recorded.followed(store, actor="the exceptions file"):
        store.execute("update exception set needs_decision = true")
    waiting = packing.made(last="2026-12-31")
    exceptions.decide(store, 1, reason="agreed", author="jin")
    approved = packing.made(out="approved", last="2026-12-31")

    assert [[row["waits"] for row in rows(pack, "waivers")] for pack in (waiting, approved)] == [[True], [False]]
    assert [(row["kind"], row["author"]) for row in rows(approved, "decisions")] == [("exception", "jin")]
    assert [verify.main([str(pack), "--unsigned"]) for pack in (waiting, approved)] == [0, 0]


def test_what_the_columns_are_stands_in_it_as_on_the_page(packing: Packing) -> None:
    """A page changed alone: README.txt lies beside pack.py."""
    pack = packing.made()
    told = " ".join((pack / "README.txt").read_text(encoding="ascii").split())
    page = (PROJECT / "docs/evidence.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| (`.*?) \| (.*) \|$", page, re.MULTILINE)
    three = re.findall(r"^(\*\*Three values\.\*\*.*)$", page, re.MULTILINE)

    names = [name for row in table for name in re.findall(r"`(\w+)`", row[0])]
    assert sorted(f"{name}.jsonl" for name in names) == sorted(path.name for path in pack.glob("*.jsonl"))
    assert [text for text in (*(row[1] for row in table), *three) if unmarked(text) not in told] == []
    assert "README.txt" in json.loads((pack / "manifest.json").read_bytes())["files"]


def unmarked(text: str) -> str:
    """Markdown as plain words, without pages in brackets."""
    without = re.sub(r" \(\[[^\]]+\.md\]\([^)]*\)\)", "", text)
    return re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", without).replace("`", "").replace("**", "")


def test_what_was_read_in_part_or_not_at_all_is_said_of_each_run(packing: Packing) -> None:
    pack = packing.made()
    first, second, third = rows(pack, "runs")

    read = {(row["run_id"], row["name"], row["phase"]): row["was_read"] for row in rows(pack, "reads")}
    assert read[(first["run_id"], "aws", "collect")] == "whole"
    assert read[(third["run_id"], "aws", "collect")] == "not at all"
    assert read[(third["run_id"], "hr", "")] == "whole"
    assert (second["counts"], third["status"]) == (True, "red")
    nights = {row["day"]: row["runs"] for row in rows(pack, "days")}
    assert len(nights) == 30
    assert [bool(nights[f"2026-11-{day}"]) for day in (23, 25, 26, 27, 29)] == [False, True, True, True, False]


def test_a_day_that_has_not_come_is_no_night_that_was_missed(packing: Packing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("offboarding.cli.evidence.today", lambda _zone: date(2026, 11, 28))
    pack = packing.made(last="2026-12-31")

    assert [row["day"] for row in rows(pack, "days")][-2:] == ["2026-11-27", "2026-11-28"]
    assert [row["size"] for row in rows(pack, "populations") if row["population"] == "days"] == [28]
    assert max(row["id"] for row in rows(pack, "sample") if row["population"] == "days") <= "2026-11-28"
    assert json.loads((pack / "manifest.json").read_bytes())["made_on"] == "2026-11-28"
    assert verify.main([str(pack), "--unsigned"]) == 0


def test_a_read_that_never_began_is_among_them(packing: Packing, store: Session) -> None:
    expected = Jsonb({"expected": {"rosters": ["hr", "lost"], "parts": [["aws", "lost"]]}})
    store.execute("update run set summary = summary || %s", [expected])

    never = [row for row in rows(packing.made(), "reads") if row["status"] == "never begun"]
    assert {(row["what"], row["name"], row["part"], row["was_read"]) for row in never} == {
        ("roster", "lost", "", "not at all"),
        ("source", "aws", "lost", "not at all"),
    }
    assert len(never) == 6

    # Whose messages had been seen to by another asks no system.
    (first, *_) = rows(packing.folder / "pack", "runs")
    runs.note_nobody(store, first["run_id"], NobodyChecked.SEEN_TO)
    again = [row for row in rows(packing.made(out="again"), "reads") if row["status"] == "never begun"]
    assert [row["what"] for row in again if row["run_id"] == first["run_id"]] == ["roster"]
    assert len(again) == 5


def test_a_period_without_any_event_holds_the_end_of_the_record(packing: Packing) -> None:
    pack = str(packing.folder / "pack")

    assert packing.deciding("evidence", "--from", "2190-01-01", "--to", "2190-01-31", "--out", pack).code == 0
    assert len(rows(packing.folder / "pack", "record")) == 1
    (packing.folder / "pack/record.jsonl").write_bytes(b"")
    with pytest.raises(verify.Broken, match="doesn't end"):
        verify.chain(packing.folder / "pack", {"events": 1, "hash": "1"})


def test_a_night_before_or_after_the_period_is_not_in_it(packing: Packing) -> None:
    assert len(rows(packing.made(last="2026-11-26"), "runs")) == 2


def test_the_manifest_says_which_record_and_what_is_yet_to_come(packing: Packing) -> None:
    done = packing.asked()
    manifest = json.loads((packing.folder / "pack/manifest.json").read_bytes())
    *_, last = rows(packing.folder / "pack", "record")

    assert manifest["record"] == {
        "events": last["seq"],
        "hash": last["hash"],
        "is_whole": True,
        "broken_at": None,
        "stands_otherwise": [],
    }
    assert manifest["record"]["hash"] in done.out
    assert manifest["period_is_over"] is False
    assert "isn't over by the last night" in done.err
    assert "isn't signed" in done.err


def test_a_signed_pack_holds_without_this_project_and_by_openssl(packing: Packing) -> None:
    pack = packing.signed()

    assert verified(pack, "--key", str(packing.public)) == 0
    words = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", str(packing.public), "-rawin"]
    words += ["-in", str(pack / "manifest.json"), "-sigfile", str(pack / "manifest.sig")]
    assert subprocess.run(words, capture_output=True, check=False).returncode == 0
    assert verified(pack, "--unsigned") == 1, "a signature isn't passed over"


def changed_everywhere(pack: Path) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield each thing that somebody might do to a pack."""
    for path in sorted(pack.iterdir()):
        octets = path.read_bytes()
        for place in {0, len(octets) // 2, len(octets) - 1} if octets else ():
            flipped = octets[:place] + bytes([octets[place] ^ 1]) + octets[place + 1 :]
            yield f"{path.name}, byte {place}", lambda path=path, flipped=flipped: path.write_bytes(flipped)
        yield f"{path.name} missing", path.unlink
        yield f"{path.name} longer", lambda path=path, octets=octets: path.write_bytes(octets + b"\n")
    yield "one more", lambda: (pack / "more.jsonl").write_bytes(b"{}\n")
    yield "a folder", (pack / "more").mkdir


def test_a_changed_byte_an_added_or_a_missing_file_is_seen(packing: Packing, tmp_path: Path) -> None:
    pack, copy = packing.signed(), tmp_path / "copy"
    held = list(verify.checked(pack, packing.public))
    assert held[-1] == "all of it"
    changes = [name for name, _ in changed_everywhere(pack)]
    unseen: list[str] = []
    for place, name in enumerate(changes):
        shutil.copytree(pack, copy)
        list(changed_everywhere(copy))[place][1]()
        if verify.main([str(copy), "--key", str(packing.public)]) == 0:
            unseen.append(name)
        shutil.rmtree(copy)

    assert len(changes) > 80
    assert unseen == []


def test_a_link_in_place_of_a_file_is_refused(packing: Packing, tmp_path: Path) -> None:
    pack = packing.signed()
    shutil.move(pack / "things.csv", tmp_path / "things.csv")
    (pack / "things.csv").symlink_to(tmp_path / "things.csv")

    assert verify.main([str(pack), "--key", str(packing.public)]) == 1


def resealed(pack: Path, name: str, change: Callable[[dict[str, Any]], None]) -> None:
    """An unsigned pack as somebody writes it anew who knows how: with the right hashes."""
    lines = [json.loads(line) for line in (pack / name).read_text().splitlines()]
    change(lines[0])
    octets = "".join(f"{json.dumps(line)}\n" for line in lines).encode()
    (pack / name).write_bytes(octets)
    manifest = json.loads((pack / "manifest.json").read_bytes())
    manifest["files"][name] |= {"sha256": hashlib.sha256(octets).hexdigest(), "bytes": len(octets)}
    (pack / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("record.jsonl", {"actor": "somebody"}),
        ("record.jsonl", {"prev_hash": "1" * 64}),
        ("sample.jsonl", {"id": "another"}),
        ("leavers.jsonl", {"departed": False}),
    ],
)
def test_even_with_new_hashes_the_record_and_the_samples_tell(
    packing: Packing, name: str, change: dict[str, Any]
) -> None:
    pack = packing.made()
    assert verify.main([str(pack), "--unsigned"]) == 0
    resealed(pack, name, lambda line: line.update(change))

    assert verify.main([str(pack), "--unsigned"]) == 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda pack: (pack / "manifest.sig").unlink(), "manifest.sig is missing: the pack was never signed"),
        (lambda pack: (pack / "manifest.json").unlink(), "manifest.json is missing"),
        (lambda pack: (pack / "\x1b[31m").touch(), "missing: []; added: ['\\\\x1b[31m']"),
        (lambda pack: pack.rename(pack.parent / "elsewhere"), "pack is no folder"),
        (lambda pack: (pack.parent / "p.pem").unlink(), "p.pem: No such file or directory"),
    ],
    ids=["signature", "manifest", "added", "folder", "key"],
)
def test_what_does_not_hold_is_a_sentence(
    packing: Packing, capsys: pytest.CaptureFixture[str], change: Callable[[Path], object], says: str
) -> None:
    pack = packing.signed()
    change(pack)
    capsys.readouterr()

    assert verify.main([str(pack), "--key", str(packing.public)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("BROKEN: ")
    assert says in line
    assert not re.search("Error|Broken:", line)


def test_other_words_and_what_is_no_pack_are_told_apart(packing: Packing, capsys: pytest.CaptureFixture[str]) -> None:
    pack = packing.made()
    assert verify.main([str(pack)]) == 2
    (pack / "manifest.json").write_text("{}")
    assert verify.main([str(pack), "--unsigned"]) == 1
    assert "BROKEN: that is no pack as this script reads one (KeyError" in capsys.readouterr().err


def test_another_key_and_no_signature_are_seen(packing: Packing) -> None:
    pack = packing.signed()
    other = Ed25519PrivateKey.generate().public_key()
    stranger = packing.folder / "other.pem"
    stranger.write_bytes(other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))

    assert verify.main([str(pack), "--key", str(stranger)]) == 1
    unsigned = packing.made(out="unsigned")
    assert verify.main([str(unsigned), "--key", str(packing.public)]) == 1
    assert verify.main([str(unsigned), "--unsigned"]) == 0


def test_the_same_store_gives_the_same_bytes_and_nothing_in_it_is_written(packing: Packing, store: Session) -> None:
    before = versions(store)
    first, second = packing.signed(), packing.made("--sign-with", str(packing.key), out="again")

    assert {path.name: path.read_bytes() for path in first.iterdir()} == {
        path.name: path.read_bytes() for path in second.iterdir()
    }
    assert versions(store) == before
    assert first.stat().st_mode & 0o077 == 0


def test_each_control_has_its_population_and_a_sample_of_it(packing: Packing) -> None:
    pack = packing.made()
    populations = {(row["population"], row["control"]): row for row in rows(pack, "populations")}
    ps4 = populations["findings", "NIST SP 800-53 PS-4"]
    found = [row["finding"] for row in rows(pack, "findings") if "NIST SP 800-53 PS-4" in row["controls"]]

    assert {control for _, control in populations} - {""} == {
        str(control) for rule in all_rules() for control in rule.controls
    }
    assert ps4["size"] == ps4["sample_size"] == len(found) > 2
    assert populations["days", ""]["sample_size"] == 20
    drawn = [row["id"] for row in rows(pack, "sample") if row["control"] == "NIST SP 800-53 PS-4"]
    assert sorted(drawn) == sorted(found)


def test_no_cell_is_run_by_a_spreadsheet_and_no_line_moves_a_terminal(packing: Packing) -> None:
    pack = packing.made()

    for path in pack.glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = list(csv.reader(file))
        assert len({len(row) for row in table}) == 1, path.name
        assert [cell for row in table for cell in row if cell[:1] in set("=+-@\t\r")] == [], path.name
        assert all(cell.isprintable() for row in table for cell in row), path.name
    assert all(path.read_bytes().isascii() for path in pack.glob("*.jsonl"))
    assert {row["name"] for row in rows(pack, "leavers")} == {KIM.name, LEE.name}
    assert rows(pack, "waivers")[0]["reason"].startswith("=cmd|")


def test_with_ids_alone_nobody_is_named(packing: Packing) -> None:
    assert b"Lee Jieun" in (packing.made(out="named") / "leavers.csv").read_bytes()
    packing.set_policy(names="id")
    pack = packing.made()

    octets = b"".join(path.read_bytes() for path in sorted(pack.iterdir()) if path.suffix in {".jsonl", ".csv"})
    assert b"Lee Jieun" not in octets
    assert b"uid=lee" not in octets
    assert json.loads((pack / "manifest.json").read_bytes())["names"] is False
    assert {row["worker_id"] for row in rows(pack, "leavers")} == {"1042", "1043"}


def test_what_was_forgotten_is_said(packing: Packing, store: Session) -> None:
    packing.set_policy(retention_days=500)
    before = json.loads((packing.made(out="before") / "manifest.json").read_bytes())["retention"]
    store.execute("update exception set valid_to = now() - interval '1 second'")
    store.execute(
        "insert into attestation (material, reason, author, attested_at, until)"
        " values ('jwks:1', 'a name', 'jin', '2026-11-20+09', '2026-11-21+09')"
    )
    purge(store, NIGHT + timedelta(days=300), keep=False)
    after = json.loads((packing.made(out="after") / "manifest.json").read_bytes())["retention"]

    assert (before["days"], before["words_of_decisions_forgotten"]) == (500, 0)
    assert after["words_of_decisions_forgotten"] > 0
    assert after["last_forgotten_at"]
    assert rows(packing.folder / "after", "waivers")[0]["reason"] == ""
    ((author, reason),) = [(row["author"], row["reason"]) for row in rows(packing.folder / "after", "decisions")]
    assert (author, reason) == ("jin", "")


def test_a_record_that_somebody_edited_is_said_and_never_verifies(packing: Packing, store: Session) -> None:
    store.execute("update finding_event set actor = 'nobody' where seq = 2")
    done = packing.asked()

    assert "broken at event 2" in done.err
    assert verify.main([str(packing.folder / "pack"), "--unsigned"]) == 1


@pytest.mark.parametrize(
    ("forged", "which"),
    [
        (
            "insert into verdict (finding_key, reason, author) select min(finding_key), 'fine', 'lee' from finding",
            "has no event in the record",
        ),
        ("update exception set approver = 'HR'", "says something else than its event"),
        ("delete from exception", "is gone, and has an event"),
        ("update finding set state = 'resolved', resolved_at = now(), resolution = 'seen dead'", "its last event says"),
        ("update finding set severity = 'low'", "is of severity low, and its last event says"),
        ("update finding set rule = 'orphan-account'", "says something else than its key was made of"),
        ("update run set status = 'green' where run_id = 3", "run 3 says something else than its event"),
        ("update run set finished_at = null where run_id = 3", "run 3 has not ended, and has an event"),
        (
            "update source_read set status = 'complete' where status = 'failed'",
            "the reads of run 3 differ from its event",
        ),
        ("delete from roster_read where run_id = 2", "the reads of run 2 differ from its event"),
        (
            """insert into run (kind, caller, as_of, reads_since, finished_at, status)
            select 'nightly', 'x', as_of, reads_since, now(), 'green' from run where run_id = 1""",
            "has no event in the record",
        ),
        (
            """set session_replication_role = replica; delete from run where run_id = 3;
            set session_replication_role = origin""",
            "run 3 is gone, and has an event",
        ),
        ("update link set valid_to = now() where valid_to is null", "links stand otherwise"),
        (
            "insert into look select 7, now(), 'lee', 'worker', 'x', false, '', ''",
            "the looks at people and keys are broken",
        ),
    ],
    ids=[
        *("verdict", "exception", "deleted", "state", "severity", "rule", "status", "unended", "read", "no read"),
        *("added run", "deleted run", "links", "looks"),
    ],
)
def test_a_pack_of_a_store_with_forged_rows_says_which_and_never_verifies(
    packing: Packing, store: Session, forged: str, which: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """As `audit verify` finds them; signed all the same, so that it isn't taken for another's."""
    store.execute(forged.encode())

    done = packing.asked("--sign-with", str(packing.key))

    assert "stood otherwise than the record says" in done.err
    manifest = json.loads((packing.folder / "pack/manifest.json").read_bytes())
    assert any(which in each for each in manifest["record"]["stands_otherwise"])
    capsys.readouterr()
    assert verify.main([str(packing.folder / "pack"), "--key", str(packing.public)]) == 1
    assert which in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "change", "says"),
    [
        ("decisions.jsonl", {"author": "lee"}, "is not what event"),
        ("decisions.jsonl", {"decided_at": "2026-11-21T10:00:00+09:00"}, "is not what event"),
        ("decisions.jsonl", {"decision": "link_decision:99"}, "link_decision:99 has no event in the record"),
        ("waivers.jsonl", {"approver": "HR"}, "is not what event"),
        ("runs.jsonl", {"status": "red"}, "run 1 is not what event"),
        ("runs.jsonl", {"run_id": 99}, "run 99 has no event in the record"),
        ("runs.jsonl", {"finished_at": None}, "run 1 is not what event"),
        ("reads.jsonl", {"was_read": "not at all"}, "the reads of run 1 are not what event"),
        ("reads.jsonl", {"run_id": 2}, "the reads of run 1 are not what event"),
        ("findings.jsonl", {"severity": "low"}, "is of severity low, and event"),
        ("findings.jsonl", {"state": "resolved"}, "is of state resolved, and event"),
        ("findings.jsonl", {"resolved_at": "2026-01-01T00:00:00+00:00"}, "is closed at another moment than event"),
        ("decisions.jsonl", {"decided": "confirm"}, "link_decision:1 is not what event"),
        ("decisions.jsonl", {"account": "park"}, "link_decision:1 is not what event"),
        ("decisions.jsonl", {"kind": "verdict"}, "link_decision:1 is not what event"),
        ("decisions.jsonl", {"reason": "the owner asked for it"}, "link_decision:1 is not what event"),
        ("decisions.jsonl", {"ended_at": "2026-12-20T00:00:00+00:00"}, "link_decision:1 is not what event"),
    ],
)
def test_decisions_runs_and_severities_are_held_against_the_record_by_whoever_verifies(
    packing: Packing, capsys: pytest.CaptureFixture[str], name: str, change: dict[str, Any], says: str
) -> None:
    assert packing.deciding("link", "reject", "corp-ldap", "kim", "hr:1042", *WHY).code == 0
    pack = packing.made(last="2026-12-31")
    assert verify.main([str(pack), "--unsigned"]) == 0
    resealed(pack, name, lambda line: line.update(change))
    capsys.readouterr()

    assert verify.main([str(pack), "--unsigned"]) == 1
    assert says in capsys.readouterr().err


def test_nothing_is_written_over_and_a_failure_leaves_nothing(
    packing: Packing, monkeypatch: pytest.MonkeyPatch
) -> None:
    (packing.folder / "pack").mkdir()
    assert packing.asked().code == 1
    assert list((packing.folder / "pack").iterdir()) == []

    before = sorted(packing.folder.iterdir())
    missing = packing.asked(out="nowhere/pack")
    assert missing.code == 1
    assert "nowhere" in missing.err
    monkeypatch.setattr(
        "offboarding.store.events.broken_at", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left"))
    )
    full = packing.asked(out="full")
    assert (full.code, "No space left" in full.err) == (1, True)
    assert sorted(packing.folder.iterdir()) == before


def test_a_pack_that_is_ended_on_its_way_leaves_nothing(packing: Packing, monkeypatch: pytest.MonkeyPatch) -> None:
    before = sorted(packing.folder.iterdir())
    monkeypatch.setattr("offboarding.store.events.broken_at", lambda *_: os.kill(os.getpid(), signal.SIGTERM))

    assert packing.asked().code == 128 + signal.SIGTERM
    assert sorted(packing.folder.iterdir()) == before


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("readable", "everybody on this machine"),
        ("encrypted", "is encrypted"),
        ("another", "isn't of Ed25519"),
        ("garbage", "no private key"),
        ("missing", "No such file"),
        ("pipe", "is no file"),
    ],
)
def test_a_key_that_is_no_good_is_a_sentence_that_shows_nothing_of_it(packing: Packing, kind: str, says: str) -> None:
    own, elliptic = Ed25519PrivateKey.generate(), ec.generate_private_key(ec.SECP256R1())
    path = packing.folder / "wrong.pem"
    if kind == "readable":
        written(path, packing.key.read_bytes(), 0o604)
    elif kind == "encrypted":
        written(path, own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"word")))
    elif kind == "another":
        written(path, elliptic.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    elif kind == "garbage":
        written(path, b"-----BEGIN PRIVATE KEY-----\nhunter2\n")
    elif kind == "pipe":
        os.mkfifo(path, 0o600)
    done = packing.asked("--sign-with", str(path))

    assert done.code == 1
    assert says in done.err
    assert "hunter2" not in done.err
    assert not (packing.folder / "pack").exists()


@pytest.mark.parametrize(
    ("first", "last", "says"),
    [
        ("2026-11-01", "2026-10-01", "exchange them"),
        ("2016-01-01", "2026-11-01", "ten years"),
        ("1950-01-01", "1950-01-01", "between 1971 and 9998"),
    ],
)
def test_days_that_make_no_period_are_a_sentence(packing: Packing, first: str, last: str, says: str) -> None:
    done = packing.deciding("evidence", "--from", first, "--to", last, "--out", str(packing.folder / "pack"))

    assert (done.code, says in done.err) == (1, True)
