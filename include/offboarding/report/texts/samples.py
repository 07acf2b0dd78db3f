"""Invented tickets of every kind, by which a company's template is tried before a night needs it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from secrets import token_hex

from offboarding.model import TicketKind
from offboarding.report.texts.views import (
    ChoiceView,
    DecisionView,
    DepartedView,
    DepartureChangeView,
    LeaverView,
    SharedStepsView,
    ThingView,
    TicketView,
    TicketViews,
)

_AT = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)
_PERSON = LeaverView(
    name="Kim Minjun",
    worker="1042",
    roster="hr",
    told="status Terminated",
    basis="actual",
    withdrawn=False,
    left_on=date(2026, 11, 13),
    left_at=_AT,
    zone="Asia/Seoul",
    elsewhere=True,
)
_THING = ThingView(
    number=1,
    name="Account uid=kim,dc=corp",
    key="f-7c31aa01",
    source="corp-ldap",
    severity="high",
    state="open",
    why="",
    ended=None,
    reopened=2,
    holds=True,
    works=True,
    unknown=False,
    reason="no lock",
    seen=_AT,
    since=_AT,
    last_used=_AT,
    change="again",
    clauses=("employeeNumber 1042 = hr worker 1042",),
    sentences=("It works: no lock.",),
    steps=("Lock it:\nldapmodify -f lock.ldif", "Undo: the same with unlock.ldif."),
)
_DONE = replace(
    _THING, number=2, key="f-90ab1111", state="resolved", why="seen dead", ended=_AT, holds=False, change="", steps=()
)
_AGAIN = replace(_THING, number=3, key="f-90ab2222", clauses=(), clauses_in=1, steps=(), steps_in=1, change="added")
_THINGS = (_THING, _DONE, _AGAIN)
_TICKET = TicketView(
    key="offb-3fa9c1d2e4b7",
    kind=TicketKind.REVOKE,
    system="corp-ldap",
    roster="hr",
    thing="signing key login",
    holders=("1042", "1057"),
    own_title="",
    own_opening="",
    own_left="",
    due=_AT,
    working=2,
    untold=1,
    holding=2,
    more=2_912,
    missing=("Grant ListAccessKeys.",),
    explain="python -m offboarding explain f-7c31aa01",
    list_all="python -m offboarding findings --state all",
    successor="helpdesk, 17",
    successor_url="https://tickets.corp.example/17",
)
_DECISION = DecisionView(
    form="offboarding_decide_link",
    page="",
    choices=(ChoiceView(asks="Not theirs? Revoke nothing, and say so", choice="reject", numbers=(1,)),),
    rows=(((1,), "source corp-ldap"), ((3,), "source aws")),
    commands=("python -m offboarding link reject SOURCE",),
)
_DEPARTED = DepartedView(basis="notice", left_at=_AT, left_on=date(2026, 11, 13), zone="Asia/Seoul", elsewhere=False)
_WHOLE = TicketViews(
    ticket=_TICKET,
    person=_PERSON,
    things=_THINGS,
    shared=(SharedStepsView(numbers=(1, 3), named=True, steps=_THING.steps),),
    decisions=(_DECISION,),
    changed=_THINGS,
    changed_more=7,
    departures=(
        DepartureChangeView(
            worker="hr:1042",
            renamed_from="hr:99",
            now=_DEPARTED,
            before=replace(_DEPARTED, basis="actual", left_at=_AT - timedelta(days=1)),
        ),
    ),
)


def samples() -> Iterator[TicketViews]:
    """Yield a ticket of each kind: full, and with as little on it as there may be. What they are called by is another
    each time, so that nobody's template passes that has it written down.
    """
    keys = {each.key: f"f-{token_hex(4)}" for each in _THINGS}
    things = tuple(replace(each, key=keys[each.key]) for each in _THINGS)
    for kind in TicketKind:
        person = _PERSON if kind in {TicketKind.REVOKE, TicketKind.EVENT} else None
        ticket = replace(_TICKET, kind=kind.value, key=f"offb-{token_hex(6)}")
        yield replace(_WHOLE, ticket=ticket, person=person, things=things, changed=things)
        bare = replace(ticket, holders=(), working=0, untold=0, holding=0, more=0, missing=(), explain="")
        withdrawn = replace(_PERSON, name="", withdrawn=True, left_on=None, left_at=None, basis="") if person else None
        yield replace(
            _WHOLE,
            ticket=bare,
            person=withdrawn,
            things=things[1:2],
            shared=(),
            decisions=(),
            changed=(),
            changed_more=0,
        )
