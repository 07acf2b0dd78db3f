"""How long and how often a service may be asked, as a user writes it for each that is asked over HTTP."""

from pydantic import BaseModel, Field


class HttpBudget(BaseModel):
    """Of one read."""

    max_requests: int = Field(default=20_000, gt=0, description="Of one read.")
    max_wait_minutes: float = Field(
        default=60,
        ge=0,
        description="How long one read may wait, in all, where it says that it was asked too often.",
    )
    timeout_seconds: float = Field(default=30, gt=0, description="How long to wait for an answer.")
