"""What a message may say, and what is refused without repeating any of it."""

import json

import pytest

from offboarding.runs.messages import MOST_IDS, MessageRefusedError, Named, read

SECRET = "kim@corp.example was dismissed"


@pytest.mark.parametrize(
    ("told", "people", "notices"),
    [
        ({"people": ["hr:10442"]}, ("hr:10442",), ()),
        ({"notices": ["n-4f2a91"]}, (), ("n-4f2a91",)),
        ({"people": ["10442", "E-77/2", "10442"], "notices": []}, ("10442", "E-77/2"), ()),
    ],
)
def test_ids_are_taken(told: object, people: tuple[str, ...], notices: tuple[str, ...]) -> None:
    assert read(json.dumps(told)) == Named(people=people, notices=notices)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("", "no JSON"),
        (SECRET, "no JSON"),
        ("[]", "no JSON object"),
        ('"hr:10442"', "no JSON object"),
        ("{}", "names nobody"),
        ('{"people": []}', "names nobody"),
        ('{"people": "hr:10442"}', "people is no list"),
        ('{"people": [10442]}', "people, entry 1, is no worker id"),
        ('{"people": ["hr:10442", "kim@corp.example"]}', "people, entry 2, is no worker id"),
        ('{"people": ["Kim Minjun"]}', "people, entry 1, is no worker id"),
        ('{"people": [""]}', "people, entry 1, is no worker id"),
        ('{"notices": ["n-4F2A91"]}', "notices, entry 1, is no notice's id"),
        (json.dumps({"people": ["hr:10442"], "reason": SECRET}), "1 of its fields are unknown"),
        (json.dumps({"people": [str(each) for each in range(MOST_IDS + 1)]}), "more than 100 ids"),
        ('{"people": ["hr:1"], "people": null}', "a field stands in it twice"),
        ('{"people": ["hr:1042"], "people": ["hr:9999"]}', "a field stands in it twice"),
        ("[" * 200_000, "no JSON"),
        ("9" * 5_000, "no JSON"),
        ('{"people": ' + "9" * 5_000 + "}", "no JSON"),
        ('{"people": ["\\ud800"]}', "people, entry 1, is no worker id"),
        ('{"people": ["hr:10442\\u0000"]}', "people, entry 1, is no worker id"),
        ('{"people": ["hr:10442\\n"]}', "people, entry 1, is no worker id"),
        ('{"\\ud800": 1, "people": ["hr:10442"]}', "1 of its fields are unknown"),
        ('{"people": NaN}', "people is no list"),
    ],
)
def test_whatever_else_is_refused_and_not_repeated(body: str, why: str, record_property) -> None:
    record_property("hostile values", 1)
    with pytest.raises(MessageRefusedError) as caught:
        read(body)

    assert why in str(caught.value)
    assert not [word for word in ("kim", "Kim", "dismissed") if word in str(caught.value)]
