"""What a user may write for an organization on GitHub."""

from typing import ClassVar

from pydantic import Field

from offboarding.interfaces import Against, HowTested
from offboarding.sources._http.settings import AccountwiseSettings


class GithubOrgSettings(AccountwiseSettings):
    """An organization's people, and what lets them in."""

    tested: ClassVar[HowTested] = HowTested(Against.DESCRIPTION, "GitHub's; PyGithub as second caller")

    organization: str = Field(
        pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})$", description="The organization, as its address has it."
    )
    saml: bool = Field(
        default=False,
        description="It has a SAML identity provider of its own: who its members are there, and which tokens and SSH"
        " keys they authorized, is read.",
    )
    shortcode: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9]+$",
        description="Of managed users: what stands behind `_` in each login, such as corp in kim_corp.",
    )
    enterprise: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9-]+$",
        description="Of managed users: the enterprise, as its address has it. Who is suspended is read from its audit"
        " log, which a token of an enterprise owner with read:audit_log may see, and no App.",
    )
    deploy_keys: bool = Field(default=True, description="Deploy keys are read: a request for each repository.")
    installations: bool = Field(default=True, description="Apps that are installed on the organization are read.")
