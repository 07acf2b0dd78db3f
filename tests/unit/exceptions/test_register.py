"""exceptions.yaml: what it may say, and each mistake by its path."""

from datetime import date
from pathlib import Path

import pytest

from offboarding.model.errors import ConfigError
from offboarding.waivers.across import WaiverContext, mistakes, warnings
from offboarding.waivers.reading import read
from offboarding.waivers.register import Exceptions

TODAY = date(2026, 11, 25)
KNOWN = WaiverContext(
    id_spaces={"hr": "hr", "vendor": "vendor"},
    rosters=["hr"],
    readers=["aws", "corp-ldap"],
    queue=False,
    rules=["leaver-access-key", "leaver-ssh-key", "used-after-departure"],
    max_days=180,
    today=TODAY,
)
SAID = "reason: known\n    approver: Soyeon\n    expires: 2026-12-15"


def exceptions(tmp_path: Path, entry: str, kind: str = "exceptions") -> tuple[Exceptions | None, list[str]]:
    path = tmp_path / "exceptions.yaml"
    path.write_text(f"{kind}:\n  - {entry}\n    {SAID}\n", encoding="utf-8")
    told, found = read(path, named=True)
    across = list(mistakes(told, KNOWN)) if told else []
    return told, [str(mistake) for mistake in (*found, *across)]


@pytest.mark.parametrize(
    "entry",
    [
        "finding: f-7c31a0b2",
        "finding: 7C31A0B2",
        "worker: hr:10442",
        "{source: aws, account: AIDAEXAMPLE}".strip("{}").replace(", ", "\n    "),
        "rule: leaver-ssh-key\n    worker: hr:10442",
    ],
)
def test_takes_what_is_bounded(tmp_path: Path, entry: str) -> None:
    told, found = exceptions(tmp_path, entry)

    assert found == []
    assert told is not None
    assert len(told.exceptions) == 1


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ("rule: leaver-ssh-key", "names nothing that bounds it"),
        ("source: aws", "names nothing that bounds it"),
        ("rule: leaver-ssh-key\n    source: corp-ldap", "names nothing that bounds it"),
        ("account: AIDA", "account needs its source"),
        ("worker: '*'", "would stand for everything"),
        ("worker: '%'", "would stand for everything"),
        ("finding: f-7c31", "is no finding's key, such as f-7c31a0b2"),
        ("rule: used-after-departure\n    worker: hr:10442", "can't be excepted: what happened is judged one by one"),
        ("worker: '10442'", "'10442' may be several people's. Say which: hr:10442, vendor:10442"),
        ("worker: hrr:10442", "no roster has the id_space 'hrr'. Did you mean hr?"),
        ("worker: 'hr:'", "'hr:' names no worker id"),
        ("source: awss\n    account: A", "no source or verifier is named 'awss'. Did you mean aws?"),
        ("rule: leaver-acess-key\n    worker: hr:10442", "no rule is named 'leaver-acess-key'"),
        ("finding: f-7c31a0b2\n    wrker: x", "wrker is unknown"),
    ],
)
def test_names_each_mistake(tmp_path: Path, entry: str, sentence: str) -> None:
    _, found = exceptions(tmp_path, entry)

    assert len(found) == 1
    assert sentence in found[0]
    assert found[0].startswith("exceptions[0]")


UNSEEN = ["\\u200b", "\\u00ad", "\\ufe0f", "\\U000e0041", "\\u200b \\ufeff", "\\u3164"]


@pytest.mark.parametrize("unseen", UNSEEN)
@pytest.mark.parametrize(
    "entry",
    [
        'worker: "hr:{}"',
        'worker: "{}"',
        'account: "{}"\n    source: aws',
        'worker: hr:10442\n    source: "{}"',
        'worker: hr:10442\n    rule: "{}"',
        'finding: "{}"',
    ],
)
def test_what_nobody_sees_names_nothing(tmp_path: Path, entry: str, unseen: str) -> None:
    _, found = exceptions(tmp_path, entry.format(unseen))

    assert found
    assert all(each.startswith("exceptions[0]") for each in found)


@pytest.mark.parametrize("unseen", UNSEEN)
@pytest.mark.parametrize(
    "entry", ['source: aws\n    part: "{}"', 'source: "{}"', 'roster: "{}"', 'source: aws\n    part: " "']
)
def test_a_gap_that_nobody_sees_is_none(tmp_path: Path, entry: str, unseen: str) -> None:
    _, found = exceptions(tmp_path, entry.format(unseen), "acknowledgements")

    assert found


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ("part: '1'", "names one of source, roster, finding and queue"),
        ("source: aws\n    roster: hr", "names one of source, roster, finding and queue (got source and roster)"),
        ("queue: departures", "departures come by no queue: the configuration has no messages"),
        ("queue: secops", "queue: "),
        ("roster: hrr", "no roster is named 'hrr'"),
        ("source: awss", "no source or verifier is named 'awss'"),
    ],
)
def test_an_acknowledgement_names_one_gap(tmp_path: Path, entry: str, sentence: str) -> None:
    _, found = exceptions(tmp_path, entry, "acknowledgements")

    assert len(found) == 1
    assert sentence in found[0]


@pytest.mark.parametrize(
    ("kind", "days", "good"),
    [
        ("exceptions", 180, True),
        ("exceptions", 181, False),
        ("acknowledgements", 30, True),
        ("acknowledgements", 31, False),
    ],
)
def test_nothing_stands_for_longer_than_it_may(kind: str, days: int, *, good: bool) -> None:
    expires = date.fromordinal(TODAY.toordinal() + days)
    entry = {"reason": "r", "approver": "a", "expires": expires}
    own = {"finding": "f-7c31a0b2"} if kind == "exceptions" else {"source": "aws"}

    told = Exceptions.model_validate({kind: [{**entry, **own}]})

    assert (list(mistakes(told, KNOWN)) == []) is good


def test_what_ended_and_what_ends_soon_is_told() -> None:
    told = Exceptions.model_validate(
        {
            "exceptions": [
                {"finding": "f-7c31a0b2", "reason": "r", "approver": "a", "expires": day}
                for day in ("2026-11-24", "2026-11-25", "2026-12-02", "2026-12-03")
            ]
        }
    )

    assert [text.split(":")[0] for text in warnings(told, TODAY)] == ["exceptions[0]", "exceptions[1]", "exceptions[2]"]


@pytest.mark.parametrize("missing", ["reason", "approver", "expires"])
def test_each_entry_says_why_who_and_until_when(missing: str) -> None:
    entry = {"finding": "f-7c31a0b2", "reason": "r", "approver": "a", "expires": "2026-12-01"}
    del entry[missing]

    with pytest.raises(ValueError, match=missing):
        Exceptions.model_validate({"exceptions": [entry]})


def test_a_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    assert read(tmp_path / "none.yaml", named=False) == (Exceptions(), [])
    with pytest.raises(ConfigError, match=r"none\.yaml: can't be read"):
        read(tmp_path / "none.yaml", named=True)


def test_the_committed_file_lets_nothing_stand() -> None:
    told, found = read(Path(__file__).parents[3] / "include" / "exceptions.yaml", named=True)

    assert (told, found) == (Exceptions(), [])
