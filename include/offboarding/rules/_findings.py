"""How a leaver's finding is put together, so that each rule says only what is its own."""

from offboarding.model import (
    AccountAction,
    Effect,
    Finding,
    KeyElsewhere,
    LeaverCase,
    LinkedAccount,
    Relation,
    Remedy,
    Severity,
    Step,
    say,
)
from offboarding.rules._access_paths import AccessPath, Holder, open_paths
from offboarding.rules._deciding import not_theirs, theirs
from offboarding.rules._evidence import of_leaver
from offboarding.rules._rule import Rule
from offboarding.rules._use import is_workload, used_after, workload_warning

_CONTAINED = {Severity.CRITICAL: Severity.HIGH, Severity.HIGH: Severity.MEDIUM, Severity.MEDIUM: Severity.LOW}


def eased(severity: Severity, effect: Effect) -> Severity:
    """Return a severity one step less where everything is denied to the thing."""
    return _CONTAINED.get(severity, severity) if effect is Effect.CONTAINED else severity


def standing_finding(rule: Rule, case: LeaverCase, linked: LinkedAccount, path: AccessPath) -> Finding:
    """Return that this way into a leaver's account is open, with the steps that close it."""
    return finding(rule, case, linked, path, steps=closing_steps(case, linked, path))


def closing_steps(case: LeaverCase, linked: LinkedAccount, *paths: AccessPath) -> tuple[Step, ...]:
    """Return how these ways in are shut, how that is undone, and what to do if the account isn't theirs."""
    return (*shut(linked, *paths), not_theirs(linked.source, linked.account, case.worker_id))


def to_do(remedy: Remedy, holder: Holder | KeyElsewhere, *paths: AccessPath) -> tuple[AccountAction, ...]:
    """Return that this is to be done with each of these ways in."""
    return tuple(
        AccountAction(remedy=remedy, kind=holder.source_kind, account=holder.account, subject=path.subject)
        for path in paths
    )


def shut(holder: Holder | KeyElsewhere, *paths: AccessPath) -> tuple[AccountAction, ...]:
    """Return that each of these ways in is to be shut."""
    return to_do(Remedy.DISABLE, holder, *paths)


def deciding_steps(holder: Holder, worker_id: str, first: str) -> tuple[Step, ...]:
    """Return how a person decides whose an account is, after a first step, and how it's shut meanwhile."""
    return (
        first,
        theirs(holder.source, holder.account, worker_id),
        not_theirs(holder.source, holder.account, worker_id),
        say("It can be shut before that is known, where nobody would miss it:"),
        *shut(holder, *open_paths(holder)),
    )


def finding(
    rule: Rule,
    case: LeaverCase,
    linked: LinkedAccount,
    path: AccessPath,
    *,
    steps: tuple[Step, ...],
    severity: Severity | None = None,
) -> Finding:
    """Return a finding about a way in, or a whole account, of a person who left.

    The severity is the rule's own unless one is given; what is contained is one step less.
    """
    return finding_on(
        rule,
        case,
        linked,
        path,
        relation=linked.relation,
        evidence=of_leaver(case, linked, path),
        steps=steps,
        severity=severity,
    )


def finding_on(
    rule: Rule,
    case: LeaverCase,
    holder: Holder | KeyElsewhere,
    path: AccessPath,
    *,
    relation: Relation | None,
    evidence: tuple[str, ...],
    steps: tuple[Step, ...],
    severity: Severity | None = None,
) -> Finding:
    """Return a finding about an account, or a way into it, that a leaver has to do with, whosoever it is."""
    account = holder.account
    return Finding(
        rule=rule.id,
        realm=account.realm,
        subject=path.subject,
        person_uid=case.person_uid,
        episode=case.episode,
        standing=path.standing,
        standing_reason=path.reason,
        effect=path.effect,
        severity=eased(severity or rule.default_severity, path.effect),
        # None isn't no: the evidence says that it wasn't checked.
        privileged=account.privileged is True,
        relation=relation,
        used_after_departure=used_after(path, case.departure),
        last_used_at=path.last_used_at,
        evidence=evidence,
        revoke=steps,
        warning=workload_warning(path, case.departure, service_like=account.service_like),
        is_workload=is_workload(path, case.departure, service_like=account.service_like),
        owners=holder.owners,
        attestable=account.attested_at is not None,
    )
