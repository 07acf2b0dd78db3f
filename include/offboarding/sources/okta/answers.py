"""What Okta answers, as far as it's of interest here.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/
"""

from pydantic import ConfigDict, Field

from offboarding.net.service.answers import Moment, Told


class OktaProfile(Told):
    """What is known of a user; more is, and isn't read."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    login: str
    email: str | None = None
    employeeNumber: str | None = None  # noqa: N815 - Okta's word


class OktaProvider(Told):
    """Who checks a user's password."""

    type: str


class OktaCredentials(Told):
    """What is told of how somebody signs in; nothing secret is."""

    provider: OktaProvider


class OktaUser(Told):
    """A user. `status` is any word: one that isn't known here is nobody's mistake."""

    id: str
    status: str
    created: Moment | None = None
    lastLogin: Moment | None = None  # noqa: N815 - Okta's word
    passwordChanged: Moment | None = None  # noqa: N815 - Okta's word
    statusChanged: Moment | None = None  # noqa: N815 - Okta's word
    transitioningToStatus: str | None = None  # noqa: N815 - Okta's word
    credentials: OktaCredentials | None = None
    profile: OktaProfile


class OktaApiToken(Told):
    """What stands for its user at Okta's own API (SSWS); agents have such, too."""

    id: str
    name: str
    userId: str  # noqa: N815 - Okta's word
    clientName: str | None = None  # noqa: N815 - Okta's word
    created: Moment | None = None
    expiresAt: Moment | None = None  # noqa: N815 - Okta's word
    tokenWindow: str | None = None  # noqa: N815 - Okta's word
    """How long each use lets it live on, as a duration of ISO 8601; null in answers that tenants gave."""


class OktaClient(Told):
    """An app that somebody let act for them."""

    client_id: str
    client_name: str | None = None


class OktaRefreshToken(Told):
    """By which an app goes on acting for its user."""

    id: str
    status: str
    created: Moment | None = None
    expiresAt: Moment | None = None  # noqa: N815 - Okta's word


class OktaAppClient(Told):
    """As whom an app signs in; of its secret nothing stands here."""

    client_id: str | None = None
    token_endpoint_auth_method: str | None = None


class OktaAppCredentials(Told):
    """What is told of how an app signs in."""

    oauthClient: OktaAppClient | None = None  # noqa: N815 - Okta's word


class OktaClientSettings(Told):
    """What an app may do as an OAuth client."""

    grant_types: tuple[str, ...] = ()
    jwks_uri: str | None = None


class OktaAppSettings(Told):
    """Of any app; `oauthClient` is an OAuth client's."""

    oauthClient: OktaClientSettings | None = None  # noqa: N815 - Okta's word


class OktaApp(Told):
    """An app of whatever sort.

    https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Application/
    """

    id: str = Field(min_length=1)
    label: str
    status: str
    created: Moment | None = None
    credentials: OktaAppCredentials | None = None
    settings: OktaAppSettings | None = None
    profile: dict[str, object] | None = None
    """Whatever its administrators write there."""

    @property
    def client_id(self) -> str:
        """As whom it signs in; where nothing else is told, its own id."""
        client = self.credentials.oauthClient if self.credentials else None
        return (client.client_id if client else None) or self.id

    @property
    def by_itself(self) -> bool:
        """Whether it gets in without anybody: a service app."""
        client = self.settings.oauthClient if self.settings else None
        return client is not None and "client_credentials" in client.grant_types


class OktaClientSecret(Told):
    """A secret that an app signs in by. Okta may tell its value and hash as well, which are never taken over."""

    id: str = Field(min_length=1)
    status: str
    created: Moment | None = None


class OktaClientKey(OktaClientSecret):
    """The public half of a key that an app signs in by, or that tokens for it are encrypted with."""

    status: str = ""
    kid: str | None = None
    use: str | None = None


class OktaLogParty(Told):
    """Who did something, or what it was done to."""

    id: str | None = None
    type: str | None = None
    alternateId: str | None = None  # noqa: N815 - Okta's word


class OktaLogOutcome(Told):
    """Whether it came off."""

    result: str | None = None


class OktaLogEvent(Told):
    """Something that the System Log noted."""

    eventType: str  # noqa: N815 - Okta's word
    actor: OktaLogParty | None = None
    outcome: OktaLogOutcome | None = None
    target: tuple[OktaLogParty, ...] | None = None
