"""custody, custody suggest and attest: who could have held a key, who should be written down, and a person's word."""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from offboarding.config import loading
from offboarding.custody.thumbprints import material_of
from offboarding.model import ActionKind, PrincipalKind, Standing
from offboarding.runs import pipeline
from offboarding.store import embedded
from offboarding.store.connect import Session, opened
from offboarding.store.rows import Run
from tests.integration.commands.conftest import Type, connected
from tests.integration.commands.test_jsonl import fields, promised
from tests.support.database import TEMPLATE, cloned
from tests.support.key_company import CLOUD, KIM_GONE, KeyCompany
from tests.support.keys_read import ISSUER, access, event, secret, signing_key
from tests.support.registered import custodian, entry

pytestmark = pytest.mark.slow

SIGNER = ec.generate_private_key(ec.SECP256R1())
LOGIN = signing_key("2024-05", material=material_of(SIGNER.public_key()))
OLD = signing_key("2023-01", material=f"jkt:{'b' * 43}")
DATABASE = secret("arn:aws:secretsmanager:x:111111111111:secret:db#v1", owner="lee@corp.example")
HOOK = secret("arn:aws:secretsmanager:x:111111111111:secret:hook#v1", verifies=False)
ROLE = f"arn:aws:iam::{CLOUD}:role/deploy"
READ_AT = datetime(2026, 11, 8, 3, tzinfo=UTC)
SETTINGS: dict[str, Any] = {
    "company": {"time_zone": "Asia/Seoul", "mail_domains": ["corp.example"]},
    "rosters": [
        {
            "name": "hr",
            "kind": "csv",
            "path": "hr",
            "coverage": "full",
            "id_space": "hr",
            "columns": {"worker_id": "ID", "status": "State"},
        }
    ],
    "sources": [
        {"name": "corp-ldap", "kind": "ldap", "connection": "x", "base_dn": "dc=corp", "id_space": "hr"},
        {"name": "secrets", "kind": "aws_secrets", "connection": "x", "accounts": [CLOUD]},
    ],
    "verifiers": [{"name": "login", "kind": "jwks", "issuers": [ISSUER]}],
}
REASON = ("--reason", "the provider refuses the old one", "--author", "minjun")


def with_keys(session: Session) -> KeyCompany:
    """Kim is a custodian of the old key; Kim and Lee are in a group that guards keys."""
    company = KeyCompany(session=session)
    company.groups = {"login-signers": ["kim", "lee"], "backup": ["lee"]}
    company.login.facts = [LOGIN, OLD]
    company.secrets.facts = [
        DATABASE,
        HOOK,
        access(DATABASE, ROLE, kind=PrincipalKind.ROLE),
        access(HOOK, "backup", kind=PrincipalKind.GROUP, principal_realm="d1", standing=Standing.UNKNOWN),
    ]
    company.trail.facts = [
        event(DATABASE, at=READ_AT, deed=ActionKind.READ, actor="AIDAKIM", actor_label="arn:user/kim")
    ]
    company.register = [
        entry(
            "old-key", custodian("1042", until=datetime(2026, 10, 31, 15, tzinfo=UTC)), places=(("login", "2023-01"),)
        ),
        entry("paper-key", custodian("1043"), custodian("9999"), places=(("", "ref:safe/1"),)),
    ]
    return company


@pytest.fixture(scope="module")
def second_night(store_server: embedded.EmbeddedServer) -> Iterator[tuple[str, Run]]:
    """A store after two nights, between which Kim left, and the second of them."""
    with cloned(store_server) as name:
        with opened(store_server.connection_kwargs(dbname=name)) as session:
            company = with_keys(session)
            company.night()
            company.workers[0] = KIM_GONE
            run = company.night(days=6)
        yield name, run


@pytest.fixture
def store_template(request: pytest.FixtureRequest, second_night: tuple[str, Run]) -> str:
    """That store, for those who ask for the company."""
    return second_night[0] if "company" in request.fixturenames else TEMPLATE


@pytest.fixture
def company(store: Session, second_night: tuple[str, Run]) -> KeyCompany:
    """After these two nights."""
    company = with_keys(store)
    company.workers[0] = KIM_GONE
    company.run = second_night[1]
    company.as_of = company.run.as_of
    return company


@pytest.fixture
def keys(
    company: KeyCompany,
    typed: Type,
    configured: Path,
    store_parameters: Mapping[str, str | int],
    monkeypatch: pytest.MonkeyPatch,
) -> Type:
    """Types a command in, over that company's store and a configuration that has its names."""
    del company
    configured.write_text(yaml.safe_dump(SETTINGS), encoding="utf-8")
    monkeypatch.setenv("AIRFLOW_CONN_OFFBOARDING_STORE", connected(store_parameters))
    monkeypatch.setenv("COLUMNS", "200")
    return typed


def test_every_key_is_listed_with_who_trusts_it_and_whether_anybody_is_known(keys: Type) -> None:
    done = keys("custody")

    rows = [re.split(r"\s{2,}", line.strip()) for line in done.out.splitlines()]
    assert rows[0] == ["Key", "Kind", "Trusted", "Carryable", "Custodians", "Shown by"]
    assert ["old-key", "signing key", "trusted", "unknown", "1", "login"] in rows
    assert ["paper-key", "signing key", "seen nowhere", "unknown", "2", "nothing"] in rows
    assert [LOGIN.label, "signing key", "trusted", "unknown", "NOT CHECKED", "login"] in rows
    assert [HOOK.label, "shared secret", "nobody can be asked", "yes", "NOT CHECKED", "secrets"] in rows
    assert "2 signing keys trusted, 1 with custodians, 1 without." in done.out
    assert "1 shared secret trusted, 0 with custodians, 1 without." in done.out
    assert "NOT CHECKED, unless" in done.out


def test_runs_tell_how_many_keys_were_told_and_which_were_no_nights(keys: Type, company: KeyCompany) -> None:
    company.session.execute("update run set kind = 'departure' where run_id = 2")

    listed = " ".join(keys("runs").out.split())

    assert "secrets 2 keys, complete" in listed
    assert "trail 1 event, complete" in listed
    assert " 0 accounts" not in listed
    assert listed.count("(a check of some people)") == 1


def test_a_narrow_list_holds_the_same(keys: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")

    assert "(signing key)" in keys("custody").out


def test_without_any_key_the_list_says_how_to_begin(
    typed: Type, store_parameters: Mapping[str, str | int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_OFFBOARDING_STORE", connected(store_parameters))

    assert "docs/custody.md says how to begin" in typed("custody").out


def test_a_key_says_who_could_have_held_it(keys: Type) -> None:
    done = keys("custody", "--key", "old-key", "--as-of", "2026-11-20")

    assert done.code == 0
    assert f"Material    {OLD.material}" in done.out
    assert "login: published (last read" in done.out
    assert "MAY HOLD IT, or held it by 2026-11-21 00:00 KST" in done.out
    assert re.search(r"registered +hr:1042 +2026-11-14 00:00 KST +Registered custodian", done.out)


def test_a_keys_own_queue_is_where_its_finding_goes_whatever_routes_say(
    keys: Type, company: KeyCompany, configured: Path
) -> None:
    company.judged()
    by_route = {
        "trackers": [{"name": "secops", "kind": "roundup", "connection": "x"}],
        "policy": {"routes": [{"tickets": ["rotate"], "queue": "keys"}]},
    }
    configured.write_text(yaml.safe_dump(SETTINGS | by_route), encoding="utf-8")
    (found,) = (
        each for each in keys("findings", "--format", "jsonl").lines if each["subject"]["native_id"] == OLD.material
    )
    register = configured.with_name("custody.yaml")
    own = {"name": "old-key", "kind": "signing_key", "places": [{"verifier": "login", "kid": "2023-01"}]}

    routed = keys("route", found["key"]).out
    register.write_text(yaml.safe_dump({"keys": [own | {"queue": "identity"}]}), encoding="utf-8")
    registered = keys("route", found["key"]).out

    assert "It goes to tracker secops, queue keys, by that route." in routed
    assert "It goes to tracker secops, queue identity, by the key's own queue in custody.yaml, before any" in registered


def test_of_a_key_that_nobody_is_known_to_have_held_that_is_said(keys: Type) -> None:
    done = keys("custody", "--key", "2024-05")

    assert "NOBODY is known to have held it" in done.out
    assert "NOT CHECKED, which isn't nobody" in done.out
    assert f"custody suggest --key {LOGIN.material}" in done.out


def test_before_somebody_was_a_custodian_they_held_nothing(keys: Type, company: KeyCompany) -> None:
    since = datetime(2026, 11, 10, 15, tzinfo=UTC)
    company.register = [entry("old-key", custodian("1043", since=since), places=(("login", "2023-01"),))]
    company.night()

    def lee(day: str) -> bool:
        lines = keys("custody", "--key", "old-key", "--as-of", day, "--format", "jsonl").lines
        return any(line["worker_id"] == "1043" for line in lines)

    assert (lee("2026-11-09"), lee("2026-11-11")) == (False, True)


def test_a_registered_worker_of_whom_nobody_tells_is_named(keys: Type) -> None:
    done = keys("custody", "--key", "paper-key", "--as-of", "2026-11-20")

    assert "Lies        nowhere that is read" in done.out
    assert "hr:1043" in done.out
    assert "The register names hr:9999, of whom no roster has ever told." in done.out


def test_a_person_is_told_with_what_they_could_have_carried(keys: Type) -> None:
    done = keys("custody", "--worker", "hr:1042", "--as-of", "2026-11-20")

    assert "Worker hr:1042 may have held (left 2026-11-14 00:00 KST)" in done.out
    assert re.search(r"proved +arn:aws:secretsmanager:x:111111111111:secret:db#v1 +trusted +yes", done.out)
    assert re.search(r"registered +old-key +trusted", done.out)
    assert "may still be trusted." in done.out


def test_somebody_who_held_nothing_is_told_so_with_care(keys: Type, company: KeyCompany) -> None:
    company.groups = {}
    company.register = []
    done = keys("custody", "--worker", "hr:1043", "--as-of", "2026-11-01")

    assert done.code == 0
    assert "isn't known here" in done.out or "may have held" in done.out


def test_lines_of_json_hold_the_fields_of_the_page(keys: Type) -> None:
    for line in keys("custody", "--format", "jsonl").lines:
        assert fields(line, ("register", "copies")) <= promised("custody")
    told = keys("custody", "--worker", "1042", "--as-of", "2026-11-20", "--format", "jsonl").lines
    assert told == keys("custody", "--worker", "hr:1042", "--as-of", "2026-11-20", "--format", "jsonl").lines
    assert all(fields(line, ("held",)) == promised("custody --key") for line in told)
    (proved,) = [line for line in told if line["grade"] == "proved"]
    assert proved["held"][0]["event_id"] == "e1"


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--key", "odl-key"), 1, "there is no key odl-key. Did you mean old-key?"),
        (("--worker", "hr:1402"), 1, "there is no worker hr:1402."),
        (("--as-of", "2026-11-20"), 1, "say --key or --worker"),
        (("--key", "a", "--worker", "b"), 2, "not allowed with argument"),
        (("--key", "a", "--as-of", "yesterday"), 2, "'yesterday' is no day such as 2026-11-25"),
        (("--key", ISSUER), 1, f"several keys are called {ISSUER}. Say which: jkt:"),
    ],
)
def test_what_is_unknown_is_a_sentence(keys: Type, words: tuple[str, ...], code: int, told: str) -> None:
    done = keys("custody", *words)

    assert (done.code, done.out) == (code, "")
    assert told in done.err


# --- suggest ----------------------------------------------------------------------------------------------------------


def pasted(configured: Path, printed: str, *, below: str = "keys:") -> loading.CheckedConfiguration:
    """What check-config says of a register into which this was pasted."""
    (configured.parent / "custody.yaml").write_text(f"{below}\n{printed}", encoding="utf-8")
    return loading.check(configured)


def test_proposals_may_be_pasted_as_they_are(keys: Type, configured: Path) -> None:
    done = keys("custody", "suggest")

    assert done.code == 0
    assert "nothing was written" in done.err
    assert not (configured.parent / "custody.yaml").exists()
    checked = pasted(configured, done.out)
    assert checked.mistakes == ()
    assert checked.loaded is not None
    by_name = {key.name: key for key in checked.loaded.settings.register.keys}
    assert set(by_name) == {"login-2024-05", "secrets-db-v1", "secrets-hook-v1"}
    login, database, hook = (by_name[name] for name in ("login-2024-05", "secrets-db-v1", "secrets-hook-v1"))
    assert [place.called for place in login.places] == [LOGIN.material]
    assert [custodian.group.name for custodian in login.custodians if custodian.group] == ["cn=login-signers,dc=corp"]
    assert {custodian.worker for custodian in database.custodians if custodian.worker} == {"hr:1042", "hr:1043"}
    assert [custodian.principal for custodian in database.custodians if custodian.principal] == [ROLE]
    assert (database.carryable, database.owner) == ("yes", "lee@corp.example")
    assert [(place.source, place.id) for place in database.places] == [("secrets", DATABASE.name)]
    assert hook.custodians == (), "a condition that couldn't be evaluated makes a guess"


def test_each_proposal_says_why(keys: Type) -> None:
    out = keys("custody", "suggest").out

    assert (
        f'# may take it away: secretsmanager:GetSecretValue, by policy ReadSecrets\n      - {{principal: "{ROLE}"}}'
        in out
    )
    assert "# the system's own word for its owner: lee@corp.example" in out
    assert re.search(r"# proved: Read it on 2026-11-08 03:00 UTC: .*", out)
    assert "its name shares login with the key's" in out
    assert re.search(r'# - \{group: \{source: "corp-ldap", name: "backup"\}\}', out)


def test_a_registered_key_gets_custodians_alone(keys: Type) -> None:
    done = keys("custody", "suggest", "--key", "old-key")

    assert "# old-key is registered: to be pasted below its `custodians:`." in done.out
    assert "name:" not in done.out.split("custodians:`.")[1].replace('name: "cn=', "")
    custodians = yaml.safe_load(done.out)
    assert {"group": {"source": "corp-ldap", "name": "cn=login-signers,dc=corp"}} in custodians


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Lee committed the login key's public half, and a stranger touched it."""
    folder = tmp_path / "login-service"
    folder.mkdir()
    public = SIGNER.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def git(*words: str, mail: str) -> None:
        environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1"}
        for name in ("AUTHOR", "COMMITTER"):
            environment |= {
                f"GIT_{name}_NAME": "x",
                f"GIT_{name}_EMAIL": mail,
                f"GIT_{name}_DATE": "2026-10-01T10:00:00Z",
            }
        subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True, env=environment)

    git("init", "-q", mail="x")
    for mail, more in (("lee@corp.example", b""), ("robot@elsewhere.example", b"\n")):
        (folder / "signer.pem").write_bytes(public + more)
        git("add", ".", mail=mail)
        git("commit", "-q", "-m", "The key", mail=mail)
    return folder


def test_committers_are_guesses(keys: Type, configured: Path, repository: Path) -> None:
    done = keys("custody", "suggest", "--key", "2024-05", "--repository", str(repository))

    assert re.search(
        r"# inferred: committed signer\.pem as lee@corp\.example \(\w+, 2026-10-01\)\n +# - \{worker: \"hr:1043\"\}",
        done.out,
    )
    assert "# robot@elsewhere.example committed signer.pem, and is nobody whom a roster tells of." in done.out
    assert pasted(configured, done.out).mistakes == ()


def test_a_path_is_a_keys_that_shows_no_public_half(keys: Type, repository: Path) -> None:
    asked = ("--repository", str(repository), "--path", "signer.pem")

    assert "committed signer.pem as lee@corp.example" in keys("custody", "suggest", "--key", HOOK.material, *asked).out
    assert "say --key and --repository" in keys("custody", "suggest", *asked).err


def test_where_everybody_is_written_down_nothing_is_proposed(keys: Type, company: KeyCompany) -> None:
    company.register = [
        entry(f"key-{number}", custodian("1043"), places=(("", key.material),))
        for number, key in enumerate((LOGIN, OLD, DATABASE, HOOK))
    ]
    company.night()

    assert keys("custody", "suggest").out == "# Each key that may be trusted has a custodian in the register.\n"


# --- attest -----------------------------------------------------------------------------------------------------------


def test_a_persons_word_counts_until_its_end(keys: Type, store: Session) -> None:
    done = keys("attest", HOOK.material, *REASON)

    assert done.code == 0
    ((material, reason, author, days),) = store.execute(
        "select material, reason, author, round(extract(epoch from until - now()) / 86400) from attestation"
    ).fetchall()
    assert (material, reason, author, days) == (HOOK.material, REASON[1], "minjun", 90)
    assert "attested dead until" in keys("custody").out
    assert "says minjun on" in keys("custody", "--key", HOOK.material).out


def test_the_last_day_is_said_or_the_policys(keys: Type, configured: Path, store: Session) -> None:
    configured.write_text(yaml.safe_dump({**SETTINGS, "policy": {"attest_days": 30}}), encoding="utf-8")
    day = (datetime.now(UTC) + timedelta(days=10)).date()

    assert keys("attest", HOOK.material, "--until", day.isoformat(), *REASON).code == 0
    assert "is over" in keys("attest", HOOK.material, "--until", "2020-01-01", *REASON).err
    late = (datetime.now(UTC) + timedelta(days=40)).date().isoformat()
    assert "more than 30 days ahead (policy.attest_days)" in keys("attest", HOOK.material, "--until", late, *REASON).err
    ((until,),) = store.execute("select (until at time zone 'Asia/Seoul')::date - 1 from attestation").fetchall()
    assert until == day


def test_nobodys_word_counts_where_a_verifier_can_be_asked(keys: Type, store: Session) -> None:
    done = keys("attest", "old-key", *REASON)

    assert (done.code, done.out) == (1, "")
    assert "old-key is a key that login can be asked about: it closes when nothing there shows it any more" in done.err
    assert store.execute("select count(*) from attestation").fetchone() == (0,)


def test_a_key_that_only_the_register_knows_is_attested_too(keys: Type) -> None:
    assert keys("attest", "paper-key", *REASON).code == 0


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("nothing", *REASON), 1, "there is no key nothing."),
        (("f-0000aaaa", *REASON), 1, "there is no finding f-0000aaaa"),
        (("old-key", "--reason", " "), 2, "it must say something"),
        (("old-key",), 2, "--reason"),
    ],
)
def test_a_word_on_nothing_is_refused(keys: Type, words: tuple[str, ...], code: int, told: str) -> None:
    done = keys("attest", *words)

    assert done.code == code
    assert told in done.err


def judged(company: KeyCompany, *, days: float = 1) -> None:
    run = company.night(days=days)
    pipeline.evaluate(company.session, company.settings, run)
    pipeline.guard(company.session, company.settings, run)
    pipeline.report(company.session, company.settings, run)


@pytest.mark.parametrize("prefix", ["f-", "F-", ""])
def test_a_findings_key_is_taken_for_the_key_that_it_is_about_and_the_word_closes_it(
    keys: Type, company: KeyCompany, prefix: str
) -> None:
    company.register = [entry("hook", custodian("1042"), places=(("secrets", HOOK.name),), kind="shared_secret")]
    judged(company)
    asked = ("findings", "--rule", "signing-key-unverifiable", "--format", "jsonl")
    (finding,) = keys(*asked).lines

    done = keys("attest", f"{prefix}{finding['key'][:8]}", *REASON)

    assert done.out.startswith("hook is dead by minjun's word until ")
    judged(company)
    assert keys(*asked).lines == []
    assert [line["state"] for line in keys(*asked, "--state", "all").lines] == ["resolved"]


@pytest.mark.parametrize("word", ["paper-key", "ref:safe/1", "reg:paper-key", "FINDING"])
def test_a_word_on_what_the_register_alone_knows_closes_it(keys: Type, company: KeyCompany, word: str) -> None:
    company.register = [entry("paper-key", custodian("1042"), places=(("", "ref:safe/1"),))]
    judged(company)
    asked = ("findings", "--rule", "signing-key-unverifiable", "--format", "jsonl")
    (finding,) = keys(*asked).lines

    assert keys("attest", f"f-{finding['key'][:8]}" if word == "FINDING" else word, *REASON).code == 0

    assert "attested dead until" in keys("custody").out
    judged(company)
    assert keys(*asked).lines == []


def test_a_finding_that_is_about_no_key_takes_no_word(keys: Type, company: KeyCompany) -> None:
    judged(company)
    (finding, *_) = keys("findings", "--rule", "leaver-account-works", "--format", "jsonl").lines

    done = keys("attest", f"f-{finding['key'][:8]}", *REASON)

    assert done.code == 1
    assert "isn't about a key" in done.err
