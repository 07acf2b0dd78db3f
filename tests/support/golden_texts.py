"""Tickets and comments as people read them, in each language: made of what the rules say of invented people.

`python -m tests.support.golden_texts` writes them anew, to be read aloud.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from offboarding.model import (
    Account,
    Basis,
    Case,
    Finding,
    FindingState,
    Language,
    LinkDecision,
    LinkedAccount,
    Severity,
    Standing,
    SubjectKind,
    TicketKind,
    TicketStatus,
)
from offboarding.model.keys import finding_key
from offboarding.report import ticket
from offboarding.report.texts.rendering import TicketTexts
from offboarding.rules import all_rules, rule_of
from offboarding.store.tickets import TicketItem, TicketRow
from offboarding.tickets.remedies import written
from tests.support import cases, key_cases

FOLDER = Path(__file__).parents[1] / "unit" / "texts" / "golden"
NAMES = {Language.EN: "Kim Minjun", Language.KO: "김민준", Language.JA: "佐藤 健"}
_WIKI = "wiki.corp.example"
_DUE = datetime(2026, 11, 25, 16, 30, tzinfo=UTC)


def texts(language: Language) -> dict[str, str]:
    """File name -> what stands in it."""
    own = TicketTexts(language=language, zone="Asia/Tokyo" if language is Language.JA else "Asia/Seoul")
    tickets = _tickets(NAMES[language])
    found = {
        name: _shown(ticket.draft(row, items, ["iam:ListAccessKeys is denied. Grant it."], own))
        for name, (row, items) in tickets.items()
    }
    found["comments"] = "\n\n".join(f"[{name}]\n{text}" for name, text in _comments(own, *tickets["person"]))
    return {f"{name}.{language.value}.txt": f"{text}\n" for name, text in found.items()}


def _shown(draft: ticket.TicketDraft) -> str:
    return f"{draft.title}\n\n{draft.body}"


def _tickets(name: str) -> dict[str, tuple[TicketRow, list[TicketItem]]]:
    user, entry = cases.iam_user(), cases.directory_account()
    key = cases.credential(
        SubjectKind.ACCESS_KEY, user, last_used_at=cases.AFTER, last_used_service="s3", last_used_region="us-east-1"
    )
    password = cases.credential(SubjectKind.CONSOLE_PASSWORD, user)
    person = cases.leaver(cases.linked(entry), cases.linked(user, key, password))
    local = cases.leaver(*_local())
    listed = cases.leaver(cases.linked(_attested(), source="portal", source_kind="attested"))
    held = key_cases.holder(key_cases.held())
    signing = key_cases.of_key(key_cases.copy(), holders=(held,))
    lapsed = cases.leaver(departure=cases.unconfirmed(Basis.PLANNED))
    events = [each for each in _found(person) if each.rule == "used-after-departure"]
    personal = [each for each in _found(person) if _kind(each) is TicketKind.REVOKE]
    return {
        "person": (_row(TicketKind.REVOKE), _items(name, personal, done=1)),
        "listed": (_row(TicketKind.REVOKE), _items(name, _found(listed))),
        "local": (_row(TicketKind.REVOKE), _items(name, _found(local))),
        "event": (_row(TicketKind.EVENT), _items(name, events)),
        "key": (_row(TicketKind.ROTATE), _items(name, [f for f in _found(signing) if _kind(f) is TicketKind.ROTATE])),
        "review": (
            _row(TicketKind.REVIEW),
            _items(
                name,
                [
                    found
                    for number in ("1", "2")
                    for found in _found(_unclaimed(cases.directory_account(native_id=number)))
                ],
            ),
        ),
        "confirm": (
            _row(TicketKind.CONFIRM),
            _items(name, [f for f in _found(lapsed) if _kind(f) is TicketKind.CONFIRM]),
        ),
        "unverified": (_row(TicketKind.UNVERIFIED), _items(name, personal[:1], standing=Standing.UNKNOWN)),
    }


def _comments(own: TicketTexts, row: TicketRow, items: Sequence[TicketItem]) -> Iterator[tuple[str, str]]:
    row = replace(row, tracker="helpdesk", ref="17", url="https://tickets.corp.example/17")
    done = [item for item in items if item.state == FindingState.RESOLVED]
    moved = [
        replace(item, told_left_at=item.left_at - timedelta(days=7), told_basis=Basis.NOTICE, told_worker="hr:99")
        for item in items
        if item.left_at
    ]
    new = [replace(item, ticket_says="") for item in items if item not in done]
    yield "changed", ticket.changes(own, row, [*done, *new])
    yield "closed", ticket.closing(own, row, new, done)
    yield "reopened", ticket.reopening(own, row, [replace(item, ticket_says="open", reopened=1) for item in new])
    yield "closed_too_early", ticket.closed_too_early(own, row, items)
    yield "past_due", ticket.past_due(own, row, items, _DUE)
    yield "departure_changed", ticket.retold(own, row, moved)
    yield "moved", ticket.moved(own, row, row, [])
    yield "verified_again", ticket.verified_again(own, row)
    yield "unverified_again", ticket.unverified_again(own, row)


def _attested() -> Account:
    reason = "it's on the list of 2026-11-20 that finance gave, and nobody can ask the system"
    return cases.directory_account(
        realm="attested:bank",
        native_id="U0001",
        label="kim",
        standing=Standing.UNKNOWN,
        standing_reason=reason,
        has_own_login=False,
        attested_at=cases.LEFT_AT,
        reached_by="finance",
        privileged=None,
    )


def _local() -> Iterator[LinkedAccount]:
    wiki = cases.directory_account(
        realm=_WIKI, native_id="U17", label="jdoe", standing_reason="the user is active", keeps_password=True
    )
    token = cases.credential(
        SubjectKind.SERVICE_CREDENTIAL, wiki, native_id="T4", label="token deploys", standing_reason="it's active"
    )
    yield cases.linked(wiki, token, source="wiki", source_kind="wiki", sign_on="okta")
    there = replace(wiki, realm="okta", standing=Standing.DEAD, standing_reason="status DEPROVISIONED")
    yield cases.linked(replace(there, disabled_at=cases.LEFT_AT), source="okta", source_kind="okta")


def _unclaimed(account: Account) -> Case:
    return cases.unclaimed(LinkDecision.PROBABLE, account)


def _found(case: Case) -> list[Finding]:
    return [finding for rule in all_rules() for finding in rule.evaluate(case, cases.AS_OF)]


def _kind(finding: Finding) -> TicketKind:
    rule = rule_of(finding.rule)
    assert rule
    return rule.ticket


def _row(kind: TicketKind) -> TicketRow:
    return TicketRow(
        ticket_key="offb-3fa9c1d2e4b7",
        kind=kind,
        holder="",
        queue="",
        episode=1,
        generation=1,
        tracker="secops",
        state=TicketStatus.OPEN,
        ref="231",
        url=None,
        digest="",
        due_at=None,
        opened_at=cases.AS_OF,
        closed_at=None,
    )


def _items(name: str, found: Sequence[Finding], *, done: int = 0, standing: Standing | None = None) -> list[TicketItem]:
    items = [_item(name, finding, standing or finding.standing) for finding in found]
    over: dict[str, Any] = {
        "state": FindingState.RESOLVED,
        "resolution": "seen dead",
        "resolution_details": {"reason": "the key is Inactive"},
        "resolved_at": cases.AS_OF,
    }
    return [*items[: len(items) - done], *(replace(item, **over) for item in items[len(items) - done :])]


def _item(name: str, finding: Finding, standing: Standing) -> TicketItem:
    subject, gone = finding.subject, cases.departure()
    key = finding_key(
        *(finding.rule, finding.realm, subject.kind.value, subject.account_native_id, subject.native_id),
        *(finding.person_uid, finding.episode),
    )
    return TicketItem(
        finding_key=key,
        rule=finding.rule,
        ticket_kind=_kind(finding),
        of_keys=False,
        realm=finding.realm,
        source="aws"
        if finding.realm.isdigit()
        else "portal"
        if finding.attestable
        else "wiki"
        if finding.realm == _WIKI
        else "corp-ldap",
        roster=gone.roster,
        subject_kind=subject.kind,
        subject_native_id=subject.native_id,
        subject_label=subject.label,
        account_native_id=subject.account_native_id,
        account_label=subject.account_label,
        state=FindingState.OPEN,
        severity=Severity(finding.severity),
        standing=standing,
        standing_reason=finding.standing_reason,
        effect=finding.effect,
        privileged=finding.privileged,
        evidence=list(finding.evidence),
        revoke=list(written(finding.revoke)),
        warning=finding.warning,
        holds_ticket=finding.holds_ticket,
        attestable=finding.attestable,
        last_used_at=finding.last_used_at,
        due_at=_DUE,
        resolved_at=None,
        resolution=None,
        resolution_details={},
        left_at=gone.left_at,
        basis=gone.basis,
        worker_id="E1042",
        id_space="hr",
        name=name,
        left_on=gone.left_on or date(2026, 11, 13),
        zone="Asia/Seoul",
        told="status Terminated, last working day 2026-11-13",
        reopened=0,
        ticket_says="open",
        first_seen_at=cases.AS_OF,
        seen_at=cases.AS_OF,
    )


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for each in Language:
        for file, text in texts(each).items():
            (FOLDER / file).write_text(text, encoding="utf-8")
