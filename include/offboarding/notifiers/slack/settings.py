"""Of a Slack bot."""

from typing import ClassVar

from pydantic import Field

from offboarding.interfaces import Against, HowTested, NotifierSettings


class Settings(NotifierSettings):
    """Of a Slack bot."""

    tested: ClassVar[HowTested] = HowTested(Against.BY_HAND, "after Slack's documents; Airflow's own client asks it")

    channel: str = Field(min_length=1, description="Slack channel, such as #offboarding.")
