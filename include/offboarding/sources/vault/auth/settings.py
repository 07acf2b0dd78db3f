"""What a user may write for whoever gets into Vault or OpenBao."""

from typing import ClassVar

from pydantic import Field

from offboarding.interfaces import Against, HowTested, SourceSettings, Strict, Words


class IdentityMetadata(Strict):
    """Which names in the metadata of entities, aliases and tokens tell whose they are; in any case."""

    employee_id: Words[str] = Field(default=("employee-id",), description="Hold HR's number of the person.")
    mail: Words[str] = Field(default=("mail", "email"), description="Hold the person's mail address.")
    owner: Words[str] = Field(default=("owner",), description="Hold an owner's mail, login or number.")


class VaultAuthSettings(SourceSettings):
    """A cluster, or one namespace of it: who gets in, and by what."""

    tested: ClassVar[HowTested] = HowTested(Against.REAL, "OpenBao")

    tokens: bool = Field(
        default=True, description="Tokens are read: a request for each. It takes sudo on auth/token/accessors."
    )
    metadata: IdentityMetadata = Field(
        default=IdentityMetadata(), description="Names in the metadata that tell whose something is."
    )
    max_requests: int = Field(default=20_000, gt=0, le=10_000_000, description="Of one read.")
    max_requests_an_account: int = Field(
        default=1000,
        gt=0,
        description="Of a look at one account again, where each secret id is one; lists that all of them need don't"
        " count.",
    )
    timeout_seconds: float = Field(default=30, gt=0, description="How long to wait for an answer.")
