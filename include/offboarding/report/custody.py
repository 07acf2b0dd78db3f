"""What a night knows of keys that several people may hold: how many are trusted, and of how many anybody is known."""

from collections.abc import Iterator

from offboarding.model import SubjectKind, counted, first_few
from offboarding.report.wording import COMMAND, flowing, labelled, moment
from offboarding.store.reading import Night
from offboarding.store.reading.key_views import KeysThen

_MOST_NAMED = 5
_NOUNS = {SubjectKind.SIGNING_KEY: "signing key", SubjectKind.SHARED_SECRET: "shared secret"}


def keys(night: Night, zone: str) -> Iterator[str]:
    """Yield what the register leaves open. An empty one never looks clean: what nobody is named for is NOT CHECKED."""
    lines = [*map(_counted, night.keys), *_unseen(night)]
    if any(then.unchecked for then in night.keys):
        lines.append(f"who may hold them: {COMMAND} custody suggest")
    yield from labelled("Keys", [*lines, *_attested(night, zone)])


def _counted(then: KeysThen) -> str:
    noun = counted(then.trusted, _NOUNS[SubjectKind(then.kind)])
    otherwise = then.trusted - then.with_custodians - then.unchecked
    known = f", {otherwise} that can't leave or are otherwise known" if otherwise > 0 else ""
    return f"{noun} trusted, {then.unchecked} NOT CHECKED, {then.with_custodians} with custodians{known}"


def _unseen(night: Night) -> Iterator[str]:
    if night.unseen:
        entries = counted(len(night.unseen), "entry", "entries")
        yield f"{entries} of the register that no source or verifier shows: {first_few(night.unseen, _MOST_NAMED)}"


def _attested(night: Night, zone: str) -> list[str]:
    parts = [
        f"{each.name} {'ended' if each.until <= night.run.as_of else 'ends'} {moment(each.until, zone)}"
        for each in night.attested[:_MOST_NAMED]
    ]
    more = len(night.attested) - _MOST_NAMED
    parts += [f"{more} more"] if more > 0 else []
    if not parts:
        return []
    return [*flowing(["a person's word that it's dead: " + parts[0], *parts[1:]]), f"look again: {COMMAND} attest KEY"]
