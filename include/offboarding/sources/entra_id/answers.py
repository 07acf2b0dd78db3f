"""What Microsoft Graph answers, as far as it's of interest here.

https://learn.microsoft.com/en-us/graph/api/resources/user, .../application, .../serviceprincipal. What the reader may
not see is null, or isn't there.
"""

from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from offboarding.net.service.answers import Moment, Told

Id = Annotated[str, Field(min_length=1)]


class _GraphAnswer(Told):
    model_config = ConfigDict(alias_generator=to_camel)


class SignInActivity(_GraphAnswer):
    """The other moments that stand there count attempts that failed.

    https://learn.microsoft.com/en-us/graph/api/resources/signinactivity
    """

    last_successful_sign_in_date_time: Moment | None = None
    last_successful_sign_in_request_id: str | None = None
    last_sign_in_request_id: str | None = None
    """Of the last interactive attempt."""

    @property
    def is_interactive(self) -> bool:
        """Whether the last that succeeded was a person's: a device that renews its tokens signs in, too."""
        return bool(self.last_sign_in_request_id) and (
            self.last_sign_in_request_id == self.last_successful_sign_in_request_id
        )


class TenantUser(_GraphAnswer):
    """A member or guest; deleted, where that has a date."""

    id: Id
    user_principal_name: Id
    display_name: str | None = None
    mail: str | None = None
    proxy_addresses: tuple[str, ...] | None = None
    employee_id: str | None = None
    account_enabled: bool | None = None
    user_type: str | None = None
    external_user_state: str | None = None
    created_date_time: Moment | None = None
    deleted_date_time: Moment | None = None
    last_password_change_date_time: Moment | None = None
    sign_in_sessions_valid_from_date_time: Moment | None = None
    on_premises_immutable_id: str | None = None
    on_premises_sam_account_name: str | None = None
    on_premises_security_identifier: str | None = None
    on_premises_sync_enabled: bool | None = None
    """False of one who was synchronized once; None also where it isn't told."""
    sign_in_activity: SignInActivity | None = None


class PermissionGrant(_GraphAnswer):
    """What an application may do for a user, or for all of them.

    https://learn.microsoft.com/en-us/graph/api/resources/oauth2permissiongrant
    """

    id: Id
    client_id: Id
    """Of the application's service principal."""
    consent_type: str | None = None
    principal_id: str | None = None
    scope: str | None = None


class DirectoryMember(_GraphAnswer):
    """Whatever an owner, a member of a group or a role's holder is; of users their names."""

    id: Id
    odata_type: str = Field(default="", alias="@odata.type")
    user_principal_name: str | None = None
    mail: str | None = None


class RoleDefinition(_GraphAnswer):
    """A directory role."""

    id: Id
    display_name: str | None = None


class RoleAssignment(_GraphAnswer):
    """That somebody holds a role, or may take it on."""

    principal_id: Id
    role_definition_id: Id
    principal: DirectoryMember | None = None


class ClientSecret(_GraphAnswer):
    """A secret that an application gets in by; never its value."""

    key_id: Id
    display_name: str | None = None
    start_date_time: Moment | None = None
    end_date_time: Moment | None = None


class ClientKey(ClientSecret):
    """A certificate: one that an application gets in by, or another."""

    usage: str | None = None
    custom_key_identifier: str | None = None


class FederatedCredential(_GraphAnswer):
    """Whose tokens another issuer gives, and that let the application in."""

    id: Id
    name: str
    issuer: str
    subject: str | None = None


class _Workload(_GraphAnswer):
    id: Id
    app_id: Id
    display_name: str | None = None
    password_credentials: tuple[ClientSecret, ...] | None = None
    key_credentials: tuple[ClientKey, ...] | None = None
    owners: tuple[DirectoryMember, ...] | None = None


class Application(_Workload):
    """A registration: what a workload is, in every tenant that takes it."""

    federated_identity_credentials: tuple[FederatedCredential, ...] | None = None
    created_date_time: Moment | None = None
    sign_in_audience: str | None = None


class ServicePrincipal(_Workload):
    """A workload in this tenant."""

    account_enabled: bool | None = None
    service_principal_type: str | None = None
