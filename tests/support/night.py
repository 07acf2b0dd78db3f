"""A company of the oracle's, read and correlated by the real pipeline in a real store, and told as a verdict."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from offboarding.config.policy import MaxInferred, Policy, Scores
from offboarding.config.settings import Company as CompanySettings
from offboarding.config.settings import Settings
from offboarding.interfaces import RosterSettings, SourceSettings
from offboarding.model import (
    CREDENTIAL_KINDS,
    AccountRef,
    Basis,
    Fact,
    IdentityKey,
    LeftOut,
    LinkDecision,
    Problem,
    Relation,
    RequestCounts,
    RosterSummary,
    ScopeRead,
    SubjectKind,
    Worker,
)
from offboarding.runs import pipeline
from offboarding.store.connect import Session
from offboarding.store.rows import Run
from tests.support import oracle
from tests.support.oracle.company import AccountId, WorkerKey
from tests.support.oracle.decisions import overall
from tests.support.oracle.values import plain
from tests.support.rows import note_all

SCORE_NAMES = {
    "number_tag": "tag_number",
    "number_loose": "loose_number",
    "login": "login_given",
    "login_linked": "login_realm",
    "login_guess": "login_usual",
    "late": "made_after_cap",
    "common_accounts": "bearers",
}
"""The oracle's words for scores, where the configuration has others."""


@dataclass(slots=True)
class ListedRoster:
    """A roster that gives the workers it was given."""

    workers: Sequence[Worker]
    problems: Sequence[Problem] = ()
    left_out: LeftOut = field(default_factory=LeftOut)
    summary: RosterSummary | None = None

    def read(self) -> Iterator[Worker]:
        yield from self.workers
        self.summary = RosterSummary(origin="a list", proved=True, dated_at=None, rows=len(self.workers))


@dataclass(frozen=True, slots=True)
class ListedSource:
    """A source that gives the accounts it was given, all of them or some."""

    read: oracle.SourceRead
    requests: RequestCounts = field(default_factory=RequestCounts)

    def collect(self) -> Iterator[Fact]:
        yield from (*self.read.accounts, *self.read.credentials)
        yield complete(self.read.realm, "")

    def collect_for(self, keys: Sequence[IdentityKey], known: Sequence[AccountRef]) -> Iterator[Fact]:
        wanted, theirs = {(key.kind, key.value) for key in keys}, {ref.native_id for ref in known}
        for each in self.read.accounts:
            if each.native_id in theirs or wanted & {(key.kind, plain(key.value)) for key in each.keys}:
                yield each
                yield ScopeRead(realm=each.realm, scope=each.native_id, kinds=(SubjectKind.ACCOUNT,))

    def detail(self, accounts: Sequence[AccountRef]) -> Iterator[Fact]:
        for ref in accounts:
            yield from (each for each in self.read.accounts if each.native_id == ref.native_id)
            yield from (each for each in self.read.credentials if each.account_native_id == ref.native_id)
            yield complete(self.read.realm, ref.native_id)


def complete(realm: str, scope: str) -> ScopeRead:
    return ScopeRead(realm=realm, scope=scope, kinds=(SubjectKind.ACCOUNT, *CREDENTIAL_KINDS))


def settings_of(company: oracle.Company, policy: Policy | None = None) -> Settings:
    """The configuration that says what the company says. Nothing bounds what may be inferred, unless `policy` does."""
    scores = {name: getattr(company.scores, name) for name in oracle.Scores.__dataclass_fields__}
    policy = policy or Policy(
        baseline="ticket",
        max_inferred=MaxInferred(absolute=10_000),
        min_roster_percent=0,
        scores=Scores(
            **{SCORE_NAMES.get(name, name): value for name, value in scores.items()}, tag_mail=scores["mail"]
        ),
    )
    return Settings(
        company=CompanySettings(
            time_zone=company.default_zone,
            mail_domains=company.mail_domains,
            mail_aliases=company.mail_aliases,
            login_patterns=company.login_patterns,
        ),
        rosters=tuple(roster_settings(roster) for roster in company.rosters),
        sources=tuple(source_settings(source) for source in company.sources),
        policy=policy,
    )


def roster_settings(roster: oracle.RosterRead) -> RosterSettings:
    return RosterSettings(
        name=roster.name,
        kind="csv",
        coverage=roster.coverage,
        id_space=roster.id_space,
        login_realm=roster.login_realm,
    )


def source_settings(source: oracle.SourceRead) -> SourceSettings:
    return SourceSettings(
        name=source.name,
        kind=source.kind,
        connection=source.name,
        id_space=source.id_space,
        login_realm=source.login_realm,
        number_format=source.number_format,
    )


def read_rosters(session: Session, settings: Settings, run: Run, rosters: Iterable[oracle.RosterRead]) -> None:
    for roster in rosters:
        pipeline.read_roster(session, settings, run, settings.roster(roster.name), ListedRoster(roster.workers))


def read_sources(session: Session, settings: Settings, run: Run, sources: Iterable[oracle.SourceRead]) -> None:
    for source in sources:
        pipeline.collect(session, settings, run, settings.source(source.name), "", ListedSource(source))


def spend_night(
    session: Session, company: oracle.Company, *, caller: str = "night", policy: Policy | None = None
) -> Run:
    """Earlier reads of rosters, each dated as it was, then the night itself. Decisions are made before correlation."""
    settings = settings_of(company, policy)
    for at in sorted({snapshot.observed_at for roster in company.rosters for snapshot in roster.earlier}):
        run = pipeline.open_run(session, settings, caller=f"{caller} {at}", as_of=at)
        read_rosters(session, settings, run, at_that_time(company.rosters, at))
    run = pipeline.open_run(session, settings, caller=caller, as_of=company.as_of)
    read_rosters(session, settings, run, company.rosters)
    read_sources(session, settings, run, company.sources)
    for ruling in company.rulings:
        rule(session, ruling)
    for number, notice in enumerate(company.notices):
        tell(session, notice, number)
    for word in company.words:
        settle(session, word)
    pipeline.correlate(session, settings, run)
    return run


def at_that_time(rosters: Iterable[oracle.RosterRead], at: datetime) -> list[oracle.RosterRead]:
    return [
        replace(roster, workers=snapshot.workers)
        for roster in rosters
        for snapshot in roster.earlier
        if snapshot.observed_at == at
    ]


def rule(session: Session, ruling: oracle.Ruling) -> None:
    """A person's decision: of several about one account and person the last stands."""
    person = person_called(session, ruling.id_space, ruling.worker_id)
    thing = (ruling.realm, ruling.native_id, person)
    session.execute(
        "update link_decision set revoked_at = now(), revoked_by = 'the next'"
        " where (realm, native_id, person_uid) = (%s, %s, %s) and revoked_at is null",
        thing,
    )
    session.execute(
        "insert into link_decision (realm, native_id, person_uid, verdict, reason, author)"
        " values (%s, %s, %s, %s, 'they said so', 'analyst')",
        (*thing, ruling.verb.value),
    )
    note_all(session)


def tell(session: Session, notice: oracle.Told, number: int) -> None:
    """A notice that stands."""
    person = person_called(session, notice.id_space, notice.worker_id)
    session.execute(
        "insert into notice (notice_id, person_uid, left_at, zone, reason, author, warn_at)"
        " values (%s, %s, %s, %s, 'they said so', 'analyst', now())",
        (f"n-{number:06x}", person, notice.left_at, notice.zone),
    )
    note_all(session)


def settle(session: Session, word: oracle.Word) -> None:
    """A person's word on an end that HR leaves open; a denial counts for long."""
    person = person_called(session, word.id_space, word.worker_id)
    session.execute(
        "insert into departure_word (person_uid, basis, left_at, verdict, reason, author, until)"
        " values (%s, %s, %s, %s, 'they said so', 'analyst', 'infinity')",
        (person, word.basis.value, word.left_at, "confirm" if word.confirms else "deny"),
    )
    note_all(session)


def person_called(session: Session, id_space: str, worker_id: str) -> UUID:
    """Whose number it is, or else whose it was; before two that turn out to be one are merged, one of them."""
    ((person,),) = rows_of(
        session,
        "select w.person_uid from worker w join worker_key k using (worker_pk)"
        " where k.kind = 'number' and k.value = %s and k.space = %s order by k.origin, w.person_uid limit 1",
        plain(worker_id),
        id_space,
    )
    return person


def told(session: Session, company: oracle.Company) -> oracle.Verdict:
    """What stands in the store, in the oracle's words."""
    people = persons(session)
    left, back = departures(session)
    return oracle.Verdict(
        persons=frozenset(people.values()),
        possibly_one=possibly_one(session, people),
        departures={person: left.get(uid) for uid, person in people.items()},
        returned=frozenset(people[uid] for uid in back),
        accounts=accounts(session, company, people),
    )


def rows_of(session: Session, query: LiteralString, *values: object) -> list[tuple[Any, ...]]:
    """What a query gives, whose columns stand in it."""
    return session.execute(query, values).fetchall()


def persons(session: Session) -> dict[UUID, oracle.Person]:
    """By uid, every worker record that is theirs."""
    found: dict[UUID, set[WorkerKey]] = defaultdict(set)
    for uid, roster, worker_id in rows_of(session, "select person_uid, roster, worker_id from worker"):
        found[uid].add((roster, worker_id))
    return {uid: frozenset(workers) for uid, workers in found.items()}


def possibly_one(session: Session, people: dict[UUID, oracle.Person]) -> frozenset[frozenset[oracle.Person]]:
    """From the temporary table of the last correlation in this session."""
    pairs = rows_of(session, "select person_uid, other_uid from possibly_one")
    return frozenset(frozenset((people[one], people[other])) for one, other in pairs)


def departures(session: Session) -> tuple[dict[UUID, oracle.Leaving], set[UUID]]:
    """Leavers, and those who came back."""
    left: dict[UUID, oracle.Leaving] = {}
    back: set[UUID] = set()
    rows = rows_of(
        session,
        "select person_uid, returned, left_at, certain_at, basis, confirmed from departure where valid_to is null",
    )
    for uid, returned, left_at, certain_at, basis, confirmed in rows:
        if returned:
            back.add(uid)
        else:
            left[uid] = oracle.Leaving(left_at=left_at, certain_at=certain_at, basis=Basis(basis), confirmed=confirmed)
    return left, back


def accounts(
    session: Session, company: oracle.Company, people: dict[UUID, oracle.Person]
) -> dict[AccountId, oracle.AccountVerdict]:
    """Each account that was read, with the links that stand."""
    rows: dict[AccountId, set[oracle.Row]] = {
        (account.realm, account.native_id): set() for source in company.sources for account in source.accounts
    }
    links = rows_of(
        session,
        "select a.realm, a.native_id, l.person_uid, l.relation, l.decision, l.score, l.evidence"
        " from link l join account a using (account_pk) where l.valid_to is null",
    )
    for realm, native_id, uid, relation, decision, score, evidence in links:
        rows[realm, native_id].add(
            oracle.Row(
                person=people[uid],
                relation=Relation(relation),
                decision=LinkDecision(decision),
                score=score,
                because=tuple(evidence),
            )
        )
    return {
        key: oracle.AccountVerdict(decision=overall(frozenset(found)), rows=frozenset(found))
        for key, found in rows.items()
    }
