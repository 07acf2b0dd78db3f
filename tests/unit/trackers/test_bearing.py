"""What a ticket says that came of a request which was sent twice."""

import pytest

from offboarding.model import Language
from offboarding.trackers._bearing import made_twice, without_key

KEY = "offb-3fa9c1d2e4b7"


@pytest.mark.parametrize(
    ("language", "title"),
    [
        (Language.EN, "Made twice by the network: see 1231"),
        (Language.KO, "네트워크에서 중복 생성된 티켓: 1231 참조"),
        (Language.JA, "通信の重複で作成されたチケット: 1231 を参照"),
    ],
)
def test_it_is_told_in_the_tickets_language(language: Language, title: str) -> None:
    called, note = made_twice(1231, language)

    assert called == title
    assert ("Nothing is to be done" in note, "1231" in note) == (language is Language.EN, True)


def test_its_key_goes_and_which_one_counts_stands_there() -> None:
    assert without_key(f"Revoke [{KEY}]", KEY, "#12", Language.EN) == "Revoke (the same as #12)"
