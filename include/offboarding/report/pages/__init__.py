"""What the pages in Airflow show, as data: what a night's report may hold, and so no names, mails, labels or reasons.

Whoever may see the nightly DAG's runs sees them. Functions read the store and take the moment; how a page looks is
nothing that is known here.
"""

from offboarding.model.errors import FatalError


class AskedInVainError(FatalError):
    """What an address asks for isn't there."""
