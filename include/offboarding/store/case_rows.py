"""Rows of an account and its credentials in a case, and what they become."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from include.offboarding.model import Account, Credential, CredentialView, Effect, Standing, SubjectKind


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """A row of the view `held`: an account beside one of its credentials; None throughout where there is none."""

    account_pk: int
    source: str
    source_kind: str
    kind: str
    product: str
    realm: str | None
    native_id: str
    label: str
    login: str
    display_name: str
    created_at: datetime | None
    created_by: str
    standing: str
    standing_reason: str
    has_own_login: bool
    password_set_at: datetime | None
    service_like: bool
    privileged: bool | None
    privileged_by: str
    last_used_at: datetime | None
    last_used_exact: bool
    observed_at: datetime
    complete_at: datetime | None
    """When the last read began that told all of its kind; None where none ever did."""
    c_kind: str | None
    c_native_id: str
    c_label: str
    c_standing: str
    c_standing_reason: str
    c_can_reactivate: bool
    c_effect: str
    c_fingerprint: str
    c_created_at: datetime | None
    c_last_used_at: datetime | None
    c_last_used_service: str
    c_last_used_region: str
    c_expires_at: datetime | None
    c_sessions_until: datetime | None
    c_observed_at: datetime
    c_complete_at: datetime | None
    since: datetime
    """What a complete read that began then or later saw is fresh."""

    @property
    def fresh(self) -> bool:
        """Whether a complete live read of this run saw the account."""
        return self.complete_at is not None and self.complete_at >= self.since

    @property
    def c_fresh(self) -> bool:
        """The same of the credential."""
        return self.c_complete_at is not None and self.c_complete_at >= self.since


def account(row: AccountRow) -> Account:
    """The account of a row that has one."""
    assert row.realm is not None
    return Account(
        kind=SubjectKind(row.kind),
        product=row.product,
        realm=row.realm,
        native_id=row.native_id,
        label=row.label,
        login=row.login,
        display_name=row.display_name,
        created_at=row.created_at,
        created_by=row.created_by,
        standing=Standing(row.standing),
        standing_reason=row.standing_reason,
        has_own_login=row.has_own_login,
        password_set_at=row.password_set_at,
        service_like=row.service_like,
        privileged=row.privileged,
        privileged_by=row.privileged_by,
        last_used_at=row.last_used_at,
        last_used_exact=row.last_used_exact,
    )


def credentials(rows: Iterable[AccountRow]) -> tuple[CredentialView, ...]:
    """The credentials of one account's rows."""
    return tuple(credential(row) for row in rows if row.c_kind is not None)


def credential(row: AccountRow) -> CredentialView:
    """The credential of a row that has one."""
    assert row.realm is not None
    assert row.c_kind is not None
    return CredentialView(
        credential=Credential(
            realm=row.realm,
            account_native_id=row.native_id,
            kind=SubjectKind(row.c_kind),
            native_id=row.c_native_id,
            label=row.c_label,
            standing=Standing(row.c_standing),
            standing_reason=row.c_standing_reason,
            can_reactivate=row.c_can_reactivate,
            effect=Effect(row.c_effect),
            fingerprint=row.c_fingerprint,
            created_at=row.c_created_at,
            last_used_at=row.c_last_used_at,
            last_used_service=row.c_last_used_service,
            last_used_region=row.c_last_used_region,
            expires_at=row.c_expires_at,
            sessions_until=row.c_sessions_until,
        ),
        observed_at=row.c_observed_at,
        fresh=row.c_fresh,
    )
