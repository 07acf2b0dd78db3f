"""A ticket's checklist: each thing with why it's theirs, what it does, and what of it is to be done with it alone."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from offboarding.model import DONE, DecisionStep, FindingState, SubjectKind, TicketKind
from offboarding.model.keys import short_finding
from offboarding.report.ticket_steps import without_name, written
from offboarding.report.ticket_words import MOST_ITEMS, flowed, moment, named
from offboarding.store.tickets import TicketItem

_INDENT = 7
_ENDS = (".", ":")
"""Of sentences."""
_BOXES = {"resolved": "x", "excepted": "-"}


def checklist(kind: str, items: Sequence[TicketItem], zone: ZoneInfo, elsewhere: Container[str]) -> Iterator[str]:
    """Yield a paragraph an item, in the order in which they came. `elsewhere`: steps that are said for several."""
    said = _SaidBefore()
    for number, item in enumerate(items[:MOST_ITEMS], start=1):
        yield "\n".join(_item(kind, number, item, zone, said, elsewhere))
    if len(items) > MOST_ITEMS:
        yield f"And {len(items) - MOST_ITEMS} more: python -m offboarding findings --state all"


@dataclass(slots=True)
class _SaidBefore:
    """What an earlier item of this ticket says in full, by its number."""

    by_text: dict[str, int] = field(default_factory=dict[str, int])

    def once(self, text: str, number: int, again: str) -> str:
        """The text, or where it stands."""
        first = self.by_text.setdefault(text, number)
        return text if first == number else f"{again} {first}."


def _item(
    kind: str, number: int, item: TicketItem, zone: ZoneInfo, said: _SaidBefore, elsewhere: Container[str]
) -> Iterator[str]:
    done = item.state in DONE
    where = f", {item.source}" if item.source else ""
    tag = f"({item.severity}, {short_finding(item.finding_key)})"
    yield flowed(f"[{_BOXES.get(item.state, ' ')}] {number}. {named(item)}{where} {tag}", hang=_INDENT)
    if done:
        on = f" on {moment(item.resolved_at, zone)}" if item.resolved_at else ""
        yield _prose(f"Done{on}: {item.why}." if item.state == FindingState.RESOLVED else f"May stand: {item.why}.")
        return
    if item.reopened:
        times = "once" if item.reopened == 1 else f"{item.reopened} times"
        yield _prose(f"Came back: it was done {times}, and was seen again after that.")
    yield from _reasons(kind, number, item, said)
    own = [step for step in item.revoke if not isinstance(step, DecisionStep)]
    steps = "\n".join(own) if kind == TicketKind.ROTATE else ""
    if steps and said.by_text.setdefault(steps, number) != number:
        yield _prose(f"To do: as in {said.by_text[steps]}.")
        return
    for step in own:
        if without_name(step, item) not in elsewhere:
            yield from written(step, " " * _INDENT)


def _reasons(kind: str, number: int, item: TicketItem, said: _SaidBefore) -> Iterator[str]:
    """Evidence of a link comes as clauses, everything else as sentences."""
    clauses = [text for text in item.evidence if not text.endswith(_ENDS)]
    if clauses:
        word = "Namely" if item.subject_kind == SubjectKind.SOURCE else "Theirs"
        yield _prose(said.once(f"{word}: {'; '.join(clauses)}.", number, f"{word}: as in"))
    for sentence in (*item.evidence, item.warning):
        # Of a key the same is said of each holder.
        if kind == TicketKind.ROTATE and said.by_text.setdefault(sentence, number) != number:
            continue
        if sentence.endswith(_ENDS) and not (
            kind in {TicketKind.REVOKE, TicketKind.EVENT} and _repeats_title(sentence, item)
        ):
            yield _prose(sentence)


def _repeats_title(sentence: str, item: TicketItem) -> bool:
    """The ticket's first line says it already."""
    return sentence.startswith(f"Worker {item.worker_id} left ")


def _prose(text: str) -> str:
    return flowed(f"{' ' * _INDENT}{text}", hang=_INDENT)
