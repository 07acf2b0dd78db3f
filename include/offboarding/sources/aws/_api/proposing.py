"""A first configuration of AWS accounts, from whose key the connection holds."""

import re

from offboarding.interfaces import Chooser, ConnectionFields, Proposal
from offboarding.model.errors import ConfigError, FatalError, RetriableError
from offboarding.sources.aws._api.client.failures import PERMISSIONS
from offboarding.sources.aws._api.client.failures import CallerIdentity as Asked
from offboarding.sources.aws._api.client.meter import Meter
from offboarding.sources.aws._api.client.session import AccountConnection

_ATTEMPTS = 3


def propose(where: str, connection: ConnectionFields, asker: Chooser) -> Proposal:
    """The connection's own account, or those that are named; through a role where one is named.

    Raises ConfigError where something has to be said.
    """
    del where
    own, trouble = _own_account(connection)
    question = f"{trouble}Account ids to read, divided by commas"
    named = asker.choose("accounts", question, proposed=own or None)
    accounts = [account for account in re.split(r"[,\s]+", named.strip("[] ")) if account]
    accounts = [account.strip("\"'") for account in accounts]
    role = asker.choose("role_name", "The role to assume in each; nothing for the connection's own rights", proposed="")
    if not role and accounts != [own]:
        raise ConfigError(
            f"Accounts {', '.join(accounts)} are read by a role in each: name it with --set"
            f" NAME.role_name=OffboardingAudit ({PERMISSIONS})."
        )
    note = f"The connection's key is of account {own}." if own else "AWS couldn't be asked: run doctor."
    settings: dict[str, object] = {"role_name": role} if role else {}
    return Proposal(settings=settings | {"accounts": accounts}, notes=(note,))


def _own_account(connection: ConnectionFields) -> tuple[str, str]:
    """Whose key it is, and why that can't be told."""
    asked = Asked(source="init", account_id="", role_name=None, conn_id=connection.conn_id)
    access = AccountConnection(
        connection=connection, role_name=None, external_id=None, max_attempts=_ATTEMPTS, asker=asked, meter=Meter()
    )
    try:
        return access.open().sts().get_caller_identity()["Account"], ""
    except (RetriableError, FatalError) as error:
        return "", f"{error}\n"
