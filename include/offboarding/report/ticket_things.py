"""The things on a ticket's list: what each is called, why it's theirs, and what of it is to be done with it alone."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field, replace

from offboarding.model import (
    DONE,
    KEY_KINDS,
    DecisionStep,
    FindingState,
    Resolution,
    Sentence,
    Standing,
    SubjectKind,
    TicketKind,
    say,
)
from offboarding.model.keys import short_finding
from offboarding.report.texts.layout import on_one_line
from offboarding.report.texts.views import ThingView
from offboarding.report.ticket_steps import without_name
from offboarding.rules import rule_of, tells_departure
from offboarding.store.tickets import TicketItem

_ENDS = (".", ":")
"""Of sentences."""
NOUNS = {
    SubjectKind.ACCOUNT: ("Account", "Account {label}", "Account {label}"),
    SubjectKind.ACCESS_KEY: ("Access key", "Access key {label}", "Access key {label} of {account}"),
    SubjectKind.SSH_KEY: ("SSH key", "SSH key {label}", "SSH key {label} of {account}"),
    SubjectKind.ROLE: ("Role", "Role {label}", "Role {label}, which trusts {account}"),
}
"""What stands before a label that doesn't say by itself what it is: alone, and with the account that it's on."""
OTHERS = ("", "{label}", "{label} of {account}")


def things(items: Sequence[TicketItem]) -> tuple[ThingView, ...]:
    """As a comment lists them."""
    return tuple(_thing(number, item) for number, item in enumerate(items, start=1))


def checklist(kind: str, items: Sequence[TicketItem], elsewhere: Container[str]) -> tuple[ThingView, ...]:
    """In the order in which they came, what several share said once. `elsewhere`: steps that are said for several."""
    said = _SaidBefore()
    return tuple(_listed(kind, number, item, said, elsewhere) for number, item in enumerate(items, start=1))


def named(item: TicketItem, *, account: bool = True) -> Sentence:
    """What it is and on which account, such as "Access key AKIA...7Q3A of arn:aws:iam::1111...:user/kim"."""
    kind, label, on = SubjectKind(item.subject_kind), on_one_line(item.subject_label), on_one_line(item.account_label)
    if kind is SubjectKind.WORKER:
        theirs = label.casefold() == f"worker {item.worker_id}".casefold()
        return say("Worker {worker}", worker=item.worker_id or "") if theirs else say("{label}", label=_capital(label))
    if kind is SubjectKind.SOURCE:
        if item.of_keys:
            return say("Keys of {system} that nobody claims", system=label)
        return say("Accounts of {system} that nobody claims", system=label)
    if kind in KEY_KINDS:
        return _key(item, label)
    if kind is SubjectKind.CONSOLE_PASSWORD:
        return say("Console password of {account}", account=on)
    noun, alone, with_account = _nouns(item)
    own = label.removeprefix(f"{noun} ") if noun else _capital(label)
    with_it = account and on and kind not in (SubjectKind.ACCOUNT, SubjectKind.ROOT_ACCOUNT)
    return say(with_account if with_it else alone, label=own, account=on)


def _nouns(item: TicketItem) -> tuple[str, str, str]:
    rule = rule_of(item.rule)
    noun, alone, with_account = NOUNS.get(SubjectKind(item.subject_kind), OTHERS)
    return (noun, rule.named, rule.named) if rule and rule.named else (noun, alone, with_account)


def exposed_name(kind: SubjectKind, label: str) -> Sentence:
    """A key or secret, where its own ticket doesn't say which: "Signing key login"."""
    signs = kind == SubjectKind.SIGNING_KEY
    return say("Signing key {label}" if signs else "Secret {label}", label=on_one_line(label))


def _key(item: TicketItem, label: str) -> Sentence:
    """A key's item is about one of its holders: the ticket's title says which key."""
    if item.ticket_kind == TicketKind.EVENT:
        return exposed_name(item.subject_kind, label)
    if item.worker_id:
        return say("Worker {worker}: {label}", worker=item.worker_id, label=label)
    return say("{label}", label=_capital(label))


def _capital(label: str) -> str:
    return label[:1].upper() + label[1:]


@dataclass(slots=True)
class _SaidBefore:
    """What an earlier item of this ticket says in full, by its number."""

    by_text: dict[object, int] = field(default_factory=dict[object, int])

    def at(self, text: object, number: int) -> int:
        """Where it stands; 0 where it's said here for the first time."""
        first = self.by_text.setdefault(text, number)
        return 0 if first == number else first


def _thing(number: int, item: TicketItem) -> ThingView:
    return ThingView(
        number=number,
        name=named(item),
        key=short_finding(item.finding_key),
        source=item.source,
        severity=item.severity,
        state=item.state if item.state in DONE else FindingState.OPEN,
        why=item.why,
        ended=item.resolved_at,
        reopened=item.reopened,
        holds=item.holds,
        works=item.standing == Standing.WORKS,
        unknown=item.standing == Standing.UNKNOWN,
        reason=item.standing_reason,
        seen=item.seen_at,
        since=item.first_seen_at,
        last_used=item.last_used_at,
        change=_change(item),
        judged=item.resolution == Resolution.VERDICT,
    )


def _change(item: TicketItem) -> str:
    if item.state in DONE:
        return ""
    if item.ticket_says == FindingState.EXCEPTED:
        return "stands_again"
    if not item.ticket_says:
        return "added" if item.reopened == 0 else "again"
    return "open_again" if item.ticket_kind == TicketKind.EVENT else "again"


def _listed(kind: str, number: int, item: TicketItem, said: _SaidBefore, elsewhere: Container[str]) -> ThingView:
    thing = _thing(number, item)
    if item.state in DONE:
        return thing
    of_system = item.subject_kind == SubjectKind.SOURCE
    # Evidence of a link comes as clauses, everything else as sentences.
    clauses = tuple(text for text in item.evidence if not text.endswith(_ENDS))
    own = [step for step in item.revoke if not isinstance(step, DecisionStep)]
    clauses_in = said.at((of_system, clauses), number) if clauses else 0
    sentences = tuple(_sentences(kind, number, item, said))
    steps_in = said.at(tuple(own), number) if kind == TicketKind.ROTATE and own else 0
    shown = () if steps_in else tuple(step for step in own if without_name(step, item) not in elsewhere)
    return replace(
        thing,
        of_system=of_system,
        clauses=clauses,
        clauses_in=clauses_in,
        sentences=sentences,
        steps=shown,
        steps_in=steps_in,
    )


def _sentences(kind: str, number: int, item: TicketItem, said: _SaidBefore) -> Iterator[str]:
    for sentence in (*item.evidence, item.warning):
        # Of a key the same is said of each holder.
        if kind == TicketKind.ROTATE and said.at(sentence, number):
            continue
        opens = kind in {TicketKind.REVOKE, TicketKind.EVENT} and tells_departure(sentence, item.worker_id)
        # The ticket's first line says it already.
        if sentence.endswith(_ENDS) and not opens:
            yield sentence
