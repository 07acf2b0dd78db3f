"""Of a workflow."""

from typing import ClassVar

from offboarding.interfaces import Against, HowTested, NotifierSettings
from offboarding.net.destinations import Pinned


class Settings(NotifierSettings, Pinned):
    """Of a workflow."""

    tested: ClassVar[HowTested] = HowTested(Against.BY_HAND, "after Microsoft's documents")
