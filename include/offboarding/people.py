"""Whom a word stands for that a person typed: a worker id, a mail or a login."""

from include.offboarding.correlation.keys import KeyRules, mail, normal
from include.offboarding.model import KeyKind
from include.offboarding.store.connect import Session
from include.offboarding.store.departures import PersonCalled, persons_called


def called(session: Session, rules: KeyRules, word: str) -> PersonCalled | str:
    """The one person whom it stands for, else the sentence that says why not: it names the candidates."""
    found = list({person.person_uid: person for person in _standing_for(session, rules, word)}.values())
    if len(found) == 1:
        return found[0]
    if found:
        return f"{word!r} stands for {len(found)} people: {', '.join(map(str, found))}. Name one by its worker id."
    return f"{word!r} is nobody's worker id, mail or login. Has the roster been read since?"


def _standing_for(session: Session, rules: KeyRules, word: str) -> list[PersonCalled]:
    if "@" in word:
        return persons_called(session, KeyKind.MAIL, mail(word, rules)[0], None)
    space, colon, number = word.rpartition(":")
    numbered = persons_called(session, KeyKind.NUMBER, normal(number), normal(space) if colon else None)
    return numbered or persons_called(session, KeyKind.LOGIN, normal(word), None)
