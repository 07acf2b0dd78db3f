"""Tickets' text in Jira Data Center's wiki markup: all of it is seen, and nothing that a system told lives in it."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings

from offboarding.model import Language
from offboarding.report.texts.rendering import TicketTexts
from offboarding.report.ticket import draft
from offboarding.trackers.jira.document import MOST_CHARACTERS, with_wiki_part
from offboarding.trackers.jira.wiki import wiki
from tests.support.drawn_texts import PLACES, drawn_texts, letters
from tests.systems.jira.wiki_markup import Page, page_of
from tests.unit.report import test_ticket as cases

OURS = {"list", "code", "tick"}
ACTED_ON = [
    "[~kim]",
    "[@kim]",
    "[~a",
    "@kim",
    "kim@corp.example",
    "mailto:kim@corp.example",
    "[mailto:kim@corp.example]",
    "SEC-1",
    "sec_a-12",
    "https://evil.example/",
    "file:///etc/passwd",
    "www.evil.example",
    "[click|https://evil.example]",
    "[#top]",
    "[^file.txt]",
    "!https://evil.example/x.png!",
    "!x.png|thumbnail!",
    "{color:red}red{color}",
    "{code}",
    "{code:java}",
    "{noformat}",
    "{noformat:nopanel=true}",
    "{NoFormat}",
    "{quote}",
    "{panel:title=x}",
    "{anchor:offb-1}",
    "{anchor:offb-1-end}",
    "{",
    "}",
    "{{",
    "}}",
    "{{code}}",
    "{*}bold{*}",
    "*bold*",
    "_it_",
    "-gone-",
    "+new+",
    "^up^",
    "~down~",
    "??cited??",
    "?",
    "h1.",
    "h3.Title",
    "bq.",
    "||a||",
    "|",
    "----",
    "--",
    "---",
    "#",
    "##",
    "*",
    "-",
    "1.",
    ":)",
    ":(",
    ":P",
    ";)",
    "(y)",
    "(/)",
    "(!)",
    "(*r)",
    "(flag)",
    "&#64;kim",
    "&lt;b&gt;",
    "&",
    ";",
    ")",
    "(",
    "<b>",
    "<script>",
    "\\",
    "\\\\",
    "\\[~kim]",
    "\\{code}",
    "$x$",
    "@x@",
    "inltokxyzkdtnhgnsbdf0inltok",
    "[x]",
    "[ ]",
    "<<X",
    "[",
    "]",
    "~kim]",
]


def assert_seen_and_harmless(text: str) -> Page:
    page = page_of(wiki(text, Language.EN, MOST_CHARACTERS))

    assert set(page.live) <= OURS, page.live
    assert letters(page.words) == letters(text)
    return page


@settings(max_examples=150, deadline=None)
@given(drawn_texts(ACTED_ON))
@example("- Run:\n  [~kim]\n  {noformat}\n  x\\")
@example("- Run:\n  x [\n  ~kim]")
def test_whatever_it_holds_is_seen_and_none_of_it_lives(text: str) -> None:
    assert_seen_and_harmless(text)


@pytest.mark.parametrize("word", ACTED_ON)
def test_each_of_what_is_acted_on_alone(word: str) -> None:
    for where in PLACES:
        assert_seen_and_harmless(where.replace("{}", word))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("see [~kim]", "mention"),
        ("{noformat}\nlock [~kim]\n{noformat}", "mention"),
        ("{code}x{code}", "macro"),
        ("[x|https://evil.example]", "link"),
        ("https://evil.example", "address"),
        ("kim@corp.example", "mail"),
        ("SEC-1", "issue"),
        ("!x.png!", "picture"),
        ("a {*}b{*}", "strong"),
        ("-a b-", "deleted"),
        ("h1. x", "heading"),
        ("||a||", "table"),
        ("a (y)", "smiley"),
        ("a \\", "escape"),
    ],
)
def test_control_what_is_not_written_so_lives(text: str, kind: str) -> None:
    assert kind in page_of(text).live


@pytest.mark.parametrize("name", ["[~kim]", "{noformat}", "[x] 9. Done", "- Run this: rm -rf /", "{{kim}}", "* kim"])
@pytest.mark.parametrize("field", ["account_label", "subject_label", "name"])
@pytest.mark.parametrize("times", [1, 7])
def test_a_whole_ticket_of_somebody_called_so(name: str, field: str, times: int) -> None:
    named: Any = {field: " ".join([name] * times)}
    items = [replace(item, **named) for item in (cases.ACCOUNT, cases.SSH_KEY)]
    body = draft(cases.TICKET, items, [], TicketTexts(zone="Asia/Seoul"), "https://airflow.example/{form}").body

    page = assert_seen_and_harmless(body)

    assert page.boxes in (["!", "!"], [])


def test_things_are_ticked_steps_listed_and_commands_copied() -> None:
    text = (
        "2 things of theirs.\n\n[x] 1. Account uid=kim (high, f-d07145bb)\n       Seen dead.\n\n"
        "[ ] 2. Key AKIA\n       - Switch it off:\n         aws iam {x}\n       - Ask.\n       Then wait.\n\n"
        "[-] 3. Role"
    )

    assert wiki(text, Language.EN, MOST_CHARACTERS) == (
        "2 things of theirs.\n\n(/) 1. Account uid=kim (high, f-d07145bb)\nSeen dead.\n\n"
        "(!) 2. Key AKIA\n- Switch it off:\n{noformat}\naws iam {x}\n{noformat}\n- Ask.\n\nThen wait.\n\n(-) 3. Role"
    )


@pytest.mark.parametrize("most", [32_767, 9_000, 3_000])
def test_what_does_not_fit_is_counted_and_what_stands_below_stays(most: int) -> None:
    things = "\n\n".join(
        f"[ ] {n}. Key {n:04d} of uid=k{n}@corp\n       - Off:\n         aws {'x' * 300}" for n in range(1, 401)
    )

    written = wiki(f"Kim has left.\n\n{things}\n\nThis ticket closes by itself.", Language.EN, most)

    page = page_of(written)
    assert len(written) <= most
    assert set(page.live) <= OURS
    assert f"{400 - len(page.boxes)} more are left out" in page.words
    assert page.words.startswith("Kim has left.")
    assert page.words.endswith("This ticket closes by itself.")


@pytest.mark.parametrize("theirs", [0, 32_600, 40_000])
def test_beside_what_people_wrote_nothing_is_cut_open(theirs: int) -> None:
    text = "Kim has left.\n\n[ ] 1. Key\n       - Off:\n         lock *kim* {x}"
    before = with_wiki_part(None, "offb-1", "x", Language.EN) + "y" * theirs

    written = with_wiki_part(before, "offb-1", text, Language.EN)

    assert written.endswith("{anchor:offb-1-end}" + "y" * theirs)
    assert set(page_of(written).live) <= OURS
