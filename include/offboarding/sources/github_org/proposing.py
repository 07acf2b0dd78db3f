"""A first configuration of an organization."""

from offboarding.interfaces import Chooser, ConnectionFields, Proposal
from offboarding.model.errors import RetriableError
from offboarding.net.service.api import NotAnsweredError
from offboarding.sources.github_org.client import GithubRest
from offboarding.sources.github_org.identities import single_sign_on
from offboarding.sources.github_org.people import organization
from offboarding.sources.github_org.settings import GithubOrgSettings


def propose(where: str, connection: ConnectionFields, asker: Chooser) -> Proposal:
    """Which organization, and whether its identity provider tells who its members are.

    Raises ConfigError where a name has to be said, FatalError where the connection is refused.
    """
    del where
    name = asker.choose("organization", "Which organization, as its address has it")
    given = {"name": "init", "kind": "github_org", "connection": connection.conn_id, "organization": name}
    settings = GithubOrgSettings.model_validate(given)
    found: dict[str, object] = {"organization": name}
    try:
        rest = GithubRest(settings, connection, "init")
        ours = organization(rest, settings, lambda _: "")
        if single_sign_on(rest, ours.told.login):
            return Proposal(
                settings=found | {"saml": True}, notes=("Its SAML identity provider tells who members are.",)
            )
    except NotAnsweredError as missing:
        return Proposal(settings=found, notes=("Not all of it can be read: run doctor.",), warnings=(str(missing),))
    except RetriableError as error:
        return Proposal(settings=found, notes=("It couldn't be looked at: run doctor.",), warnings=(str(error),))
    note = "No SAML identity provider of its own was seen: say whose logins these are by login_realm, or confirm links."
    return Proposal(settings=found, notes=(note,))
