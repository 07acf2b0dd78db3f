"""Who a member is at the organization's SAML identity provider: the one word on it that isn't the member's own.

https://docs.github.com/en/graphql/reference/objects#externalidentity
"""

import json
from collections.abc import Mapping
from typing import cast

from pydantic import ValidationError

from offboarding.model.errors import FatalError
from offboarding.net.service.api import NotAnsweredError, Purpose
from offboarding.sources._http.on_disk import DiskIndex
from offboarding.sources.github_org.answers import IdentityPage
from offboarding.sources.github_org.client import PAGE, GithubRest

CALLED = "samlIdentityProvider"
Mails = Mapping[str, str]
"""Address -> what it is called there."""
_IDENTITIES = """
query($organization: String!, $after: String, $login: String) {
  organization(login: $organization) {
    samlIdentityProvider {
      externalIdentities(first: 100, after: $after, login: $login) {
        pageInfo { hasNextPage endCursor }
        nodes {
          user { login }
          samlIdentity { nameId username emails { value } }
          scimIdentity { username emails { value } }
        }
      }
    }
  }
}
"""


class MailsByLogin:
    """Mails of members, by login."""

    def __init__(self, where: str) -> None:
        """None yet. `where`: how errors begin."""
        self._kept = DiskIndex(where)

    def of(self, login: str) -> Mails:
        """Somebody's."""
        found: dict[str, str] = {}
        for text in self._kept.of(login.lower()):
            found |= json.loads(text)
        return found

    def read(self, rest: GithubRest, organization: str, purpose: Purpose, login: str | None = None) -> None:
        """Take those of one login, or of all.

        Raises NotAnsweredError where it isn't told: whoever may not see it gets null, as if there were none.
        """
        after: str | None = None
        while True:
            variables = {"organization": organization, "after": after, "login": login}
            page = _page(rest, rest.graphql(_IDENTITIES, variables, purpose, CALLED))
            for each in page.nodes:
                if each.user:
                    self._kept.add(each.user.login.lower(), json.dumps(each.mails()))
            if not page.pageInfo.hasNextPage:
                return
            if not page.pageInfo.endCursor or page.pageInfo.endCursor == after:
                raise FatalError(f"{rest.where}: {CALLED}: its pages lead nowhere, so that nobody knows the rest")
            after = page.pageInfo.endCursor


def single_sign_on(rest: GithubRest, organization: str) -> bool:
    """Whether the organization tells of a SAML identity provider of its own."""
    query = "query($organization: String!) { organization(login: $organization) { samlIdentityProvider { id } } }"
    return _provider(rest.graphql(query, {"organization": organization}, "overhead", CALLED)) is not None


def _provider(data: Mapping[str, object]) -> Mapping[str, object] | None:
    organization = cast("Mapping[str, object] | None", data.get("organization"))
    return cast("Mapping[str, object] | None", organization.get("samlIdentityProvider")) if organization else None


def _page(rest: GithubRest, data: Mapping[str, object]) -> IdentityPage:
    provider = _provider(data)
    if provider is None:
        raise NotAnsweredError(
            f"{rest.where}: {CALLED}: there is none, or it isn't told: it takes an owner's classic token with read:org,"
            " or an App with Members: read, and single sign-on of the organization itself, not of its enterprise. See"
            f" {PAGE}",
            status=200,
        )
    try:
        return IdentityPage.model_validate(provider.get("externalIdentities"))
    except ValidationError:
        raise FatalError(f"{rest.where}: {CALLED}: not GitHub's answer. Look where the connection leads") from None
