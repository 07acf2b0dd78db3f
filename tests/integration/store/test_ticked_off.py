"""An account that stands in the store as it is told is ticked off: the store is the same as if all were compared."""

import itertools
import os
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, LiteralString
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from offboarding.identity.keys import AccountForm, KeyRules
from offboarding.model import (
    CREDENTIAL_KINDS,
    Account,
    Credential,
    ReadPhase,
    RequestCounts,
    RunKind,
    ScopeRead,
    Standing,
    SubjectKind,
)
from offboarding.model.errors import RetriableError
from offboarding.store import runs, spool
from offboarding.store.account_stage import AccountStage
from offboarding.store.connect import Session
from offboarding.store.sources import SourceRead, StagedFact
from tests.support.database import undone
from tests.support.night import rows_of
from tests.support.small_company import NIGHT, account, mail, number, ssh

EXAMPLES = int(os.environ.get("TICKED_EXAMPLES", "4"))
FORM = AccountForm(number_format="{worker_id}", rules=KeyRules.of((), {}, (), ()))
EVERYTHING = (SubjectKind.ACCOUNT, *CREDENTIAL_KINDS)
WHOLE = ScopeRead(realm="d1", scope="", kinds=EVERYTHING)
A = replace(account("a", number("1042")), last_used_at=datetime(2026, 11, 20, 13, 37, tzinfo=UTC))
NIGHTS = itertools.count()
SEEN = (
    """select native_id, label, display_name, standing, keep_use, last_used_at, gone_at is null
    from account left join (
        select account_pk, keep_use, last_used_at from account_use
        union all
        select u.account_pk, 'day', u.day::timestamptz
        from use_told t cross join unnest(t.account_pks, t.days) u (account_pk, day)) use using (account_pk)
    order by 1""",
    """select a.native_id, c.kind, c.native_id, c.label, c.standing, c.gone_at is null
    from credential c join account a using (account_pk) order by 1, 2, 3""",
    """select a.native_id, k.kind, k.value, k.loose, k.origin, k.name, k.raw, k.valid_to is null,
    k.valid_from = a.first_seen_at from account_key k join account a using (account_pk) order by 1, 2, 3, 4, 5, 6""",
)
EVERY_COLUMN: tuple[LiteralString, ...] = (
    *SEEN,
    """select realm, native_id, login, owner_labels, created_at, created_by, standing_reason, has_own_login,
    password_set_at, service_like, privileged, privileged_by, last_used_exact, kind, product, digest
    from account order by 2""",
    """select a.native_id, c.kind, c.native_id, c.standing_reason, c.can_reactivate, c.effect, c.fingerprint,
    c.created_at, c.last_used_at, c.last_used_service, c.last_used_region, c.expires_at, c.sessions_until
    from credential c join account a using (account_pk) order by 1, 2, 3""",
    "select scope, kind, complete from scope order by 1, 2",
)
Read = tuple[ReadPhase, tuple[StagedFact, ...]]
"""A phase, and what is told in it."""


def begun(session: Session, phase: ReadPhase = ReadPhase.COLLECT) -> SourceRead:
    run = runs.open_run(session, kind=RunKind.NIGHTLY, caller=f"ticked {next(NIGHTS)}", as_of=NIGHT)
    return SourceRead.begin(session, source="corp-ldap", kind="ldap", part="", phase=phase, run_id=run.run_id)


def merged(read: SourceRead, *facts: StagedFact) -> int:
    """How many of the accounts that it tells were ticked off."""
    read.stage(facts, FORM)
    ((ticked,),) = rows_of(read.session, "select count(*)::int from s_same")
    read.merge(RequestCounts())
    return ticked


def key(number_: int, of: str = "a", **given: Any) -> Credential:
    told = Credential(
        realm="d1",
        account_native_id=of,
        kind=SubjectKind.SSH_KEY,
        native_id=f"k{number_}",
        label=f"k{number_}",
        standing=Standing.WORKS,
        standing_reason="it is there",
    )
    return replace(told, **given)


@contextmanager
def nothing_ticked() -> Generator[None]:
    """Everything is compared, as if nothing had a digest."""
    with mock.patch.object(AccountStage, "_is_known", return_value=False):
        yield


@st.composite
def told_accounts(draw: DrawFn) -> Account:
    """One of three accounts, in few guises, so that the same comes again."""
    return replace(
        account(draw(st.sampled_from("abc")), *draw(st.sampled_from(((), (number("1"),), (number("1"), mail("x@y")))))),
        display_name=draw(st.sampled_from(("Kim", "Kim", "Lee"))),
        last_used_at=draw(st.sampled_from((None, A.last_used_at, datetime(2026, 11, 21, 8, tzinfo=UTC)))),
    )


@st.composite
def credentials(draw: DrawFn, of: str) -> Credential:
    standing = draw(st.sampled_from((Standing.WORKS, Standing.WORKS, Standing.DEAD)))
    return key(draw(st.integers(0, 2)), of, standing=standing)


@st.composite
def reads(draw: DrawFn) -> Read:
    """Accounts with their credentials after them, now and then some elsewhere, and what was read to its end."""
    facts: list[StagedFact] = []
    for told in draw(st.lists(told_accounts(), max_size=3, unique_by=lambda one: one.native_id)):
        facts += (told, *draw(st.lists(credentials(told.native_id), max_size=2, unique_by=lambda one: one.native_id)))
    if draw(st.integers(0, 3)) == 3:
        facts.append(key(draw(st.integers(3, 4)), draw(st.sampled_from("abc"))))
    phase = draw(st.sampled_from((ReadPhase.COLLECT, ReadPhase.COLLECT, ReadPhase.DETAIL)))
    kinds = draw(st.sampled_from((EVERYTHING, EVERYTHING, (SubjectKind.ACCOUNT,), (SubjectKind.SSH_KEY,))))
    scopes = (
        ("",)
        if phase is ReadPhase.COLLECT
        else tuple(dict.fromkeys(f.native_id for f in facts if isinstance(f, Account)))
    )
    facts += (ScopeRead(realm="d1", scope=scope, kinds=kinds) for scope in scopes)
    return phase, tuple(facts)


def after(session: Session, told: list[Read], seen: tuple[LiteralString, ...] = SEEN) -> list[list[tuple[Any, ...]]]:
    with undone(session):
        for phase, facts in told:
            read = begun(session, phase)
            read.stage(facts, FORM)
            read.merge(RequestCounts())
        return [rows_of(session, query) for query in seen]


@given(told=st.lists(reads(), min_size=2, max_size=3).flatmap(lambda few: st.lists(st.sampled_from(few), max_size=6)))
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=(HealthCheck.too_slow,))
def test_the_store_is_the_same_as_if_everything_had_been_compared(lasting_store: Session, told: list[Read]) -> None:
    with nothing_ticked():
        compared = after(lasting_store, told)

    assert after(lasting_store, told) == compared


@pytest.fixture
def session(lasting_store: Session) -> Iterator[Session]:
    with undone(lasting_store):
        merged(begun(lasting_store), A, key(1), WHOLE)
        yield lasting_store


def test_what_is_told_again_is_ticked_off(session: Session) -> None:
    assert merged(begun(session), A, key(1), WHOLE) == 1
    assert merged(begun(session), replace(A, last_used_at=datetime(2026, 11, 22, tzinfo=UTC)), key(1), WHOLE) == 1
    assert rows_of(session, "select last_used_at from account_use") == [(datetime(2026, 11, 22, tzinfo=UTC),)]


@pytest.mark.parametrize(
    "facts",
    [
        (replace(A, display_name="Kim"), key(1)),
        (replace(A, keys=()), key(1)),
        (A, key(1, standing=Standing.DEAD)),
        (A, key(1), key(2)),
        (A,),
    ],
    ids=["another name", "another key", "a dead credential", "one more", "one less"],
)
def test_what_is_told_otherwise_is_not(session: Session, facts: tuple[StagedFact, ...]) -> None:
    assert merged(begun(session), *facts, WHOLE) == 0
    assert merged(begun(session), *facts, WHOLE) == 1


def test_nor_is_anything_after_the_way_keys_are_made_has_changed(session: Session) -> None:
    read = begun(session)

    read.stage((A, key(1), WHOLE), replace(FORM, number_format="E{worker_id}"))
    read.merge(RequestCounts())

    assert rows_of(session, "select value, loose from account_key where kind = 'number' and valid_to is null") == [
        ("", "1042")
    ]


def test_what_a_live_look_changed_is_compared_again(session: Session) -> None:
    live = ScopeRead(realm="d1", scope="a", kinds=EVERYTHING)
    merged(begun(session, ReadPhase.DETAIL), A, key(1), key(2), live)

    assert merged(begun(session), A, key(1), WHOLE) == 0
    assert rows_of(session, "select native_id from credential where gone_at is null") == [("k1",)]


def test_a_live_look_that_changed_nothing_leaves_it_so(session: Session) -> None:
    live = ScopeRead(realm="d1", scope="a", kinds=EVERYTHING)
    merged(begun(session, ReadPhase.DETAIL), A, key(1), live)

    assert merged(begun(session), A, key(1), WHOLE) == 1


def test_a_credential_that_comes_elsewhere_is_found_gone_all_the_same(session: Session) -> None:
    merged(begun(session), A, key(1), account("b"), key(2), WHOLE)

    merged(begun(session), A, key(1), account("b"), WHOLE)

    assert rows_of(session, "select native_id from credential where gone_at is null") == [("k1",)]


def test_an_account_told_twice_has_what_both_tell(session: Session) -> None:
    other = replace(A, keys=(ssh("SHA256:other"),))

    merged(begun(session), A, key(1), other, key(2), WHOLE)

    assert rows_of(session, "select native_id from credential where gone_at is null order by 1") == [("k1",), ("k2",)]
    assert rows_of(
        session, "select value from account_key where kind in ('number', 'ssh_key') and valid_to is null order by 1"
    ) == [("1042",), ("SHA256:other",)]


def test_what_an_older_read_wrote_meanwhile_is_read_again(session: Session) -> None:
    older, newer = begun(session), begun(session)
    newer.stage((A, key(1), WHOLE), FORM)
    with session.cursor() as cursor:
        # As another run's process would: it began before and is over before.
        cursor.execute("update account set display_name = 'Lee', digest = null, observed_at = %s", (older.observed_at,))

    with pytest.raises(RetriableError, match="Read it again"):
        newer.merge(RequestCounts())


def test_a_credential_that_was_gone_and_is_told_again_is_back(lasting_store: Session) -> None:
    told = (ReadPhase.COLLECT, (A, key(0), WHOLE))
    without = (ReadPhase.COLLECT, (ScopeRead(realm=A.realm, scope="", kinds=(SubjectKind.SSH_KEY,)),))

    once, again = after(lasting_store, [told]), after(lasting_store, [told, without, told])

    assert again[1] == once[1]


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("told", [*itertools.permutations((Standing.DEAD, Standing.WORKS, Standing.UNKNOWN))])
def test_what_one_read_tells_in_several_ways_works_where_one_of_them_says_so(
    session: Session, told: tuple[Standing, ...], *, is_first: bool
) -> None:
    if not is_first:
        merged(begun(session), A, key(0), WHOLE)
    one, elsewhere, again = (key(1, standing=standing) for standing in told)

    merged(begun(session), A, one, account("b"), elsewhere, A, again, WHOLE)

    assert rows_of(session, "select standing from credential where native_id = 'k1'") == [("works",)]


@given(told=st.lists(st.lists(reads(), min_size=1, max_size=2), min_size=1, max_size=2))
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=(HealthCheck.too_slow,))
def test_a_first_read_comes_to_what_it_would_if_it_were_merged(lasting_store: Session, told: list[list[Read]]) -> None:
    """Also where it tells an account twice, or a credential elsewhere."""
    nights: list[Read] = [(few[0][0], tuple(fact for _, facts in few for fact in facts)) for few in told]
    with mock.patch.object(AccountStage, "_is_new", return_value=False):
        compared = after(lasting_store, nights, EVERY_COLUMN)

    assert after(lasting_store, nights, EVERY_COLUMN) == compared


@pytest.fixture
def empty(lasting_store: Session) -> Iterator[Session]:
    with undone(lasting_store):
        yield lasting_store


def staged(session: Session) -> bool:
    """Whether accounts of the last read came by way of the temporary tables."""
    return rows_of(session, "select exists (select from s_account)") == [(True,)]


def test_a_first_read_goes_straight_into_place(empty: Session) -> None:
    odd = replace(A, owner_labels=("cn=Käthe Süß,ou=Leitung" * 12, ""), privileged=True, privileged_by="Domänen-Admins")

    merged(begun(empty), odd, key(1), key(2), account("b"), WHOLE)

    assert not staged(empty)
    assert rows_of(empty, "select native_id, owner_labels, privileged from account order by 1") == [
        ("a", list(odd.owner_labels), True),
        ("b", [], None),
    ]
    assert merged(begun(empty), odd, key(1), key(2), account("b"), WHOLE) == 2


@pytest.mark.parametrize(
    "facts",
    [(A, key(1), A, key(1)), (key(1), A, key(2)), (replace(A, realm="d2"), account("b"))],
    ids=["an account told twice", "a credential elsewhere", "accounts of another system"],
)
def test_a_first_read_that_does_not_fit_is_merged(empty: Session, facts: tuple[StagedFact, ...]) -> None:
    merged(begun(empty), *facts, WHOLE)

    assert staged(empty)
    assert rows_of(empty, "select distinct realm from account") == [("d1",)]


def test_a_first_read_that_another_run_overtook_is_merged(empty: Session) -> None:
    older, newer = begun(empty), begun(empty)
    older.stage((A, account("b"), key(1, "b"), ScopeRead(realm="d1", scope="a", kinds=EVERYTHING)), FORM)
    # As another run's process would: it began later, and is over before.
    empty.execute(
        """insert into account (realm, native_id, label, login, display_name, owner_labels, created_by, standing,
        standing_reason, has_own_login, service_like, privileged_by, last_used_exact, kind, product, keys,
        first_seen_at, observed_at)
        values ('d1', 'a', '', '', 'Lee', '{}', '', 'works', '', true, false, '', true, 'account', '', '[]', %s, %s)""",
        (newer.observed_at, newer.observed_at),
    )

    older.merge(RequestCounts())

    assert rows_of(empty, "select native_id, display_name = 'Lee' from account order by 1") == [
        ("a", True),
        ("b", False),
    ]
    assert rows_of(empty, "select native_id from credential") == [("k1",)]


@pytest.mark.parametrize("is_over", [SourceRead.merge, lambda read, counts: read.fail("broke", counts)])
def test_what_waits_on_disk_has_no_name_and_is_gone_with_the_read(
    empty: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_over: Callable[..., object]
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(spool, "IN_MEMORY", 1)
    read = begun(empty)

    read.stage((A, key(1), WHOLE), FORM)

    assert open_in(tmp_path) == 3
    assert list(tmp_path.iterdir()) == []
    is_over(read, RequestCounts())
    assert open_in(tmp_path) == 0


def open_in(folder: Path) -> int:
    """How many files in this folder the process holds open, names or none (proc_pid_fd(5))."""
    links = [str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    return sum(link.startswith(str(folder)) for link in links)
