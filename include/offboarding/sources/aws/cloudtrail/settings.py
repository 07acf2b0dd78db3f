"""AWS accounts whose CloudTrail is read."""

from typing import ClassVar, Self

from pydantic import Field, model_validator

from offboarding.interfaces import Some, Tells
from offboarding.sources.aws._api.settings import AccountId, AccountsSettings, Region


class Settings(AccountsSettings):
    """AWS accounts whose CloudTrail is read."""

    tells: ClassVar[Tells] = "events"

    regions: Some[Region] = Field(
        default=(), description="The only regions to ask; left out: every one that the account has enabled."
    )
    bucket: str | None = Field(
        default=None,
        pattern=r"^s3://[a-z0-9.-]+(/.*)?$",
        description="Where a trail writes its files, s3://BUCKET/PREFIX: read in place of the event history.",
    )
    bucket_account: AccountId | None = Field(
        default=None,
        description="Where role_name is assumed to read the bucket; left out: the connection's own rights.",
    )
    first_days: int = Field(default=90, ge=1, le=3660, description="How far back the first read goes; of files alone.")
    max_pages: int = Field(
        default=1000, ge=1, description="The most pages, of 50 events, of one kind of event in one region."
    )

    @model_validator(mode="after")
    def _bucket_of_someone(self) -> Self:
        if self.bucket_account and not (self.bucket and self.role_name):
            raise ValueError("bucket_account: says where role_name is assumed to read `bucket`; write both, or neither")
        if self.bucket and self.regions:
            raise ValueError("regions: the files in `bucket` are read as they are; leave one of the two out")
        return self
