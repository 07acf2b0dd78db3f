"""What the demo company's two nights must find, and which tickets that makes, whatever the tracker."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import yaml

from tests.support.source_tree import PROJECT

EXPECTED = yaml.safe_load((PROJECT / "tests/acceptance/expected_findings.yaml").read_text(encoding="utf-8"))
SPECIAL_LINKS = [tuple(row[1:]) for row in EXPECTED["links"]]
FINDINGS = {tuple(row[1:]) for row in EXPECTED["findings"]}
LISTED_ONLY = {"leaver-access-key-inactive", "leaver-credential-inactive", "leaver-local-account"}
"""What can be switched on again, or stands beside what works: it opens no ticket, and holds none open."""


EVENT_RULES = {"used-after-departure", "signing-key-used-after-departure"}
CONFIRM_RULES = {"engagement-lapsed", "departure-inferred", "departure-hidden"}
REVIEW_RULES = {
    *("probable-account", "disputed-account", "orphan-account", "link-moved", "leaver-created-account"),
    "uncustodied-signing-key",
}
KEY_RULES = {
    *("leaver-signing-key", "leaver-shared-secret", "leaver-key-access"),
    *("rotation-without-effect", "signing-key-unverifiable"),
}


def kind_of(rule: str) -> str:
    if rule in EVENT_RULES:
        return "event"
    if rule in KEY_RULES:
        return "rotate"
    return "confirm" if rule in CONFIRM_RULES else "review" if rule in REVIEW_RULES else "revoke"


def holder(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """What makes it this ticket and no other; one queue and one episode are all that the company has."""
    rule, _, _, id_space, worker_id, source, _, subject, account = row
    kind = kind_of(rule)
    if kind == "revoke":
        return (kind, id_space, worker_id)
    if kind == "rotate":
        return (kind, account)
    if kind == "event":
        return (kind, subject or account)
    if kind == "confirm":
        return (kind, id_space)
    # Readers of one AWS account share its realm.
    return (kind, *(("aws", account.split(":")[0]) if source.startswith("aws") else (source, "")))


def holds(row: tuple[Any, ...]) -> bool:
    return row[2] == "open" and row[0] not in LISTED_ONLY


def expected_tickets() -> dict[tuple[Any, ...], bool]:
    """Ticket -> whether it's open; an inactive key alone has none."""
    by_ticket: dict[tuple[Any, ...], list[tuple[Any, ...]]] = defaultdict(list)
    for row in FINDINGS:
        by_ticket[holder(row)].append(row)
    return {
        key: any(holds(row) for row in rows)
        for key, rows in by_ticket.items()
        if any(row[0] not in LISTED_ONLY for row in rows)
    }


def check_tickets(found: Iterable[tuple[str, bool]]) -> None:
    """These titles, open or not, are the tickets that must stand there, and no others."""
    tickets, wanted = list(found), expected_tickets()
    words = {"revoke": ["Revoke"], "rotate": ["Rotate", "Cut"], "event": ["Used"], "confirm": ["Confirm"]}
    words["review"] = ["Review", "Say"]
    kinds = {word: kind for kind, several in words.items() for word in several}

    assert sorted((kinds[title.split()[0]], is_open) for title, is_open in tickets) == sorted(
        (key[0], is_open) for key, is_open in wanted.items()
    )
    revoke = [(re.search(r"worker (\w+)", title), is_open) for title, is_open in tickets if title.startswith("Revoke")]
    assert all(named for named, _ in revoke), "each says whose"
    workers = {named[1]: is_open for named, is_open in revoke if named}
    assert workers == {key[2]: is_open for key, is_open in wanted.items() if key[0] == "revoke"}
