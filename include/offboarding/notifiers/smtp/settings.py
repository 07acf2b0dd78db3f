"""Of a mail server."""

from typing import ClassVar

from pydantic import Field

from offboarding.interfaces import Against, HowTested, NotifierSettings, Some


class Settings(NotifierSettings):
    """Of a mail server."""

    tested: ClassVar[HowTested] = HowTested(Against.REAL, "aiosmtpd")

    to: Some[str] = Field(description="Mail addresses.")
