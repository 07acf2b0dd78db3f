"""npm's traps: what its documents say that isn't so, what taking somebody out leaves, who isn't shown everything."""

import json
import os
import shlex
import shutil
import ssl
import subprocess
from collections.abc import Callable, Generator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from demo.answering import Answered
from demo.slapd import Tls
from offboarding.interfaces import Chooser
from offboarding.model import (
    Account,
    AccountAction,
    Gap,
    IdentityKeyKind,
    Remedy,
    ScopeRead,
    Standing,
    Subject,
    SubjectKind,
)
from offboarding.model.errors import FatalError, RetriableError
from offboarding.sources import npm_packages
from offboarding.sources.npm_packages.connection import greet
from offboarding.sources.npm_packages.remedy import keep_traces
from tests.contract.source_contract import error_of, of, refs, sought
from tests.systems.npm_packages.service import (
    FORBIDDEN,
    KIT,
    LEGACY,
    NOT_FOUND,
    ORG,
    PUBLISHED_AT,
    READER,
    TOKEN,
    NpmPlace,
    NpmService,
    npm_place,
)

pytestmark = pytest.mark.slow


@pytest.fixture
def place(tls: Tls, tmp_path: Path) -> Generator[NpmPlace]:
    with npm_place(tls, tmp_path) as made:
        made.kept.add("alice", "alice@corp.example")
        made.kept.add("bob")
        yield made
        assert made.service.wrong == []


def test_a_member_and_who_may_publish_without_being_one(place: NpmPlace) -> None:
    place.kept.add("carl", "carl@home.example", package=LEGACY, role="")

    accounts = place.accounts()

    assert accounts["alice"].standing_reason == f"npm: developer of the organization; may publish {KIT}"
    assert accounts["carl"].standing_reason == f"npm: may publish {LEGACY}"
    assert accounts["carl"].standing is Standing.WORKS
    assert (accounts[READER].is_reader, accounts[READER].privileged) == (True, True)
    assert [(key.kind, key.value) for key in accounts["alice"].keys] == [
        (IdentityKeyKind.LOGIN, "alice"),
        (IdentityKeyKind.MAIL, "alice@corp.example"),
    ]


def test_taken_out_of_the_organization_they_may_publish_by_themselves(place: NpmPlace) -> None:
    del place.kept.roles["alice"]

    assert place.accounts()["alice"].standing is Standing.WORKS


def test_a_document_that_names_somebody_gives_no_right(place: NpmPlace) -> None:
    place.kept.remove("alice")

    account = place.accounts()["alice"]

    assert account.standing is Standing.DEAD
    assert "named by the document of @corp/kit alone" in account.standing_reason


def test_where_collaborators_can_not_be_read_a_document_says_neither(place: NpmPlace) -> None:
    place.kept.remove("alice")
    place.kept.refuses[f"/-/package/{KIT}/collaborators"] = FORBIDDEN

    facts = list(place.source().collect())

    (alice,) = (account for account in of(Account, facts) if account.native_id == "alice")
    assert alice.standing is Standing.UNKNOWN
    assert "collaborators of @corp/kit: 403" in error_of(facts)
    with pytest.raises(FatalError, match="owner or admin"):
        list(place.source().collect_for(sought("alice"), []))


def _packages_unlisted(kept: NpmService) -> None:
    kept.refuses[f"/-/org/{ORG}/package"] = FORBIDDEN


def _another_package_unread(kept: NpmService) -> None:
    kept.refuses |= {f"/-/package/{LEGACY}/collaborators": FORBIDDEN, f"/{LEGACY}": FORBIDDEN}


def _reader_manages_nothing(kept: NpmService) -> None:
    kept.roles[READER] = "developer"


@pytest.mark.parametrize("lack", [_packages_unlisted, _another_package_unread, _reader_manages_nothing])
def test_where_not_all_rights_are_told_nobody_is_said_to_have_none(
    place: NpmPlace, lack: Callable[[NpmService], None]
) -> None:
    place.kept.remove("alice")
    lack(place.kept)

    account = place.accounts(packages=[LEGACY, KIT])["alice"]

    assert account.standing is Standing.UNKNOWN
    assert "not all rights can be read" in account.standing_reason


def test_whoever_manages_nothing_may_not_be_shown_every_package(place: NpmPlace) -> None:
    place.kept.roles[READER] = "developer"

    assert "whether they're shown all packages" in error_of(list(place.source().collect()))


def test_what_was_published_is_the_last_use(place: NpmPlace) -> None:
    place.kept.packages[KIT].versions = {
        "1.0.0": ("alice", "2026-11-01T09:00:00.000Z"),
        "1.1.0": ("alice", "2026-11-20T09:00:00.000Z"),
        "1.2.0": ("bob", "once"),
    }

    accounts = place.accounts()

    assert accounts["alice"].last_used_at == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert accounts["bob"].last_used_at is None


def test_the_last_use_is_told_of_whoever_is_met_later(place: NpmPlace) -> None:
    """In the order of reading: LEGACY, where carl published and may do nothing any more, and then KIT."""
    place.kept.add("carl", package=KIT, role="")
    place.kept.packages[LEGACY].versions = {"1.0.0": ("carl", "2026-11-20T09:00:00.000Z")}

    assert place.accounts()["carl"].last_used_at == datetime(2026, 11, 20, 9, tzinfo=UTC)


def test_a_package_that_is_gone_costs_itself(place: NpmPlace) -> None:
    place.kept.refuses[f"/{LEGACY}"] = NOT_FOUND
    known = refs(place.source().collect(), "alice", "bob")
    place.kept.forget("bob")

    facts = list(place.source().detail(known))

    assert [account.native_id for account in of(Account, facts)] == ["alice"]
    errors = {scope.scope: scope.error for scope in of(ScopeRead, facts)}
    assert errors["alice"] == ""
    assert "the document of corp-legacy: 404" in errors["bob"]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        pytest.param([], "members of the organization: not npm's answer", id="a list"),
        pytest.param({"alice": 7}, "not npm's answer", id="a number"),
        pytest.param(None, "not npm's answer", id="nothing"),
    ],
)
def test_what_is_no_answer_of_npm_concludes_nothing(tmp_path: Path, body: object, says: str) -> None:
    with npm_place(None, tmp_path) as place:
        place.kept.refuses[f"/-/org/{ORG}/user"] = Answered(body=body)

        with pytest.raises(FatalError, match=says):
            list(place.source().collect())


def test_collaborators_that_are_no_answer_of_npm_cost_their_package(tmp_path: Path) -> None:
    with npm_place(None, tmp_path) as place:
        place.kept.add("alice")
        place.kept.refuses[f"/-/package/{LEGACY}/collaborators"] = Answered(body={"alice": 7})

        facts = list(place.source().collect())

    assert "collaborators of corp-legacy: not npm's answer" in error_of(facts)
    assert {account.native_id for account in of(Account, facts)} == {READER, "alice"}


def test_too_often_is_waited_for_and_then_given_up(place: NpmPlace) -> None:
    place.kept.limits = [Answered(status=429, body={"error": "slow down"}, headers={"Retry-After": "1"})]
    assert "alice" in place.accounts()

    place.kept.limits = [Answered(status=429, body={"error": "slow down"}, headers={"Retry-After": "120"})]
    with pytest.raises(RetriableError, match="asked too often"):
        place.accounts(max_wait_minutes=1)


def test_what_it_can_not_tell_is_said(place: NpmPlace) -> None:
    (gap,) = of(Gap, place.source().collect())

    assert not gap.red
    for what in ("other users' tokens", "second factors", "trusted publishers"):
        assert what in gap.text


def test_a_user_whom_the_register_gives_to_two_is_not_checked(place: NpmPlace) -> None:
    place.register.write_text("username,login\nalice,akim\nalice,mallory\n", "utf-8")

    facts = list(place.source().collect())

    assert "alice" not in {account.native_id for account in of(Account, facts)}
    assert "Leave the one that holds it" in error_of(facts)


def test_the_form_s_test_says_whose_the_token_is(place: NpmPlace) -> None:
    assert greet(place.connection()) == f"The token is taken, and is {READER}'s."
    with pytest.raises(FatalError, match="Invalid authentication token"):
        greet(place.connection(password="another"))


def test_a_request_that_npm_would_not_take_and_a_wrong_answer_are_noted(tls: Tls, tmp_path: Path) -> None:
    """The control: what holds ours to what is published would see it."""
    with npm_place(tls, tmp_path) as place:
        address = f"https://127.0.0.1:{place.service.port}/-/org/{ORG}"
        place.kept.roles["alice"] = "emperor"
        headers, trusted = {"Authorization": f"Bearer {TOKEN}"}, ssl.create_default_context(cafile=str(tls.authority))
        for path in ("everybody", "user"):
            httpx.get(f"{address}/{path}", headers=headers, verify=trusted)
        assert len(place.service.wrong) == 2


def test_npm_s_own_client_sees_the_same_people(place: NpmPlace, tls: Tls, tmp_path: Path) -> None:
    typed = own_client(place, tls, tmp_path)

    def said(*words: str) -> dict[str, str]:
        return json.loads(typed(shlex.join(["npm", *words, "--json"])))

    accounts = place.accounts()

    assert said("org", "ls", ORG) == place.kept.roles
    assert said("access", "list", "packages", ORG).keys() == {KIT}
    writers = {name for name, account in accounts.items() if KIT in account.standing_reason}
    assert said("access", "list", "collaborators", KIT).keys() == writers


def test_a_ticket_s_step_keeps_each_version_that_they_published(place: NpmPlace, tls: Tls, tmp_path: Path) -> None:
    place.kept.packages[KIT].versions = {
        "1.0.0": ("alice", PUBLISHED_AT),
        "1.1.0-rc.1": ("alice", PUBLISHED_AT),
        "1.2.0": ("bob", PUBLISHED_AT),
    }
    account = place.accounts()["alice"]
    subject = Subject(kind=SubjectKind.ACCOUNT, native_id="alice", label="alice", account_label="alice")
    action = AccountAction(remedy=Remedy.KEEP_TRACES, kind="npm_packages", account=account, subject=subject)
    (step,) = keep_traces(action)

    kept = own_client(place, tls, tmp_path)(step.partition("\n")[2].replace("PACKAGE", KIT))

    assert [version for version in place.kept.packages[KIT].versions if f'"{version}"' in kept] == [
        "1.0.0",
        "1.1.0-rc.1",
    ]


def own_client(place: NpmPlace, tls: Tls, tmp_path: Path) -> Callable[[str], str]:
    """npm's own, typed into a shell."""
    if not shutil.which("npm"):
        pytest.skip("npm's own client isn't here")
    host, own = f"127.0.0.1:{place.service.port}/", tmp_path / ".npmrc"
    lines = [f"registry=https://{host}", f"//{host}:_authToken={TOKEN}", f"cafile={tls.authority}"]
    lines.append("update-notifier=false")
    own.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    environment = os.environ | {"npm_config_userconfig": str(own), "npm_config_cache": str(tmp_path / "cache")}

    def typed(command: str) -> str:
        done = subprocess.run(
            ["sh", "-c", command], capture_output=True, text=True, check=True, cwd=tmp_path, env=environment
        )
        return done.stdout

    return typed


# --- setting it up ---------------------------------------------------------------------------------------------------


class Says(Chooser):
    """Whoever sets it up, and knows the organization."""

    def choose(self, key: str, question: str, options: Sequence[str] = (), **more: Any) -> str:
        del question, options, more
        assert key == "organization"
        return ORG


def test_a_first_configuration_names_the_organization_and_what_can_not_be_read(place: NpmPlace) -> None:
    good = npm_packages.propose("corp_npm", place.connection(), Says())
    place.kept.refuses = {f"/-/org/{ORG}/user": FORBIDDEN}
    lacking = npm_packages.propose("corp_npm", place.connection(), Says())
    place.kept.refuses = {}
    away = npm_packages.propose("corp_npm", place.connection(port=1), Says())

    given = {"name": "npm", "kind": "npm_packages", "connection": "corp_npm"}
    for proposal in (good, lacking, away):
        assert npm_packages.Settings.model_validate(given | dict(proposal.settings)).organization == ORG
    assert (good.warnings, "register" in good.notes[0]) == ((), True)
    assert ("403" in lacking.warnings[0], "run doctor" in lacking.notes[1]) == (True, True)
    assert ("Connection refused" in away.warnings[0], "run doctor" in away.notes[1]) == (True, True)


def test_a_first_configuration_is_none_where_the_token_is_refused(place: NpmPlace) -> None:
    with pytest.raises(FatalError, match="401"):
        npm_packages.propose("corp_npm", place.connection(password="another"), Says())
