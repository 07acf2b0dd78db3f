"""What one read of a source does to what another told: gone, stale, older, renamed, and how exactly use is kept."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any, LiteralString

import pytest

from offboarding.identity.keys import AccountForm, KeyRules
from offboarding.model import (
    CREDENTIAL_KINDS,
    Account,
    Gap,
    Membership,
    ReadPhase,
    RequestCounts,
    RunKind,
    ScopeRead,
    Standing,
    SubjectKind,
    TicketKind,
)
from offboarding.store import runs, sources
from offboarding.store.connect import Session
from offboarding.store.rows import SourceOutcome
from offboarding.store.sources import SourceRead, StagedFact
from offboarding.store.tickets import missing_rights
from tests.support.companies import ssh_credential
from tests.support.night import rows_of
from tests.support.small_company import NIGHT, account, number, ssh

FORM = AccountForm(number_format="{worker_id}", rules=KeyRules.of((), {}, (), ()))
EVERYTHING = (SubjectKind.ACCOUNT, *CREDENTIAL_KINDS)
WHOLE = ScopeRead(realm="d1", scope="", kinds=EVERYTHING)
DENIED = ScopeRead(realm="d1", scope="", kinds=EVERYTHING, error="d1: the listing was denied. Grant iam:ListUsers.")
A, B = account("a", number("1042")), account("b")
KEY = ssh_credential(A, "SHA256:k")
TWO_PARTS_OF_A_DAY = datetime(2026, 11, 20, 13, 37, tzinfo=UTC)


def of(account_: Account, *kinds: SubjectKind) -> ScopeRead:
    return ScopeRead(realm="d1", scope=account_.native_id, kinds=kinds or EVERYTHING)


@dataclass(frozen=True, slots=True)
class System:
    """One realm through its reads, a run each."""

    session: Session
    nights: Iterator[int] = field(default_factory=itertools.count)

    def begun(self, *, phase: ReadPhase = ReadPhase.COLLECT, name: str = "corp-ldap") -> SourceRead:
        run = runs.open_run(self.session, kind=RunKind.NIGHTLY, caller=f"night {next(self.nights)}", as_of=NIGHT)
        return SourceRead.begin(self.session, source=name, kind="ldap", part="", phase=phase, run_id=run.run_id)

    def merged(self, read: SourceRead, *facts: StagedFact) -> SourceOutcome:
        read.stage(facts, FORM)
        return read.merge(RequestCounts(inventory=1))

    def read(self, *facts: StagedFact, phase: ReadPhase = ReadPhase.COLLECT, name: str = "corp-ldap") -> SourceOutcome:
        return self.merged(self.begun(phase=phase, name=name), *facts)

    def ask(self, query: LiteralString) -> list[tuple[Any, ...]]:
        return rows_of(self.session, query)

    def there(self) -> dict[str, str]:
        """Accounts and credentials that aren't gone, with their standing."""
        return dict(
            self.ask(
                "select native_id, standing from account where gone_at is null"
                " union all select native_id, standing from credential where gone_at is null"
            )
        )


@pytest.fixture
def system(store: Session) -> System:
    return System(store)


def test_what_a_whole_read_no_longer_shows_is_gone_and_comes_back(system: System) -> None:
    system.read(A, KEY, B, WHOLE)
    system.read(B, WHOLE)
    assert system.there() == {"b": "works"}

    system.read(A, KEY, B, WHOLE)
    assert system.there() == {"a": "works", "b": "works", "SHA256:k": "works"}


@pytest.mark.parametrize("nothing", ((), (DENIED,), (Gap(realm="d1", text="denied", red=True),)))
def test_what_wasn_t_read_to_its_end_is_still_there(system: System, nothing: tuple[StagedFact, ...]) -> None:
    system.read(A, KEY, B, WHOLE)

    outcome = system.read(replace(B, standing=Standing.DEAD), *nothing)

    assert system.there() == {"a": "works", "b": "dead", "SHA256:k": "works"}
    assert outcome.status == ("partial" if nothing else "complete")


def test_a_kind_that_wasn_t_read_is_still_there(system: System) -> None:
    system.read(A, KEY, WHOLE)

    system.read(A, ScopeRead(realm="d1", scope="", kinds=(SubjectKind.ACCOUNT, SubjectKind.ACCESS_KEY)))

    assert system.there() == {"a": "works", "SHA256:k": "works"}


@pytest.mark.parametrize(
    ("read", "there"),
    [
        pytest.param(WHOLE, {"a", "team/c", "SHA256:k"}, id="whole: another is gone"),
        pytest.param(DENIED, {"a", "b", "team/c", "SHA256:k"}, id="denied: nobody is"),
    ],
)
def test_what_settings_leave_out_is_there_as_it_was_last_seen(system: System, read: ScopeRead, there: set[str]) -> None:
    system.read(WHOLE, A, KEY, B, account("team/c"))
    system.read(replace(read, left_out=("a", "team/")))

    assert {*system.there()} == there
    assert system.ask("select native_id from account where last_seen_at is not null order by 1") == [
        ("a",),
        ("team/c",),
    ]


def test_a_failed_read_leaves_everything_as_it_was(system: System) -> None:
    system.read(A, KEY, WHOLE)

    outcome = system.begun().fail("no connection", RequestCounts())

    assert outcome.status == "failed"
    assert system.there() == {"a": "works", "SHA256:k": "works"}


def test_one_account_s_scope_shows_it_gone_and_nobody_else(system: System) -> None:
    system.read(A, KEY, B, WHOLE)

    system.read(of(A), phase=ReadPhase.DETAIL)
    assert system.there() == {"b": "works"}

    system.read(B, of(B, SubjectKind.ACCOUNT), phase=ReadPhase.DETAIL)
    assert system.there() == {"b": "works"}


def test_a_scope_says_when_it_was_last_read_to_its_end(system: System) -> None:
    system.read(A, WHOLE)
    (before,) = system.ask("select observed_at from scope where kind = 'account'")

    system.read(DENIED)

    assert system.ask("select observed_at, complete, error <> '' from scope where kind = 'account'") == [
        (*before, True, True)
    ]
    system.read(A, WHOLE)
    assert system.ask("select error, error_at from scope where kind = 'account'") == [("", None)]


# --- older than what is known ----------------------------------------------------------------------------------------


def test_an_older_listing_never_overwrites_a_newer(system: System) -> None:
    system.read(A, KEY, WHOLE)
    older, newer = system.begun(), system.begun()

    system.merged(newer, A, KEY, WHOLE)
    system.merged(older, replace(A, standing=Standing.DEAD, keys=()), B, WHOLE)

    assert system.there() == {"a": "works", "SHA256:k": "works"}
    assert system.ask("select count(*) from account_key where kind = 'number' and valid_to is null") == [(1,)]


def test_an_older_listing_leaves_alone_what_was_read_live_since(system: System) -> None:
    """Even where the live read changed nothing, so that the row doesn't tell."""
    system.read(A, KEY, B, WHOLE)
    listing, live = system.begun(), system.begun(phase=ReadPhase.DETAIL)

    system.merged(live, A, KEY, of(A))
    system.merged(listing, replace(B, standing=Standing.DEAD), WHOLE)

    assert system.there() == {"a": "works", "b": "dead", "SHA256:k": "works"}


def test_an_older_live_read_leaves_alone_what_was_listed_since(system: System) -> None:
    system.read(A, KEY, B, WHOLE)
    live, listing = system.begun(phase=ReadPhase.DETAIL), system.begun()

    system.merged(listing, A, KEY, B, WHOLE)
    system.merged(live, replace(A, standing=Standing.DEAD), of(A), of(B))

    assert system.there() == {"a": "works", "b": "works", "SHA256:k": "works"}


# --- names and keys --------------------------------------------------------------------------------------------------


def test_a_source_s_new_name_and_an_account_s_new_label_make_no_new_account(system: System) -> None:
    system.read(A, KEY, WHOLE)
    before = system.ask(
        "select account_pk, c.native_id, c.xmin::text from account join credential c using (account_pk)"
    )

    system.read(replace(A, label="uid=a,ou=Left,dc=corp", login="renamed"), KEY, WHOLE, name="directory")

    assert (
        system.ask("select account_pk, c.native_id, c.xmin::text from account join credential c using (account_pk)")
        == before
    )
    assert system.ask("select label, login, source from account join realm using (realm)") == [
        ("uid=a,ou=Left,dc=corp", "renamed", "directory")
    ]
    assert [row.source for row in sources.realms(system.session)] == ["directory"]


def test_keys_are_dated(system: System) -> None:
    system.read(A, WHOLE)
    system.read(replace(A, keys=(number("1043"),)), WHOLE)

    numbers = "select value, valid_to is null from account_key where kind = 'number' order by value"
    assert system.ask(numbers) == [("1042", False), ("1043", True)]
    system.read(A, WHOLE)
    assert system.ask(numbers) == [("1042", True), ("1043", False)]


def test_two_numbers_that_aren_t_in_the_declared_form_are_two_keys(system: System) -> None:
    read = system.begun()
    each = replace(A, keys=(number("7"), number("8")))
    read.stage([each], replace(FORM, number_format="E{worker_id}"))
    read.merge(RequestCounts())

    assert system.ask("select value, loose from account_key where kind = 'number' order by loose") == [
        ("", "7"),
        ("", "8"),
    ]


# --- last use --------------------------------------------------------------------------------------------------------


def test_last_use_is_kept_as_far_as_it_is_needed(system: System) -> None:
    used = replace(A, last_used_at=TWO_PARTS_OF_A_DAY)
    kept = "select keep_use, last_used_at from account left join account_use using (account_pk)"

    system.read(used, WHOLE)
    assert system.ask("select days from use_told") == [([date(2026, 11, 20)],)]
    system.read(used, WHOLE)
    assert system.ask(kept) == [("day", datetime(2026, 11, 20, tzinfo=UTC))]

    system.read(used, of(A), phase=ReadPhase.DETAIL)
    assert system.ask(kept) == [("exact", TWO_PARTS_OF_A_DAY)]
    system.read(used, WHOLE)
    assert system.ask(kept) == [("exact", TWO_PARTS_OF_A_DAY)]

    system.session.execute("delete from account_use")
    system.read(used, WHOLE)
    assert system.ask(kept) == [(None, None)]


def test_a_fingerprint_is_a_key_and_a_credential(system: System) -> None:
    system.read(replace(A, keys=(ssh("SHA256:k"),)), KEY, WHOLE)

    assert system.ask("select value from account_key where kind = 'ssh_key'") == [("SHA256:k",)]
    assert system.ask("select fingerprint from credential") == [("SHA256:k",)]


def test_a_look_at_one_account_ends_nobody_elses_membership(system: System) -> None:
    whole, one = replace(WHOLE, groups=("g",)), replace(of(A), groups=("g",))
    member = Membership(realm="d1", group_native_id="g", group_label="cn=keys", account_native_id="a")
    system.read(A, B, member, replace(member, account_native_id="b"), whole)

    system.read(A, one, phase=ReadPhase.DETAIL)

    standing = system.ask("select account_native_id from membership where valid_to is null")
    assert standing == [("b",)]


def test_a_right_that_roles_no_longer_lack_is_missing_no_more(system: System) -> None:
    row: Any = SimpleNamespace(kind=TicketKind.UNVERIFIED, holder="unverified:d1")
    roles = (SubjectKind.ROLE,)
    read = ScopeRead(realm="d1", scope="AROA", kinds=roles)

    system.read(read, ScopeRead(realm="d1", scope="", kinds=roles, error="eks:ListClusters denied"))
    assert missing_rights(system.session, row) == ["eks:ListClusters denied"]

    system.read(read)
    assert missing_rights(system.session, row) == []
