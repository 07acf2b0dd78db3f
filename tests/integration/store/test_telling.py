"""No case is made of people of whom no rule has anything to say: with and without that, the rules say the same."""

import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from offboarding.model import (
    CREDENTIAL_KINDS,
    Account,
    AccountKey,
    Credential,
    Effect,
    Employment,
    EmploymentStatus,
    IdentityKeyKind,
    IdentityKeyOrigin,
    Standing,
    SubjectKind,
    Worker,
)
from offboarding.runs import pipeline
from offboarding.store.connect import Session
from tests.support import oracle
from tests.support.companies import companies
from tests.support.database import undone
from tests.support.night import ListedSource, settings_of, spend_night
from tests.support.telling import of_everyone, said

EXAMPLES = int(os.environ.get("TELLING_EXAMPLES", "3"))
LEFT_ON = date(2026, 11, 13)
NIGHT = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)
BEFORE, AFTER = NIGHT - timedelta(days=200), NIGHT - timedelta(days=2)
USES = (None, None, BEFORE, AFTER)
MOSTLY_DEAD = (*(Standing.DEAD,) * 5, Standing.WORKS, Standing.UNKNOWN)
REALM = "r-corp-ldap"


def leaver(number: int, *, left: EmploymentStatus = EmploymentStatus.LEFT) -> Worker:
    day = LEFT_ON if left is EmploymentStatus.LEFT else None
    told = Employment(
        status=left, start_on=date(2019, 3, 4), last_working_on=day, end_on=LEFT_ON, zone="Asia/Seoul", type=""
    )
    return Worker(worker_id=f"10{number}", employments=(told,), record=f"row {number}")


def account(number: int, *, standing: Standing = Standing.DEAD, last_used_at: datetime | None = None) -> Account:
    key = AccountKey(
        kind=IdentityKeyKind.NUMBER, value=f"10{number}", origin=IdentityKeyOrigin.ATTRIBUTE, name="number"
    )
    return Account(
        realm=REALM,
        native_id=f"a{number}",
        label=f"uid=p{number}",
        login=f"p{number}",
        keys=(key,),
        standing=standing,
        standing_reason="drawn",
        last_used_at=last_used_at,
    )


def credential(number: int, *, standing: Standing = Standing.DEAD) -> Credential:
    return Credential(
        realm=REALM,
        account_native_id=f"a{number}",
        kind=SubjectKind.ACCESS_KEY,
        native_id=f"AKIA{number}",
        label="a key",
        standing=standing,
        standing_reason="drawn",
    )


@st.composite
def accounts(draw: DrawFn, number: int) -> Account:
    """Mostly dead, and now and then anything else."""
    standing = draw(st.sampled_from(MOSTLY_DEAD))
    return replace(
        account(number, standing=standing, last_used_at=draw(st.sampled_from(USES))),
        kind=draw(st.sampled_from((SubjectKind.ACCOUNT, SubjectKind.ACCOUNT, SubjectKind.ROOT_ACCOUNT))),
        has_own_login=draw(st.booleans()),
        service_like=draw(st.integers(0, 5)) == 5,
        sessions_valid_from=draw(st.sampled_from((None, BEFORE - timedelta(days=1), NIGHT - timedelta(days=1)))),
    )


@st.composite
def credentials(draw: DrawFn, number: int) -> Credential:
    """Of any kind; mostly dead, and now and then anything else."""
    standing = draw(st.sampled_from(MOSTLY_DEAD))
    return replace(
        credential(number, standing=standing),
        kind=draw(st.sampled_from(CREDENTIAL_KINDS)),
        can_reactivate=standing is Standing.DEAD and draw(st.integers(0, 4)) == 4,
        effect=draw(st.sampled_from(Effect)),
        fingerprint=draw(st.sampled_from(("", "SHA256:a", f"SHA256:{number}"))),
        last_used_at=draw(st.sampled_from(USES)),
    )


@st.composite
def quiet_companies(draw: DrawFn) -> oracle.Company:
    """Six people and an account of each: most of them left, and most of what they had is dead."""
    numbers = range(10, 16)
    statuses = (*(EmploymentStatus.LEFT,) * 6, EmploymentStatus.ACTIVE)
    people = tuple(leaver(number, left=draw(st.sampled_from(statuses))) for number in numbers)
    theirs = tuple(draw(accounts(number)) for number in numbers if draw(st.integers(0, 5)))
    keys = tuple(draw(credentials(number)) for number in numbers if draw(st.booleans()))
    return company(people, theirs, keys)


def company(
    people: tuple[Worker, ...], theirs: tuple[Account, ...], keys: tuple[Credential, ...] = ()
) -> oracle.Company:
    source = oracle.SourceRead(name="corp-ldap", realm=REALM, id_space="hr", accounts=theirs, credentials=keys)
    roster = oracle.RosterRead(name="hr", id_space="hr", workers=people)
    return oracle.Company(as_of=NIGHT, rosters=(roster,), sources=(source,))


def both(session: Session, found: oracle.Company, *, later: bool = False) -> tuple[tuple[int, object], ...]:
    """What is said of whoever tells, and of everyone; after a night, or in a later one in which nothing was read."""
    with undone(session):
        run = spend_night(session, found)
        for source in found.sources:
            of = settings_of(found)
            pipeline.detail(session, of, run, of.source(source.name), "", ListedSource(source))
        if later:
            run = replace(run, reads_since=datetime.now(UTC) + timedelta(hours=1))
        told = said(session, run, NIGHT)
        with of_everyone():
            return told, said(session, run, NIGHT)


@given(found=quiet_companies() | companies(history=True), later=st.integers(0, 5).map(lambda drawn: drawn == 5))
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=(HealthCheck.too_slow,))
def test_rules_say_the_same_of_whoever_tells_as_of_everyone(
    lasting_store: Session, found: oracle.Company, later: bool
) -> None:
    (fewer, told), (every, told_of_everyone) = both(lasting_store, found, later=later)

    assert told == told_of_everyone
    assert fewer <= every


def test_no_case_is_made_where_everything_is_seen_dead(lasting_store: Session) -> None:
    found = company((leaver(10),), (account(10, last_used_at=BEFORE),), (credential(10),))

    (fewer, told), (every, _) = both(lasting_store, found)

    assert (fewer, every, told) == (0, 1, [])


def test_a_case_is_made_where_only_one_thing_speaks(lasting_store: Session) -> None:
    dead = account(10)
    speaking = (
        ((replace(dead, standing=Standing.UNKNOWN),), ()),
        ((replace(dead, last_used_at=AFTER),), ()),
        ((replace(dead, last_used_at=BEFORE, sessions_valid_from=BEFORE - timedelta(days=1)),), ()),
        ((replace(dead, sessions_valid_from=BEFORE),), ()),
        ((dead,), (credential(10, standing=Standing.WORKS),)),
        ((dead,), (replace(credential(10), can_reactivate=True),)),
        ((dead,), (replace(credential(10), last_used_at=AFTER),)),
    )
    for theirs, keys in speaking:
        (fewer, told), (_, told_of_everyone) = both(lasting_store, company((leaver(10),), theirs, keys))

        assert fewer == 1
        assert told == told_of_everyone
        assert told


def test_a_case_is_made_where_nothing_was_read_in_this_run(lasting_store: Session) -> None:
    (fewer, told), (_, told_of_everyone) = both(
        lasting_store, company((leaver(10),), (account(10),), (credential(10),)), later=True
    )

    assert fewer == 1
    assert told == told_of_everyone
    assert told
