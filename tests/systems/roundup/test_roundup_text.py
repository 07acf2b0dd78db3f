"""What Roundup's own code makes a link of is none in prose of ours, and what is copied stays as it is."""

import pytest
from hypothesis import example, given
from roundup.cgi.templating import StringHTMLProperty

from offboarding.trackers.roundup.text import BREAK, CLASSES, as_kept, stays, unlinked
from tests.support.drawn_texts import drawn_texts

LINKED = [
    "issue1",
    "user 3",
    "USER3",
    "1user3",
    "msg",
    "12",
    "user3@corp.example",
    "kim@corp.example",
    "mailto:kim@corp.example",
    "https://evil.example/",
    "ftp://evil.example",
    "http://kim:pw@evil.example:80/x",
    "www.evil.example",
    "xwww.evil.example/issue1",
    "status 4#note",
]


def links(text: str) -> list[str]:
    """What Roundup would link, but for what no tracker has."""
    found = StringHTMLProperty.hyper_re.finditer(text)
    return [each[0] for each in found if each["class"] is None or each["class"].lower() in CLASSES]


@pytest.mark.parametrize("name", [each for each in LINKED if each not in ("msg", "12")])
def test_roundup_would_link_it(name: str) -> None:
    assert links(f"a {name} b")


@given(drawn_texts(LINKED))
@example("It's that of user\n       3.")
@example("Account user:\nuser\n12 is it")
@example("[ ] 1. Account issue1\n       Theirs: user 3.\n       - Lock it:\n         lock issue1\n         12")
def test_no_prose_links_and_what_is_copied_stays(text: str) -> None:
    shown = unlinked(text)

    assert shown.replace(BREAK, "") == as_kept(text).replace(BREAK, "")
    prose, rest = "", shown
    for piece in stays(as_kept(text)):
        assert piece in rest
        before, _, rest = rest.partition(piece)
        prose += f"{before}\n|\n"
    assert links(prose + rest) == []


def test_what_is_copied_stays() -> None:
    command = "         aws iam delete-user --user-name user3@corp.example\n         grep issue1 www.corp.example"
    text = f"[ ] 1. Account user3@corp.example, aws (high, f-12345678)\n       - Delete it:\n{command}"

    assert unlinked(text).endswith(command)
    assert links(unlinked(text).removesuffix(command)) == []


def test_a_name_that_looks_like_a_sentence_of_ours_is_no_link() -> None:
    assert links(unlinked("[ ] 1. Account see: https://evil.example/, corp-ldap (high, f-12345678)")) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Moved to jira, SEC-7: https://jira.corp.example/browse/SEC-7",
        "Fill in this form (press Trigger):\nhttps://airflow.corp.example/dags/offboarding_decide_link/trigger",
    ],
)
def test_where_a_sentence_leads_to_stays_a_link(sentence: str) -> None:
    assert unlinked(sentence) == sentence
