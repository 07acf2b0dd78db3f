"""An account that nobody holds for certain, where somebody who left is among those it may belong to."""

from collections.abc import Iterator
from datetime import datetime

from offboarding.model import (
    AccountCase,
    Case,
    Departure,
    Finding,
    LinkDecision,
    Severity,
    Step,
    Suspect,
    TicketKind,
    say,
)
from offboarding.rules import all_rules
from offboarding.rules._access_paths import AccessPath, whole
from offboarding.rules._evidence import powers, works
from offboarding.rules._findings import deciding_steps, eased
from offboarding.rules._rivals import claimants, likeliest_leaver, without_rivals
from offboarding.rules._rule import Rule
from offboarding.rules._sentences import at
from offboarding.rules._use import is_workload, use_reported, used_after, workload_warning


def unclaimed(rule: Rule, case: Case, as_of: datetime, decision: LinkDecision) -> Iterator[Finding]:
    """Yield one finding for an account of this decision that is open and may be a leaver's."""
    if not isinstance(case, AccountCase) or case.decision is not decision:
        return
    leaver = likeliest_leaver(case, as_of)
    taken = whole(case)
    if leaver is not None and taken.open:
        yield _finding(rule, case, *leaver, taken, tuple(_in_place_of(case, as_of)))


def _in_place_of(case: AccountCase, as_of: datetime) -> Iterator[Finding]:
    """Yield what the other rules would find that is open, if the account were the leaver's alone."""
    theirs = without_rivals(case, as_of)
    for rule in all_rules() if theirs else ():
        for found in rule.evaluate(theirs, as_of) if theirs else ():
            if found.holds_ticket and rule.ticket is not TicketKind.EVENT:
                yield found


def _finding(
    rule: Rule,
    case: AccountCase,
    suspect: Suspect,
    departure: Departure,
    taken: AccessPath,
    in_place_of: tuple[Finding, ...],
) -> Finding:
    account = case.account
    own = eased(_severity(rule, case, departure), taken.effect)
    return Finding(
        rule=rule.id,
        realm=account.realm,
        subject=taken.subject,
        person_uid=suspect.person_uid,
        episode=case.episode,
        standing=taken.standing,
        standing_reason=taken.reason,
        effect=taken.effect,
        severity=min((own, *(found.severity for found in in_place_of)), key=lambda severity: severity.order),
        privileged=account.privileged is True,
        relation=None,
        used_after_departure=used_after(taken, departure),
        last_used_at=taken.last_used_at,
        evidence=tuple(_evidence(case, departure, taken)),
        revoke=_steps(case, suspect),
        warning=workload_warning(taken, departure, service_like=account.service_like),
        is_workload=is_workload(taken, departure, service_like=account.service_like),
        owners=case.owners,
        attestable=account.attested_at is not None,
        in_place_of=in_place_of,
    )


def _severity(rule: Rule, case: AccountCase, departure: Departure) -> Severity:
    # Made after the departure, and close to the leaver all the same: it looks like a back door.
    grave = case.account.privileged is True or (_made_after(case, departure) and not case.in_bulk)
    return Severity.HIGH if grave else rule.default_severity


def _made_after(case: AccountCase, departure: Departure) -> bool:
    return case.account.created_at is not None and case.account.created_at > departure.certain_at


def _evidence(case: AccountCase, departure: Departure, taken: AccessPath) -> Iterator[str]:
    yield from claimants(case.suspects)
    if _made_after(case, departure) and case.account.created_at is not None:
        made = at(case.account.created_at)
        if case.in_bulk:
            yield say(
                "It was made on {moment}, after the departure, as a load of its system was: whether it's older, or a"
                " back door, can't be told apart.",
                moment=made,
            )
        else:
            yield say("It was made on {moment}, after the departure: it may be a back door.", moment=made)
    yield works(taken)
    yield use_reported(taken, departure)
    yield from powers(case.account, taken)


def _steps(case: AccountCase, suspect: Suspect) -> tuple[Step, ...]:
    ask = say(
        "Find out whose it is: ask the account's creator, its system's owner and the manager of worker {worker}.",
        worker=suspect.worker_id,
    )
    return deciding_steps(case, suspect.worker_id, ask)
