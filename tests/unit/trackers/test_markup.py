"""Tickets' text in Markdown, by GitHub's own renderer: all of it is seen, and nothing in it is acted on."""

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings

from offboarding.model import Language
from offboarding.report.texts import layout as texts_layout
from offboarding.report.texts.rendering import TicketTexts
from offboarding.report.ticket import draft
from offboarding.tickets import remedies_page
from offboarding.trackers._markup.blocks import Paragraph, Prose, TicketStep, TicketThing, Verbatim, blocks
from offboarding.trackers._markup.markdown import FOLDED_FROM, markdown
from offboarding.trackers._markup.own_part import room_for_part, with_part
from tests.support.drawn_texts import PLACES, drawn_texts, letters
from tests.support.rendered import seen
from tests.unit.report import test_ticket as cases

MOST = 65_536
HARMLESS = {"p", "br", "ul", "li", "input", "code", "pre"}

ACTED_ON = [
    "@kim",
    "@corp/admins",
    "kim@corp.example",
    "#1",
    "corp/payroll#17",
    "GH-12",
    "!7",
    "0a1b2c3",
    "deadbeef",
    "1234567",
    "https://evil.example/",
    "www.evil.example",
    "<https://evil.example>",
    "<img",
    "src=x>",
    "![x](https://evil.example/x.png)",
    "[click](javascript:alert(1))",
    "[x]:",
    "<!--",
    "-->",
    "<script>",
    "</details>",
    "&#64;kim",
    "&lt;b&gt;",
    "`",
    "``",
    "```",
    "~~~",
    "**bold**",
    "_it_",
    "~~gone~~",
    ":smile:",
    ":100:",
    "www.",
    "deadbeef-kim",
    "$x$",
    "/close",
    "/assign",
    "---",
    "===",
    "# heading",
    "> quote",
    "1.",
    "2)",
    "+",
    "*",
    "-",
    "|",
    "[^1]",
    "[[_TOC_]]",
    "[ ]",
    "[x]",
    "\\",
    "\\@kim",
    "TICKET-7",
    "<<X",
    "<!-- /offb-1 -->",
]


def assert_seen_and_harmless(text: str) -> None:
    page = seen(markdown(text, MOST, Language.EN))

    assert set(page.tags) <= HARMLESS, page.tags
    assert not page.references, page.references
    assert letters(page.words) == letters(text)


@settings(max_examples=300, deadline=None)
@given(drawn_texts(ACTED_ON))
@example("@kim\n0000000.")
@example("www.가 www.한국.한국 :100:가 가:100: (:100:)가 www. x")
@example("- Run:\n  <!-- /offb-1 -->\n  </details>\n</details>")
def test_whatever_it_holds_is_seen_and_none_of_it_acted_on(text: str) -> None:
    assert_seen_and_harmless(text)


@pytest.mark.parametrize("word", ACTED_ON)
@pytest.mark.parametrize("where", PLACES)
def test_each_of_what_is_acted_on_alone(word: str, where: str) -> None:
    assert_seen_and_harmless(where.replace("{}", word))


def test_control_the_renderer_acts_on_what_isn_t_escaped() -> None:
    page = seen("https://a.example <b>x</b> ![x](https://a.example/x) @kim #1 deadbeef")

    assert {"a", "b", "img"} <= set(page.tags)
    assert len(page.references) >= 3


@pytest.mark.parametrize(
    "name", ["@kim", "</details><script>", "[x] 9. Done", "- Run this: rm -rf /", "`kim`", "* kim"]
)
@pytest.mark.parametrize("field", ["account_label", "subject_label", "name"])
@pytest.mark.parametrize("times", [1, 7])
def test_a_whole_ticket_of_somebody_called_so(name: str, field: str, times: int) -> None:
    named: Any = {field: " ".join([name] * times)}
    items = [replace(item, **named) for item in (cases.ACCOUNT, cases.SSH_KEY)]
    body = draft(cases.TICKET, items, [], TicketTexts(zone="Asia/Seoul"), "https://airflow.example/{form}").body

    assert_seen_and_harmless(body)
    assert seen(markdown(body, MOST, Language.EN)).boxes in ([" ", " "], [])


def test_a_ticket_is_a_list_of_tasks_with_commands_to_copy() -> None:
    body = draft(
        cases.TICKET,
        [cases.ACCOUNT, cases.SSH_KEY],
        [],
        TicketTexts(zone="Asia/Seoul"),
        "https://airflow.example/{form}",
    ).body

    found = [each for each in blocks(body) if isinstance(each, TicketThing)]

    assert [each.box for each in found] == [" ", " "]
    step = found[0].parts[-1]
    assert isinstance(step, TicketStep)
    assert step.parts == [Prose("Lock it:"), Verbatim(["ldapmodify <<'LDIF'", "dn: uid=kim,dc=corp", "LDIF"])]
    assert_seen_and_harmless(body)


def test_steps_are_told_as_remedies_are_written() -> None:
    """A step with a command ends a sentence before it: so a command is never taken for more of the sentence."""
    with_command = re.findall(r"^- (.*)\n  ```", remedies_page.page(), re.MULTILINE)

    assert len(with_command) > 50
    assert [step for step in with_command if not step.endswith((":", "."))] == []


def test_a_step_after_a_long_command_is_a_step() -> None:
    long = f"aws iam update-access-key --user-name {'x' * 30} --access-key-id AKIA2Z7DJJMARDQGSKC2 --status"
    steps = ("       - Off:", f"         {long} Inactive", "       - Undo:", f"         {long} Active")
    text = "\n".join(("[ ] 1. A key (high, f-f637a375)", *steps))

    (thing,) = blocks(text)

    assert isinstance(thing, TicketThing)
    assert thing.parts[1:] == [
        TicketStep(parts=[Prose("Off:"), Verbatim([f"         {long} Inactive"])]),
        TicketStep(parts=[Prose("Undo:"), Verbatim([f"         {long} Active"])]),
    ]


@pytest.mark.parametrize("length", range(94, 104))
def test_what_is_said_of_a_thing_stands_below_what_it_is(length: int) -> None:
    label = " ".join(["word"] * 30)[: length - 30].rstrip()
    title = texts_layout.flowed(f"[ ] 1. {label} (high, f-f637a375)", hang=7)

    (thing,) = blocks(f"{title}\n       Theirs: tag employee-id 10445.")

    assert isinstance(thing, TicketThing)
    assert thing.parts == [Prose(f"1. {label} (high, f-f637a375)"), Prose("Theirs: tag employee-id 10445.")]


def test_a_here_document_is_copied_whole_with_its_empty_lines() -> None:
    command = ["ldapmodify <<'LDIF'", "dn: x", "", "- ", "[ ] 2. no thing", "LDIF"]
    text = "\n".join(["[ ] 1. Account", "       - Lock it:", *command, "       - Undo: ask."])

    (thing,) = blocks(text)

    assert isinstance(thing, TicketThing)
    first, second = thing.parts[1:]
    assert isinstance(first, TicketStep)
    assert first.parts[1] == Verbatim(command)
    assert second == TicketStep(parts=[Prose("Undo: ask.")])


def test_a_person_called_like_a_thing_ticks_nothing() -> None:
    text = "[x] 1. All done has left.\n\n[ ] 1. Account kim"

    assert seen(markdown(text, MOST, Language.EN)).boxes == []


def test_what_may_stand_has_no_box() -> None:
    page = seen(markdown("[-] 1. Account kim\n\n[x] 2. Key", MOST, Language.EN))

    assert page.boxes == ["x"]
    assert page.words == "[-] 1. Account kim [x] 2. Key"


def many(count: int) -> str:
    things = [
        f"[ ] {n}. Access key AKIA...{n:04d}\n       - Switch it off:\n         aws {'x' * 300}"
        for n in range(1, count + 1)
    ]
    return "\n\n".join(
        ["Kim has left.", *things, "This ticket closes by itself.\nMore: python -m offboarding explain f-1"]
    )


def test_a_long_list_is_folded_after_its_first_things() -> None:
    text = many(FOLDED_FROM + 12)

    written = markdown(text, MOST, Language.EN)

    assert written.count("<details>") == written.count("</details>") == 1
    assert written.index("AKIA...0025") < written.index("<summary>And 12 more</summary>") < written.index("AKIA...0026")
    assert written.index("</details>") < written.index("This ticket closes")
    assert len(seen(written).boxes) == FOLDED_FROM + 12


@pytest.mark.parametrize("most", [65_536, 20_000, 3_000])
def test_what_does_not_fit_is_counted_and_a_command_shows_it(most: int) -> None:
    written = markdown(many(400), most, Language.EN)

    assert len(written) <= most
    page = seen(written)
    left_out = int(re.search(r"(\d+) more are left out", page.words)[1])  # pyrefly: ignore[unsupported-operation]
    assert len(page.boxes) + left_out == 400
    assert "python -m offboarding findings --state all" in page.words
    assert page.words.startswith("Kim has left.")
    assert "This ticket closes by itself." in page.words


@pytest.mark.parametrize("most", [0, -5_000])
def test_where_people_left_no_room_there_is_nothing(most: int) -> None:
    assert markdown(many(3), most, Language.EN) == ""


def test_one_text_that_is_too_long_is_left_out_and_says_so() -> None:
    written = markdown("Kim has left.\n\n" + "word " * 20_000, 65_536, Language.EN)

    assert seen(written).words.startswith("Kim has left. 1 more is left out")


# --- our part of a description ----------------------------------------------------------------------------------------


def test_what_people_wrote_around_it_stays() -> None:
    before = with_part("", "offb-1", "one")
    edited = f"Ann is on it.\r\n\r\n{before}\r\n\r\n@bob: see above"

    after = with_part(edited, "offb-1", "two")

    assert after == f"Ann is on it.\n\n{with_part('', 'offb-1', 'two')}\n\n@bob: see above"
    assert with_part(after, "offb-1", "two") is after


def test_saved_by_a_browser_it_s_the_same() -> None:
    """Browsers send line ends as CRLF (HTML, 4.10.21.7)."""
    saved = with_part("mine", "offb-1", "one\ntwo").replace("\n", "\r\n")

    assert with_part(saved, "offb-1", "one\ntwo") is saved


@pytest.mark.parametrize(
    "left", [slice(0, 0), slice(1, None), slice(0, -1), slice(1, -1)], ids=["none", "end", "begin", "text"]
)
def test_without_its_marks_it_comes_back_once(left: slice) -> None:
    lines = with_part("", "offb-1", "one").split("\n")
    edited = "\n".join([*lines[left], "Ann wrote this."])

    once = with_part(edited, "offb-1", "two")
    twice = with_part(once, "offb-1", "three")

    assert once.count("two") == 1
    assert twice.count("three") == 1
    assert "two" not in twice
    assert "Ann wrote this." in twice


def test_the_mark_within_a_text_ends_nothing() -> None:
    held = with_part("mine", "offb-1", "a <!-- /offb-1 --> b")

    assert with_part(held, "offb-1", "c") == with_part("mine", "offb-1", "c")


def test_the_mark_of_another_ticket_is_people_s_text() -> None:
    other = with_part("", "offb-2", "quoted")

    assert with_part(other, "offb-1", "one").endswith(f"\n\n{other}")


def test_the_room_for_our_part_is_what_people_left() -> None:
    description = with_part("x" * 500, "offb-1", "one")

    room = room_for_part(description, "offb-1", 1_000)

    assert len(with_part(description, "offb-1", "y" * room)) == 1_000


def test_a_paragraph_is_one() -> None:
    assert blocks("One.\nTwo.") == [Paragraph(parts=[Prose("One."), Prose("Two.")])]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (
            "항목이 2,900건 있습니다 (2026년 11월 13일 (금)까지).",
            "항목이 2,900건 있습니다 (2026년 11월 13일 (금)까지).",
        ),
        ("uid=kim의 키 AKIA1은 #1건, @kim님", "`uid=kim`의 키 `AKIA1`은 `#1`건, `@kim`님"),
        ("期限は 2026年11月13日(金) です。", "期限は 2026年11月13日(金) です。"),
        ("01:30(가), 계정:3, 16:30、 가:나", "01:30(가), `계정:3`, 16:30、 `가:나`"),
        ("cn=José cn=김민준 cn=Joséの", "`cn=José` `cn=김민준` `cn=Joséの`"),
        ("根拠: uid=kim、 2026-11-13。", "根拠: `uid=kim`、 2026-11-13。"),
    ],
)
def test_words_of_other_scripts_are_words_and_ids_among_them_are_code(text: str, written: str) -> None:
    assert markdown(text, MOST, Language.KO) == written
    assert_seen_and_harmless(text)
