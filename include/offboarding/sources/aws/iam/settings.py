"""What a user may write for `kind: aws_iam`."""

from typing import ClassVar, Self

from pydantic import Field, model_validator

from offboarding.interfaces import Against, HowTested, Strict, Words
from offboarding.sources.aws._api.settings import AccountsSettings, Region


class Tags(Strict):
    """Which IAM tags tell whose a user is; compared without regard to case, as IAM does."""

    employee_id: tuple[str, ...] = Field(default=("employee-id",), description="Hold HR's number of the person.")
    email: tuple[str, ...] = Field(default=("email",), description="Hold the person's mail address.")
    owner: tuple[str, ...] = Field(default=("owner", "managedBy"), description="Hold an owner's mail or number.")
    service: tuple[str, ...] = Field(default=("service",), description="Mark a workload's user (not false or no).")


class Settings(AccountsSettings):
    """What `kind: aws_iam` takes besides."""

    tested: ClassVar[HowTested] = HowTested(
        Against.EMULATOR, "moto, behind a proxy that refuses and limits as AWS does; of EKS botocore's description"
    )

    identity_center: str | None = Field(
        default=None, description="The source that reads the people who come in through Identity Center."
    )
    eks_regions: Words[Region] = Field(
        default=(), description="Regions whose EKS clusters are asked for access entries of users of IAM."
    )
    tags: Tags = Field(default=Tags(), description="Names of the tags that tell whose a user is.")
    revoke_role_name: str | None = Field(
        default=None,
        pattern=r"^[\w+=,.@/-]+$",
        description="The role to assume in each account for an approved revocation; not the one that reads.",
    )

    @model_validator(mode="after")
    def _writes_by_another_role(self) -> Self:
        if self.revoke_role_name and not self.revoke_connection:
            raise ValueError("revoke_role_name: is assumed by a revoke_connection, and there is none")
        if self.revoke_role_name and self.revoke_role_name == self.role_name:
            raise ValueError("revoke_role_name: is the role that reads. Make another: who reads may not write")
        if self.revoke_connection and not self.revoke_role_name and (len(self.accounts) > 1 or self.organization):
            raise ValueError("revoke_role_name: several accounts need a role, as for reading")
        return self

    def named_sources(self) -> tuple[str, ...]:
        """The source of Identity Center."""
        return (self.identity_center,) if self.identity_center else ()
