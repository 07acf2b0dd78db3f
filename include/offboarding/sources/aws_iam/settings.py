"""What a user may write for `kind: aws_iam`."""

from pydantic import Field

from offboarding.interfaces import Strict
from offboarding.sources._aws.settings import AccountsSettings


class Tags(Strict):
    """Which IAM tags tell whose a user is; compared without regard to case, as IAM does."""

    employee_id: tuple[str, ...] = Field(default=("employee-id",), description="Hold HR's number of the person.")
    email: tuple[str, ...] = Field(default=("email",), description="Hold the person's mail address.")
    owner: tuple[str, ...] = Field(default=("owner", "managedBy"), description="Hold an owner's mail or number.")
    service: tuple[str, ...] = Field(default=("service",), description="Mark a workload's user (not false or no).")


class Settings(AccountsSettings):
    """What `kind: aws_iam` takes besides."""

    identity_center: str | None = Field(
        default=None, description="The source that reads the people who come in through Identity Center."
    )
    tags: Tags = Field(default=Tags(), description="Names of the tags that tell whose a user is.")

    def named_sources(self) -> tuple[str, ...]:
        """The source of Identity Center."""
        return (self.identity_center,) if self.identity_center else ()
