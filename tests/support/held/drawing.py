"""Random people, accounts, groups and roles, and the moments of all of it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from tests.support.held.records import Login, Member, Night, Owned, Person, Role

FIRST = datetime(2026, 11, 10, 16, tzinfo=UTC)
NIGHTS, HOURS = 6, 24
AS_OF = FIRST + timedelta(hours=HOURS * NIGHTS)
DIRECTORY, CLOUD, ISSUER = "d1", "c1", "https://login.corp.example"
GROUPS = ("g1", "g2")
ROLE, ROLE_ID = "arn:role/reader", "AROA1"
LOGINS = (
    (DIRECTORY, "cn=kim", "kim"),
    (DIRECTORY, "lee", "lee"),
    (CLOUD, "arn:user/kim", "AIDAKIM"),
    (CLOUD, "arn:user/lee", "AIDALEE"),
)
"""Realm, label and native id."""
READS = tuple(FIRST + timedelta(hours=HOURS * night, minutes=late) for night in range(NIGHTS) for late in (0, 20))
"""When reads began, by the clock on the wall; the first of all is what was told first."""
MOMENTS = tuple(
    read + shift
    for read in READS
    for shift in (timedelta(hours=-1), timedelta(0), timedelta(minutes=1), timedelta(hours=11))
)
SHIFTS = (timedelta(0), timedelta(0), timedelta(minutes=-5), timedelta(days=-2), timedelta(hours=7))
"""How far a run's moment lies from when it began: a night long past may be run again."""

reads = st.sampled_from(READS)
moments = st.sampled_from(MOMENTS)
maybe = st.none() | moments
rarely = st.sampled_from((*(None,) * 3 * len(READS), *READS))


@st.composite
def stretches(draw: DrawFn) -> tuple[datetime, datetime | None]:
    """From one read to a later one, or still."""
    begun, ended = draw(reads), draw(st.none() | reads)
    return begun, ended if ended is not None and ended > begun else None


@st.composite
def nights(draw: DrawFn) -> tuple[Night, ...]:
    """The runs that read all of it; the first may be missing, as if it had been tidied away."""
    shifts = draw(st.lists(st.sampled_from(SHIFTS), min_size=NIGHTS, max_size=NIGHTS))
    begun = [FIRST + timedelta(hours=HOURS * night) for night in range(NIGHTS)]
    told = [Night(started_at=at, as_of=at + shift) for at, shift in zip(begun, shifts, strict=True)]
    return tuple(told[draw(st.integers(0, 1)) :])


@st.composite
def people(draw: DrawFn) -> tuple[Person, ...]:
    """Three, of whom some have left."""
    return tuple(
        Person(
            uid=UUID(int=number),
            worker_id=f"{1000 + number}",
            left_at=draw(st.sampled_from((*MOMENTS, None))),
            counts=draw(st.sampled_from((True,) * 7 + (False,))),
            once=draw(st.sampled_from((None, UUID(int=number + 10)))),
        )
        for number in (1, 2, 3)
    )


@st.composite
def logins(draw: DrawFn) -> tuple[Login, ...]:
    """The accounts there are."""
    return tuple(
        Login(
            realm=realm,
            native_id=native_id,
            label=label,
            standing=draw(st.sampled_from(("works",) * 5 + ("dead",))),
            gone_at=draw(rarely),
        )
        for realm, label, native_id in LOGINS
    )


def owned(people: tuple[Person, ...], logins: tuple[Login, ...]) -> SearchStrategy[Owned]:
    """A link of anybody's, under the present uid or the former."""
    uids = [uid for person in people for uid in (person.uid, person.once) if uid]
    return st.builds(
        lambda account, uid, decision, stretch: Owned(
            account=account, uid=uid, decision=decision, valid_from=stretch[0], valid_to=stretch[1]
        ),
        st.sampled_from(logins),
        st.sampled_from(uids),
        st.sampled_from(("linked", "linked", "linked", "probable")),
        stretches(),
    )


members = st.builds(
    lambda group, account, stretch: Member(group=group, account=account, valid_from=stretch[0], valid_to=stretch[1]),
    st.sampled_from(GROUPS),
    st.sampled_from(("kim", "lee")),
    stretches(),
)
roles = st.builds(
    Role,
    native_id=st.just(ROLE_ID),
    label=st.just(ROLE),
    principal=st.sampled_from(("arn:user/kim", "AIDALEE", "arn:user/lee")),
    standing=st.sampled_from(("works", "works", "unknown", "dead")),
    gone_at=rarely,
)
