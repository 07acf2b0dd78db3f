"""What a user may write for each system that is asked over HTTP."""

from offboarding.interfaces import SourceSettings
from offboarding.net.service.budget import HttpBudget


class HttpSourceSettings(HttpBudget, SourceSettings):
    """How long and how often it may be asked."""
