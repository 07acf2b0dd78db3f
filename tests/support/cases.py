"""Cases for rules to look at, with one thing changed at a time.

The person left at the end of Friday 2026-11-13 in Seoul (15:00 UTC); the night is that of 2026-11-24.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from offboarding.model import (
    Account,
    AccountAction,
    AccountCase,
    Basis,
    Credential,
    CredentialView,
    Departure,
    KeyElsewhere,
    LeaverCase,
    LinkDecision,
    LinkedAccount,
    MovedLink,
    Orphan,
    OrphanCase,
    Relation,
    Remedy,
    Standing,
    Subject,
    SubjectKind,
    Suspect,
    Trust,
    TrustView,
)
from offboarding.tickets.remedies import written_out

LEFT_AT = datetime(2026, 11, 13, 15, 0, tzinfo=UTC)
AS_OF = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)
OBSERVED_AT = AS_OF + timedelta(minutes=2)
BEFORE = LEFT_AT - timedelta(days=20)
OWN_DAY = LEFT_AT - timedelta(hours=3)
AFTER = LEFT_AT + timedelta(days=9, hours=11)
DN = "uid=jdoe,ou=people,dc=corp,dc=example"
ROLE_ARN = "arn:aws:iam::333333333333:role/ops/deploy"
ARN = "arn:aws:iam::222222222222:user/jdoe"


def departure(**changes: Any) -> Departure:
    """HR said so, and it's over everywhere."""
    usual = Departure(
        left_at=LEFT_AT,
        certain_at=LEFT_AT,
        left_on=date(2026, 11, 13),
        zone="Asia/Seoul",
        basis=Basis.ACTUAL,
        confirmed=True,
        roster="hr",
        told="status Terminated, last working day 2026-11-13",
    )
    return replace(usual, **changes)


def unconfirmed(basis: Basis) -> Departure:
    """A planned end, or somebody vanished from a full roster."""
    return departure(basis=basis, confirmed=False)


def directory_account(**changes: Any) -> Account:
    """An entry in a directory whose password login works."""
    usual = Account(
        realm="7d1c5a52-aaaa-4c0e-9d0f-000000000000",
        native_id="3f0e7a10-0001-4c0e-9d0f-000000000001",
        label=DN,
        login="jdoe",
        created_at=BEFORE,
        standing=Standing.WORKS,
        standing_reason="pwdAccountLockedTime absent under cn=default (the reference account reads as locked)",
        privileged=False,
    )
    return replace(usual, **changes)


def iam_user(**changes: Any) -> Account:
    """An IAM user: no login of its own."""
    usual = Account(
        realm="222222222222",
        native_id="AIDAEXAMPLE0000000001",
        label=ARN,
        login="jdoe",
        created_at=BEFORE,
        standing=Standing.DEAD,
        standing_reason="no password, no active key",
        has_own_login=False,
        privileged=False,
    )
    return replace(usual, **changes)


def root_account(**changes: Any) -> Account:
    """A cloud account's root user, whose address is a leaver's."""
    usual = Account(
        realm="222222222222",
        native_id="222222222222",
        label="root of AWS account 222222222222",
        login="",
        created_at=BEFORE,
        standing=Standing.WORKS,
        standing_reason="Organizations: the account is ACTIVE",
        kind=SubjectKind.ROOT_ACCOUNT,
        privileged=True,
        privileged_by="root user",
    )
    return replace(usual, **changes)


def trusted(**changes: Any) -> TrustView:
    """That a role of another account lets the leaver's user in, as this run saw it."""
    usual = Trust(
        realm="333333333333",
        native_id="AROAEXAMPLE0000000001",
        label=ROLE_ARN,
        principal_realm="222222222222",
        principal=ARN,
        standing=Standing.WORKS,
        standing_reason="the trust policy names the user",
        privileged=False,
    )
    fresh = changes.pop("fresh", True)
    return TrustView(trust=replace(usual, **changes), source="aws", observed_at=OBSERVED_AT, fresh=fresh)


def key_elsewhere(**changes: Any) -> KeyElsewhere:
    """The leaver's SSH key on a shared account of the directory, as this run saw it."""
    shared = directory_account(native_id="shared", label="uid=deploy,dc=corp,dc=example", login="deploy")
    key = credential(SubjectKind.SSH_KEY, shared, native_id="SHA256:k", fingerprint="SHA256:k")
    usual = KeyElsewhere(account=shared, source="corp-ldap", source_kind="ldap", key=seen(key), active_holder=False)
    return replace(usual, **changes)


def moved_link(account: Account, *credentials: Credential | CredentialView, **changes: Any) -> MovedLink:
    """An account that was theirs until three days before the departure."""
    usual = MovedLink(
        account=account,
        source="corp-ldap" if account.has_own_login else "aws",
        source_kind="ldap" if account.has_own_login else "aws_iam",
        linked_from=BEFORE,
        linked_until=LEFT_AT - timedelta(days=3),
        evidence=("employeeNumber E1042 = HR worker E1042",),
        decision=LinkDecision.ORPHAN,
        credentials=views(*credentials),
        observed_at=OBSERVED_AT,
        fresh=True,
    )
    return replace(usual, **changes)


def credential(kind: SubjectKind, account: Account, **changes: Any) -> Credential:
    """A credential on an account that works and was never used."""
    usual = Credential(
        realm=account.realm,
        account_native_id=account.native_id,
        kind=kind,
        native_id=account.native_id if kind is SubjectKind.CONSOLE_PASSWORD else f"{kind.value}-1",
        label=f"{kind.value} 1",
        standing=Standing.WORKS,
        standing_reason="read live",
        created_at=BEFORE,
    )
    return replace(usual, **changes)


def seen(one: Credential, *, fresh: bool = True) -> CredentialView:
    """A credential as this run saw it, or as an older one did."""
    return CredentialView(credential=one, observed_at=OBSERVED_AT, fresh=fresh)


def linked(account: Account, *credentials: Credential | CredentialView, **changes: Any) -> LinkedAccount:
    """An account that is a person's for certain."""
    directory = account.has_own_login
    usual = LinkedAccount(
        account=account,
        source="corp-ldap" if directory else "aws",
        source_kind="ldap" if directory else "aws_iam",
        relation=Relation.IS,
        decision=LinkDecision.LINKED,
        score=90,
        evidence=("employeeNumber E1042 = HR worker E1042",),
        credentials=views(*credentials),
        observed_at=OBSERVED_AT,
        fresh=True,
    )
    return replace(usual, **changes)


def views(*credentials: Credential | CredentialView) -> tuple[CredentialView, ...]:
    """Credentials, each as this run saw it unless said otherwise."""
    return tuple(seen(one) if isinstance(one, Credential) else one for one in credentials)


def leaver(*accounts: LinkedAccount, **changes: Any) -> LeaverCase:
    """Somebody who left, and what is theirs."""
    usual = LeaverCase(
        person_uid="0c5d2f4e-0000-5000-8000-000000001042",
        id_space="hr",
        worker_id="E1042",
        name="Jordan Doe",
        episode=1,
        departure=departure(),
        returned=False,
        accounts=accounts,
        roster="hr",
    )
    return replace(usual, **changes)


def suspect(worker_id: str, gone: Departure | None, score: int) -> Suspect:
    """Somebody an account may belong to."""
    return Suspect(
        person_uid=f"uid-{worker_id}",
        id_space="hr",
        worker_id=worker_id,
        departure=gone,
        score=score,
        evidence=(f"login jdoe = login of HR worker {worker_id}",),
    )


def unclaimed(
    decision: LinkDecision, account: Account, *credentials: Credential | CredentialView, **changes: Any
) -> AccountCase:
    """An account that nobody holds for certain; a leaver is its only suspect."""
    usual = AccountCase(
        account=account,
        source="corp-ldap" if account.has_own_login else "aws",
        source_kind="ldap" if account.has_own_login else "aws_iam",
        decision=decision,
        suspects=(suspect("E1042", departure(), 60),),
        credentials=views(*credentials),
        observed_at=OBSERVED_AT,
        fresh=True,
        episode=1,
    )
    return replace(usual, **changes)


def orphans(number: int, *, recently_used: int = 0) -> OrphanCase:
    """A source's accounts that nobody claims."""
    accounts = (Orphan(native_id=f"AIDA{count:04}", label=f"{ARN}{count}") for count in range(number))
    return OrphanCase(
        realm="222222222222",
        source="aws",
        source_kind="aws_iam",
        accounts=tuple(accounts),
        recently_used=recently_used,
    )


def steps(remedy: Remedy, kind: str, account: Account, subject: Subject) -> tuple[str, ...]:
    """What a ticket says of it, where that kind of source holds the account."""
    return written_out([AccountAction(remedy=remedy, kind=kind, account=account, subject=subject)])
