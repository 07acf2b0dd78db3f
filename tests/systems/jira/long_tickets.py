"""How long a text may be, and how it's written."""

from offboarding.trackers.jira.document import MOST_CHARACTERS, document, written
from offboarding.trackers.jira.wiki import wiki
from tests.support.long_tickets import Written

WRITTEN: dict[str, Written] = {
    "jira cloud": (MOST_CHARACTERS, lambda text, language: written(document(text, language))),
    "jira data center": (MOST_CHARACTERS, lambda text, language: wiki(text, language, MOST_CHARACTERS)),
}
