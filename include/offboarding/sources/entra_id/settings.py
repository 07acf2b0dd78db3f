"""What a user may write for a tenant of Entra ID."""

from pydantic import Field

from offboarding.sources._http.settings import HttpSourceSettings


class EntraSettings(HttpSourceSettings):
    """A tenant's users and applications."""

    sign_ins: bool = Field(
        default=True, description="When each user last signed in is read: it needs Entra ID P1, and AuditLog.Read.All."
    )
    eligible_roles: bool = Field(
        default=True, description="Directory roles that may be activated are read: they need Entra ID P2."
    )
    applications: bool = Field(
        default=True, description="Secrets, certificates and federated credentials of applications are read."
    )
