"""Sentences, days and moments in the reader's language. A sentence is translated whole, by its English pattern.

Placeholders keep their names, whatever the order of words. Nothing in a catalog depends on how a value sounds: Korean
particles never stand right behind one (docs/decisions/0150-sentences-by-their-english.md).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from offboarding.model import Language, Sentence
from offboarding.model.days import by_clock, moment_of
from offboarding.model.sentences import PLACE, Value, english, filled


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarPatterns:
    """How days are written, by the letters of Unicode's date formats (UTS 35)."""

    day: str
    """By itself, in a sentence."""
    short: str
    """Within brackets, and in sentences of rules."""
    moment: str
    """The day of a moment."""
    here: str
    """Day and month alone."""


_KOREAN, _JAPANESE = "y년 M월 d일 (EEE)", "y年M月d日(EEE)"
_WRITTEN = {
    Language.EN: CalendarPatterns(day="EEEE d MMMM y", short="y-MM-dd", moment="d MMMM y", here="d MMMM"),
    Language.KO: CalendarPatterns(day=_KOREAN, short=_KOREAN, moment=_KOREAN, here="M월 d일"),
    Language.JA: CalendarPatterns(day=_JAPANESE, short=_JAPANESE, moment=_JAPANESE, here="M月d日"),
}
_IN_UTC = re.compile(r"(?<!\d)(\d{4}-\d\d-\d\d \d\d:\d\d) UTC(?![A-Za-z])")
"""As `rules/_sentences.at` writes it, and whoever tells why something works."""


@cache
def catalog(language: Language) -> Mapping[str, str]:
    """English pattern -> the language's own; empty for English."""
    if language is Language.EN:
        return {}
    # Only who is told in another language than English needs it.
    from babel.messages.pofile import read_po  # noqa: PLC0415 - see interfaces

    with (resources.files("offboarding.report.texts") / "catalogs" / f"{language.value}.po").open("rb") as file:
        messages = read_po(file, locale=language.value, abort_invalid=True)
    return {str(each.id): str(each.string) for each in messages if each.id and each.string}


def told(text: str, language: Language) -> str:
    """A sentence in that language, as far as its catalog goes; any other text as it stands."""
    if language is Language.EN or not isinstance(text, Sentence):
        return str(text)
    return filled(catalog(language).get(text.pattern, text.pattern), text.values, lambda value: _value(value, language))


def is_told(text: str, language: Language) -> bool:
    """Whether that language has the sentence; one without a word of ours in it needs none."""
    if language is Language.EN:
        return True
    if not isinstance(text, Sentence):
        return False
    within = (each for each in text.values.values() if isinstance(each, Sentence))
    ours = any(letter.isalpha() for letter in PLACE.sub("", text.pattern))
    return text.pattern in catalog(language) if ours else all(is_told(each, language) for each in within)


def together(sentences: Iterable[str], language: Language) -> str:
    """Sentences one after the other; those that are blank are none."""
    between = "" if language is Language.JA else " "
    return between.join(text for each in sentences if (text := " ".join(told(each, language).split())))


def within(text: str, language: Language) -> str:
    """A thing's name as it stands within a sentence: English begins it small there, unless it's an abbreviation."""
    whole = told(text, language)
    begins_small = language is Language.EN and not whole[1:2].isupper()
    return whole[:1].lower() + whole[1:] if begins_small else whole


def day(on: date, language: Language) -> str:
    """Such as "Friday 13 November 2026", "2026년 11월 13일 (금)"."""
    return _formatted(on, _WRITTEN[language].day, language)


def plain_day(on: date, language: Language) -> str:
    """The same without the day of the week where English leaves it out: "13 November 2026"."""
    return _formatted(on, _WRITTEN[language].moment, language)


def moment(at: datetime, zone: ZoneInfo, language: Language) -> str:
    """Such as "25 November 2026 01:30 KST", "2026年11月25日(水) 01:30 KST"."""
    local = by_clock(at, zone)
    return f"{_formatted(local.date(), _WRITTEN[language].moment, language)} {local:%H:%M %Z}"


def here(at: datetime, zone: ZoneInfo, language: Language) -> str:
    """The same moment by another clock: "14 November 00:00"."""
    local = by_clock(at, zone)
    return f"{_formatted(local.date(), _WRITTEN[language].here, language)} {local:%H:%M}"


def zoned(text: str, zone: ZoneInfo, language: Language) -> str:
    """A text for people, its moments in one zone: rules and readers, who know none, tell them in UTC."""

    def written(found: re.Match[str]) -> str:
        at = moment_of(found[1])
        if at is None:
            return found[0]
        local = by_clock(at, zone)
        return f"{_formatted(local.date(), _WRITTEN[language].short, language)} {local:%H:%M %Z}"

    return _IN_UTC.sub(written, text)


def _value(value: Value, language: Language) -> str:
    if isinstance(value, date):
        return _formatted(value, _WRITTEN[language].short, language)
    return told(value, language) if isinstance(value, str) else english(value)


def _formatted(on: date | None, pattern: str, language: Language) -> str:
    # A template may pass None, and of that Babel would make today.
    if on is None:
        raise TypeError("there is no day to be written: ask for it before")
    from babel.dates import format_date  # noqa: PLC0415 - reading a configuration needs no Babel

    return format_date(on, pattern, locale=language.value)
