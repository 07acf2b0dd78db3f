"""What the company decides: the key `policy`."""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import timedelta
from typing import Literal, Self

from pydantic import Field, model_validator

from offboarding.config.values import CronLine, DayTime, Hours, Hundredths, LoginPattern, Zone
from offboarding.interfaces import Some, Strict, Words
from offboarding.model import Language, Severity, TicketKind

DEFAULT_CUSTODY = "custody.yaml"
DEFAULT_EXCEPTIONS = "exceptions.yaml"


_ANYTHING = frozenset((object(),))
"""What is asked of a thing that nothing is said of: no set of words holds it."""


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
    bearers: int = Field(
        default=10, ge=1, description="An identifier that more accounts of one system share counts for nobody."
    )


class DueHours(Strict):
    """How long a ticket may take, in hours from the night that opened it."""

    used_after_departure: Hours = 0
    privileged: Hours = 4
    other: Hours = 24
    review: Hours = Field(default=120, description="Accounts to review and departures to confirm.")


class Route(Strict):
    """Where tickets go about findings that are what each field here says; one that is left out says nothing."""

    rules: Some[str] = Field(default=(), description="Their rules.")
    severities: Some[Severity] = Field(default=(), description="As the policy has them.")
    tickets: Some[TicketKind] = Field(default=(), description="Kinds of tickets.")
    sources: Some[str] = Field(default=(), description="Names of sources or verifiers.")
    parts: Some[str] = Field(default=(), description="Parts of sources, such as numbers of AWS accounts.")
    accounts: Some[str] = Field(default=(), description="Patterns of what the account is called.")
    owners: Some[str] = Field(
        default=(), description="Patterns of who answers for the account or key, as it says itself, or worker ids."
    )
    rosters: Some[str] = Field(default=(), description="Whose word the departure is.")
    locations: Some[str] = Field(default=(), description="Patterns of where they worked, in HR's word.")
    zones: Some[Zone] = Field(default=(), description="Time zones in which they worked.")
    privileged: bool | None = Field(default=None, description="Whether the account is.")
    queue: str = Field(default="", description="Ticket queue, or TRACKER:QUEUE in another tracker than the first.")
    assignee: str = Field(default="", description="Whose a new ticket is, in the tracker's own word.")
    page: str = Field(default="", description="Name of the pager that calls somebody while it stands open.")

    def leaves_nothing_to(self, other: "Route") -> bool:
        """Whether whatever fits the other fits this one: of each thing that this one asks, the other asks no less."""
        theirs = other.asked
        return all(wanted >= theirs.get(name, _ANYTHING) for name, wanted in self.asked.items())

    @property
    def asked(self) -> Mapping[str, AbstractSet[object]]:
        """What it asks of a finding: the key, and what that may be."""
        said = self.model_dump(exclude={"queue", "assignee", "page"}, exclude_defaults=True)
        return {name: {value} if name == "privileged" else frozenset(value) for name, value in said.items()}

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Self:
        if not self.queue and not self.assignee and not self.page:
            raise ValueError("a route needs a `queue`, an `assignee` or a `page`")
        return self


class RevocationPolicy(Strict):
    """What may be proposed to be shut, reversibly and by a second connection, once a person approves it."""

    sources: Some[str] = Field(description="Names of sources, each with a revoke_connection.")
    subjects: Some[Literal["account", "access_key", "console_password"]] = Field(description="What may be shut.")
    rules: Some[str] = Field(default=(), description="Rules whose findings may be proposed; left out: every one.")
    severities: Some[Severity] = Field(default=(), description="As the policy has them; left out: every one.")
    never: Some[str] = Field(
        default=("*break*glass*", "*emergency*"),
        description="Accounts that are never shut: label, login, display name or native id, with `*` and `?`, without"
        " regard to case. At least one: yours for break-glass.",
    )
    most_a_day: int = Field(default=10, ge=1, le=100, description="So many are shut within 24 hours at most.")


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
    night_report: str = Field(
        default="",
        pattern=r"^([a-z][a-z0-9+.-]*://[^\x00-\x1f?#]+)?$",
        description="A folder where each night's report is kept as HTML, as Airflow's ObjectStoragePath names it.",
    )
    night_report_pdf: bool = Field(default=False, description="It's kept there as PDF, too: needs the extra `pdf`.")
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
    possibly_one_days: int = Field(default=30, ge=0, description="Employments this near, one mail or login: maybe one.")
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
    exceptions_need_decision: bool = Field(
        default=False, description="An exception of exceptions.yaml covers nothing until an approver has decided on it."
    )
    notice_max_days: int = Field(
        default=7, ge=0, description="A notice that HR's feed doesn't confirm for so many days is a warning."
    )
    deny_days: int = Field(
        default=30, ge=1, description="A person's word that somebody didn't leave is asked for again then."
    )
    max_named: int = Field(
        default=20,
        ge=1,
        description="What is found of more people whom a person named in a day, by notice or for a departure, waits for"
        " a release.",
    )
    shut_while: tuple[Literal["leave", "suspended", "garden_leave"], ...] = Field(
        default=("suspended", "garden_leave"),
        description="HR's statuses of whoever works here and is to have no access meanwhile.",
    )
    routes: tuple[Route, ...] = Field(default=(), description="The first that fits decides; else the queues below.")
    language: Language = Field(default=Language.EN, description="In which tickets are told: en, ko or ja.")
    names: Literal["name", "id"] = Field(
        default="name", description="What a ticket says of a leaver: their name, or HR's number alone."
    )
    exposure: bool = Field(
        default=False, description="A leaver's ticket says which keys they may know, and what to replace first."
    )
    texts: str = Field(
        default="", description="A folder of templates in place of ours of the same name; relative to this file."
    )
    queue: str = Field(default="", description="Ticket queue where a source names none.")
    review_queue: str = Field(default="", description="Queue for accounts to review and departures to confirm.")
    severities: Mapping[str, Severity] = Field(default={}, description="Rule -> severity, over the rule's own.")
    due_hours: DueHours = DueHours()
    revocation: RevocationPolicy | None = Field(
        default=None, description="What may be shut once a person approves it; left out, nothing is."
    )
    scores: Scores = Scores()
    usual_login_patterns: tuple[LoginPattern, ...] = ("adm-{login}", "admin-{login}", "a-{login}", "{login}-adm")
    reserved_logins: tuple[str, ...] = (
        *("admin", "administrator", "root", "test", "guest", "user", "service", "support", "backup", "info"),
        *("postmaster", "webmaster", "operator", "deploy", "jenkins", "git", "www", "ftp", "nobody"),
    )
    placeholders: tuple[str, ...] = ("n/a", "na", "none", "null", "nil", "-", "--", "unknown", "tbd", "x", "?")
    privileged: Words[str] = Field(
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
