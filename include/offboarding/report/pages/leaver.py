"""One person on a page: what of theirs was there, what became of it and when, and why each account is theirs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from offboarding.model import Relation, Standing, SubjectKind, counted
from offboarding.model.errors import FatalError
from offboarding.report.pages import AskedInVainError, Onlooker
from offboarding.report.pages.rows import STANDINGS, FindingRow, claim_line, credential_line, row
from offboarding.report.pages.timeline import Happening, Matter, happenings
from offboarding.report.person import departure_line, employment_line, left_when, record_line, unnamed_record_line
from offboarding.report.wording import SUBJECTS, moment, shortened, thing, worker, zoned
from offboarding.store import looks, reading
from offboarding.store.connect import Session
from offboarding.store.looks import LookKind
from offboarding.store.reading import LinkView, PersonView
from offboarding.store.reading.exposure import Exposure, exposure
from offboarding.store.reading.holder_views import HolderQuery
from offboarding.store.reading.link_views import claims
from offboarding.store.reading.timelines import CredentialSeen, SameKey, Timeline, timeline
from offboarding.store.reading.workers import WorkerFound
from offboarding.store.runs import last_finished_night

MOST = 200
"""Of each sort of what happened, and of findings."""
MOST_ACCOUNTS = 50
_LONGEST = 200
"""Of what is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSection:
    """An account that is theirs, or may be."""

    source: str
    native_id: str
    label: str
    """"" where names may not be seen."""
    standing: str
    link: str
    """Since when it's theirs, and how sure that is."""
    why: tuple[str, ...]
    rivals: tuple[str, ...]
    """Everybody else that it may belong to."""
    credentials: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSecret:
    """A key or secret that they may know."""

    remedy: str
    grade: str
    standing: str
    what: str
    material: str
    """Of a key, by which its own page is found; else ""."""
    where: str
    last_used: str
    why: tuple[str, ...]
    """Nothing where names may not be seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaverPage:
    """All that the page shows."""

    worker: str
    names: tuple[str, ...]
    """Nothing where they may not be seen."""
    named: bool
    records: tuple[str, ...]
    gone: tuple[str, ...]
    """How their departure stands, and stood; nothing where they never left."""
    rows: tuple[FindingRow, ...]
    happened: tuple[Happening, ...]
    cut: bool
    """There is more than is shown."""
    accounts: tuple[AccountSection, ...]
    accounts_more: int
    secrets: tuple[KnownSecret, ...]
    secrets_at: str
    """By which night they are known; "" where none has ended."""


def called(session: Session, word: str) -> WorkerFound:
    """Who is meant. Raises AskedInVainError where it's nobody, or several."""
    if len(word) > _LONGEST or not word.isprintable():
        raise AskedInVainError("That is no worker id.")
    try:
        return reading.worker_called(session, word)
    except FatalError as error:
        raise AskedInVainError(str(error)) from error


def leaver(session: Session, word: str, onlooker: Onlooker) -> LeaverPage:
    """All that there is to see of somebody; the look is written down ahead. Raises AskedInVainError as `called`."""
    found = called(session, word)
    looks.note(session, viewer=onlooker.name, kind=LookKind.WORKER, subject=found.person_uid, named=onlooker.named)
    person = reading.person_of(session, found)
    findings = reading.findings(session, person_uid=found.person_uid, most=MOST)
    seen = timeline(session, found.person_uid, most=MOST)
    matter = Matter(
        departures=person.departures, changes=seen.changes, told=seen.told, words=seen.words, findings=findings
    )
    secrets, at = _secrets(session, found, onlooker)
    links = person.links[:MOST_ACCOUNTS]
    return LeaverPage(
        worker=worker(found.id_space, found.worker_id),
        names=tuple(dict.fromkeys(each.name for each in person.records if each.name)) if onlooker.named else (),
        named=onlooker.named,
        records=tuple(_records(person, onlooker)),
        gone=tuple(
            (departure_line if onlooker.named else left_when)(each, onlooker.zone) for each in person.departures
        ),
        rows=tuple(row(each, onlooker.zone, onlooker.now) for each in findings),
        happened=tuple(happenings(matter, onlooker)),
        cut=any(len(each) == MOST for each in (findings, seen.changes, seen.told, seen.words)),
        accounts=tuple(_accounts(session, found, links, seen, onlooker)),
        accounts_more=len(person.links) - len(links),
        secrets=secrets,
        secrets_at=at,
    )


def _records(person: PersonView, onlooker: Onlooker) -> Iterator[str]:
    line = record_line if onlooker.named else unnamed_record_line
    yield from (line(record, onlooker.zone) for record in person.records)
    yield from map(employment_line, person.employments)


# --- accounts ---------------------------------------------------------------------------------------------------------


def _accounts(
    session: Session, found: WorkerFound, links: Sequence[LinkView], seen: Timeline, onlooker: Onlooker
) -> Iterator[AccountSection]:
    """Yield each, with what stands on it."""

    def on(link: LinkView, each: CredentialSeen | SameKey) -> bool:
        return (each.realm, each.account_native_id) == (link.realm, link.account_native_id)

    for link in links:
        rivals = [
            each for each in claims(session, link.realm, link.account_native_id) if each.person_uid != found.person_uid
        ]
        where = f"{link.source} {link.realm}" if link.realm.isdigit() else link.source
        yield AccountSection(
            source=where,
            native_id=link.account_native_id,
            label=link.account_label if onlooker.named else "",
            standing=STANDINGS[link.standing],
            link=_link(link, onlooker.zone),
            why=(
                tuple(zoned(text, onlooker.zone) for text in link.evidence)
                if onlooker.named
                else tuple(_same([each for each in seen.same if on(link, each)]))
            ),
            rivals=tuple(claim_line(each, onlooker.zone) for each in rivals),
            credentials=tuple(credential_line(each, onlooker) for each in seen.credentials if on(link, each)),
        )


def _link(link: LinkView, zone: str) -> str:
    relation = "" if link.relation in (None, Relation.IS) else f", {link.relation} it"
    since = f" since {moment(link.valid_from, zone)}" if link.valid_from else ""
    pieces = counted(len(link.evidence), "piece of evidence", "pieces of evidence")
    return f"{link.decision}{relation}{since}, score {(link.score or 0) / 100:.2f}, by {pieces}"


def _same(keys: Sequence[SameKey]) -> Iterator[str]:
    """Yield the kinds of what it bears and HR tells of them: that says which, and nobody's name."""
    for kind, several in groupby(keys, key=lambda key: key.kind):
        places = ", ".join(key.name for key in several if key.name)
        yield f"the same {kind.replace('_', ' ')} as HR's{f' ({places})' if places else ''}"


# --- what they may know -----------------------------------------------------------------------------------------------


def _secrets(session: Session, found: WorkerFound, onlooker: Onlooker) -> tuple[tuple[KnownSecret, ...], str]:
    night = last_finished_night(session)
    if night is None:
        return (), ""
    asked = HolderQuery(as_of=night.as_of, zone=onlooker.zone, reserved=onlooker.reserved)
    known = exposure(session, found.person_uid, asked, since=night.reads_since)
    return tuple(_secret(each, onlooker) for each in known), moment(night.as_of, onlooker.zone)


def _secret(each: Exposure, onlooker: Onlooker) -> KnownSecret:
    what = f"{SUBJECTS[each.kind]} {shortened(each.native_id)}"
    if onlooker.named:
        what = thing(each.kind, each.label, each.account_label)
    return KnownSecret(
        remedy=each.remedy.value,
        grade=each.grade.value,
        standing={**STANDINGS, Standing.DEAD: "refused"}[each.standing],
        what=what,
        material=each.native_id if each.kind in (SubjectKind.SIGNING_KEY, SubjectKind.SHARED_SECRET) else "",
        where=", ".join(each.sources),
        last_used=moment(each.last_used_at, onlooker.zone) if each.last_used_at else "",
        why=tuple(zoned(text, onlooker.zone) for text in each.why) if onlooker.named else (),
    )
