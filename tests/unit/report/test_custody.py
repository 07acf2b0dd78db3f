"""What the night says of keys: an empty register never looks clean."""

from dataclasses import replace
from datetime import timedelta

from offboarding.model import ReadStatus
from offboarding.report import night
from offboarding.store.reading.key_views import AttestationThen, KeysThen
from offboarding.store.reading.nights import Night
from offboarding.store.reading.reads import PartView
from tests.support.red import why_red
from tests.unit.report.test_night import AS_OF, AWS, ZONE, told

SIGNING = KeysThen(kind="signing_key", trusted=14, with_custodians=3, unchecked=9)


def keys(seen: Night) -> list[str]:
    """The lines beside Keys."""
    lines = night.render(seen, ZONE).splitlines()
    start = next((at for at, line in enumerate(lines) if line.startswith("Keys")), None)
    if start is None:
        return []
    below = lines[start + 1 :]
    end = next(at for at, line in enumerate(below) if line[:11].strip())
    told_lines: list[str] = []
    for line in (lines[start], *below[:end]):
        if line.startswith(" " * 14):
            told_lines[-1] += f" {line.strip()}"
        else:
            told_lines.append(line[12:])
    return told_lines


def test_a_night_without_keys_says_nothing_of_them() -> None:
    assert keys(told()) == []


def test_what_nobody_is_named_for_is_not_checked() -> None:
    secrets = KeysThen(kind="shared_secret", trusted=1, with_custodians=0, unchecked=1)

    assert keys(told(keys=(SIGNING, secrets))) == [
        "14 signing keys trusted, 9 NOT CHECKED, 3 with custodians, 2 that can't leave or are otherwise known",
        "1 shared secret trusted, 1 NOT CHECKED, 0 with custodians",
        "who may hold them: python -m offboarding custody suggest",
    ]


def test_where_everybody_is_known_nothing_is_suggested() -> None:
    known = KeysThen(kind="signing_key", trusted=3, with_custodians=3, unchecked=0)

    assert keys(told(keys=(known,))) == ["3 signing keys trusted, 0 NOT CHECKED, 3 with custodians"]


def test_entries_that_nothing_shows_are_named_and_counted() -> None:
    seen = told(unseen=("a", "b", "c", "d", "e", "f"))

    assert keys(seen) == ["6 entries of the register that no source or verifier shows: a, b, c, d, e and 1 more"]
    assert why_red(seen) == ()


def test_words_that_end_are_told_with_what_to_do() -> None:
    ending = (
        AttestationThen(name="hook", until=AS_OF - timedelta(days=1)),
        AttestationThen(name="shop", until=AS_OF + timedelta(days=5)),
    )

    assert keys(told(attested=ending)) == [
        "a person's word that it's dead: hook ended 2026-11-24 01:30 KST",
        "shop ends 2026-11-30 01:30 KST",
        "look again: python -m offboarding attest KEY",
    ]


def test_a_reader_of_keys_is_told_by_its_keys() -> None:
    part = replace(AWS, name="login", part="", tells="keys", accounts=0, keys=2)
    trail = replace(AWS, name="trail", part="", tells="events", accounts=0, events=1_234)

    screen = night.render(told(rosters=(), parts=(part, trail)), ZONE)

    assert "login 2 keys (complete) · trail 1,234 events (complete)" in screen


def screen(*parts: PartView) -> str:
    return night.render(told(parts=parts), ZONE)


def test_where_nothing_tells_of_keys_they_are_said_to_be_not_checked() -> None:
    unread = "signing keys and shared secrets: no verifier or source of keys is configured"
    login = replace(AWS, name="login", part="", tells="keys")
    not_begun = replace(AWS, name="login", part="", tells="", status=ReadStatus.FAILED)

    assert unread in screen(AWS)
    assert why_red(told(parts=(AWS,))) == ()
    assert unread not in screen(AWS, login)
    assert unread not in screen(AWS, not_begun), "what never began may be one that tells of keys"
    assert unread not in screen(), "a release reads nothing"
