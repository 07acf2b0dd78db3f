"""What is said on a ticket when something changed: a line an item, in words of a person who reads nothing else."""

import textwrap
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from offboarding.model import DONE, KEY_KINDS, Basis, FindingState, Standing, SubjectKind, TicketKind, counted
from offboarding.model.keys import short_finding
from offboarding.store.tickets import TicketItem

MOST_ITEMS = 100
"""More are counted, and found by the command."""

MOST_LINES = 50
"""More are counted."""

WIDTH = 100
"""Prose is broken there."""

_NOUNS = {
    SubjectKind.ACCOUNT: "Account",
    SubjectKind.ACCESS_KEY: "Access key",
    SubjectKind.SSH_KEY: "SSH key",
    SubjectKind.ROLE: "Role",
}
"""What stands before a label that doesn't say by itself what it is."""


def named(item: TicketItem, *, account: bool = True) -> str:
    """What it is and on which account, such as "Access key AKIA...7Q3A of arn:aws:iam::1111...:user/kim"."""
    kind = SubjectKind(item.subject_kind)
    if kind is SubjectKind.WORKER:
        return on_one_line(item.subject_label[:1].upper() + item.subject_label[1:])
    if kind is SubjectKind.SOURCE:
        what = "Keys" if item.of_keys else "Accounts"
        return f"{what} of {item.subject_label} that nobody claims"
    if kind in KEY_KINDS:
        return on_one_line(_key(item))
    if kind is SubjectKind.CONSOLE_PASSWORD:
        return on_one_line(f"Console password of {item.account_label}")
    label = item.subject_label
    if kind in _NOUNS and not label.startswith(_NOUNS[kind]):
        label = f"{_NOUNS[kind]} {label}"
    if account and kind not in (SubjectKind.ACCOUNT, SubjectKind.ROOT_ACCOUNT):
        label += f", which trusts {item.account_label}" if kind is SubjectKind.ROLE else f" of {item.account_label}"
    return on_one_line(label[:1].upper() + label[1:])


def _key(item: TicketItem) -> str:
    """A key's item is about one of its holders: the ticket's title says which key."""
    if item.ticket_kind == TicketKind.EVENT:
        return f"{'Signing key' if item.subject_kind == SubjectKind.SIGNING_KEY else 'Secret'} {item.subject_label}"
    if item.worker_id:
        return f"Worker {item.worker_id}: {item.subject_label}"
    return item.subject_label[:1].upper() + item.subject_label[1:]


def on_one_line(text: str) -> str:
    """Whoever chose a label or name may have put line ends into it, and whole lines of a checklist after them."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def flowed(text: str, *, hang: int = 0) -> str:
    """Prose over as many lines as it needs, the later ones indented; its own indentation is kept, no word is torn."""
    start = text[: len(text) - len(text.lstrip(" "))]
    return textwrap.fill(
        on_one_line(text),
        WIDTH,
        initial_indent=start,
        subsequent_indent=" " * hang,
        break_long_words=False,
        break_on_hyphens=False,
    )


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Such as "25 November 2026 01:30 KST"."""
    local = at.astimezone(zone)
    return f"{local.day} {local:%B %Y %H:%M %Z}"


def alike(at: datetime, own: ZoneInfo, zone: ZoneInfo) -> bool:
    """Whether clocks show the same in both at that moment."""
    return at.astimezone(own).utcoffset() == at.astimezone(zone).utcoffset()


def moment_of(item: TicketItem, at: datetime, zone: ZoneInfo) -> str:
    """In the company's zone, and in the person's own where clocks show something else there."""
    own = ZoneInfo(item.zone) if item.zone else zone
    there = at.astimezone(own)
    beside = (
        "" if alike(at, own, zone) else f" ({there.day} {there:%B %H:%M}, UTC{there.isoformat()[-6:]}, in {item.zone})"
    )
    return f"{moment(at, zone)}{beside}"


def changes(changed: Sequence[TicketItem]) -> str:
    """What changed on a ticket that stays open."""
    return "\n".join(("Changed on this list:", *_lines(changed)))


def closing(items: Sequence[TicketItem], changed: Sequence[TicketItem]) -> str:
    """Why the ticket closes, and what on it may still be done."""
    lines = ["Nothing is left to do here:", *_lines(changed)] if changed else ["Nothing is left to do here."]
    listed = [item for item in items if item.state not in DONE]
    if listed:
        lines += [
            "Still there, and can be switched on again; better deleted:",
            *(f"- {_line(item)}" for item in listed),
        ]
    return "\n".join(lines)


def reopening(changed: Sequence[TicketItem]) -> str:
    """Why a ticket is open again."""
    return "\n".join(("It's open again:", *_lines(changed))) if changed else "It's open again: something on it works."


def retold(items: Sequence[TicketItem], zone: ZoneInfo) -> str:
    """That HR, or somebody before it, tells a departure otherwise now; a line a person."""
    people = {(item.id_space, item.worker_id): item for item in items}
    return "\n".join(line for item in people.values() for line in _retold(item, zone))


def _retold(item: TicketItem, zone: ZoneInfo) -> Iterator[str]:
    now = f"{item.id_space}:{item.worker_id}"
    if item.told_worker != now:
        yield f"HR's number for worker {item.told_worker} is {now} now."
    if (item.told_left_at, item.told_basis) != (item.left_at, item.basis) and item.left_at and item.told_left_at:
        departed = _departed(item.left_at, item.basis, item, zone)
        yield f"The departure of worker {now} is told otherwise: {departed}; before it"
        before = _departed(item.told_left_at, item.told_basis, item, zone)
        yield f"was {before}. What is on this list was judged anew by that."


def _departed(at: datetime, basis: str | None, item: TicketItem, zone: ZoneInfo) -> str:
    """Such as "the end of 20 November 2026, by HR's word"."""
    if basis == Basis.NOTICE:
        return f"{moment_of(item, at, zone)}, by a person's notice"
    day = (at - timedelta(microseconds=1)).astimezone(ZoneInfo(item.zone) if item.zone else zone)
    word = {"planned": "as planned", "inferred": "by their absence"}.get(basis or "", "by HR's word")
    return f"{day.day} {day:%B %Y}, {word}"


def closed_too_early(kind: str, items: Sequence[TicketItem], zone: ZoneInfo) -> str:
    """Why a ticket is open again that somebody closed: what still holds it, and since when."""
    holding = [item for item in items if item.holds]
    return "\n".join((f"It was closed, and it's open again: {_still(kind, holding)}", *_standing(kind, holding, zone)))


def past_due(kind: str, items: Sequence[TicketItem], due_at: datetime, zone: ZoneInfo) -> str:
    """What is late on a ticket."""
    holding = [item for item in items if item.holds]
    first = f"Past due since {moment(due_at, zone)}, and its priority is raised: {_still(kind, holding)}"
    return "\n".join((first, *_standing(kind, holding, zone)))


_HOLDS = {"event": "to be judged", "review": "to be decided", "confirm": "to be confirmed", "unverified": "not known"}


def _still(kind: str, holding: Sequence[TicketItem]) -> str:
    if kind in _HOLDS:
        return f"{counted(len(holding), 'thing on it is', 'things on it are')} still {_HOLDS[kind]}."
    return f"{counted(len(holding), 'thing on it still works', 'things on it still work')}, as far as is known."


def _standing(kind: str, holding: Sequence[TicketItem], zone: ZoneInfo) -> list[str]:
    lines = [f"- {_line(item)}: {_seen(kind, item, zone)}" for item in holding[:MOST_LINES]]
    return [*lines, f"- and {len(holding) - MOST_LINES} more"] if len(holding) > MOST_LINES else lines


def _seen(kind: str, item: TicketItem, zone: ZoneInfo) -> str:
    """What was seen when, and since when it stands here. A reason may change with each read; the time says of which."""
    stands = {"works": "works", "unknown": "it can't be told whether it works"}.get(item.standing, "not seen dead")
    seen = f", seen {moment(item.seen_at, zone)}" if item.seen_at and item.standing == Standing.WORKS else ""
    since = f"on this list since {moment(item.first_seen_at, zone)}" if item.first_seen_at else "on this list"
    return since if kind in _HOLDS else f"{stands}{seen} ({on_one_line(item.standing_reason)}); {since}{_again(item)}"


def _again(item: TicketItem) -> str:
    """How often it came back."""
    if not item.reopened:
        return ""
    return f", and came back {'once' if item.reopened == 1 else f'{item.reopened} times'}"


def _lines(items: Sequence[TicketItem]) -> list[str]:
    lines = [f"- {_line(item)}{_what(item)}" for item in items[:MOST_LINES]]
    if len(items) > MOST_LINES:
        lines.append(f"- and {len(items) - MOST_LINES} more")
    return lines


def _line(item: TicketItem) -> str:
    return f"{named(item)} ({short_finding(item.finding_key)})"


def _what(item: TicketItem) -> str:
    if item.state in DONE:
        return f": {item.why}"
    if item.ticket_says == FindingState.EXCEPTED:
        return ": stands again, the exception has ended"
    if not item.ticket_says:
        return ": added" if item.reopened == 0 else f": works again{_again(item)}"
    return ": open again" if item.ticket_kind == TicketKind.EVENT else f": works again{_again(item)}"
