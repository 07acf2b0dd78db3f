"""The ways into an account: its own login, and each credential on it, judged by what this run has seen."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from offboarding.model import (
    CREDENTIAL_KINDS,
    Account,
    AccountCase,
    Credential,
    CredentialView,
    Effect,
    LinkedAccount,
    MovedLink,
    Standing,
    Subject,
    SubjectKind,
    say,
)
from offboarding.rules._sentences import at, listed, said

Holder = LinkedAccount | AccountCase | MovedLink
"""What holds an account, its credentials, and when each was seen."""

STRONGEST_FIRST = (Standing.WORKS, Standing.UNKNOWN, Standing.DEAD)
WORST_FIRST = (Effect.FULL, Effect.UNKNOWN, Effect.CONTAINED)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessPath:
    """A way in, judged."""

    subject: Subject
    standing: Standing
    """UNKNOWN for whatever no complete live read of this run has seen."""
    reason: str
    effect: Effect
    set_at: datetime | None
    """When the secret behind it was made or last changed; None where it can't be told."""
    fresh: bool
    last_used_at: datetime | None
    last_used_exact: bool = True
    credential: Credential | None = None
    """What it is; None for an account's own login, and for a role."""
    parts: tuple["AccessPath", ...] = ()
    """The ways in that a whole account is made of; each was used, or not, by itself."""

    @property
    def open(self) -> bool:
        """It works, or it can't be told."""
        return self.standing is not Standing.DEAD

    @property
    def can_reactivate(self) -> bool:
        """Dead, and can be switched on again."""
        return self.credential is not None and self.credential.can_reactivate


def account_path(holder: Holder) -> AccessPath:
    """Return the account's own login; for an account without one, whether the source says that there is any way in."""
    account = holder.account
    standing, reason = judged(
        account.standing, account.standing_reason, fresh=holder.fresh, observed_at=holder.observed_at
    )
    return AccessPath(
        subject=Subject(
            kind=account.kind,
            native_id=account.native_id,
            label=account.label,
            account_native_id=account.native_id,
            account_label=account.label,
        ),
        standing=standing,
        reason=reason,
        effect=Effect.FULL if account.has_own_login else Effect.UNKNOWN,
        set_at=account.password_set_at,
        fresh=holder.fresh,
        last_used_at=account.last_used_at,
        last_used_exact=account.last_used_exact,
    )


def credential_paths(holder: Holder, kind: SubjectKind | None = None) -> Iterator[AccessPath]:
    """Yield the account's credentials, those of one kind where one is given, in the case's order."""
    for view in holder.credentials:
        if kind is None or view.credential.kind is kind:
            yield credential_path(view, holder.account)


def access_paths(holder: Holder) -> tuple[AccessPath, ...]:
    """Return everything that can be used by itself: the own login, where there is one, and the credentials."""
    own = (account_path(holder),) if holder.account.has_own_login else ()
    return (*own, *credential_paths(holder))


def open_paths(holder: Holder) -> tuple[AccessPath, ...]:
    """Return the ways in that aren't dead, or the account itself where it's open by none that a read lists."""
    return tuple(path for path in access_paths(holder) if path.open) or (account_path(holder),)


def whole(holder: Holder) -> AccessPath:
    """Return the account taken as one: the strongest standing among its ways in, the worst effect of the open ones.

    What the source says of a user without an own login counts too: it may know of a way in that no read lists.
    """
    own = account_path(holder)
    paths = access_paths(holder)
    standing = min((path.standing for path in (own, *paths)), key=STRONGEST_FIRST.index)
    same = [path for path in paths if path.standing is standing] or [own]
    return replace(
        own,
        standing=standing,
        reason=listed([_reason(path) for path in same]),
        effect=min((path.effect for path in paths if path.open), key=WORST_FIRST.index, default=Effect.UNKNOWN),
        last_used_at=max((path.last_used_at for path in (own, *paths) if path.last_used_at), default=None),
        parts=paths or (own,),
    )


def credential_path(view: CredentialView, account: Account) -> AccessPath:
    """Return one credential on an account."""
    credential = view.credential
    standing, reason = judged(
        credential.standing, credential.standing_reason, fresh=view.fresh, observed_at=view.observed_at
    )
    return AccessPath(
        subject=Subject(
            kind=credential.kind,
            native_id=credential.native_id,
            label=credential.label,
            account_native_id=credential.account_native_id,
            account_label=account.label,
        ),
        standing=standing,
        reason=reason,
        effect=credential.effect,
        set_at=credential.created_at,
        fresh=view.fresh,
        last_used_at=credential.last_used_at,
        credential=credential,
    )


def judged(standing: Standing, reason: str, *, fresh: bool, observed_at: datetime) -> tuple[Standing, str]:
    """Return what may be said of a thing: nothing but UNKNOWN where no complete live read of this run saw it."""
    # Only the stale case names the read's time: it stays the same every night until a read works again, while a fresh
    # read's time would make each night's finding differ from the last (the store tells it as "last confirmed").
    if fresh:
        return standing, reason
    stale = say(
        "no complete live read of this run has seen it; on {moment} it said: {reason}",
        moment=at(observed_at),
        reason=said(reason),
    )
    return Standing.UNKNOWN, stale


def _reason(path: AccessPath) -> str:
    if path.subject.kind not in CREDENTIAL_KINDS:
        return path.reason
    return say("{label}: {reason}", label=path.subject.label, reason=said(path.reason))
