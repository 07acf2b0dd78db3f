"""A sentence is its English everywhere, and what it was made of wherever somebody tells it otherwise."""

import json
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from offboarding.model import Language, Sentence, as_kept, kept, say
from offboarding.model.sentences import replaced
from offboarding.report.texts.languages import is_told, told, zoned

INNER = say("at the end of {day} ({zone})", day=date(2026, 11, 13), zone="Asia/Seoul")
LEFT = say(
    "Worker {worker} left {ended}, {word}.", worker="{ended} 1042", ended=INNER, word=say("says {roster}", roster="hr")
)


def test_it_is_its_english() -> None:
    assert LEFT == "Worker {ended} 1042 left at the end of 2026-11-13 (Asia/Seoul), says hr."
    assert say("{count} day after the departure", "{count} days after the departure", count=1_200) == (
        "1,200 days after the departure"
    )


def test_what_it_was_made_of_outlives_the_store() -> None:
    read = as_kept(str(LEFT), json.loads(json.dumps(kept(LEFT))))

    assert (read, read.pattern, read.values) == (LEFT, LEFT.pattern, LEFT.values)
    assert isinstance(read.values["ended"], Sentence)
    assert told(read, Language.KO) == (
        "사번 {ended} 1042 직원의 퇴사: 2026년 11월 13일 (금)까지 근무 (Asia/Seoul 기준) (인사 명부 hr 기준)."
    )


def test_what_no_catalog_has_is_told_in_english_and_known_for_it() -> None:
    odd = say("Nobody translates {this}.", this="x")

    assert (told(odd, Language.JA), is_told(odd, Language.JA), is_told(odd, Language.EN)) == (str(odd), False, True)
    assert not is_told("Last used never.", Language.JA)
    assert is_told(LEFT, Language.JA)


def test_a_name_is_taken_out_of_values_and_never_out_of_the_words() -> None:
    step = say("Undo:\n{command}", command="unlock Undo")

    shared = replaced(step, "Undo", "NAME")

    assert told(shared, Language.KO) == "되돌리기:\nunlock NAME"
    assert told(shared, Language.EN) == shared == "Undo:\nunlock NAME"


def test_of_a_plural_what_is_a_name_is_taken_out_too() -> None:
    step = say("Lock {name}.", "Lock {count} keys of {name}.", count=2, name="kim")

    assert replaced(step, "kim", "NAME") == "Lock 2 keys of NAME."


def test_moments_of_rules_are_told_in_the_companys_zone_whatever_follows_them() -> None:
    said = zoned("2026-11-23 02:00 UTC에 사용", ZoneInfo("Asia/Seoul"), Language.KO)

    assert said == "2026년 11월 23일 (월) 11:00 KST에 사용"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ends 9999-12-31 23:59 UTC", "ends 9999-12-31 23:59 UTC"),
        ("kim 2026-99-99 25:61 UTC", "kim 2026-99-99 25:61 UTC"),
        ("kim \uff12\uff10\uff12\uff16-11-23 02:00 UTC", "kim \uff12\uff10\uff12\uff16-11-23 02:00 UTC"),
    ],
)
def test_what_no_clock_shows_is_told_as_it_is(text: str, said: str) -> None:
    """Who has something end never, and who calls something as if it were a moment."""
    assert zoned(text, ZoneInfo("Asia/Seoul"), Language.EN) == said
