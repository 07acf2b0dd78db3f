"""A company whose keys lie in a test's own hands: an HR feed, a directory, a login service, secrets and a trail.

Its nights are a day apart, and the real pipeline reads them into a real store. Kim (1042) leaves on the 13th; what a
test changes between two nights is what happened that day.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, LiteralString
from zoneinfo import ZoneInfo

from offboarding.config.policy import Policy
from offboarding.config.settings import Company, Settings
from offboarding.custody.register import Register
from offboarding.interfaces import RosterSettings, SourceSettings, Tells, VerifierSettings
from offboarding.model import (
    Account,
    AuditEvent,
    Credential,
    Fact,
    Key,
    KeyAccess,
    KeyCase,
    Membership,
    RequestCounts,
    ScopeRead,
    SubjectKind,
    Trust,
    UncustodiedCase,
    Worker,
)
from offboarding.model.errors import OffboardingError
from offboarding.runs import pipeline
from offboarding.store.cases import Looked
from offboarding.store.connect import Session
from offboarding.store.custody_rows import CustodianRow, RegisteredKeyRow
from offboarding.store.key_cases import key_cases
from offboarding.store.rows import Run
from tests.support.keys_read import ISSUER, whole
from tests.support.listed import FactSource
from tests.support.night import ListedRoster, rows_of
from tests.support.small_company import LEFT, WORKS, account, mail, number, worker

SEOUL = ZoneInfo("Asia/Seoul")
CLOUD, DIRECTORY = "111111111111", "d1"
KIM_LEFT_AT = datetime(2026, 11, 13, 15, tzinfo=UTC)
"""The end of the 13th in Seoul."""
FIRST_NIGHT = datetime(2026, 11, 9, 16, tzinfo=UTC)
KIM = worker("1042", WORKS, mail="kim@corp.example", logins=("kimm",), name="Kim Minjun")
KIM_GONE = worker("1042", LEFT, mail="kim@corp.example", logins=("kimm",), name="Kim Minjun")
LEE = worker("1043", WORKS, mail="lee@corp.example", logins=("leeh",), name="Lee Haneul")
KIM_ACCOUNT, LEE_ACCOUNT = account("kim", number("1042")), account("lee", number("1043"))
KIM_USER = account("AIDAKIM", mail("kim@corp.example"), realm=CLOUD)
LEE_USER = account("AIDALEE", mail("lee@corp.example"), realm=CLOUD)
BOTH = (SubjectKind.SIGNING_KEY, SubjectKind.SHARED_SECRET)


class Secrets(SourceSettings):
    """Where keys and secrets lie."""

    tells: ClassVar[Tells] = "keys"


class TrailSettings(SourceSettings):
    """What an audit trail recorded."""

    tells: ClassVar[Tells] = "events"


@dataclass
class _Given:
    """What a reader was given to tell."""

    facts: Sequence[Key | KeyAccess | AuditEvent] = ()
    scopes: list[ScopeRead] = field(default_factory=list[ScopeRead])
    error: OffboardingError | None = None
    requests: RequestCounts = field(default_factory=RequestCounts)

    def _told(self) -> Iterator[Fact]:
        if self.error:
            raise self.error
        yield from self.facts
        yield from self.scopes


@dataclass
class Keys(_Given):
    """A reader of keys that tells what it was given."""

    def collect(self) -> Iterator[Fact]:
        return self._told()


@dataclass
class Recorded(_Given):
    """An audit trail that tells what it was given."""

    def events(self, since: datetime | None) -> Iterator[Fact]:
        del since
        return self._told()


_callers = itertools.count(1)
_COMMON = {"connection": "none", "id_space": "hr", "login_realm": "corp"}


@dataclass(slots=True, kw_only=True)
class KeyCompany:
    """The company."""

    session: Session
    workers: list[Worker] = field(default_factory=lambda: [KIM, LEE])
    accounts: list[Account] = field(default_factory=lambda: [KIM_ACCOUNT, LEE_ACCOUNT])
    credentials: list[Credential] = field(default_factory=list[Credential])
    groups: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """Native id of a guarded group -> native ids of its members."""
    users: list[Account] = field(default_factory=lambda: [KIM_USER, LEE_USER])
    trusts: list[Trust] = field(default_factory=list[Trust])
    login: Keys = field(default_factory=lambda: Keys(scopes=[whole(ISSUER)]))
    secrets: Keys = field(default_factory=lambda: Keys(scopes=[whole(CLOUD, *BOTH)]))
    trail: Recorded = field(default_factory=lambda: Recorded(scopes=[ScopeRead(realm=CLOUD, scope="", kinds=())]))
    register: list[RegisteredKeyRow] = field(default_factory=list[RegisteredKeyRow])
    policy: dict[str, object] = field(default_factory=dict[str, object])
    as_of: datetime = FIRST_NIGHT - timedelta(days=1)
    run: Run | None = None
    failed: list[str] = field(default_factory=list[str])

    @property
    def settings(self) -> Settings:
        """The configuration."""
        rosters = (RosterSettings.model_validate(_ROSTER),)
        sources = (
            SourceSettings.model_validate({"name": "corp-ldap", "kind": "ldap", **_COMMON}),
            SourceSettings.model_validate({"name": "aws", "kind": "aws_iam", **_COMMON}),
            Secrets(name="secrets", kind="aws_secrets", connection="none", queue="cloud-team"),
            TrailSettings(name="trail", kind="aws_cloudtrail", connection="none"),
        )
        verifier = VerifierSettings(name="login", kind="jwks", queue="login-team")
        settings = Settings(
            company=Company(time_zone="Asia/Seoul", mail_domains=("corp.example",)),
            rosters=(),
            sources=(),
            policy=Policy.model_validate({"baseline": "ticket", "queue": "secops", **self.policy}),
        ).model_copy(update={"rosters": rosters, "sources": sources, "verifiers": (verifier,)})
        return settings.with_register(Register.model_validate(_file(self.register)))

    def night(self, *, days: float = 1) -> Run:
        """Read everything, and say whose it is."""
        self.as_of += timedelta(days=days)
        self.failed.clear()
        settings = self.settings
        run = pipeline.open_run(self.session, settings, caller=f"night {next(_callers)}", as_of=self.as_of)
        pipeline.read_roster(self.session, settings, run, settings.rosters[0], ListedRoster(self.workers))
        for source in settings.readers:
            try:
                pipeline.collect(self.session, settings, run, source, "", self._reader(source.name))
            except OffboardingError as error:
                self.failed.append(str(error))
        pipeline.correlate(self.session, settings, run)
        self.run = run
        return run

    def judged(self, *, days: float = 1) -> Run:
        """A night with what the rules say of it, let through by the guard."""
        run = self.night(days=days)
        pipeline.evaluate(self.session, self.settings, run)
        pipeline.guard(self.session, self.settings, run)
        return run

    def findings(self, *columns: LiteralString) -> list[tuple[Any, ...]]:
        """Of keys, by rule and worker; what else is wrong with leavers' accounts left out."""
        told = ", ".join(columns)
        return rows_of(
            self.session,
            f"select f.rule, {told} from finding f left join person p using (person_uid)"  # noqa: S608 - a test's own columns
            " where f.subject_kind in ('signing_key', 'shared_secret', 'source') and f.rule <> 'orphan-account'"
            " order by f.rule, p.worker_id, f.subject_native_id",
        )

    def until(self, as_of: datetime) -> Run:
        """The one night of this moment."""
        return self.night(days=(as_of - self.as_of) / timedelta(days=1))

    def cases(self, *, persons: list[str] | None = None) -> list[KeyCase | UncustodiedCase]:
        """What the rules are to look at."""
        assert self.run is not None
        looked = Looked(
            as_of=self.run.as_of,
            since=self.run.reads_since,
            moved_days=30,
            persons=persons,
            zone="Asia/Seoul",
            reserved=("admin", "deploy"),
        )
        with self.session.transaction():
            return list(key_cases(self.session, looked))

    def held(self) -> dict[str, KeyCase]:
        """Keys that leavers may have held, by material."""
        return {case.material: case for case in self.cases() if isinstance(case, KeyCase)}

    def _reader(self, name: str) -> FactSource | Keys | Recorded:
        if name == "corp-ldap":
            members = [
                Membership(
                    realm=DIRECTORY, group_native_id=group, group_label=f"cn={group},dc=corp", account_native_id=who
                )
                for group, several in self.groups.items()
                for who in several
            ]
            end = ScopeRead(
                realm=DIRECTORY,
                scope="",
                kinds=(SubjectKind.ACCOUNT, SubjectKind.SSH_KEY),
                groups=tuple(self.groups),
            )
            return FactSource(inventory=(*self.accounts, *self.credentials, *members, end))
        if name == "aws":
            end = ScopeRead(realm=CLOUD, scope="", kinds=(SubjectKind.ACCOUNT, SubjectKind.ROLE))
            return FactSource(inventory=(*self.users, *self.trusts, end))
        return {"login": self.login, "secrets": self.secrets, "trail": self.trail}[name]


def _file(rows: list[RegisteredKeyRow]) -> dict[str, object]:
    """The register as somebody writes it."""
    teams = {each.team: [_worker(each)] for row in rows for each in row.custodians if each.team}
    return {"teams": teams, "keys": [_entry(row) for row in rows]}


def _entry(row: RegisteredKeyRow) -> dict[str, object]:
    places = [
        {"source" if reader == "secrets" else "verifier": reader, "id": place} if reader else {"material": place}
        for reader, place in row.places
    ]
    told = {
        name: getattr(row, name) for name in ("name", "kind", "carryable", "signs_for", "owner", "queue", "threshold")
    }
    return {
        **told,
        "places": places,
        "because": row.carryable_reason,
        "custodians": [_custodian(c) for c in row.custodians],
    }


def _custodian(row: CustodianRow) -> dict[str, object]:
    if row.team:
        return {"team": row.team}
    if row.kind == "worker":
        return _worker(row)
    holder = {"source": row.space, "name": row.holder} if row.kind == "group" else row.holder
    return {row.kind: holder, **_days(row)}


def _worker(row: CustodianRow) -> dict[str, object]:
    return {"worker": f"{row.space}:{row.holder}", **_days(row)}


def _days(row: CustodianRow) -> dict[str, object]:
    since = row.since and row.since.astimezone(SEOUL).date()
    until = row.until and (row.until - timedelta(seconds=1)).astimezone(SEOUL).date()
    return {name: day for name, day in (("since", since), ("until", until)) if day}


_ROSTER = {"name": "hr", "kind": "csv", "coverage": "full", "id_space": "hr", "login_realm": "corp"}
