"""How long a text may be, and how it's written."""

from offboarding.trackers import github
from offboarding.trackers._markup.markdown import markdown
from tests.support.long_tickets import Written

WRITTEN: dict[str, Written] = {
    "github": (github.MOST_CHARACTERS, lambda text, language: markdown(text, github.MOST_CHARACTERS, language)),
}
