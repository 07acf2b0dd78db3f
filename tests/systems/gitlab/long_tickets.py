"""How long a text may be, and how it's written."""

from offboarding.trackers import gitlab
from offboarding.trackers._markup.markdown import markdown
from tests.support.long_tickets import Written

WRITTEN: dict[str, Written] = {
    "gitlab": (gitlab.MOST_CHARACTERS, lambda text, language: markdown(text, gitlab.MOST_CHARACTERS, language)),
}
