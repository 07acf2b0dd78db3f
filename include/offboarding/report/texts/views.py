"""What a template is given: plain values, no rows of the store and nothing that can be called."""

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaverView:
    """Who left."""

    name: str
    """"" where the policy says that tickets bear ids alone, or nobody told one."""
    worker: str
    """HR's number."""
    roster: str
    told: str
    """HR's own words of the departure."""
    basis: str
    """actual, notice, planned or inferred; away where they haven't left, and are to have no access for now; "" where
    there is no departure any more.
    """
    circumstance: str
    """retired or deceased, suspended or garden_leave; "" where it's another, or none is told."""
    withdrawn: bool
    """Whether they count as working here."""
    left_on: date | None
    """The last working day."""
    left_at: datetime | None
    """When it was over."""
    zone: str
    """In which they worked."""
    elsewhere: bool
    """Whether clocks show another time there than the company's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThingView:
    """A thing on a ticket's list."""

    number: int
    """On the list, from 1."""
    name: str
    """What it is and on which account."""
    key: str
    """Its finding's, short: f-7c31aa01."""
    source: str
    severity: str
    """critical, high, medium or low."""
    state: str
    """open, resolved or excepted."""
    why: str
    """Why it closed, or may stand; "" where it stands."""
    ended: datetime | None
    """When it closed."""
    reopened: int
    """How often it came back."""
    holds: bool
    """Whether it keeps its ticket open."""
    works: bool
    unknown: bool
    """Whether it can't be told if it works."""
    reason: str
    """Why it works, or why that can't be told."""
    seen: datetime | None
    """When it was last looked at."""
    since: datetime | None
    """Since when it's on the list."""
    last_used: datetime | None
    change: str
    """What is new of it: added, again (works again), open_again, stands_again; "" for what is done."""
    of_system: bool = False
    """Whether it stands for all of a system that nobody claims."""
    judged: bool = False
    """Whether it closed by a person's verdict."""
    clauses: tuple[str, ...] = ()
    """Why it's theirs."""
    clauses_in: int = 0
    """The thing at which the same clauses stand; 0 for nowhere."""
    sentences: tuple[str, ...] = ()
    """What it does, and what is known of it."""
    steps: tuple[str, ...] = ()
    """What is to be done with it alone: words in the first line, below it the command."""
    steps_in: int = 0
    """The thing at which the same steps stand; 0 for nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposedView:
    """A key or secret, on a ticket of its own, that a leaver may know."""

    number: int
    """In the order in which they are to be replaced, from 1."""
    name: str
    key: str
    """Its finding's, short: f-7c31aa01."""
    severity: str
    """critical, high, medium or low."""
    unknown: bool
    """Whether it can't be told if anything trusts it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedStepsView:
    """Steps that are the same for several things."""

    numbers: tuple[int, ...]
    """The things that they are for."""
    named: bool
    """Whether NAME stands in them for an account's name."""
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceView:
    """Something that may be decided."""

    asks: str
    """When it's to be decided so, and what comes of it."""
    choice: str
    """The decision's word in the form; "" where there is nothing to choose."""
    numbers: tuple[int, ...]
    """The things that it's for; empty for all that the form is for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionView:
    """How a person decides by one form."""

    form: str
    """The name of the form on the page Decide: link."""
    page: str
    """Its address; "" where nobody told the configuration."""
    choices: tuple[ChoiceView, ...]
    rows: tuple[tuple[tuple[int, ...], str], ...]
    """Numbers of things, and what goes into the form for them."""
    commands: tuple[str, ...]
    """The same, typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartureChangeView:
    """A departure that is told otherwise now."""

    worker: str
    renamed_from: str
    """HR's number before; "" where it's the same."""
    now: "DepartedView | None"
    """None where only the number changed."""
    before: "DepartedView | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartedView:
    """A departure, as it's told in a comment."""

    basis: str
    left_at: datetime
    left_on: date
    zone: str
    elsewhere: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketView:
    """The ticket itself."""

    key: str
    """The title ends in it, in brackets."""
    kind: str
    """revoke, rotate, event, review, confirm or unverified."""
    system: str
    """The source that it's about; of AWS with the account."""
    roster: str
    thing: str
    """The first thing's name; of a key's ticket the key's."""
    holders: tuple[str, ...]
    """Whose departure a key's ticket is about: numbers of workers."""
    own_title: str
    """What the rule says whose findings are alone on it, with {system}, {key}, {worker} and {left}; "" for nothing."""
    own_opening: str
    own_closing: str
    own_left: str
    due: datetime | None
    working: int
    """Things that hold it open and work."""
    untold: int
    """Things that hold it open and of which it can't be told."""
    holding: int
    """Things that hold it open."""
    attested: bool
    """Whether of something open on it no system can be asked, and it stands on a list that somebody gave."""
    more: int
    """Things that aren't among `things`, since there are too many."""
    missing: tuple[str, ...]
    """Rights that are missing."""
    explain: str
    """The command that explains the first thing; "" without one."""
    list_all: str
    """The command that lists everything."""
    exposure: str = ""
    """The command that lists what else the leaver may know."""
    successor: str = ""
    """Where it moved to: tracker and number."""
    successor_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketViews:
    """All that a template is given."""

    ticket: TicketView
    person: LeaverView | None = None
    """Who left; None for a key's ticket, a review and the like."""
    things: tuple[ThingView, ...] = ()
    shared: tuple[SharedStepsView, ...] = ()
    decisions: tuple[DecisionView, ...] = ()
    changed: tuple[ThingView, ...] = ()
    """In a comment: things of which something is new."""
    changed_more: int = 0
    """So many more of them."""
    several: bool = False
    """In a comment: whether they changed over several nights on which nobody could be told, so that each says when."""
    departures: tuple[DepartureChangeView, ...] = field(default=())
    """In a comment: departures that are told otherwise."""
    exposed: tuple[ExposedView, ...] = ()
    """What else the leaver may know, where the policy has it told."""
    exposed_more: int = 0
    """So many more of that."""
