"""What is known of a key that several people may hold: is it trusted, could it be carried away, by whom, since when?

Nothing here tells a number of days or the moment of a read: a finding's text changes only when something did.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from offboarding.model import (
    Case,
    Effect,
    Exportable,
    Finding,
    Grade,
    Holder,
    KeyCase,
    KeyCopy,
    Sentence,
    Severity,
    Standing,
    Step,
    Subject,
    SubjectKind,
    say,
)
from offboarding.rules._cases import counts
from offboarding.rules._sentences import at, left, listed, said

_GRADES = {
    Grade.PROVED: "Proved: ",
    Grade.REGISTERED: "",
    Grade.COULD: "",
    Grade.INFERRED: "Not certain: ",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyStanding:
    """Whether anything still accepts a key."""

    standing: Standing
    reason: str
    asked: bool
    """Whether there is any verifier that could be asked."""


def departed(case: Case, kind: SubjectKind, as_of: datetime) -> Iterator[tuple[KeyCase, Holder]]:
    """Yield each leaver who may have held a key of this kind, the key being older than the departure or no newer for
    certain.
    """
    if not isinstance(case, KeyCase) or case.kind is not kind:
        return
    for holder in case.holders:
        if holder.held and not holder.newer and counts(holder.departure, as_of):
            yield case, holder


def verdict(case: KeyCase) -> KeyStanding:
    """Return what the verifiers say: trusted by one is trusted, and only all of them together make it dead."""
    copies = [copy for copy in case.copies if copy.key.verifies]
    if not copies:
        return KeyStanding(standing=Standing.UNKNOWN, reason=say("there is no verifier that can be asked"), asked=False)
    verdicts = sorted((_of_copy(copy) for copy in copies), key=lambda each: list(Standing).index(each[0]))
    by_rank = {rank: [reason for standing, reason in verdicts if standing is rank] for rank in Standing}
    for rank in (Standing.WORKS, Standing.UNKNOWN, Standing.DEAD):
        if by_rank[rank]:
            return KeyStanding(standing=rank, reason=listed([*dict.fromkeys(by_rank[rank])]), asked=True)
    raise AssertionError("a copy has one of three standings")


def exportable(case: KeyCase) -> tuple[Exportable, Sentence]:
    """Return whether the material could leave, and why. The register knows more than a system where that can't tell;
    against a system that says yes it counts for nothing.
    """
    reasons = {copy.key.carryable: copy.key.carryable_reason for copy in reversed(case.copies)}
    entry = case.registered
    if Exportable.YES in reasons:
        return Exportable.YES, said(reasons[Exportable.YES].rstrip("."))
    if entry and entry.carryable is Exportable.YES:
        return Exportable.YES, _by_the_register(entry.carryable_reason)
    if Exportable.NO in reasons:
        return Exportable.NO, said(reasons[Exportable.NO].rstrip("."))
    if entry and entry.carryable is Exportable.NO:
        return Exportable.NO, _by_the_register(entry.carryable_reason)
    unknown = reasons.get(Exportable.UNKNOWN, "").rstrip(".")
    return Exportable.UNKNOWN, said(unknown) if unknown else say("nothing is known of where it lies")


def _by_the_register(reason: str) -> Sentence:
    if not reason:
        return say("the register says so: without a reason")
    return say("the register says so: {reason}", reason=reason.rstrip("."))


def severity(case: KeyCase, holder: Holder, standing: Standing) -> Severity:
    """Return how bad it is: critical where somebody surely held what could leave and is trusted; a guess is listed."""
    grade = holder.grade
    if grade is Grade.INFERRED or grade is None:
        return Severity.LOW
    certain = grade is not Grade.COULD and standing is Standing.WORKS and exportable(case)[0] is Exportable.YES
    return _shared(case, Severity.CRITICAL if certain else Severity.HIGH)


def key_finding(
    rule_id: str,
    case: KeyCase,
    holder: Holder | None,
    *,
    judged: KeyStanding,
    severity: Severity,
    evidence: tuple[str, ...],
    steps: tuple[Step, ...],
) -> Finding:
    """Return a finding about a key, and of one of its departed holders where it's about one."""
    return Finding(
        rule=rule_id,
        realm="",
        subject=subject(case),
        person_uid=holder.person_uid if holder else "",
        episode=holder.episode if holder else 0,
        standing=judged.standing,
        standing_reason=judged.reason,
        effect=Effect.FULL,
        severity=severity,
        privileged=True,
        relation=None,
        used_after_departure=bool(holder.uses) or None if holder else None,
        last_used_at=max((copy.key.last_used_at for copy in case.copies if copy.key.last_used_at), default=None),
        evidence=evidence,
        revoke=steps,
        holds_ticket=holder is None or holder.grade is not Grade.INFERRED,
        owners=_owners(case),
    )


def _owners(case: KeyCase) -> tuple[str, ...]:
    said = (*((case.registered.owner,) if case.registered else ()), *(copy.key.owner for copy in case.copies))
    return tuple(dict.fromkeys(owner for owner in said if owner))


def subject(case: KeyCase) -> Subject:
    """Return the key itself: its material, whatever it's called where it lies."""
    return Subject(kind=case.kind, native_id=case.material, label=case.label)


def of_holder(case: KeyCase, holder: Holder, judged: KeyStanding) -> tuple[str, ...]:
    """Return four answers: who held it, whether it could leave, whether it's trusted, since when it's the same."""
    return (
        left(holder.worker_id, holder.departure),
        *(f"{_GRADES[each.grade]}{each.text}" for each in holder.held),
        *_carried(case),
        *trusted(judged),
        *same_since(case),
        *powers(case),
        *_company(case),
    )


def trusted(judged: KeyStanding) -> Iterator[str]:
    """Yield whether anything accepts it, and by whose word."""
    if judged.standing is Standing.WORKS:
        yield say("It's trusted: {reason}.", reason=said(judged.reason))
    elif judged.standing is Standing.UNKNOWN:
        yield say("Not checked whether it's trusted: {reason}.", reason=said(judged.reason))
    else:
        yield say("It isn't trusted any more: {reason}.", reason=said(judged.reason))


def same_since(case: KeyCase) -> Iterator[str]:
    """Yield since when it's surely the same key: what a system dates, else what we saw."""
    made = [copy for copy in case.copies if copy.key.created_at]
    if made:
        oldest = min(made, key=lambda copy: copy.key.created_at or copy.first_seen_at)
        assert oldest.key.created_at
        yield say(
            "The material is the same since {moment}, says {source}.",
            moment=at(oldest.key.created_at),
            source=oldest.source,
        )
    elif case.copies:
        first = min(copy.first_seen_at for copy in case.copies)
        yield say("The material is the same at least since {moment}, when it was first seen here.", moment=at(first))


def powers(case: KeyCase) -> Iterator[str]:
    """Yield what it can sign or open, where it lies and who verifies with it."""
    if case.registered and case.registered.signs_for:
        yield say(
            "What it's good for, says the register: {signs_for}.", signs_for=case.registered.signs_for.rstrip(".")
        )
    for copy in case.copies:
        if copy.untrusted_since is None:
            reason = said(copy.key.standing_reason.rstrip("."))
            yield say("{label}, in {source}: {reason}.", label=copy.key.label, source=copy.source, reason=reason)


def _of_copy(copy: KeyCopy) -> tuple[Standing, str]:
    key = copy.key
    if copy.dead:
        return Standing.DEAD, say(
            "{source} shows it no more, seen twice since {moment}", source=copy.source, moment=at(_since(copy))
        )
    if not copy.fresh:
        return Standing.UNKNOWN, say("{source} could not be read whole", source=copy.source)
    if copy.untrusted_since is not None:
        hours = key.cache.total_seconds() / 3600
        until = say("it takes a second look")
        if hours:
            until = say("whoever read it before may trust it for {hours} hours more", hours=f"{hours:g}")
        return Standing.UNKNOWN, say(
            "{source} shows it no more since {moment}: {until}",
            source=copy.source,
            moment=at(copy.untrusted_since),
            until=until,
        )
    return key.standing, said(key.standing_reason.rstrip("."))


def _since(copy: KeyCopy) -> datetime:
    assert copy.untrusted_since
    return copy.untrusted_since


def _shared(case: KeyCase, severity: Severity) -> Severity:
    """One step less where so many shares are needed that those who left don't have them together."""
    if case.registered is None or len(case.holders) >= case.registered.threshold:
        return severity
    return Severity.HIGH if severity is Severity.CRITICAL else Severity.MEDIUM


def _carried(case: KeyCase) -> Iterator[str]:
    could, reason = exportable(case)
    if could is Exportable.YES:
        yield say("It could be carried away: {reason}.", reason=reason)
    elif could is Exportable.NO:
        yield say("It could not be carried away: {reason}.", reason=reason)
    else:
        yield say("Not known whether it could be carried away: {reason}.", reason=reason)


def _company(case: KeyCase) -> Iterator[str]:
    if case.registered and case.registered.threshold > 1:
        need = case.registered.threshold
        yield say(
            "It takes {need} holders together, says the register; {left} have left.", need=need, left=len(case.holders)
        )
    if case.other_holders:
        yield say(
            "{count} person who works here holds it too, as far as is known.",
            "{count} people who work here hold it too, as far as is known.",
            count=case.other_holders,
        )
