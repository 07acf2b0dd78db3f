"""What GitHub answers, as far as it's of interest here.

https://docs.github.com/en/rest, https://docs.github.com/en/graphql/reference/objects#externalidentity
"""

from typing import Literal

from pydantic import Field

from offboarding.net.service.answers import Moment, Told


class OrgAnswer(Told):
    """An organization; how many private repositories it has is told to owners alone."""

    id: int
    login: str
    created_at: Moment
    public_repos: int
    total_private_repos: int | None = None


class InstallationToken(Told):
    """What an App is let in by for an hour, and what it may."""

    token: str = Field(repr=False)
    expires_at: Moment
    permissions: dict[str, str] = Field(default_factory=dict[str, str])
    repository_selection: str = ""


class OrgPerson(Told):
    """A user; `suspended_at` is told by servers of a company's own."""

    id: int
    login: str
    suspended_at: Moment | None = None


class OrgMembership(Told):
    """Somebody's, in the organization."""

    state: Literal["active", "pending"]
    role: str
    user: OrgPerson | None = None


class OrgInvitation(Told):
    """To become a member; by a login, or by a mail address where nobody has claimed it yet."""

    id: int
    login: str | None
    email: str | None
    role: str
    created_at: Moment
    inviter: OrgPerson | None = None


class FineGrainedToken(Told):
    """A fine-grained personal access token that the organization approved."""

    token_id: int
    token_name: str
    owner: OrgPerson
    token_expired: bool
    token_expires_at: Moment | None
    token_last_used_at: Moment | None
    access_granted_at: Moment


class CredentialAuthorization(Told):
    """A token or an SSH key that somebody authorized for an organization with single sign-on."""

    login: str
    credential_id: int
    credential_type: str
    credential_authorized_at: Moment
    credential_accessed_at: Moment | None
    authorized_credential_id: int | None
    authorized_credential_note: str | None = None
    authorized_credential_title: str | None = None
    authorized_credential_expires_at: Moment | None = None
    fingerprint: str = ""


class PublicKey(Told):
    """An SSH key of a user's, as everybody may see it."""

    id: int
    key: str
    created_at: Moment | None = None
    last_used: Moment | None = None


class OrgRepository(Told):
    """One of the organization's."""

    id: int
    full_name: str
    archived: bool = False


class AppInstallation(Told):
    """An App that somebody installed on the organization; who, isn't told here."""

    id: int
    app_slug: str
    client_id: str | None = None
    repository_selection: str
    permissions: dict[str, str]
    created_at: Moment
    suspended_at: Moment | None


class LoggedEvent(Told):
    """Something that the audit log tells of; moments are in milliseconds."""

    action: str
    happened: int = Field(alias="@timestamp", ge=0, lt=10**14)
    actor: str | None = None
    user_id: int | None = None
    """Whom it was done to."""
    application_client_id: str | None = None


class DeployKey(Told):
    """An SSH key of a repository's own."""

    id: int
    key: str
    title: str
    verified: bool
    created_at: Moment
    read_only: bool
    added_by: str | None = None
    last_used: Moment | None = None
    enabled: bool = True


class _MailAddress(Told):
    value: str


class _FromProvider(Told):
    nameId: str | None = None  # noqa: N815 - GraphQL's words, here and below
    username: str | None = None
    emails: tuple[_MailAddress, ...] | None = None


class _LoginOnly(Told):
    login: str


class ExternalIdentity(Told):
    """Who a member is at the identity provider."""

    user: _LoginOnly | None
    samlIdentity: _FromProvider | None = None  # noqa: N815 - GraphQL's word
    scimIdentity: _FromProvider | None = None  # noqa: N815 - GraphQL's word

    def mails(self) -> dict[str, str]:
        """Address -> what it is called there."""
        found: dict[str, str] = {}
        for provided, name in ((self.samlIdentity, "SAML"), (self.scimIdentity, "SCIM")):
            if provided:
                given = ((provided.nameId, "nameId"), (provided.username, "userName"))
                mails = ((each.value, "email") for each in provided.emails or ())
                for text, what in (*given, *mails):
                    if text and "@" in text:
                        found.setdefault(text.strip(), f"{name} {what}")
        return found


class _PageInfo(Told):
    hasNextPage: bool  # noqa: N815 - GraphQL's word
    endCursor: str | None  # noqa: N815 - GraphQL's word


class IdentityPage(Told):
    """Some of the external identities."""

    pageInfo: _PageInfo  # noqa: N815 - GraphQL's word
    nodes: tuple[ExternalIdentity, ...]
