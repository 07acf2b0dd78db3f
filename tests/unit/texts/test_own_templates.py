"""A company's own templates: refused before a night by file and line; where one fails at night no ticket is lost."""

import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from offboarding.model import Language, Severity
from offboarding.report.texts import checking, rendering
from offboarding.report.texts.checking import read
from offboarding.report.texts.environment import shipped
from offboarding.report.texts.own import OwnTemplates
from offboarding.report.texts.rendering import TicketTexts
from offboarding.report.texts.sandbox import in_time
from offboarding.report.ticket import draft
from tests.unit.report.test_ticket import ACCOUNT, SSH_KEY, TICKET

pytestmark = pytest.mark.slow

TITLE = "{{ say('Security: {worker}', worker=person.worker if person else '-') }} [{{ ticket.key }}]\n"
LIST = "{% for thing in things %}{{ thing.key }} {% endfor %}{{ ticket.more }}"
"""All that a body must say."""


def folder(path: Path, **files: str) -> Path:
    for name, text in files.items():
        (path / f"{name}.txt.j2").write_text(text, encoding="utf-8")
    return path


def test_ours_pass_their_own_check(tmp_path: Path) -> None:
    own, wrong = read(folder(tmp_path, **{name.removesuffix(".txt.j2"): text for name, text in shipped().items()}))

    assert wrong == []
    assert own.sources == shipped()


def test_one_of_them_is_enough_and_the_others_stay_ours(tmp_path: Path) -> None:
    own, wrong = read(folder(tmp_path, title=TITLE))
    texts = TicketTexts(language=Language.KO, zone="Asia/Seoul", own=own)

    told = draft(TICKET, [ACCOUNT], [], texts)

    assert wrong == []
    assert told.title == "Security: 1042 [offb-3fa9c1d2e4b7]"
    assert told.body == draft(TICKET, [ACCOUNT], [], TicketTexts(language=Language.KO, zone="Asia/Seoul")).body
    assert texts.refused == []


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("title", "One\n{% if %}\n", "title.txt.j2:2: "),
        ("title", "[{{ ticket.key }}\n", "title.txt.j2:1: the title doesn't end in [{{ ticket.key }}]"),
        ("title", "{{ticket.kind}}\n{{ nobody }} [{{ ticket.key }}]", "title.txt.j2:2: there is no nobody."),
        (
            "title",
            "{{ ticket.nothing }} [{{ ticket.key }}]",
            "title.txt.j2:1: 'offboarding.report.texts.views.TicketView",
        ),
        ("title", "{{ ticket.key | upper2 }}", "title.txt.j2:1: No filter named 'upper2'"),
        ("title", "\n{{ ''.__class__.__mro__ }} [{{ ticket.key }}]", "title.txt.j2:2: access to attribute '__class__'"),
        ("title", "{{ say.__globals__ }} [{{ ticket.key }}]", "title.txt.j2:1: access to attribute '__globals__'"),
        ("title", "{{ '{0.__class__}'.format(ticket) }} [{{ ticket.key }}]", "title.txt.j2:1: format can't be called"),
        ("title", "{{ 1 / 0 }} [{{ ticket.key }}]", "title.txt.j2:1: ZeroDivisionError"),
        ("title", "{% include '/etc/passwd' %} [{{ ticket.key }}]", "title.txt.j2:1: there is no /etc/passwd: "),
        ("title", "Security [offb-3fa9c1d2e4b7]", "title.txt.j2:1: the title doesn't end in [{{ ticket.key }}]"),
        ("title", "{{ say('Hi {worker}', workr=1) }} [{{ ticket.key }}]", "title.txt.j2:1: say() is given no worker"),
        ("title", "{{ say('Hi', worker=1) }} [{{ ticket.key }}]", "title.txt.j2:1: say() is given worker, for which"),
        ("title", "{{ 'a' * 300 }} [{{ ticket.key }}]", "title.txt.j2:1: a title of 320 characters"),
        ("body", "{% for thing in things[1:] %}{{ thing.key }}{% endfor %}", "1 of 3 things aren't on the list"),
        ("body", "{% for thing in things %}{{ thing.key }}{% endfor %}", "there are {{ ticket.more }} more things"),
        ("body", LIST + "{{ person.name.split()[0] if person }}", "body.txt.j2:1: list object has no element 0"),
        ("body", LIST + "{{ person.left_on | day if person }}", "body.txt.j2:1: TypeError: there is no day"),
        ("body", LIST + "{{ things[0].seen | moment if things }}", "body.txt.j2:1: AttributeError: "),
        ("body", LIST + "{{ 1 / (say('added') == 'added') }}", "ZeroDivisionError: division by zero (in a"),
        ("title", "{{ things[0].name }} [{{ ticket.key }}]", "title.txt.j2:1: tuple object has no element 0"),
        ("changed", "\n", "changed.txt.j2:1: it says nothing"),
        ("changed", "{{ person.worker }} left.", "changed.txt.j2:1: 'None' has no attribute 'worker'"),
        ("past_due", "{{ things[0].seen | moment }}", "past_due.txt.j2:1: AttributeError"),
        ("departure_changed", "{{ departures[0].now.left_on }}", "departure_changed.txt.j2:1: 'None' has no attribute"),
        ("parts", "{% macro who() %}{% endmacro %}", "body.txt.j2:4: 'jinja2.environment.TemplateModule"),
        ("titel", "x", "titel.txt.j2: no text of ours is called so. Ours are body.txt.j2, changed.txt.j2"),
    ],
)  # fmt: skip
def test_what_would_fail_or_leave_something_out_is_refused_by_file_and_line(
    tmp_path: Path, name: str, text: str, why: str
) -> None:
    _, wrong = read(folder(tmp_path, **{name: text}))

    assert any(why in each for each in wrong), wrong


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("{{ 'a' * 999999999 }}", "a text or list of more than 1,000,000"),
        ("{{ 999999999 * [1] }}", "a text or list of more than 1,000,000"),
        ("{% for a in 'x' * 99999 %}{{ 'x' * 99 }}{% endfor %}", "a text or list of more than 1,000,000"),
        ("{{ 'a' | center(10) }}", "No filter named 'center'"),
        ("{{ 'a'.center(10) }}", "center can't be called here"),
        ("{{ '%2000000000d' % 1 }}", "% puts no values into a text here"),
        ("{{ 9 ** 999 }}", "there is no ** here"),
        ("{{ 'a' | flow(1000000) }}", "indented by 100 characters at most"),
        ("{% for a in 'x' * 99999 %}{% for b in 'x' * 99999 %}{% endfor %}{% endfor %}", "more than 0.1 seconds"),
        ("{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}", "title.txt.j2:1: RecursionError"),
        ("{{ things }}", "a list is no text"),
        ("{% for a in things %}" * 30 + "{% endfor %}" * 30, "title.txt.j2: Python can't take it (SyntaxError"),
        ("{{ " + "(" * 9999 + ")" * 9999 + " }}", "title.txt.j2: Python can't take it (RecursionError"),
        ("a" * 99_999, "title.txt.j2 has 100,018 bytes, and may have 65,536."),
    ],
)  # fmt: skip
def test_what_would_take_long_or_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str, why: str
) -> None:
    monkeypatch.setattr(checking, "in_time", lambda: in_time(0.1))

    _, wrong = read(folder(tmp_path, title=f"{written} [{{{{ ticket.key }}}}]"))

    (said,) = wrong
    assert why in said
    assert said.startswith("title.txt.j2")


def test_what_is_no_file_of_the_folder_isnt_opened(tmp_path: Path) -> None:
    beyond = tmp_path / "secret.txt.j2"
    beyond.write_text("x", "utf-8")
    texts = tmp_path / "texts"
    texts.mkdir()
    os.mkfifo(texts / "title.txt.j2")
    (texts / "body.txt.j2").symlink_to("/dev/zero")
    (texts / "parts.txt.j2").symlink_to(beyond)
    (texts / "closed.txt.j2").symlink_to(texts / "closed.txt.j2")
    (texts / "title.txt").write_text("x", "utf-8")
    (texts / "..data").mkdir()

    _, wrong = read(texts)

    assert [each.partition(":")[0] for each in wrong] == [
        "body.txt.j2 is a link that leads out of the folder",
        "closed.txt.j2 can't be looked at (Too many levels of symbolic links)",
        "parts.txt.j2 is a link that leads out of the folder",
        "title.txt",
        "title.txt.j2 is no regular file",
    ]


@pytest.mark.parametrize("more", ["{{ ticket.more }}", "{{ say('{count}', count=ticket.more) }}"])
def test_how_many_more_there_are_may_be_said_with_a_comma_and_without(tmp_path: Path, more: str) -> None:
    text = "{% for thing in things %}{{ thing.key }} {% endfor %}" + more

    assert read(folder(tmp_path, body=text))[1] == []


def test_a_folder_that_isnt_there_is_said(tmp_path: Path) -> None:
    assert read(tmp_path / "none")[1] == ["is no folder. Make it, or leave `policy.texts` out."]


def test_at_night_too_a_template_has_seconds_and_what_else_waits_for_an_alarm_gets_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rendering, "in_time", lambda: in_time(0.1))
    endless = "{% for a in 'x' * 99999 %}{% for b in 'x' * 99999 %}{% endfor %}{% endfor %}"
    texts = TicketTexts(zone="Asia/Seoul", own=OwnTemplates(folder="texts", sources={"body.txt.j2": endless}))
    rung: list[int] = []
    before = signal.signal(signal.SIGALRM, lambda number, _: rung.append(number))
    others = signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        draft(TICKET, [ACCOUNT], [], texts)

        assert "it takes more than 0.1 seconds" in texts.refused[0]
        signal.sigtimedwait([], 0.5)
        assert rung == [signal.SIGALRM]
    finally:
        signal.signal(signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, *others)


@pytest.mark.parametrize(
    "source",
    [
        "{% if things | length > 1 %}{{ things[7].key }}{% endif %}{% for t in things %}{{ t.key }} {% endfor %}",
        "{% for thing in things %}{{ thing.key if thing.severity != 'critical' }}{% endfor %}",
    ],
    ids=["fails", "leaves out"],
)
def test_a_template_that_fails_at_night_costs_no_ticket_and_makes_the_run_red(source: str) -> None:
    texts = TicketTexts(zone="Asia/Seoul", own=OwnTemplates(folder="texts", sources={"body.txt.j2": source}))
    items = [ACCOUNT, replace(SSH_KEY, severity=Severity.CRITICAL)]

    told = draft(TICKET, items, [], texts)

    assert told == draft(TICKET, items, [], TicketTexts(zone="Asia/Seoul"))
    (why,) = texts.refused
    assert why.startswith("policy.texts: texts/body.txt.j2")
    assert why.endswith(". Our text stood in its place: mend the file")
