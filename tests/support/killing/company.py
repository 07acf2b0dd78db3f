"""A company of thirty leavers: directory logins, AWS keys, and two signing keys that several of them held.

It lies in a test's own hands, as a plain value: a process gets a copy of it and reads the very same.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from offboarding.config.policy import Policy
from offboarding.config.settings import Company, Settings
from offboarding.custody.register import Register
from offboarding.guard.limits import Guard
from offboarding.interfaces import Reader, Roster, RosterSettings, SourceSettings, Tracker, Trackers, VerifierSettings
from offboarding.interfaces import TrackerSettings as TrackerNamed
from offboarding.model import Coverage, Exportable, IdentityKeyKind, Key, Worker
from offboarding.sources.aws.iam import Settings as AwsSettings
from tests.support.key_company import Keys
from tests.support.keys_read import ISSUER, signing_key, whole
from tests.support.office import CLOUD, DIRECTORY, OTHER_CLOUD, Feed, System, access_key, locked, login, user
from tests.support.small_company import LEFT, NIGHT, WORKS, number, tag, worker
from tests.support.whole_night import Readers

LEAVERS = [str(1001 + each) for each in range(30)]
STAFF = [str(2001 + each) for each in range(6)]
EARLY, LATE = LEAVERS[:18], LEAVERS[18:]
"""Who has left by the first night, and who leaves later."""
QUEUE = "killed"
USED = datetime(2026, 11, 20, 3, tzinfo=UTC)
"""After they had left."""
SHARED, RETIRED = "kid-1", "kid-2"
"""Signing keys of the login service: the one that stays, and the one that is rotated."""


@dataclass(slots=True, kw_only=True)
class Thirty:
    """The company, as it is at some moment."""

    as_of: datetime = NIGHT
    hr: Feed = field(default_factory=Feed)
    directory: System = field(default_factory=lambda: System(realm=DIRECTORY))
    clouds: dict[str, System] = field(default_factory=lambda: {CLOUD: System(realm=CLOUD)})
    login: Keys = field(default_factory=lambda: Keys(scopes=[whole(ISSUER)]))
    policy: dict[str, object] = field(default_factory=lambda: {"baseline": "ticket", "due_hours": {"other": 300}})
    guard: dict[str, object] = field(default_factory=lambda: {"leavers": {"absolute": 50}})

    @property
    def cloud(self) -> System:
        """The first AWS account."""
        return self.clouds[CLOUD]

    @property
    def settings(self) -> Settings:
        """The configuration."""
        common = {"connection": "none", "id_space": "hr", "login_realm": "corp"}
        aws = {"name": "aws", "kind": "aws_iam", "role_name": "Audit", "accounts": list(self.clouds), **common}
        return (
            Settings(
                company=Company(time_zone="Asia/Seoul", mail_domains=("corp.example",)),
                rosters=(),
                sources=(),
                policy=Policy.model_validate({"queue": QUEUE, **self.policy}),
                guard=Guard.model_validate(self.guard),
            )
            .model_copy(
                update={
                    "rosters": (
                        RosterSettings(
                            name="hr", kind="csv", coverage=Coverage.FULL, id_space="hr", login_realm="corp"
                        ),
                    ),
                    "sources": (
                        SourceSettings.model_validate({"name": "corp-ldap", "kind": "ldap", **common}),
                        AwsSettings.model_validate(aws),
                    ),
                    "verifiers": (VerifierSettings(name="login", kind="jwks"),),
                    "trackers": (TrackerNamed(name="secops", kind="roundup", connection="none"),),
                }
            )
            .with_register(Register.model_validate(REGISTER))
        )

    def roster(self) -> Roster:
        """HR's feed, as it is read once."""
        self.hr.summary = None
        return self.hr

    def reader(self, name: str, part: str) -> Reader:
        """A source or verifier."""
        return {"corp-ldap": self.directory, "login": self.login}.get(name) or self.clouds[part]

    def readers(self, tracker: Tracker | None) -> Readers:
        """What a night reads, and whom it tells; None: nobody."""
        return Readers(
            roster=lambda *_: self.roster(),
            source=lambda _, name, part, __: self.reader(name, part),
            trackers=lambda _: named(tracker),
        )

    def leave(self, *people: str) -> None:
        """HR says that they have left."""
        for each in people:
            self.hr.change(each, employments=(LEFT,))

    def lock(self, *people: str) -> None:
        """An administrator locks their logins."""
        for each in people:
            self.directory.change(f"u{each}", **locked())

    def retire(self) -> None:
        """The login service publishes one of its two keys no more."""
        self.login.facts = [_published(SHARED, "a")]

    def later(self, **time: float) -> None:
        """So much time goes by."""
        self.as_of += timedelta(**time)

    def second_cloud(self) -> None:
        """An AWS account that nobody has read before, with a key of each early leaver's."""
        self.clouds[OTHER_CLOUD] = System(realm=OTHER_CLOUD)
        self._cloud(OTHER_CLOUD, EARLY[:8], prefix="OTHER")

    def _cloud(self, realm: str, people: list[str], prefix: str = "", keys: int = 1) -> None:
        system = self.clouds[realm]
        for each in people:
            owner = user(f"AIDA{prefix}{each}", tag(IdentityKeyKind.NUMBER, each), realm=realm)
            system.accounts.append(owner)
            system.credentials += [access_key(f"AKIA{prefix}{each}{'AB'[which]}", owner) for which in range(keys)]


def thirty() -> Thirty:
    """Eighteen have left, twelve will; six stay. Two of them used their login since."""
    company = Thirty()
    company.hr.workers = [_worker(each) for each in (*LEAVERS, *STAFF)]
    company.directory.accounts = [login(f"u{each}", number(each)) for each in (*LEAVERS, *STAFF)]
    company._cloud(CLOUD, [each for each in LEAVERS if int(each) % 2], keys=2)
    company.login.facts = [_published(SHARED, "a"), _published(RETIRED, "c")]
    company.leave(*EARLY)
    for each in EARLY[:2]:
        company.directory.change(f"u{each}", last_used_at=USED)
    return company


def _worker(worker_id: str) -> Worker:
    return worker(worker_id, WORKS, mail=f"p{worker_id}@corp.example", name=f"Person {worker_id}")


def _published(kid: str, letter: str) -> Key:
    return signing_key(kid, material=f"jkt:{letter * 43}", carryable=Exportable.YES)


REGISTER = {
    "keys": [
        {
            "name": name,
            "kind": "signing_key",
            "places": [{"verifier": "login", "id": kid}],
            "custodians": [{"worker": f"hr:{each}"} for each in holders],
        }
        for name, kid, holders in (
            ("login", SHARED, (*EARLY[:3], *LATE[:2], STAFF[0])),
            ("old-login", RETIRED, (*EARLY[3:5], STAFF[0])),
        )
    ]
}


def named(tracker: Tracker | None) -> Trackers:
    """As the configuration calls it; nobody where there's none."""
    return {} if tracker is None else {"secops": lambda: tracker}
