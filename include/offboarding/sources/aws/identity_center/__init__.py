"""Identity Center: the people who come into AWS accounts by permission sets, and whether they still get in.

`collect` costs a page's worth of requests, and what the privileged permission sets cost; `detail` two a leaver
(docs/decisions/0048-who-is-privileged-in-identity-center.md). Rights: docs/permissions/aws.md.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import structlog

from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.model import (
    Account,
    AccountKey,
    AccountRef,
    Fact,
    Gap,
    IdentityKey,
    IdentityKeyKind,
    IdentityKeyOrigin,
    RequestCounts,
    ScopeRead,
    Standing,
    SubjectKind,
)
from offboarding.sources._bearers import Bearers
from offboarding.sources.aws._api.client.failures import CallerIdentity, is_absent, speaking_of
from offboarding.sources.aws._api.client.meter import Meter, Purpose
from offboarding.sources.aws._api.client.opening import destinations
from offboarding.sources.aws._api.client.refusals import Unanswered, asked
from offboarding.sources.aws._api.client.session import AccountConnection
from offboarding.sources.aws._api.policy.policies import Privilege
from offboarding.sources.aws.identity_center.center import Center, DirectoryUser, open_center
from offboarding.sources.aws.identity_center.settings import Settings

__all__ = ["IdentityCenterSource", "Settings", "build", "destinations"]

log = structlog.get_logger("offboarding.sources")

KINDS = (SubjectKind.ACCOUNT,)
_UNKNOWN = Privilege(holds=None)
_SERVICES: Mapping[str, str] = {
    "DescribeUser": "identitystore",
    "ListUsers": "identitystore",
    "ListGroupMemberships": "identitystore",
    "DescribePermissionSet": "sso",
    "GetInlinePolicyForPermissionSet": "sso",
    "ListAccountAssignments": "sso",
    "ListAccountAssignmentsForPrincipal": "sso",
    "ListAccountsForProvisionedPermissionSet": "sso",
    "ListCustomerManagedPolicyReferencesInPermissionSet": "sso",
    "ListInstances": "sso",
    "ListManagedPoliciesInPermissionSet": "sso",
    "ListPermissionSets": "sso",
}
_STANDINGS: Mapping[str, Standing] = {"ENABLED": Standing.WORKS, "DISABLED": Standing.DEAD}

_Answer = TypeVar("_Answer")


def build(settings: Settings, connection: ConnectionFields, part: str, context: ReadContext) -> "IdentityCenterSource":
    """The source of one identity store; AWS is not asked anything yet."""
    del part
    meter = Meter()
    access = AccountConnection(
        connection=connection,
        role_name=settings.role_name,
        external_id=settings.external_id,
        max_attempts=settings.max_attempts,
        asker=CallerIdentity(
            source=settings.name,
            account_id=settings.account,
            role_name=settings.role_name,
            conn_id=connection.conn_id,
            services=_SERVICES,
        ),
        meter=meter,
        region_name=settings.region,
    )
    return IdentityCenterSource(access=access, settings=settings, context=context)


@dataclass(kw_only=True, eq=False, repr=False)
class IdentityCenterSource:
    """One identity store."""

    access: AccountConnection
    settings: Settings
    context: ReadContext

    @property
    def requests(self) -> RequestCounts:
        """What AWS has been asked so far, retries told apart."""
        return self.access.meter.requests

    def collect(self) -> Iterator[Fact]:
        """Yield everybody. Who is privileged is known first: it's asked of the permission sets."""
        opened = self.access.open()
        with speaking_of(self.access.asker), self.access.meter.asking_for(Purpose.INVENTORY):
            center = open_center(opened, self.access.asker, self.settings.identity_store, self.context.privileged_names)
            people = list(center.people())
            found = self._allowed(center, center.privileges)
        log.info("Identity Center users read", realm=center.store_id, users=len(people))
        for person in people:
            privilege = _UNKNOWN if isinstance(found, Gap) else found.get(person.user_id, Privilege(holds=False))
            yield self._account(center.store_id, person, privilege)
        yield ScopeRead(realm=center.store_id, scope="", kinds=KINDS)
        if isinstance(found, Gap):
            yield found

    def collect_for(self, keys: Sequence[IdentityKey], known: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield the users who bear one of these keys and aren't known yet, each with its ScopeRead.

        ListUsers filters by user name or external id alone, so the list is read whole: a page for a hundred users.
        """
        opened = self.access.open()
        with speaking_of(self.access.asker), self.access.meter.asking_for(Purpose.INVENTORY):
            center = open_center(opened, self.access.asker, self.settings.identity_store, self.context.privileged_names)
            people = list(center.people())
        # A realm is told even where nobody is found.
        yield ScopeRead(realm=center.store_id, scope="", kinds=())
        bearers = Bearers.of(keys)
        theirs = {ref.native_id for ref in known}
        for person in people:
            if person.user_id not in theirs and bearers.bear(person.user_id, identity_keys(person)):
                yield self._account(center.store_id, person, _UNKNOWN)
                yield ScopeRead(realm=center.store_id, scope=person.user_id, kinds=KINDS)

    def detail(self, accounts: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield these users as they are now, each with its own ScopeRead; one without its user says that it's gone."""
        if not accounts:
            return
        opened = self.access.open()
        with speaking_of(self.access.asker), self.access.meter.asking_for(Purpose.DETAIL):
            center = open_center(opened, self.access.asker, self.settings.identity_store, self.context.privileged_names)
        if foreign := next((ref.realm for ref in accounts if ref.realm != center.store_id), None):
            raise ValueError(f"{self.access.asker} was asked about an account of {foreign}")
        for ref in accounts:
            with speaking_of(self.access.asker), self.access.meter.asking_for(Purpose.DETAIL):
                facts = list(self._facts(center, ref.native_id))
            yield from facts
        log.info("Identity Center users looked at", realm=center.store_id, users=len(accounts))

    def _facts(self, center: Center, user_id: str) -> Iterator[Fact]:
        from botocore.exceptions import ClientError  # noqa: PLC0415 - see interfaces

        person, error = None, ""
        try:
            person = asked(lambda: center.person(user_id))
        except ClientError as absent:
            if not is_absent(absent):
                raise
        if isinstance(person, Unanswered):
            error = person.sentence(self.access.asker)
        elif person:
            found = self._allowed(center, lambda: center.privilege_of(user_id))
            yield self._account(center.store_id, person, found if isinstance(found, Privilege) else _UNKNOWN)
            if isinstance(found, Gap):
                yield found
        yield ScopeRead(realm=center.store_id, scope=user_id, kinds=KINDS, error=error)

    def _allowed(self, center: Center, ask: Callable[[], _Answer]) -> _Answer | Gap:
        """What was asked, or the gap that it leaves where it isn't answered: the users are read all the same."""
        answer = asked(ask)
        if isinstance(answer, Unanswered):
            return Gap(realm=center.store_id, text=answer.sentence(self.access.asker), red=True)
        return answer

    def _account(self, realm: str, person: DirectoryUser, privilege: Privilege) -> Account:
        silent = "Identity Center doesn't say whether the user is enabled (UserStatus)"
        return Account(
            realm=realm,
            native_id=person.user_id,
            label=person.name,
            login=person.name,
            display_name=person.display_name,
            keys=tuple(identity_keys(person)),
            created_at=person.created_at,
            standing=_STANDINGS.get(person.status, Standing.UNKNOWN),
            standing_reason=f"Identity Center: UserStatus {person.status}" if person.status else silent,
            service_like=self.context.is_workload(person.name),
            privileged=privilege.holds,
            privileged_by=privilege.by,
        )


def identity_keys(person: DirectoryUser) -> Iterator[AccountKey]:
    """Yield what may say whose user this is. An external id is the user's id in the directory that feeds the store."""
    yield AccountKey(kind=IdentityKeyKind.LOGIN, value=person.name, origin=IdentityKeyOrigin.ATTRIBUTE, name="UserName")
    for address in person.emails:
        yield AccountKey(kind=IdentityKeyKind.MAIL, value=address, origin=IdentityKeyOrigin.ATTRIBUTE, name="Emails")
    for issuer, value in person.external_ids:
        name = f"external id of {issuer}"
        yield AccountKey(kind=IdentityKeyKind.DIRECTORY_ID, value=value, origin=IdentityKeyOrigin.ATTRIBUTE, name=name)
