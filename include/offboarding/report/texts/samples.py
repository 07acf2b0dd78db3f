"""Invented tickets and comments, by which a company's template is tried before a night needs it.

Each is as `report/ticket_views.py` makes one: a comment, for one, is never given who left.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from secrets import token_hex

from offboarding.model import TicketKind, say
from offboarding.report.texts.views import (
    ChoiceView,
    DecisionView,
    DepartedView,
    DepartureChangeView,
    ExposedView,
    LeaverView,
    SharedStepsView,
    ThingView,
    TicketView,
    TicketViews,
)

_OF_THE_TICKET = {"title", "body"}
_OF_A_PERSON = {TicketKind.REVOKE, TicketKind.EVENT}
_AT = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)
_PERSON = LeaverView(
    name="Kim Minjun",
    worker="1042",
    roster="hr",
    told="status Terminated",
    basis="actual",
    circumstance="",
    withdrawn=False,
    left_on=date(2026, 11, 13),
    left_at=_AT,
    zone="Asia/Seoul",
    elsewhere=True,
)
_BARE_PERSON = replace(_PERSON, name="", basis="inferred", left_on=None, left_at=None, elsewhere=False)
_THING = ThingView(
    number=1,
    name="Account uid=kim,dc=corp",
    key="",
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
    sentences=("It works: no lock.", say("Again it can't be told whether these work.")),
    steps=("Lock it:\nldapmodify -f lock.ldif", "Undo: the same with unlock.ldif."),
)
_BARE = replace(
    _THING, source="", reopened=0, reason="", seen=None, since=None, last_used=None, clauses=(), sentences=(), steps=()
)
_DONE = replace(_BARE, state="resolved", why="seen dead", ended=_AT, holds=False, works=False, change="")
_THINGS = (_THING, _BARE, _DONE)
_TICKET = TicketView(
    key="",
    kind="",
    system="corp-ldap",
    roster="hr",
    thing="signing key login",
    holders=("1042", "1057"),
    own_title="",
    own_opening="",
    own_closing="",
    own_left="",
    due=_AT,
    working=2,
    untold=1,
    holding=2,
    attested=True,
    more=2_912,
    missing=("Grant ListAccessKeys.",),
    explain="python -m offboarding explain f-7c31aa01",
    list_all="python -m offboarding findings --state all",
    exposure="python -m offboarding exposure hr:1042",
)
_PLAIN = replace(_TICKET, holders=(), due=None, working=0, untold=0, holding=0, attested=False, more=0, missing=())
_NOTHING = replace(_PLAIN, system="", roster="", thing="", explain="", exposure="")
"""Of which nothing is on a list."""
_DECISIONS = (
    DecisionView(
        form="link",
        page="",
        choices=(ChoiceView(asks="Not theirs? Revoke nothing, and say so", choice="reject", numbers=(1,)),),
        rows=(((1,), "source corp-ldap"), ((3,), "source aws")),
        commands=("python -m offboarding link reject SOURCE",),
    ),
    DecisionView(
        form="verdict",
        page="https://airflow.corp.example/offboarding/decide/verdict",
        choices=(ChoiceView(asks="Say what it was; only that closes this", choice="", numbers=()),),
        rows=(((1, 2, 3), "finding f-7c31aa01"),),
        commands=("python -m offboarding use VERDICT",),
    ),
)
_DEPARTED = DepartedView(basis="notice", left_at=_AT, left_on=date(2026, 11, 13), zone="Asia/Seoul", elsewhere=True)
_DEPARTURES = (
    DepartureChangeView(
        worker="hr:1042",
        renamed_from="hr:99",
        now=_DEPARTED,
        before=replace(_DEPARTED, basis="actual", left_at=_AT - timedelta(days=1), elsewhere=False),
    ),
    DepartureChangeView(
        worker="hr:1045", renamed_from="", now=_DEPARTED, before=replace(_DEPARTED, basis="away", elsewhere=False)
    ),
    DepartureChangeView(worker="hr:1043", renamed_from="hr:98", now=None, before=None),
    DepartureChangeView(
        worker="hr:1044",
        renamed_from="",
        now=replace(_DEPARTED, basis="planned", elsewhere=False),
        before=replace(_DEPARTED, basis="inferred"),
    ),
)


_EXPOSED = (
    ExposedView(number=1, name="Signing key login", key="f-7c31aa02", severity="critical", unknown=False),
    ExposedView(number=2, name="Secret database", key="f-7c31aa03", severity="low", unknown=True),
)


def samples(name: str) -> Iterator[TicketViews]:
    """Yield what a text is made of, for tickets of each kind, with much and with little. `name`: its template's. What
    tickets and things are called by is another each time, so that nobody's template passes that has it written down.
    """
    for kind in TicketKind:
        whole, plain, bare = (_called(each, kind) for each in (_TICKET, _PLAIN, _NOTHING))
        if name in _OF_THE_TICKET:
            is_of_a_person = kind in _OF_A_PERSON
            yield TicketViews(
                ticket=whole,
                person=_PERSON if is_of_a_person else None,
                things=_listed(_THINGS),
                shared=(SharedStepsView(numbers=(1, 3), named=True, steps=_THING.steps),),
                decisions=_DECISIONS,
                exposed=_EXPOSED if is_of_a_person else (),
                exposed_more=3 if is_of_a_person else 0,
            )
            person = _BARE_PERSON if is_of_a_person else None
            yield TicketViews(ticket=plain, person=person, things=_listed(_THINGS[1:]))
            yield TicketViews(ticket=bare, person=person)
        elif name == "departure_changed":
            yield TicketViews(ticket=whole, departures=_DEPARTURES)
            yield from (TicketViews(ticket=plain, departures=(each,)) for each in _DEPARTURES)
        elif name == "moved":
            yield TicketViews(ticket=replace(bare, successor="helpdesk, 17"))
        elif name in {"closed_too_early", "past_due"}:
            yield TicketViews(ticket=whole, things=_listed(_THINGS))
            yield TicketViews(ticket=replace(plain, due=_AT), things=_listed(_THINGS[1:]))
        elif name in {"verified_again", "unverified_again"}:
            yield TicketViews(ticket=bare)
        else:
            stands = _THINGS if name == "closed" else ()
            yield TicketViews(ticket=whole, things=_listed(stands), changed=_listed(_THINGS), changed_more=7)
            yield TicketViews(ticket=bare, changed=_listed(_THINGS[1:]))


def _called(ticket: TicketView, kind: TicketKind) -> TicketView:
    return replace(ticket, kind=kind.value, key=f"offb-{token_hex(6)}")


def _listed(things: Sequence[ThingView]) -> tuple[ThingView, ...]:
    return tuple(replace(each, number=number, key=f"f-{token_hex(4)}") for number, each in enumerate(things, start=1))
