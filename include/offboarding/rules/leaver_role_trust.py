"""A role's trust policy lets a leaver's user take it on, in its own account or in another."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from offboarding.model import (
    Case,
    Effect,
    Finding,
    LeaverCase,
    LinkedAccount,
    Relation,
    Resolution,
    Resolved,
    RuleWords,
    Severity,
    SilentThing,
    Standing,
    Step,
    Subject,
    SubjectKind,
    TicketKind,
    TrustView,
    say,
)
from offboarding.rules._access_paths import AccessPath, judged, whole
from offboarding.rules._cases import leaver, leavers_accounts
from offboarding.rules._closings import NOT_A_LEAVERS
from offboarding.rules._controls import LEAVER_ACCESS
from offboarding.rules._deciding import not_theirs
from offboarding.rules._evidence import powers, works
from offboarding.rules._findings import finding_on, shut
from offboarding.rules._rule import Rule
from offboarding.rules._sentences import left

_STRONGEST_FIRST = (Standing.WORKS, Standing.UNKNOWN)
_OUT_OF_REACH = say(
    "No way into the user itself works now, so nobody takes the role on; a key that somebody makes for the "
    "user opens it again."
)
_DENIED = say("Everything is denied to the user unconditionally, taking on a role too.")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trusted:
    """A user that a role lets in, or of which that can't be told."""

    linked: LinkedAccount
    view: TrustView
    standing: Standing
    reason: str


def _shut(silent: SilentThing, as_of: datetime) -> Resolved | None:
    """It lets no user of theirs in, or the one that it lets in isn't theirs."""
    del as_of
    if silent.role_rejected_by is not None and not silent.role_open:
        return Resolved(resolution=Resolution.REJECTED, author=silent.role_rejected_by)
    return Resolved(resolution=Resolution.ROLE_SHUT) if silent.roles_read and not silent.role_open else None


class LeaverRoleTrust(Rule):
    """One a role and person, whichever of their users it names. Medium where no way into these users works now.

    It stands as long as the trust and the user do: a new key is made in a moment.
    """

    id = "leaver-role-trust"
    default_severity = Severity.HIGH
    controls = LEAVER_ACCESS
    ticket = TicketKind.REVOKE
    while_away = True
    words = RuleWords(
        what=(
            "A role whose trust policy lets a leaver's user take it on, in the user's own cloud account or in another. "
            "One a role and person, whichever of their users it names. Not one that denies the user, or names one "
            "that was deleted."
        ),
        why=(
            "It's a way in beside the user's own keys, it's written down elsewhere, and whoever cleans up the user "
            "doesn't see it."
        ),
        graded="; medium where no way into the user itself works now: a new key is made in a moment, so it stands",
        closes=(
            "A complete read of the roles has seen that it lets none of their users in, or the users are gone. Where "
            "a condition decides that can't be evaluated, it can't be told."
        ),
        runbook=(
            "Put the trust policy in place without the user, in the role's account; undone with the policy that "
            "was kept. An open session of the role may live up to 12 hours more."
        ),
        explained="A complete read of the roles sees that it lets none of their users in.",
    )
    ends = (*NOT_A_LEAVERS, _shut)

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each role that lets a leaver's user in, or of which that can't be told."""
        gone = leaver(case, as_of)
        if gone is None:
            return
        roles: defaultdict[tuple[str, str], list[_Trusted]] = defaultdict(list)
        for _, linked in leavers_accounts(gone, as_of, Relation.IS):
            for trusted in _open_trusts(linked):
                roles[trusted.view.trust.realm, trusted.view.trust.native_id].append(trusted)
        for users in roles.values():
            yield _finding(self, gone, sorted(users, key=lambda one: _STRONGEST_FIRST.index(one.standing)))


def _open_trusts(linked: LinkedAccount) -> Iterator[_Trusted]:
    for view in linked.trusts:
        trust = view.trust
        standing, reason = judged(trust.standing, trust.standing_reason, fresh=view.fresh, observed_at=view.observed_at)
        if standing is not Standing.DEAD:
            yield _Trusted(linked=linked, view=view, standing=standing, reason=reason)


def _finding(rule: Rule, case: LeaverCase, users: Sequence[_Trusted]) -> Finding:
    first, path = users[0], _path(users)
    trust = first.view.trust
    made = finding_on(
        rule,
        case,
        first.linked,
        path,
        relation=Relation.IS,
        evidence=tuple(_evidence(case, users, path)),
        steps=_steps(case, users, path),
        severity=Severity.MEDIUM if _out_of_reach(users) else None,
    )
    # Of who answers for a role, its reader tells nothing.
    return replace(made, realm=trust.realm, privileged=trust.privileged is True, owners=())


def _path(users: Sequence[_Trusted]) -> AccessPath:
    """The role as a way in: the users have no say in its key, so that a second one makes no second finding."""
    first = users[0]
    trust = first.view.trust
    contained = all(whole(user.linked).effect is Effect.CONTAINED for user in users)
    labels = sorted(user.linked.account.label for user in users)
    return AccessPath(
        subject=Subject(
            kind=SubjectKind.ROLE, native_id=trust.native_id, label=trust.label, account_label=", ".join(labels)
        ),
        standing=first.standing,
        reason=first.reason,
        effect=Effect.CONTAINED if contained else Effect.UNKNOWN,
        set_at=None,
        fresh=first.view.fresh,
        last_used_at=None,
    )


def _out_of_reach(users: Sequence[_Trusted]) -> bool:
    return all(whole(user.linked).standing is Standing.DEAD for user in users)


def _evidence(case: LeaverCase, users: Sequence[_Trusted], path: AccessPath) -> Iterator[str]:
    yield from dict.fromkeys(text for user in users for text in user.linked.evidence)
    yield left(case.worker_id, case.departure)
    yield works(path)
    yield say("It trusts {account}.", account=path.subject.account_label)
    if _out_of_reach(users):
        yield _OUT_OF_REACH
    if path.effect is Effect.CONTAINED:
        yield _DENIED
    yield from powers(users[0].view.trust, replace(path, effect=Effect.UNKNOWN))


def _steps(case: LeaverCase, users: Sequence[_Trusted], path: AccessPath) -> tuple[Step, ...]:
    return (
        *shut(users[0].linked, path),
        *(not_theirs(user.linked.source, user.linked.account, case.worker_id) for user in users),
    )


RULE = LeaverRoleTrust()
