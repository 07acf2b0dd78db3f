"""Whom a word stands for that a person typed: a worker id, a mail or a login."""

from offboarding.identity.folding import normal
from offboarding.identity.keys import KeyRules, mail
from offboarding.model import IdentityKeyKind, first_few
from offboarding.model.errors import FatalError
from offboarding.model.naming import space_and_number
from offboarding.model.texts import is_blank
from offboarding.store.connect import Session
from offboarding.store.departures import PersonCalled, persons_called, space_of_roster

_MOST_NAMED = 10


def called(session: Session, rules: KeyRules, word: str) -> list[PersonCalled]:
    """Everyone whom it may stand for; what was typed is exact enough only where that is one."""
    return list({person.person_uid: person for person in _standing_for(session, rules, word.strip())}.values())


def one(session: Session, rules: KeyRules, word: str) -> PersonCalled:
    """The one person whom it stands for. Raises FatalError that names the candidates, and never the word itself."""
    found = called(session, rules, word)
    if len(found) == 1:
        return found[0]
    if not found:
        raise FatalError("That is nobody's worker id, mail or login: no roster has ever told of it.")
    raise FatalError(f"That stands for {_named(found)}")


def with_number(session: Session, word: str) -> list[PersonCalled]:
    """Everyone who bears a worker id, or bore it; with its id space before it, in that alone."""
    found = _numbered(session, *space_and_number(word))
    return list({person.person_uid: person for person in found}.values())


def doubt(line: int, found: list[PersonCalled]) -> str:
    """Why a line doesn't stand for one person, in a sentence that names the candidates.

    The word itself may be somebody's mail, and logs hold none: it's named by its line.
    """
    if not found:
        return f"Line {line} of people is nobody's worker id, mail or login: no roster has ever told of it."
    return f"Line {line} of people stands for {_named(found)}"


def _named(found: list[PersonCalled]) -> str:
    return f"{len(found)} people: {first_few(found, _MOST_NAMED)}. Name the one by worker id."


def _standing_for(session: Session, rules: KeyRules, word: str) -> list[PersonCalled]:
    """By a worker id in its space alone; else a word without one may be a worker id and somebody else's login."""
    space, number = space_and_number(word)
    found = _numbered(session, space, number)
    if space is not None and found:
        return found
    address, _ = mail(word, rules)
    found += persons_called(session, IdentityKeyKind.MAIL, address, None) if address else []
    return found + persons_called(session, IdentityKeyKind.LOGIN, normal(word), None)


def _numbered(session: Session, space: str | None, number: str) -> list[PersonCalled]:
    """By a worker id, its id space named by itself or by its only roster; by one that says nothing, nobody."""
    if is_blank(number):
        return []
    found = persons_called(session, IdentityKeyKind.NUMBER, normal(number), space)
    meant = space_of_roster(session, space) if space and not found else None
    return found if meant is None else persons_called(session, IdentityKeyKind.NUMBER, normal(number), meant)
