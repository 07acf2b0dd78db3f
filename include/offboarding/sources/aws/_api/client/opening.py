"""How a source of AWS accounts reaches one of them, and finds out which there are."""

from collections.abc import Iterator, Mapping

import structlog

from offboarding.interfaces import ConnectionFields, ReadContext, SourceSettings
from offboarding.net.destinations import Destination, of_aws
from offboarding.sources.aws._api.client.failures import SERVICES, CallerIdentity
from offboarding.sources.aws._api.client.meter import Meter
from offboarding.sources.aws._api.client.organization import Organization
from offboarding.sources.aws._api.client.session import AccountConnection
from offboarding.sources.aws._api.settings import AccountsSettings

log = structlog.get_logger("offboarding.sources")


def destinations(settings: SourceSettings, connection: ConnectionFields) -> Iterator[Destination]:
    """Where the connection of any source in AWS leads."""
    del settings
    return of_aws(connection.extra.get("endpoint_url"))


def access_to(
    settings: AccountsSettings,
    connection: ConnectionFields,
    account_id: str,
    meter: Meter,
    *,
    services: Mapping[str, str] = SERVICES,
) -> AccountConnection:
    """Through the role, where one is named. `services`: the policies' prefix of each call that isn't `iam`."""
    return _access(settings, connection, account_id, settings.role_name, meter, services)


def organization_of(settings: AccountsSettings, connection: ConnectionFields, meter: Meter) -> Organization:
    """Through the role in the management account; where none is named, by the connection's own rights."""
    account_id = settings.management_account or ""
    role_name = settings.role_name if account_id else None
    return Organization(access=_access(settings, connection, account_id, role_name, meter, SERVICES))


def discover(settings: AccountsSettings, connection: ConnectionFields, context: ReadContext) -> tuple[str, ...]:
    """The accounts to read today: with `organization` its members too, closed ones among them, which are told as such.

    Raises FatalError and RetriableError. Without `organization` nobody is asked.
    """
    del context
    if not settings.organization:
        return settings.parts()
    members = {member.account_id for member in organization_of(settings, connection, Meter()).members()}
    log.info("member accounts listed", source=settings.name, accounts=len(members))
    return tuple(sorted(members | set(settings.accounts)))


def _access(
    settings: AccountsSettings,
    connection: ConnectionFields,
    account_id: str,
    role_name: str | None,
    meter: Meter,
    services: Mapping[str, str],
) -> AccountConnection:
    return AccountConnection(
        connection=connection,
        role_name=role_name,
        external_id=settings.external_id,
        max_attempts=settings.max_attempts,
        asker=CallerIdentity(
            source=settings.name,
            account_id=account_id,
            account_name=settings.account_names.get(account_id, ""),
            role_name=role_name,
            conn_id=connection.conn_id,
            services=services,
        ),
        meter=meter,
    )
