"""What is said on a ticket when something changed: a line an item, in words of a person who reads nothing else."""

from collections.abc import Sequence

from include.offboarding.keys import short_finding
from include.offboarding.model import SubjectKind
from include.offboarding.store.tickets import TicketItem

MOST_LINES = 50
"""More are counted."""

_NOUNS = {
    SubjectKind.ACCOUNT: "Account",
    SubjectKind.ACCESS_KEY: "Access key",
    SubjectKind.CONSOLE_PASSWORD: "Console password",
    SubjectKind.SSH_KEY: "SSH key",
    SubjectKind.WORKER: "Worker",
    SubjectKind.SOURCE: "Accounts of",
}


def noun(item: TicketItem) -> str:
    """What sort of thing it is, with a capital."""
    return _NOUNS[SubjectKind(item.subject_kind)]


def named(item: TicketItem) -> str:
    """What it is and on which account, such as "Access key AKIA...7Q3A of arn:aws:iam::1111...:user/kim"."""
    kind = SubjectKind(item.subject_kind)
    if kind is SubjectKind.CONSOLE_PASSWORD:
        return f"{noun(item)} of {item.account_label}"
    account = item.account_label if kind is not SubjectKind.ACCOUNT else ""
    return f"{noun(item)} {item.subject_label}" + (f" of {account}" if account else "")


def changes(changed: Sequence[TicketItem]) -> str:
    """What changed on a ticket that stays open."""
    return "\n".join(("Changed on this list:", *_lines(changed)))


def closing(items: Sequence[TicketItem], changed: Sequence[TicketItem]) -> str:
    """Why the ticket closes, and what on it may still be done."""
    lines = ["Nothing is left to do here:", *_lines(changed)] if changed else ["Nothing is left to do here."]
    listed = [item for item in items if item.state != "resolved"]
    if listed:
        lines += [
            "Still there, and can be switched on again; better deleted:",
            *(f"- {_line(item)}" for item in listed),
        ]
    return "\n".join(lines)


def reopening(changed: Sequence[TicketItem]) -> str:
    """Why a ticket is open again."""
    return "\n".join(("It's open again:", *_lines(changed))) if changed else "It's open again: something on it works."


def _lines(items: Sequence[TicketItem]) -> list[str]:
    lines = [f"- {_line(item)}{_what(item)}" for item in items[:MOST_LINES]]
    if len(items) > MOST_LINES:
        lines.append(f"- and {len(items) - MOST_LINES} more")
    return lines


def _line(item: TicketItem) -> str:
    return f"{named(item)} ({short_finding(item.finding_key)})"


def _what(item: TicketItem) -> str:
    if item.state == "resolved":
        return f": {item.resolution}"
    if not item.ticket_says:
        return ": added" if item.reopened == 0 else ": works again"
    return ": used again" if item.rule == "used-after-departure" else ": works again"
