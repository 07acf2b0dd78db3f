"""What a user may write in `offboarding.yaml`, with every default. An entry's own keys are declared by the file of
its kind.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Literal, Self, TypeVar

from pydantic import Field, PrivateAttr, model_validator

from offboarding.config.spelling import nearest
from offboarding.config.values import CronLine, DayTime, Hours, Hundredths, LoginPattern, Zone
from offboarding.custody import across
from offboarding.custody.register import Register
from offboarding.guard.limits import Guard
from offboarding.interfaces import (
    NotifierSettings,
    QueueSettings,
    RosterSettings,
    SourceSettings,
    Strict,
    TrackerSettings,
    VerifierSettings,
)
from offboarding.model import Severity
from offboarding.model.errors import ConfigError
from offboarding.model.naming import space_names
from offboarding.net.destinations import StoreWord
from offboarding.waivers.register import Exceptions

DEFAULT_CUSTODY = "custody.yaml"
DEFAULT_EXCEPTIONS = "exceptions.yaml"

_Named = TypeVar("_Named", RosterSettings, SourceSettings)


class Company(Strict):
    """What is true of the whole company."""

    time_zone: Zone = Field(description="Where a worker's zone is unknown, and for what people read.")
    mail_domains: tuple[str, ...] = Field(default=(), description="Our own domains.")
    mail_aliases: Mapping[str, str] = Field(default={}, description="Alias domain -> the domain it stands for.")
    login_patterns: tuple[LoginPattern, ...] = Field(default=(), description="Second logins, such as adm-{login}.")
    service_patterns: tuple[str, ...] = Field(default=(), description="Workloads' logins, such as svc-*.")


class MaxInferred(Strict):
    """How many may be taken to have left at once because a feed no longer lists them: the greater of the two."""

    absolute: int = Field(default=5, ge=0)
    percent: float = Field(default=1, ge=0, le=100)

    def of(self, workers: int) -> int:
        """The bound for a roster of so many workers."""
        return max(self.absolute, int(workers * self.percent / 100))


class Scores(Strict):
    """What evidence is worth, in whole hundredths (docs/architecture.md, correlation)."""

    directory_id: Hundredths = 100
    number: Hundredths = 90
    tag_number: Hundredths = 80
    loose_number: Hundredths = 55
    mail: Hundredths = 80
    tag_mail: Hundredths = 80
    login_given: Hundredths = 85
    login_realm: Hundredths = 80
    login_pattern: Hundredths = 80
    login_usual: Hundredths = 60
    login_elsewhere: Hundredths = 50
    ssh_key: Hundredths = 60
    owner: Hundredths = 80
    linked: Hundredths = Field(default=80, description="At least this much links.")
    ahead: Hundredths = Field(default=30, description="And this much ahead of anyone else.")
    probable: Hundredths = Field(default=50, description="At least this much makes a review item of a leaver's.")
    candidate: Hundredths = Field(default=40, description="Less is no trace of a person.")
    made_after_cap: Hundredths = Field(
        default=55, description="The most that mail and login give for an account made later."
    )
    bearers: int = Field(default=10, ge=1, description="A value that more accounts of a realm bear weighs nothing.")


class DueHours(Strict):
    """How long a ticket may take, in hours from the night that opened it."""

    used_after_departure: Hours = 0
    privileged: Hours = 4
    other: Hours = 24
    review: Hours = Field(default=120, description="Accounts to review and departures to confirm.")


class Policy(Strict):
    """What the company decides; everything has a default."""

    baseline: Literal["hold", "ticket"] = Field(
        default="hold", description="hold: what a first complete read finds waits until a person releases it."
    )
    nightly: CronLine = Field(
        default="30 1 * * *", description="When the night runs: a cron line, in the company's zone."
    )
    nightly_done_by: DayTime | None = Field(
        default=None, description="Where the night isn't done by then, whoever `notifiers` name is told."
    )
    verify: CronLine = Field(
        default="5 * * * *", description="When open findings are looked at again: a cron line, in the company's zone."
    )
    max_new_tickets: int = Field(default=50, ge=0, description="Over it the whole batch waits.")
    max_inferred: MaxInferred = MaxInferred()
    min_roster_percent: float = Field(
        default=80, ge=0, le=100, description="A feed shorter than this share of its last complete read is partial."
    )
    pre_start_days: int = Field(default=14, ge=0, description="A next employment this near keeps somebody here.")
    moved_days: int = Field(
        default=180, ge=0, description="A link that ended this near before a departure has moved: the longest notice."
    )
    created_window_days: int = Field(default=90, ge=0, description="What a leaver made in so many last days is listed.")
    possibly_one_days: int = Field(default=30, ge=0, description="Two employments this near, one mail: possibly one.")
    unverified_nights: int = Field(default=3, ge=1, description="Then one ticket a source asks for the missing right.")
    new_generation_days: int = Field(default=30, ge=0, description="A ticket closed longer ago is not reopened.")
    retention_days: int = Field(
        default=400, ge=30, description="People who left longer ago, and whatever is done, are forgotten by `purge`."
    )
    attest_days: int = Field(
        default=90, ge=1, description="A person's word that a key is dead is asked for again after so many days."
    )
    max_exception_days: int = Field(
        default=180, ge=1, description="How far ahead an exception may end (exceptions.yaml)."
    )
    notice_max_days: int = Field(
        default=7, ge=0, description="A notice that HR's feed doesn't confirm for so many days is a warning."
    )
    deny_days: int = Field(
        default=30, ge=1, description="A person's word that somebody didn't leave is asked for again then."
    )
    max_named: int = Field(
        default=20, ge=1, description="What is found of more people at once who left by notice waits for a release."
    )
    queue: str = Field(default="", description="Ticket queue where a source names none.")
    review_queue: str = Field(default="", description="Queue for accounts to review and departures to confirm.")
    severities: Mapping[str, Severity] = Field(default={}, description="Rule -> severity, over the rule's own.")
    due_hours: DueHours = DueHours()
    scores: Scores = Scores()
    usual_login_patterns: tuple[LoginPattern, ...] = ("adm-{login}", "admin-{login}", "a-{login}", "{login}-adm")
    reserved_logins: tuple[str, ...] = (
        *("admin", "administrator", "root", "test", "guest", "user", "service", "support", "backup", "info"),
        *("postmaster", "webmaster", "operator", "deploy", "jenkins", "git", "www", "ftp", "nobody"),
    )
    placeholders: tuple[str, ...] = ("n/a", "na", "none", "null", "nil", "-", "--", "unknown", "tbd", "x", "?")
    privileged: tuple[str, ...] = Field(
        default=("AdministratorAccess", "PowerUserAccess", "IAMFullAccess", "*admin*", "wheel", "sudo"),
        description="Groups and policies that make an account privileged, as patterns without regard to case.",
    )

    @property
    def nightly_takes(self) -> timedelta | None:
        """How long a night may take, from its hour to `nightly_done_by`; None where nothing is said of it."""
        if self.nightly_done_by is None:
            return None
        minute, hour = (int(field) for field in self.nightly.split()[:2])
        done_hour, done_minute = (int(field) for field in self.nightly_done_by.split(":"))
        minutes = (done_hour * 60 + done_minute - hour * 60 - minute) % (24 * 60)
        return timedelta(minutes=minutes or 24 * 60)

    @model_validator(mode="after")
    def _done_by_after_one_time(self) -> Self:
        if self.nightly_done_by and not re.match(r"\d+ +\d+ ", self.nightly):
            raise ValueError("nightly_done_by needs a `nightly` of one time of day, such as 30 1 * * *")
        return self


class Settings(Strict):
    """The whole file."""

    company: Company
    forms_url: str = Field(
        default="",
        pattern=r"^(https?://\S*\{form\}\S*)?$",
        description="The page of a form by which people decide, for tickets: {form} is its name. Left out: Airflow's.",
    )
    store: StoreWord = Field(
        default=None, description="embedded: beside the project; else the connection offboarding_store, and its bounds."
    )
    rosters: tuple[RosterSettings, ...]
    sources: tuple[SourceSettings, ...]
    verifiers: tuple[VerifierSettings, ...] = ()
    trackers: tuple[TrackerSettings, ...] = ()
    notifiers: tuple[NotifierSettings, ...] = ()
    custody: str = Field(
        default=DEFAULT_CUSTODY, description="The file that says who holds which key; relative to this one."
    )
    exceptions: str = Field(
        default=DEFAULT_EXCEPTIONS, description="The file that says what may stand for a while; relative to this one."
    )
    messages: QueueSettings | None = Field(default=None, description="Departures by message.")
    policy: Policy = Policy()
    guard: Guard = Guard()
    _register: Register = PrivateAttr(default_factory=Register)
    _exceptions: Exceptions = PrivateAttr(default_factory=Exceptions)

    @property
    def register(self) -> Register:
        """What that file says; empty where there is none."""
        return self._register

    def with_register(self, register: Register) -> "Settings":
        """The same, with what the custody file says."""
        copy = self.model_copy()
        copy._register = register  # noqa: SLF001 - its own
        return copy

    @property
    def let_stand(self) -> Exceptions:
        """What the exceptions file says; empty where there is none."""
        return self._exceptions

    def with_exceptions(self, exceptions: Exceptions) -> "Settings":
        """The same, with what the exceptions file says."""
        copy = self.model_copy()
        copy._exceptions = exceptions  # noqa: SLF001 - its own
        return copy

    @property
    def id_spaces(self) -> Mapping[str, str]:
        """What may stand before a worker id -> the id space that it names."""
        return space_names([(roster.name, roster.id_space) for roster in self.rosters])

    @property
    def known_names(self) -> across.NamedSystems:
        """What a register may name."""
        return across.NamedSystems(
            id_spaces=self.id_spaces,
            directories=tuple(source.name for source in self.sources if source.tells == "accounts"),
            sources=tuple(source.name for source in self.sources if source.tells == "keys"),
            verifiers=tuple(verifier.name for verifier in self.verifiers),
        )

    def roster(self, name: str) -> RosterSettings:
        """By name. Raises ConfigError with the nearest one."""
        return _named(self.rosters, name, "rosters")

    @property
    def readers(self) -> tuple[SourceSettings, ...]:
        """Sources, and verifiers, which are read as they are."""
        return (*self.sources, *self.verifiers)

    def source(self, name: str) -> SourceSettings:
        """A source or verifier by name. Raises ConfigError with the nearest one."""
        return _named(self.readers, name, "sources")


def warnings(settings: Settings) -> Iterator[str]:
    """Yield what is legal and likely not meant."""
    yield from _mail_warnings(settings.company)
    spaces = sorted({roster.id_space for roster in settings.rosters})
    for index, verifier in enumerate(settings.verifiers):
        yield from (f"verifiers[{index}] ({verifier.name}): {warning}" for warning in verifier.warnings())
    for index, source in enumerate(settings.sources):
        where = f"sources[{index}] ({source.name})"
        if source.tells != "accounts":
            pass
        elif source.id_space is None and len(spaces) > 1:
            several = ", ".join(spaces)
            yield f"{where}: names no id_space, and the rosters have several ({several}): its numbers count for less."
        elif source.id_space is not None and source.id_space not in spaces:
            yield f"{where}: no roster has the id_space {source.id_space}.{nearest(source.id_space, spaces)}"
        yield from (f"{where}: {warning}" for warning in source.warnings())
    for index, roster in enumerate(settings.rosters):
        if roster.maps_logins() and roster.login_realm is None:
            where = f"rosters[{index}] ({roster.name})"
            yield f"{where}: maps logins without a login_realm: they count for less everywhere."
    yield from (f"{settings.custody}: {warning}" for warning in across.warnings(settings.register))
    if not settings.trackers:
        yield "trackers: none: findings are kept and shown, and nobody is told."


def _mail_warnings(company: Company) -> Iterator[str]:
    if not company.mail_domains:
        yield "company.mail_domains: none: a plus-address or an alias of a work mail is taken for another address."
    for alias, domain in company.mail_aliases.items():
        if domain not in company.mail_domains:
            yield f"company.mail_aliases.{alias}: {domain} is not among company.mail_domains."


def _named(items: Sequence[_Named], name: str, what: str) -> _Named:
    for item in items:
        if item.name == name:
            return item
    raise ConfigError(f"{what}: there is no {name!r}.{nearest(name, [item.name for item in items])}")
