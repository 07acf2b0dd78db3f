"""How long a text may be, and how it's written."""

from offboarding.trackers._markup.fitting import fitted_lines
from tests.support.long_tickets import Written

WRITTEN: dict[str, Written] = {"servicenow": (4_000, lambda text, language: fitted_lines(text, 4_000, language))}
