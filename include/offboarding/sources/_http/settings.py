"""What a user may write for each system that is asked over HTTP."""

from pydantic import Field

from offboarding.interfaces import SourceSettings
from offboarding.net.service.budget import HttpBudget


class HttpSourceSettings(HttpBudget, SourceSettings):
    """How long and how often it may be asked."""


class AccountwiseSettings(HttpSourceSettings):
    """The same, of a system that is asked about accounts one by one as they're looked at again."""

    max_requests_an_account: int = Field(
        default=200, gt=0, description="Of a look at one account again; lists that all of them need don't count."
    )
