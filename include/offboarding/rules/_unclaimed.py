"""An account that nobody holds for certain, where somebody who left is among those it may belong to."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from include.offboarding.interfaces import Rule
from include.offboarding.model import AccountCase, Case, Departure, Finding, LinkDecision, Severity, Suspect
from include.offboarding.rules._cases import counts
from include.offboarding.rules._evidence import powers, works
from include.offboarding.rules._findings import deciding_steps, eased
from include.offboarding.rules._sentences import at, left
from include.offboarding.rules._use import use_told, used_after, workload_warning
from include.offboarding.rules._ways import Way, whole


@dataclass(frozen=True, slots=True, kw_only=True)
class _Leaver:
    """The suspect that the finding names."""

    suspect: Suspect
    departure: Departure


def unclaimed(rule: Rule, case: Case, as_of: datetime, decision: LinkDecision) -> Iterator[Finding]:
    """Yield one finding for an account of this decision that is open and may be a leaver's."""
    if not isinstance(case, AccountCase) or case.decision is not decision:
        return
    leaver = _likeliest_leaver(case, as_of)
    taken = whole(case)
    if leaver is not None and taken.open:
        yield _finding(rule, case, leaver, taken)


def _likeliest_leaver(case: AccountCase, as_of: datetime) -> _Leaver | None:
    """Return the leaver with the highest score; of two alike always the same, since the finding's key holds them."""
    leavers = [
        _Leaver(suspect=suspect, departure=suspect.departure)
        for suspect in case.suspects
        if suspect.departure is not None and counts(suspect.departure, as_of)
    ]
    return min(leavers, key=lambda leaver: (-leaver.suspect.score, leaver.suspect.person_uid), default=None)


def _finding(rule: Rule, case: AccountCase, leaver: _Leaver, taken: Way) -> Finding:
    account, departure = case.account, leaver.departure
    return Finding(
        rule=rule.id,
        realm=account.realm,
        subject=taken.subject,
        person_uid=leaver.suspect.person_uid,
        episode=case.episode,
        standing=taken.standing,
        standing_reason=taken.reason,
        effect=taken.effect,
        severity=eased(_severity(rule, case, departure), taken.effect),
        privileged=account.privileged is True,
        relation=None,
        used_after_departure=used_after(taken, departure),
        last_used_at=taken.last_used_at,
        evidence=tuple(_evidence(case, leaver, taken)),
        revoke=_steps(case, leaver.suspect),
        warning=workload_warning(taken, departure, service_like=account.service_like),
    )


def _severity(rule: Rule, case: AccountCase, departure: Departure) -> Severity:
    # Made after the departure, and close to the leaver all the same: it looks like a back door.
    grave = case.account.privileged is True or _made_after(case, departure)
    return Severity.HIGH if grave else rule.default_severity


def _made_after(case: AccountCase, departure: Departure) -> bool:
    return case.account.created_at is not None and case.account.created_at > departure.certain_at


def _evidence(case: AccountCase, leaver: _Leaver, taken: Way) -> Iterator[str]:
    for suspect in case.suspects:
        why = "; ".join(suspect.evidence) or "no evidence left"
        yield f"Worker {suspect.worker_id}, score {suspect.score / 100:.2f}: {why}."
        yield _here_or_left(suspect)
    if _made_after(case, leaver.departure) and case.account.created_at is not None:
        yield f"It was made on {at(case.account.created_at)}, after the departure: it may be a back door."
    yield works(taken)
    yield use_told(taken, leaver.departure)
    yield from powers(case.account, taken)


def _here_or_left(suspect: Suspect) -> str:
    if suspect.departure is None:
        return f"Worker {suspect.worker_id} works here."
    if not suspect.departure.confirmed:
        return f"Worker {suspect.worker_id} may have left; nobody has confirmed it ({suspect.departure.told})."
    return left(suspect.worker_id, suspect.departure)


def _steps(case: AccountCase, suspect: Suspect) -> tuple[str, ...]:
    ask = "Find out whose it is: ask the account's creator, its system's owner and the manager of worker"
    return deciding_steps(case, suspect.worker_id, f"{ask} {suspect.worker_id}.")
