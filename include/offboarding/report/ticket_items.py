"""A ticket's checklist: each thing with why it's theirs, what it does, and what to type.

Prose is broken at the margin, commands never are; a command with a here-document stands at the very left, since its
end must (POSIX Shell Command Language, 2.7.4).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from offboarding.model import DONE, FindingState, TicketKind
from offboarding.model.keys import short_finding
from offboarding.report.ticket_words import flowed, moment, named
from offboarding.report.wording import with_key
from offboarding.store.tickets import TicketItem

MOST_ITEMS = 100
"""More are counted, and found by the command."""

_INDENT = 7
_NOT_THEIRS = "Not theirs?"
_BOXES = {"resolved": "x", "excepted": "-"}


def checklist(kind: str, items: Sequence[TicketItem], zone: ZoneInfo) -> Iterator[str]:
    """Yield a paragraph an item, in the order in which they came."""
    said = _SaidBefore()
    for number, item in enumerate(items[:MOST_ITEMS], start=1):
        yield "\n".join(_item(kind, number, item, zone, said))
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


def _item(kind: str, number: int, item: TicketItem, zone: ZoneInfo, said: _SaidBefore) -> Iterator[str]:
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
    steps = "\n".join(item.revoke) if kind == TicketKind.ROTATE else ""
    if steps and said.by_text.setdefault(steps, number) != number:
        yield _prose(f"To do: as in {said.by_text[steps]}.")
        return
    for step in item.revoke:
        yield from _step(number, step, item, said)


def _reasons(kind: str, number: int, item: TicketItem, said: _SaidBefore) -> Iterator[str]:
    """Evidence of a link comes as clauses, everything else as sentences."""
    clauses = [text for text in item.evidence if not text.endswith(".")]
    if clauses:
        yield _prose(said.once(f"Theirs: {'; '.join(clauses)}.", number, "Theirs: as in"))
    for sentence in (*item.evidence, item.warning):
        # Of a key the same is said of each holder.
        if kind == TicketKind.ROTATE and said.by_text.setdefault(sentence, number) != number:
            continue
        if sentence.endswith(".") and not (
            kind in {TicketKind.REVOKE, TicketKind.EVENT} and _repeats_title(sentence, item)
        ):
            yield _prose(sentence)


def _repeats_title(sentence: str, item: TicketItem) -> bool:
    """The ticket's first line says it already."""
    return sentence.startswith(f"Worker {item.worker_id} left ")


def _step(number: int, step: str, item: TicketItem, said: _SaidBefore) -> Iterator[str]:
    step = with_key(step, item.finding_key)
    if step.startswith(_NOT_THEIRS):
        step = said.once(step, number, f"{_NOT_THEIRS} As in")
    first, *command = step.splitlines()
    yield flowed(f"{' ' * _INDENT}- {first}", hang=_INDENT + 2)
    indent = "" if any("<<" in line for line in command) else " " * (_INDENT + 2)
    yield from (f"{indent}{line}" for line in command)


def _prose(text: str) -> str:
    return flowed(f"{' ' * _INDENT}{text}", hang=_INDENT)
