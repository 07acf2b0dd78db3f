"""What somebody typed, and where it leads. It's kept nowhere, and no log has it; whom it showed with names is."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from offboarding.model.keys import short_finding
from offboarding.report.pages import Onlooker
from offboarding.report.wording import SUBJECTS, worker
from offboarding.store import looks, reading
from offboarding.store.connect import Session
from offboarding.store.looks import LookKind
from offboarding.store.reading.searching import ThingFound, search

LONGEST = 500
MOST = 50
"""Of each sort."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """Something that is called so, and what it leads to; "" where it leads nowhere."""

    what: str
    worker: str = ""
    material: str = ""
    finding: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """All that the page shows."""

    named: bool
    typed: str
    """"" before anything was."""
    says: str
    """Why nothing was looked for; else ""."""
    hits: tuple[Lead, ...]


def search_page(session: Session, typed: str, onlooker: Onlooker) -> Searched:
    """What is called exactly so; a finding by the beginning of its key.

    Where names may be seen each person that it leads to is a look, written down ahead.
    """
    word = typed.strip()
    if len(word) > LONGEST or not word.isprintable():
        says = f"Type one id, of no more than {LONGEST} characters that can be printed."
        return Searched(named=onlooker.named, typed="", says=says, hits=())
    hits = tuple(dict.fromkeys(_hits(session, word, onlooker))) if word else ()
    return Searched(named=onlooker.named, typed=word, says="", hits=hits)


def _hits(session: Session, word: str, onlooker: Onlooker) -> Iterator[Lead]:
    folded = unicodedata.normalize("NFKC", word).casefold()
    found = search(session, word, folded=folded, named=onlooker.named, most=MOST)
    shown = dict.fromkeys(each.person_uid for each in (*found.people, *found.things) if each.person_uid)
    for person_uid in shown if onlooker.named else ():
        looks.note(session, viewer=onlooker.name, kind=LookKind.WORKER, subject=person_uid, named=True)
    for person in found.people:
        called = worker(person.id_space, person.worker_id)
        yield Lead(what="a person", worker=called)
    yield from (_thing(each, onlooker) for each in found.things)
    yield from (Lead(what="a key that several may hold", material=material) for material in found.materials)
    for key in reading.finding_keys(session, word):
        yield Lead(what="a finding", finding=short_finding(key))
    for each in reading.findings(session, subject=word, most=MOST):
        yield Lead(what=f"a finding about it: {each.rule}, {each.state}", finding=short_finding(each.finding_key))


def _thing(each: ThingFound, onlooker: Onlooker) -> Lead:
    label = f", {each.label}" if onlooker.named and each.label != each.native_id else ""
    account = f"{each.source} account {each.native_id}{label}"
    what = f"{SUBJECTS[each.kind]} {each.thing} on {account}" if each.thing else account
    gone = ", gone" if each.gone else ""
    whose = f", {each.decision}" if each.worker_id else ", nobody's"
    return Lead(what=f"{what}{gone}{whose}", worker=worker(each.id_space, each.worker_id) if each.worker_id else "")
