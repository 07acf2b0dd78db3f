"""Random records: so few ids and moments that they meet, and overlap by a hair, all the time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from tests.support.held.drawing import AS_OF, logins, maybe, members, nights, owned, people, roles
from tests.support.held.drawing_keys import HOLDERS, PRINCIPALS, copies, custodians, events, granted, places, scopes
from tests.support.held.records import Custodian, Granted, Member, Owned, OwnKey, Records, Rejected

_T = TypeVar("_T")


def few(
    made: SearchStrategy[_T], *one: Callable[[_T], object], least: int = 0, most: int = 4
) -> SearchStrategy[tuple[_T, ...]]:
    """A few, of which the store can hold one a value of each of these at the most; None is no value."""
    return st.lists(made, min_size=least, max_size=most).map(lambda drawn: tuple(_apart(drawn, one)))


def _apart(drawn: Sequence[_T], one: Sequence[Callable[[_T], object]]) -> Iterator[_T]:
    taken: set[tuple[int, object]] = set()
    for each in drawn:
        values = {(number, value) for number, told in enumerate(one) if (value := told(each)) is not None}
        if not values & taken:
            taken |= values
            yield each


@st.composite
def records(draw: DrawFn) -> Records:
    """All of it."""
    staff, accounts = draw(people()), draw(logins())
    uids = {person.uid for person in staff}
    links = draw(few(owned(staff, accounts), _owned_open, least=4, most=7))
    rejections = st.builds(_rejected, st.sampled_from(links), st.booleans()).filter(lambda word: word.uid in uids)
    own_keys = st.builds(OwnKey, account=st.sampled_from(accounts), fingerprint=st.just("SHA256:aaa"), created_at=maybe)
    principals = draw(st.lists(st.sampled_from(PRINCIPALS), min_size=1, max_size=2))
    holders = draw(st.lists(st.sampled_from(HOLDERS), min_size=1, max_size=3))
    return Records(
        as_of=AS_OF,
        nights=draw(nights()),
        people=staff,
        logins=accounts,
        owned=links,
        rejected=draw(few(rejections, most=1)),
        members=draw(few(members, _member_begun, _member_open, least=2, most=5)),
        roles=draw(few(roles, lambda role: role.principal)),
        copies=draw(few(copies(), lambda copy: (copy.realm, copy.native_id, copy.material), least=2)),
        granted=draw(few(granted(principals), _granted_begun, _granted_open, least=3, most=6)),
        places=draw(few(places, lambda place: place, least=1)),
        custodians=draw(few(custodians(holders), _custodian_open, least=2, most=5)),
        own_keys=draw(few(own_keys, most=1)),
        events=draw(few(events, lambda event: event.event_id, least=1, most=7)),
        scopes=draw(few(scopes, most=1)),
    )


def _owned_open(link: Owned) -> object:
    return (link.account, link.uid) if link.valid_to is None else None


def _rejected(link: Owned, revoked: bool) -> Rejected:
    return Rejected(account=link.account, uid=link.uid, revoked=revoked)


def _member_begun(member: Member) -> object:
    return member.group, member.account, member.valid_from


def _member_open(member: Member) -> object:
    return (member.group, member.account) if member.valid_to is None else None


def _granted_begun(way: Granted) -> object:
    return way.source_kind, way.key, way.kind, way.principal, way.action, way.valid_from


def _granted_open(way: Granted) -> object:
    return (way.source_kind, way.key, way.kind, way.principal, way.action) if way.valid_to is None else None


def _custodian_open(named: Custodian) -> object:
    return replace(named, valid_from=AS_OF) if named.valid_to is None else None
