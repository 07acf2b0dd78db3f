"""Each language has all that is said, with the same values in it, and reads right whatever a value sounds like."""

import re
from pathlib import Path

import pytest

from offboarding.model import Language
from offboarding.model.sentences import PLACE
from offboarding.report.texts.languages import catalog
from tests.support.patterns_said import patterns

FOREIGN = [Language.KO, Language.JA]
PARTICLE = re.compile(
    r"\{(?!who\})\w+\}(?:\([가-힣]+\))?(은|는|이|가|을|를|과|와|으로|로|이나|나|이라|라)(?=[\s.,:)]|$)"
)
"""Whose form depends on how the word before it ends. {who} always ends in 님 or 직원."""
JAPANESE = "[ぁ-んァ-ヶ一-龠々ー]"
BLANKS = re.compile(
    rf"[、。] |{JAPANESE} {JAPANESE}|\{{day\}} {JAPANESE}|\) {JAPANESE}|\( | \)|{JAPANESE}\d+ {JAPANESE}"
)
"""What Japanese writes together."""
PLURALS = {"count"}
"""Stands in a plural form, and maybe not in the singular, which is the key."""


@pytest.mark.parametrize("language", FOREIGN)
def test_all_that_is_said_is_translated_and_nothing_else(language: Language) -> None:
    said, known = patterns(), catalog(language)

    assert {pattern: place for pattern, place in said.items() if pattern not in known} == {}
    assert [each for each in known if each not in said and any(map(str.isalpha, PLACE.sub("", each)))] == []


@pytest.mark.parametrize("language", FOREIGN)
def test_a_translation_holds_the_same_values(language: Language) -> None:
    wrong = {
        pattern: text
        for pattern, text in catalog(language).items()
        if not set(PLACE.findall(pattern)) <= set(PLACE.findall(text)) <= {*PLACE.findall(pattern), *PLURALS}
    }
    assert wrong == {}


def test_no_korean_particle_depends_on_the_sound_of_a_value() -> None:
    assert [text for text in catalog(Language.KO).values() if PARTICLE.search(text)] == []


def test_nothing_stands_apart_that_japanese_writes_together() -> None:
    assert [text for text in catalog(Language.JA).values() if BLANKS.search(text)] == []


@pytest.mark.parametrize("language", FOREIGN)
def test_nothing_of_a_catalog_is_unsure(language: Language) -> None:
    """What gettext calls fuzzy is a guess."""
    folder = Path(__file__).parents[3] / "include" / "offboarding" / "report" / "texts" / "catalogs"
    assert "fuzzy" not in (folder / f"{language.value}.po").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", FOREIGN)
def test_a_sentence_ends_as_one_and_a_list_is_announced_by_a_colon(language: Language) -> None:
    """Trackers tell by that what is copied (`_markup/blocks.py`)."""
    ends = {".": (".", "。"), ":": (":",)}
    wrong = {
        pattern: text
        for pattern, text in catalog(language).items()
        if pattern[-1] in ends and not text.endswith(ends[pattern[-1]])
    }
    assert wrong == {}
