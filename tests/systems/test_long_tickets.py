"""A ticket of thousands of things with long names is as long as each tracker takes it, in each language."""

import html
import re
from dataclasses import replace
from functools import cache

import pytest

from offboarding.model import Language, TicketDraft
from offboarding.report.texts.rendering import TicketTexts
from offboarding.report.ticket import changes, closed_too_early, draft
from offboarding.trackers._markup.fitting import fitted_lines
from tests.support.long_tickets import written_by_trackers
from tests.unit.report.test_ticket import ACCOUNT, TICKET

pytestmark = pytest.mark.slow

WRITTEN = written_by_trackers()
LONG = "ou=개발 본부 開発本部 *bold* `x`," * 60
MORE = {Language.EN: "And 2,900 more", Language.KO: "그 밖에 2,900건", Language.JA: "ほか2,900件"}
LEFT_OUT = {
    Language.EN: r"([\d,]+) more (are|is)",
    Language.KO: r"([\d,]+)(건)을 생략",
    Language.JA: r"([\d,]+)(件)を省略",
}
ITEMS = [
    replace(ACCOUNT, finding_key=f"{n:08x}" + "0" * 24, subject_label=f"uid=k{n},{LONG}", account_label=f"uid=k{n}")
    for n in range(3_000)
]


@cache
def long_ticket(language: Language) -> TicketDraft:
    return draft(TICKET, ITEMS, [], TicketTexts(language=language, zone="Asia/Seoul"))


@cache
def long_comments(language: Language) -> tuple[str, str]:
    texts = TicketTexts(language=language, zone="Asia/Seoul")
    return changes(texts, TICKET, ITEMS), closed_too_early(texts, TICKET, ITEMS)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("tracker", list(WRITTEN))
def test_a_ticket_of_3000_things_keeps_its_key_and_says_how_many_more(tracker: str, language: Language) -> None:
    most, write = WRITTEN[tracker]
    told = long_ticket(language)

    text = write(told.body, language)

    assert len(text) <= most
    assert MORE[language] in told.body
    assert MORE[language] in text or re.search(LEFT_OUT[language], text)
    assert "python -m offboarding findings --state all" in html.unescape(text)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("tracker", list(WRITTEN))
def test_comments_fold_too(tracker: str, language: Language) -> None:
    most, write = WRITTEN[tracker]
    for text in long_comments(language):
        assert "2,950" in text
        shown = write(text, language)
        assert len(shown) <= most
        assert "2,950" in shown or re.search(LEFT_OUT[language], shown)


def test_a_text_without_markup_loses_things_and_no_lines_around_them() -> None:
    told, most = long_ticket(Language.EN).body, 4_000

    text = fitted_lines(told, most, Language.EN)

    opening, closing = told.split("\n\n")[0], told.rstrip().split("\n\n")[-1]
    assert len(text) <= most
    assert opening in text
    assert closing in text
    assert len(re.findall(r"^\[ \] \d+\.", text, re.MULTILINE)) == len(re.findall(r"^\[ \] ", text, re.MULTILINE)) > 0
