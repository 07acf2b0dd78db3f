"""What a user may write for a tenant of Entra ID."""

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar

from pydantic import Field

from offboarding.interfaces import Against, HowTested
from offboarding.model import SubjectKind
from offboarding.sources._http.settings import AccountwiseSettings


class EntraSettings(AccountwiseSettings):
    """A tenant's users and applications."""

    tested: ClassVar[HowTested] = HowTested(
        Against.DESCRIPTION, "Microsoft's; its SDK as second caller, its `msal` at the sign-in"
    )

    delays: ClassVar[Mapping[SubjectKind, timedelta]] = dict.fromkeys(
        (SubjectKind.ACCOUNT, SubjectKind.SERVICE_CREDENTIAL, SubjectKind.CERTIFICATE), timedelta(minutes=90)
    )
    """The longest that an access token lives which was given out before, where whoever takes it doesn't ask again
    (https://learn.microsoft.com/en-us/entra/identity-platform/access-tokens#token-lifetime)."""

    sign_ins: bool = Field(
        default=True, description="When each user last signed in is read: it needs Entra ID P1, and AuditLog.Read.All."
    )
    eligible_roles: bool = Field(
        default=True, description="Directory roles that may be activated are read: they need Entra ID P2."
    )
    applications: bool = Field(
        default=True, description="Secrets, certificates and federated credentials of applications are read."
    )
    consents: bool = Field(
        default=True,
        description="What leavers let applications do for them is read: it needs Directory.Read.All.",
    )
