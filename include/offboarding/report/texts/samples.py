"""Invented tickets and comments of every shape, by which a company's template is tried before a night needs it.

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

MOST_THINGS, MOST_LINES = 100, 50
"""On a list, and in a comment."""
_OF_THE_TICKET = {"title", "body"}
_LISTING = {"changed", "closed", "closed_too_early", "past_due", "reopened"}
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
_PEOPLE = (
    _PERSON,
    replace(_PERSON, name="", basis="notice", elsewhere=False),
    replace(_PERSON, circumstance="retired"),
    replace(_PERSON, basis="away", circumstance="suspended", left_on=None, elsewhere=False),
    replace(_PERSON, name="", basis="away", withdrawn=True, left_on=None, left_at=None, elsewhere=False),
    replace(_PERSON, name="", circumstance="retired", left_on=None, left_at=None, elsewhere=False),
    replace(_PERSON, circumstance="deceased", elsewhere=False),
    replace(_PERSON, name="", circumstance="deceased", left_on=None, left_at=None, elsewhere=False),
    replace(_PERSON, basis="planned", elsewhere=False),
    replace(_PERSON, name="", basis="inferred", left_on=None, left_at=None, elsewhere=False),
    replace(_PERSON, basis="actual", left_on=None, left_at=None, elsewhere=False),
    replace(_PERSON, name="", told="", basis="", withdrawn=True, left_on=None, left_at=None, elsewhere=False),
)
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
_THINGS = (
    _THING,
    _DONE,
    replace(_THING, clauses=(), clauses_in=1, steps=(), steps_in=1, change="added", severity="critical"),
    replace(_BARE, works=False, unknown=True, change="stands_again", severity="low"),
    replace(_BARE, holds=False, change="open_again", severity="medium"),
    replace(_DONE, ended=None),
    replace(_DONE, state="excepted", why="an exception lets it stand"),
    replace(_THING, of_system=True, name="Accounts of corp-ldap that nobody claims", clauses_in=2),
)
"""One of each shape."""
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
_OWN = replace(
    _PLAIN,
    holders=("1042",),
    working=1,
    holding=1,
    own_title="Replace {key} of {system}: worker {worker}{left}",
    own_opening="What is on it is to be replaced.",
    own_closing="It closes once that is done.",
    own_left="and took it along",
)
_DECISIONS = (
    DecisionView(
        form="offboarding_decide_link",
        page="",
        choices=(ChoiceView(asks="Not theirs? Revoke nothing, and say so", choice="reject", numbers=(1,)),),
        rows=(((1,), "source corp-ldap"), ((3,), "source aws")),
        commands=("python -m offboarding link reject SOURCE",),
    ),
    DecisionView(
        form="offboarding_decide_use",
        page="https://airflow.corp.example/dags/offboarding_decide_use",
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
    """Yield what a text is made of, for tickets of each kind. `name`: its template's. What tickets and things are
    called by is another each time, so that nobody's template passes that has it written down.
    """
    yield from _tickets() if name in _OF_THE_TICKET else _comments(name)


def long_samples(name: str) -> Iterator[TicketViews]:
    """Yield the same, as long as it may be: by it a template's cost is tried, which is the same in each language."""
    for kind in TicketKind:
        ticket = _called(_TICKET, kind)
        if name in _OF_THE_TICKET:
            person = _PERSON if kind in _OF_A_PERSON else None
            exposed = _EXPOSED * 10 if person else ()
            yield TicketViews(ticket=ticket, person=person, things=_many(MOST_THINGS), exposed=exposed)
        elif name == "departure_changed":
            yield TicketViews(ticket=ticket, departures=_DEPARTURES * (MOST_LINES // len(_DEPARTURES)))
        elif name in _LISTING:
            yield TicketViews(ticket=ticket, things=_many(MOST_LINES), changed=_many(MOST_LINES), changed_more=7)


def _tickets() -> Iterator[TicketViews]:
    for kind in TicketKind:
        people = _PEOPLE if kind in _OF_A_PERSON else (None,)
        for person in people:
            yield TicketViews(
                ticket=_called(_TICKET, kind),
                person=person,
                things=_listed(_THINGS),
                shared=(
                    SharedStepsView(numbers=(1, 3), named=True, steps=_THING.steps),
                    SharedStepsView(numbers=(2,), named=False, steps=_THING.steps[1:]),
                ),
                decisions=_DECISIONS,
                exposed=_EXPOSED if person else (),
                exposed_more=3 if person else 0,
            )
        for thing in _THINGS:
            yield TicketViews(ticket=_called(_PLAIN, kind), person=people[-1], things=_listed([thing]))
        yield TicketViews(ticket=_called(_OWN, kind), person=people[0], things=_listed(_THINGS[:1]))
        yield TicketViews(ticket=_called(_NOTHING, kind))


def _comments(name: str) -> Iterator[TicketViews]:
    for kind in TicketKind:
        whole, plain, bare = (_called(each, kind) for each in (replace(_TICKET, missing=()), _PLAIN, _NOTHING))
        if name == "moved":
            yield TicketViews(ticket=replace(bare, successor="helpdesk, 17"))
            url = "https://tickets.corp.example/17"
            yield TicketViews(ticket=replace(bare, successor="helpdesk, 17", successor_url=url))
        elif name in {"verified_again", "unverified_again"}:
            yield TicketViews(ticket=bare)
        elif name == "departure_changed":
            yield TicketViews(ticket=whole, departures=_DEPARTURES)
            yield from (TicketViews(ticket=plain, departures=(each,)) for each in _DEPARTURES)
        elif name in {"closed_too_early", "past_due"}:
            due = _AT if name == "past_due" else None
            yield TicketViews(ticket=whole, things=_listed(_THINGS))
            ticket = replace(plain, due=due, holding=1)
            yield from (TicketViews(ticket=ticket, things=_listed([each])) for each in _THINGS)
        else:
            yield from _news(name, whole if name == "closed" else bare, bare)


def _news(name: str, ticket: TicketView, bare: TicketView) -> Iterator[TicketViews]:
    """Yield comments that tell of what changed; that on a ticket's end lists what still stands, too."""
    stand = name == "closed"
    yield TicketViews(ticket=ticket, things=_listed(_THINGS if stand else ()), changed=_listed(_THINGS))
    yield from (
        TicketViews(ticket=bare, things=_listed([each] if stand else ()), changed=_listed([each])) for each in _THINGS
    )
    if stand:
        yield TicketViews(ticket=bare, things=_listed(_THINGS))
    if name != "changed":
        yield TicketViews(ticket=bare)


def _called(ticket: TicketView, kind: TicketKind) -> TicketView:
    return replace(ticket, kind=kind.value, key=f"offb-{token_hex(6)}")


def _listed(things: Sequence[ThingView]) -> tuple[ThingView, ...]:
    return tuple(replace(each, number=number, key=f"f-{token_hex(4)}") for number, each in enumerate(things, start=1))


def _many(count: int) -> tuple[ThingView, ...]:
    return _listed([_THINGS[number % len(_THINGS)] for number in range(count)])
