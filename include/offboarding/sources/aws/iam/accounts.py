"""An IAM user as an account: whose it may be, whether it has a way in, and when one was last used."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from offboarding.interfaces import ReadContext
from offboarding.model import Account, AccountKey, IdentityKeyKind, IdentityKeyOrigin, Standing
from offboarding.sources._owners import owner_keys
from offboarding.sources.aws._api.inventory import IamUser, Inventory
from offboarding.sources.aws._api.policy.policies import privilege
from offboarding.sources.aws.iam.report import CredentialReport, ReportRow
from offboarding.sources.aws.iam.users import ServiceCredentials

_NO = frozenset({"", "false", "no", "0"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TagKeys:
    """Which tags tell what, in order; compared without regard to case, as IAM does."""

    employee_id: tuple[str, ...]
    email: tuple[str, ...]
    owner: tuple[str, ...]
    service: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountReader:
    """Turns an account's users into facts."""

    realm: str
    inventory: Inventory
    report: CredentialReport | None
    """None: it may not be read, or wasn't asked for."""
    services: ServiceCredentials
    unreported: str
    """Why there is no report, where there is none."""
    tags: TagKeys
    context: ReadContext

    def facts(self) -> Iterator[Account]:
        """Yield every user."""
        for user in self.inventory.users.values():
            yield self._account(user)

    def _account(self, user: IamUser) -> Account:
        row = self.report.of(user.arn, user.created_at) if self.report else None
        standing, reason = self._standing(row, self.services.active().get(user.name, 0))
        groups = [(name, self.inventory.groups.get(name)) for name in user.groups]
        privileged = privilege(user.grants, groups, self.inventory.policies, self.context.privileged_names)
        return Account(
            realm=self.realm,
            native_id=user.user_id,
            label=user.arn,
            login=user.name,
            keys=tuple(identity_keys(user, self.tags)),
            created_at=user.created_at,
            standing=standing,
            standing_reason=reason,
            has_own_login=False,
            service_like=_is_service(user, self.tags, self.context),
            privileged=privileged.holds,
            privileged_by=privileged.by,
            last_used_at=row.last_used_at if row else None,
        )

    def _standing(self, row: ReportRow | None, services: int) -> tuple[Standing, str]:
        """By the report, and by the one list of credentials that the report knows nothing of."""
        standing = self._reported_standing(row)
        if standing[0] is Standing.WORKS or not services:
            return standing
        listed = f"{services} active credential{'s' if services > 1 else ''} for single services"
        return Standing.WORKS, f"ListServiceSpecificCredentials: {listed}"

    def _reported_standing(self, row: ReportRow | None) -> tuple[Standing, str]:
        if self.report is None:
            return Standing.UNKNOWN, self.unreported
        if row is None:
            return Standing.UNKNOWN, "made or renamed since the credential report, which AWS makes every 4 hours"
        return standing_by_report(row)


def standing_by_report(row: ReportRow) -> tuple[Standing, str]:
    """Whether a user has any way in that the report knows of, and the sentence for it.

    The report's own time is left out of it: a reason that changes nightly would be a change nightly. DEAD means that
    what the report knows of is off; SSH public keys aren't in it, so a leaver's account is asked for its keys one by
    one whatever this says.
    """
    active = sum(slot.active is True for slot in row.slots)
    ways = [
        *(["a console password"] if row.password else []),
        *([f"{active} active access key{'s' if active > 1 else ''}"] if active else []),
        *(["a signing certificate"] if row.certificate else []),
    ]
    if ways:
        return Standing.WORKS, f"credential report: {', '.join(ways)}"
    if row.unreadable:
        return Standing.UNKNOWN, f"credential report: {row.unreadable}"
    if row.password is None or row.certificate is None or any(slot.active is None for slot in row.slots):
        return Standing.UNKNOWN, "the credential report doesn't say whether password, keys or certificates are active"
    inactive = sum(slot.rotated_at is not None for slot in row.slots)
    again = f"; {inactive} inactive, which can be switched on again" if inactive else ""
    return Standing.DEAD, f"credential report: no password, no active key{again} (it knows of no SSH keys)"


def identity_keys(user: IamUser, tags: TagKeys) -> Iterator[AccountKey]:
    """Yield what may say whose user this is: its name, and its tags."""
    yield AccountKey(kind=IdentityKeyKind.LOGIN, value=user.name, origin=IdentityKeyOrigin.ATTRIBUTE, name="user name")
    if "@" in user.name:
        yield AccountKey(kind=IdentityKeyKind.MAIL, value=user.name, origin=IdentityKeyOrigin.TAG, name="user name")
    for name, value in _tagged(user, tags.employee_id):
        yield AccountKey(kind=IdentityKeyKind.NUMBER, value=value, origin=IdentityKeyOrigin.TAG, name=f"tag {name}")
    for name, value in _tagged(user, tags.email):
        yield AccountKey(kind=IdentityKeyKind.MAIL, value=value, origin=IdentityKeyOrigin.TAG, name=f"tag {name}")
    for name, value in _tagged(user, tags.owner):
        yield from owner_keys(value, f"tag {name}")


def _tagged(user: IamUser, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        if value := user.tags.get(name.lower(), ""):
            yield name, value


def _is_service(user: IamUser, tags: TagKeys, context: ReadContext) -> bool:
    return context.is_workload(user.name) or any(value.lower() not in _NO for _, value in _tagged(user, tags.service))
