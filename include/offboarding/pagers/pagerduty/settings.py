"""Of an integration of PagerDuty's."""

from typing import ClassVar

from offboarding.interfaces import Against, HowTested, PagerSettings


class Settings(PagerSettings):
    """Of an integration of PagerDuty's."""

    tested: ClassVar[HowTested] = HowTested(Against.DESCRIPTION, "PagerDuty's")
