"""What a rule says of itself, for whoever reads the documentation, a ticket or an explanation."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleWords:
    """A rule in words: a section of docs/rules.md, and what `explain` says would close a finding."""

    what: str
    """What it finds."""
    why: str
    """Why that matters."""
    graded: str = ""
    """What follows its severity: when it's another one, and why."""
    closes: str
    """What closes a finding of it."""
    runbook: str
    """What to do, and how that is undone."""
    explained: str = ""
    """What closes it, as `explain` says it; {command} and {key} stand for ours and the finding's. "": what the kind of
    its ticket says.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketWords:
    """What a ticket says on which one rule's findings stand alone."""

    title: str = ""
    """{system}, {key}, {worker} and {left} stand for what the ticket is about. "": what the kind of ticket says."""
    opening: str = ""
    """Ahead of the list, while anything of it is open. "": what the kind of ticket says."""
    left: str = ""
    """What is said of the person behind the day on which they left."""
    closing: str = ""
    """When it closes, while anything of it is open. "": what the kind of ticket says."""
    while_here: bool = False
    """Only where none of those concerned has left."""
