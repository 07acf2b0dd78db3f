"""A company of a handful of people, whose feeds and systems lie in a test's own hands; the store and tracker are real.

Its nights are a day apart. Whatever a test changes between two of them is what happened that day.
"""

import itertools
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from offboarding.config.policy import Policy
from offboarding.config.settings import Company, Settings
from offboarding.guard import releasing
from offboarding.guard.limits import Guard
from offboarding.interfaces import Found, Roster, RosterSettings, Source, SourceSettings, Tracker, TrackerSettings
from offboarding.model import (
    CREDENTIAL_KINDS,
    Account,
    AccountRef,
    Coverage,
    Credential,
    Effect,
    Fact,
    Gap,
    IdentityKey,
    LeftOut,
    Problem,
    RequestCounts,
    RosterSummary,
    ScopeRead,
    Standing,
    SubjectKind,
    TicketDraft,
    TicketRef,
    TicketState,
    Trust,
    Worker,
)
from offboarding.model.errors import OffboardingError
from offboarding.report.texts.own import OwnTemplates
from offboarding.sources.aws.iam import Settings as AwsSettings
from offboarding.store import guard
from offboarding.store.connect import Session
from offboarding.store.guard import Hold
from offboarding.store.rows import Run
from offboarding.waivers.register import Exceptions
from tests.support.small_company import NIGHT, account
from tests.support.whole_night import OUTCOMES, NightTold, Readers, whole_night

DIRECTORY = "7a1e0f6c-directory"
CLOUD, OTHER_CLOUD = "111111111111", "222222222222"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
KINDS = (SubjectKind.ACCOUNT, *CREDENTIAL_KINDS)


@dataclass(slots=True, kw_only=True)
class Feed:
    """A roster that lists whom it holds."""

    workers: list[Worker] = field(default_factory=list[Worker])
    problems: Sequence[Problem] = ()
    left_out: LeftOut = field(default_factory=LeftOut)
    error: OffboardingError | None = None
    summary: RosterSummary | None = None

    def read(self) -> Iterator[Worker]:
        """To its end, unless it has an error."""
        if self.error:
            raise self.error
        yield from self.workers
        self.summary = RosterSummary(origin="a list", proved=True, dated_at=None, rows=len(self.workers))

    def change(self, worker_id: str, **changes: Any) -> None:
        """What HR tells of a worker."""
        self.workers = [replace(each, **changes) if each.worker_id == worker_id else each for each in self.workers]


@dataclass(slots=True, kw_only=True)
class System:
    """A source that holds accounts and credentials."""

    realm: str
    accounts: list[Account] = field(default_factory=list[Account])
    credentials: list[Credential] = field(default_factory=list[Credential])
    error: OffboardingError | None = None
    """Of the whole read."""
    trusts: list[Trust] = field(default_factory=list[Trust])
    """Of its roles."""
    tells_roots: bool = True
    """Whether it may be asked for root users."""
    shows_accounts: bool = True
    """Whether a look at one that is there tells the account too, as a directory does, and not what it holds alone; AWS
    tells known accounts again where some people's are asked for."""
    lists_credentials: bool = False
    """Whether its inventory holds credentials, as a directory's does."""
    left_out: tuple[str, ...] = ()
    """How the native ids begin of what its settings leave out of every look."""
    lacks: Sequence[str] = ()
    """What its inventory can't be asked, beside its accounts, which it lists all the same."""
    denied: str = ""
    """A right that is missing for looking at single accounts."""
    look_error: OffboardingError | None = None
    """Of looking at single accounts at all."""
    looked_at: list[str] = field(default_factory=list[str])
    """Native ids that somebody had a look at, one after the other."""
    requests: RequestCounts = field(default_factory=RequestCounts)

    def collect(self) -> Iterator[Fact]:
        """The accounts and roles alone: credentials take a look at each, unless they are listed."""
        if self.error:
            raise self.error
        yield from self._accounts()
        yield from self.trusts
        kinds = (SubjectKind.ACCOUNT, SubjectKind.ROLE, *self._roots())
        if self.lists_credentials:
            there = {each.native_id for each in self._accounts()}
            yield from (each for each in self.credentials if each.account_native_id in there)
            kinds = (*kinds, *CREDENTIAL_KINDS)
        yield from (Gap(realm=self.realm, text=text, red=True) for text in self.lacks)
        yield ScopeRead(realm=self.realm, scope="", kinds=kinds, left_out=self.left_out)

    def collect_for(self, keys: Sequence[IdentityKey], known: Sequence[AccountRef]) -> Iterator[Fact]:
        """The accounts that bear one of these keys; those known already are told here or by `detail`."""
        if self.error:
            raise self.error
        yield ScopeRead(realm=self.realm, scope="", kinds=())
        wanted, theirs = {(key.kind, key.raw.casefold()) for key in keys}, {ref.native_id for ref in known}
        for each in self._accounts():
            is_known = each.native_id in theirs
            bears = wanted & {(key.kind, key.value.casefold()) for key in each.keys}
            if (not self.shows_accounts) if is_known else bears:
                yield each
                yield ScopeRead(realm=self.realm, scope=each.native_id, kinds=(each.kind,))

    def detail(self, accounts: Sequence[AccountRef]) -> Iterator[Fact]:
        """Everything about these, live."""
        if self.look_error:
            raise self.look_error
        self.looked_at += [ref.native_id for ref in accounts]
        for ref in accounts:
            if self.left_out and ref.native_id.startswith(self.left_out):
                yield ScopeRead(realm=self.realm, scope=ref.native_id, kinds=KINDS, error="switched off")
                continue
            found = [each for each in self._accounts() if each.native_id == ref.native_id]
            yield from found if self.shows_accounts else ()
            if self.denied:
                yield ScopeRead(realm=self.realm, scope=ref.native_id, kinds=CREDENTIAL_KINDS, error=self.denied)
                continue
            yield from (each for each in self.credentials if each.account_native_id == ref.native_id)
            kinds = (*KINDS, *self._roots()) if self.shows_accounts or not found else CREDENTIAL_KINDS
            yield ScopeRead(realm=self.realm, scope=ref.native_id, kinds=kinds)

    def _accounts(self) -> Iterator[Account]:
        shown = (each for each in self.accounts if self.tells_roots or each.kind is SubjectKind.ACCOUNT)
        return (each for each in shown if not (self.left_out and each.native_id.startswith(self.left_out)))

    def _roots(self) -> tuple[SubjectKind, ...]:
        return (SubjectKind.ROOT_ACCOUNT,) if self.tells_roots else ()

    def change(self, native_id: str, **changes: Any) -> None:
        """An account or a credential, by its own id."""
        self.accounts = [replace(each, **changes) if each.native_id == native_id else each for each in self.accounts]
        self.credentials = [
            replace(each, **changes) if each.native_id == native_id else each for each in self.credentials
        ]

    def remove(self, native_id: str) -> None:
        """An account with its credentials, or a credential."""
        self.accounts = [each for each in self.accounts if each.native_id != native_id]
        self.credentials = [
            each for each in self.credentials if native_id not in (each.native_id, each.account_native_id)
        ]


def login(native_id: str, *keys: Any, **changes: Any) -> Account:
    """A directory's account, whose password login works."""
    return replace(account(native_id, *keys, realm=DIRECTORY), label=f"uid={native_id},dc=corp", **changes)


def user(native_id: str, *keys: Any, realm: str = CLOUD, **changes: Any) -> Account:
    """An IAM user: no login of its own."""
    label = f"arn:aws:iam::{realm}:user/{native_id.lower()}"
    return replace(
        account(native_id, *keys, login=native_id.lower(), realm=realm), label=label, has_own_login=False, **changes
    )


def access_key(native_id: str, owner: Account, **changes: Any) -> Credential:
    """An active access key of a user's."""
    made = Credential(
        realm=owner.realm,
        account_native_id=owner.native_id,
        kind=SubjectKind.ACCESS_KEY,
        native_id=native_id,
        label=f"{native_id[:4]}...{native_id[-4:]}",
        standing=Standing.WORKS,
        standing_reason="Status Active (ListAccessKeys)",
        effect=Effect.FULL,
        created_at=LONG_AGO,
    )
    return replace(made, **changes)


def trusting(principal: Account, **changes: Any) -> Trust:
    """A role of the first AWS account that lets a user take it on."""
    made = Trust(
        realm=CLOUD,
        native_id="AROADEPLOY",
        label=f"arn:aws:iam::{CLOUD}:role/deploy",
        principal_realm=principal.realm,
        principal=principal.label,
        standing=Standing.WORKS,
        standing_reason="its trust policy names the user",
    )
    return replace(made, **changes)


def switched_off() -> dict[str, Any]:
    """What becomes of an access key that somebody made inactive."""
    return {
        "standing": Standing.DEAD,
        "standing_reason": "Status Inactive (ListAccessKeys)",
        "can_reactivate": True,
    }


def locked() -> dict[str, Any]:
    """What becomes of a login that an administrator locked."""
    return {"standing": Standing.DEAD, "standing_reason": "pwdAccountLockedTime 000001010000Z"}


class HeardTracker:
    """A tracker, and every call that changed something in it or might have."""

    def __init__(self, inner: Tracker) -> None:
        self.inner = inner
        self.calls: list[str] = []

    def find(self, key: str) -> Found:
        return self.inner.find(key)

    def open(self, draft: TicketDraft) -> TicketRef:
        self.calls.append("open")
        return self.inner.open(draft)

    def update(self, ref: TicketRef, draft: TicketDraft) -> None:
        self.calls.append("update")
        self.inner.update(ref, draft)

    def comment(self, ref: TicketRef, event_key: str, text: str) -> None:
        self.calls.append("comment")
        self.inner.comment(ref, event_key, text)

    def close(self, ref: TicketRef, text: str) -> None:
        self.calls.append("close")
        self.inner.close(ref, text)

    def reopen(self, ref: TicketRef, text: str) -> None:
        self.calls.append("reopen")
        self.inner.reopen(ref, text)

    def state(self, ref: TicketRef) -> TicketState:
        return self.inner.state(ref)


_callers = itertools.count(1)


@dataclass(slots=True, kw_only=True)
class Office:
    """The company. Its queue is its own, so that no two tests share a ticket."""

    session: Session
    tracker: HeardTracker
    queue: str = field(default_factory=lambda: f"q-{uuid.uuid4().hex[:12]}")
    hr: Feed = field(default_factory=Feed)
    vendors: Feed = field(default_factory=Feed)
    directory: System = field(default_factory=lambda: System(realm=DIRECTORY))
    clouds: dict[str, System] = field(default_factory=lambda: {CLOUD: System(realm=CLOUD)})
    as_of: datetime = NIGHT
    policy: dict[str, Any] = field(default_factory=dict[str, Any])
    guard: dict[str, Any] = field(default_factory=dict[str, Any])
    names: dict[str, str] = field(default_factory=dict[str, str])
    """What the configuration calls things, where it isn't hr, vendors, corp-ldap and aws."""
    account_queues: dict[str, str] = field(default_factory=dict[str, str])
    aliases: dict[str, str] = field(default_factory=dict[str, str])
    """Mail domains that mean another."""
    let_stand: dict[str, Any] = field(default_factory=dict[str, Any])
    """What exceptions.yaml says."""
    templates: OwnTemplates = field(default_factory=OwnTemplates)
    """The company's own texts."""
    tracked: bool = True
    """Whether the configuration names a tracker."""

    @property
    def cloud(self) -> System:
        """The first AWS account."""
        return self.clouds[CLOUD]

    def called(self, name: str) -> str:
        """The name that the configuration has for it now."""
        return self.names.get(name, name)

    @property
    def settings(self) -> Settings:
        """The configuration as it is tonight."""
        rosters = (
            RosterSettings(
                name=self.called("hr"), kind="csv", coverage=Coverage.FULL, id_space="hr", login_realm="corp"
            ),
            RosterSettings(
                name=self.called("vendors"),
                kind="postgres",
                coverage=Coverage.ACTIVE,
                id_space="vendor",
                login_realm="corp",
            ),
        )
        common = {"connection": "none", "id_space": "hr", "login_realm": "corp"}
        sources = (
            SourceSettings.model_validate({"name": self.called("corp-ldap"), "kind": "ldap", **common}),
            AwsSettings.model_validate(
                {
                    "name": self.called("aws"),
                    "kind": "aws_iam",
                    "role_name": "Audit",
                    "accounts": list(self.clouds),
                    "account_queues": self.account_queues,
                    **common,
                }
            ),
        )
        return (
            Settings(
                company=Company(time_zone="Asia/Seoul", mail_domains=("corp.example",), mail_aliases=self.aliases),
                rosters=(),
                sources=(),
                policy=Policy.model_validate({"baseline": "ticket", "queue": self.queue, **self.policy}),
                guard=Guard.model_validate(self.guard),
            )
            .model_copy(
                update={
                    "rosters": rosters,
                    "sources": sources,
                    "trackers": (TrackerSettings(name="secops", kind="roundup", connection="none"),) * self.tracked,
                }
            )
            .with_exceptions(Exceptions.model_validate(self.let_stand))
            .with_templates(self.templates)
        )

    def readers(self) -> Readers:
        """The test's own hands."""
        return Readers(
            roster=lambda _, name, __: self._roster(name),
            source=lambda _, name, part, __: self._source(name, part),
            trackers=lambda _: {"secops": lambda: self.tracker} if self.tracked else {},
        )

    def night(self, *, days: int = 1) -> NightTold:
        """A night, so many days after the last. What the tracker heard in it is all that `tracker.calls` holds."""
        self.tracker.calls.clear()
        self.as_of += timedelta(days=days)
        # A store that was begun by another process has runs called by its numbers.
        caller = f"night {next(_callers)} {self.queue} {self.as_of}"
        return whole_night(self.session, self.settings, self.readers(), caller=caller, as_of=self.as_of)

    def untold(self, *, days: int = 0) -> int:
        """A night whose last task never comes: the tracker hears nothing. Its run."""
        self.as_of += timedelta(days=days)
        caller = f"untold {next(_callers)} {self.queue} {self.as_of}"
        told = whole_night(
            self.session,
            self.settings,
            self.readers(),
            caller=caller,
            as_of=self.as_of,
            outcomes=[step for step in OUTCOMES if step != "ticket"],
        )
        return told.run.run_id

    def release(self, run_id: int, *, holds: Sequence[int] = (), batch: int | None = None, caller: str = "") -> Run:
        """Somebody lets through what waits."""
        self.tracker.calls.clear()
        return releasing.release(
            self.session,
            self.settings,
            run_id,
            {"secops": lambda: self.tracker},
            reason="looked at it",
            author="analyst",
            holds=holds,
            batch=batch,
            caller=caller,
        )

    def reject(self, *holds: int) -> None:
        """Somebody refuses what waits."""
        self.tracker.calls.clear()
        releasing.reject(self.session, holds, reason="HR's mistake", author="analyst")

    @property
    def holds(self) -> dict[tuple[str, str], Hold]:
        """The lines that wait."""
        return {(hold.kind, hold.name): hold for hold in guard.holds(self.session)}

    def _roster(self, name: str) -> Roster:
        feed = {self.called("hr"): self.hr, self.called("vendors"): self.vendors}[name]
        feed.summary = None
        return feed

    def _source(self, name: str, part: str) -> Source:
        return self.directory if name == self.called("corp-ldap") else self.clouds[part]
