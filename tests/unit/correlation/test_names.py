"""Which names speak against two records being one human's."""

import pytest

from offboarding.store.correlation.names import nothing_in_common

TWO = [
    ("Max Krause", "Mia Koch"),
    ("Krause, Max", "Mia Koch"),
    ("Max Müller", "Bo Ødegård"),
    ("김철수", "이영희"),
    ("山田 太郎", "佐藤花子"),
    ("Иван Петров", "Олег Сидоров"),
    ("M. Krause", "M. Koch"),
    ("Dr. Max Krause", "Dr. Mia Koch"),
    ("Al-Rashid", "Al-Masri"),
    ("Jan de Vries", "Kees de Boer"),
    ("Ludwig van der Rohe", "Anne van der Berg"),
    ("佐々木 健", "山田 太郎"),
]
MAYBE_ONE = {
    "written in another order": ("Kim, Minjun", "Minjun Kim"),
    "married": ("Anne Green", "Anne Lund"),
    "half of the name": ("Anne", "Anne Green"),
    "called shorter": ("Max", "Maximilian Krause"),
    "a family name in common": ("John Kim", "Jane Kim"),
    "a family name in common, with a particle": ("Jan de Vries", "Anne de Vries"),
    "a particle for a name": ("Van", "Bo Lund"),
    "accents": ("Zoë Müller", "Zoe Muller"),
    "accents that stand apart": ("Andre\u0301", "André Lopez"),
    "accents spelt out": ("Jörg Müller", "Joerg Mueller"),
    "accents left off that Unicode doesn't take off": ("Łukasz Łęcki", "Lukasz Lecki"),
    "an i without its dot": ("Y\N{LATIN SMALL LETTER DOTLESS I}lmaz", "YILMAZ"),
    "hyphens": ("Kim Min-jun", "Kimminjun"),
    "half of a double name": ("Anne Lund-Green", "Green"),
    "no space after an initial": ("M.Krause", "Max Krause"),
    "initials alone, and addressed": ("Dr. M. K.", "Dr. Bo Lund"),
    "an apostrophe": ("Sean O\N{RIGHT SINGLE QUOTATION MARK}Neill", "S. ONeill"),
    "capitals": ("ANNE GREEN", "anne green"),
    "no spaces in Hangul": ("김 철수", "김철수"),
    "two scripts": ("김철수", "Kevin Kim"),
    "Chinese letters and Japanese ones": ("山田 太郎", "ヤマダ タロウ"),
    "Hangul and Chinese letters": ("김철수", "金哲洙"),
    "one in both scripts": ("김철수 (Kevin)", "Mia Koch"),
    "nothing but initials": ("M. K.", "Bo Lund"),
    "no name": ("", "Bo Lund"),
    "no letters": ("12345", "Bo Lund"),
}


@pytest.mark.parametrize(("one", "other"), TWO)
def test_names_with_nothing_in_common(one: str, other: str) -> None:
    assert nothing_in_common(one, other)
    assert nothing_in_common(other, one)


@pytest.mark.parametrize(("one", "other"), MAYBE_ONE.values(), ids=MAYBE_ONE)
def test_names_that_may_be_one_human_s(one: str, other: str) -> None:
    assert not nothing_in_common(one, other)
    assert not nothing_in_common(other, one)
