"""The company whose store is kept of each release: nights, hours and decisions that leave something in every table.

It goes on in the stores of older releases, so what it is has to stay as it is.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import cast
from uuid import UUID

from offboarding.config.policy import RevocationPolicy, Route
from offboarding.config.settings import Settings
from offboarding.custody.register import Register
from offboarding.decisions import attestations, submitting, verdicts
from offboarding.guard.revoking import proposing
from offboarding.interfaces import Tracker, VerifierSettings
from offboarding.model import (
    Exportable,
    Fact,
    IdentityKeyKind,
    LinkVerdict,
    Membership,
    RequestCounts,
    ScopeRead,
    Standing,
    StatedPeople,
    SubjectKind,
    TicketPage,
    Trust,
)
from offboarding.model.pushing import PushedUser
from offboarding.runs import pipeline
from offboarding.store import exceptions, looks, messages, people_lists, reading, refusals, words
from offboarding.store.connect import Session
from offboarding.store.looks import LookKind
from offboarding.store.pushed import PushedUsersStore
from tests.support.alerts import HeardNotifier
from tests.support.deciding import (
    acknowledge,
    add_notice,
    confirm_departure,
    context,
    decide_link,
    deny_departure,
    filled_in,
    whole_desk,
    withdraw_notice,
    withdraw_run,
)
from tests.support.departure import departure
from tests.support.key_company import BOTH, Secrets, TrailSettings
from tests.support.keys_read import ISSUER, access, event, secret, signing_key, whole
from tests.support.office import (
    CLOUD,
    DIRECTORY,
    OTHER_CLOUD,
    HeardTracker,
    Office,
    System,
    access_key,
    locked,
    login,
    switched_off,
    user,
)
from tests.support.small_company import AFTER, LEFT, NIGHT, WORKS, job, mail, number, tag, worker
from tests.support.watching import hour
from tests.support.whole_night import NightTold, Readers

QUEUE = "secops"
EXPIRES = NIGHT.date() + timedelta(days=60)
GROUP = "release-managers"
STAFF = [
    worker(f"20{each:02d}", WORKS, mail=f"staff{each}@corp.example", logins=(f"staff{each}",)) for each in range(12)
]
KIM = worker("1042", LEFT, mail="kim@corp.example", logins=("kimm",), name="Kim Minjun")
PARK = worker("1044", LEFT, mail="park@corp.example", logins=("parkj",), name="Park Jisoo")
HAN = worker("1046", LEFT, mail="han@corp.example", logins=("hans",), name="Han Seojun")
SEO = worker("1049", WORKS, mail="seo@corp.example", logins=("seoy",), name="Seo Yuna")
YOON = worker("1050", job(end="2026-11-20"), mail="yoon@corp.example", logins=("yoonh",), name="Yoon Haeun")
CHOI = worker("1051", job(end="2026-11-21"), mail="choi@corp.example", logins=("choid",), name="Choi Doyun")
LIM = worker("1052", LEFT, mail="lim@corp.example", logins=("lime",), name="Lim Eunji")
OH = worker("1053", LEFT, mail="oh@corp.example", logins=("oht",), name="Oh Taeyang")
KIM_USER = user("AIDAKIM", tag(IdentityKeyKind.NUMBER, "1042"))
HAN_USER = user("AIDAHAN", tag(IdentityKeyKind.NUMBER, "1046"))
LIM_USER = user("AIDALIM", tag(IdentityKeyKind.NUMBER, "1052"), realm=OTHER_CLOUD)
KIM_KEY = access_key("AKIAKIMKIMKIMKIMKIMK", KIM_USER)
USED_KEY = access_key("AKIAUSEDUSEDUSEDUSED", KIM_USER)
PARK_USER = user("AIDAPARK", tag(IdentityKeyKind.NUMBER, "1044"), realm=OTHER_CLOUD)
PUBLISHED = signing_key("kid-1", material=f"jkt:{'a' * 43}", carryable=Exportable.YES)
PASSWORD = secret("arn:secret:db#1")
HOOK = secret("arn:secret:hook#1", verifies=False)
LYING: list[Fact] = [PASSWORD, HOOK, access(PASSWORD, "AIDAKIM"), whole(CLOUD, *BOTH)]
RECORDED: list[Fact] = [
    event(
        PASSWORD,
        at=NIGHT - timedelta(days=30),
        actor="AIDAKIM",
        actor_label=KIM_USER.label,
        actor_keys=(mail("kim@corp.example"),),
    ),
    ScopeRead(realm=CLOUD, scope="", kinds=()),
]


@dataclass(slots=True)
class Told:
    """A reader of keys, or an audit trail, that tells what it was given."""

    facts: list[Fact]
    requests: RequestCounts = field(default_factory=RequestCounts)

    def collect(self) -> Iterator[Fact]:
        """All of it."""
        yield from self.facts


@dataclass(slots=True)
class ToldTrail:
    """An audit trail that tells what it was given."""

    facts: list[Fact]
    requests: RequestCounts = field(default_factory=RequestCounts)

    def events(self, since: object) -> Iterator[Fact]:
        """All of it."""
        del since
        yield from self.facts


@dataclass(slots=True, kw_only=True)
class Directory(System):
    """With a group that guards a key."""

    def collect(self) -> Iterator[Fact]:
        """Accounts, then who is in the group."""
        yield from System.collect(self)
        yield Membership(
            realm=DIRECTORY, group_native_id=GROUP, group_label=f"cn={GROUP},dc=corp", account_native_id="kim"
        )
        yield ScopeRead(realm=DIRECTORY, scope="", kinds=(SubjectKind.ACCOUNT, SubjectKind.SSH_KEY), groups=(GROUP,))


REGISTER = {
    "keys": [
        {
            "name": "login",
            "kind": "signing_key",
            "places": [{"verifier": "login", "id": "kid-1"}],
            "custodians": [{"worker": "hr:1042"}, {"group": {"source": "corp-ldap", "name": GROUP}}],
        },
        {
            "name": "payments",
            "kind": "shared_secret",
            "places": [{"source": "secrets", "id": HOOK.native_id}],
            "custodians": [{"worker": "hr:1044"}],
        },
    ]
}


_settings_of = cast("Callable[[Office], Settings]", Office.settings.fget)


@dataclass(slots=True, kw_only=True)
class House(Office):
    """The company. Keys lie where a login service publishes them, in AWS, and in the register alone."""

    directory: System = field(default_factory=lambda: Directory(realm=DIRECTORY, lists_credentials=True))
    secrets: list[Fact] = field(
        default_factory=lambda: [PASSWORD, HOOK, access(PASSWORD, "AIDAKIM"), whole(CLOUD, *BOTH)]
    )

    @property
    def settings(self) -> Settings:
        """The configuration as it is tonight."""
        own = _settings_of(self)
        more = (
            Secrets(name="secrets", kind="aws_secrets", connection="none", queue="cloud-team"),
            TrailSettings(name="trail", kind="aws_cloudtrail", connection="none"),
        )
        verifiers = (VerifierSettings(name="login", kind="jwks", queue="login-team"),)
        copy = own.model_copy(update={"sources": (*own.sources, *more), "verifiers": verifiers})
        return copy.with_register(Register.model_validate(REGISTER)).with_exceptions(own.let_stand)

    def readers(self) -> Readers:
        """The test's own hands."""
        keys = {"login": Told([PUBLISHED, whole(ISSUER)]), "secrets": Told(self.secrets), "trail": ToldTrail(RECORDED)}
        own = Office.readers(self)
        return replace(
            own, source=lambda settings, name, part, at: keys.get(name) or own.source(settings, name, part, at)
        )


def newly_built(session: Session, tracker: Tracker) -> House:
    """Before its first night."""
    house = House(session=session, tracker=HeardTracker(tracker), queue=QUEUE, as_of=NIGHT)
    house.hr.workers = [KIM, PARK, HAN, SEO, YOON, CHOI, LIM, OH, *STAFF]
    house.vendors.workers = [
        worker("v1", mail="v1@vendor.example", logins=("v1",)),
        # One human in two records, or perhaps one: by mail and login, and by the mail alone.
        replace(OH, worker_id="v2", employments=(WORKS,)),
        worker("v3", job(start="2026-11-10"), mail="lim@corp.example"),
    ]
    house.directory.accounts = [
        login("kim", number("1042")),
        login("park", number("1044")),
        login("seo", number("1049")),
        login("yoon", number("1050")),
        login("choi", number("1051")),
        login("oht"),
        login("jenkins", service_like=True),
        login("unsure", number("1046"), standing=Standing.UNKNOWN, standing_reason="the lock can't be read"),
        *(login(f"staff{each}", number(each_worker.worker_id)) for each, each_worker in enumerate(STAFF)),
    ]
    house.cloud.accounts = [KIM_USER, HAN_USER, user("AIDASTRAY")]
    house.cloud.credentials = [KIM_KEY, USED_KEY, access_key("AKIAHANHANHANHANHANH", HAN_USER)]
    house.cloud.trusts = [
        Trust(
            realm=CLOUD,
            native_id="AROADEPLOY",
            label=f"arn:aws:iam::{CLOUD}:role/deploy",
            principal_realm=CLOUD,
            principal=KIM_USER.label,
            standing=Standing.WORKS,
            standing_reason="the trust policy names the user",
        )
    ]
    return house


def live(house: House) -> None:
    """Its history: nights, an hour, a departure, and what people decided between them."""
    _proposed(house, house.night())
    session, settings = house.session, house.settings
    _ruled(session, LinkVerdict.CONFIRM, "corp-ldap", "oht", "hr:1053")
    _ruled(session, LinkVerdict.REJECT, "corp-ldap", "jenkins", "hr:1042")
    revoked = _ruled(session, LinkVerdict.CONFIRM, "aws", "AIDASTRAY", "hr:1044")
    form, given = filled_in({"decision": "link revoke", "number": revoked, "reason": ""})
    given = {name: value for name, value in given.items() if value != ""}
    submitting.submit(session, settings, form, given, caller="a form", author="lee", trackers=dict)
    add_notice(session, settings, who="hr:1049", last="2026-11-25T10:00 Asia/Seoul", reason="told", author="lee")
    taken_back = add_notice(session, settings, who="hr:2001", last="2026-11-25 Asia/Seoul", reason="told", author="lee")
    withdraw_notice(session, taken_back.notice_id, reason="the other was meant", author="lee")
    until = datetime.now(UTC).date() + timedelta(days=20)
    acknowledge(session, settings, until=until, reason="the witness comes", author="lee", source="corp-ldap")
    _looked_at(session)
    _pushed(session)
    _listed(session)
    on_the_second_day(house)
    house.night()
    _approved(session)
    _after_the_second_night(house)
    hour(house, notifiers=[HeardNotifier()])
    departure(house, "hr:1042", hours=2)
    wrong = house.night()
    withdraw_run(session, wrong.run.run_id, reason="a day late", author="lee")
    house.guard = {"findings": {"absolute": 0}}
    on_the_fourth_day(house)
    house.night()
    house.reject(*(hold.hold_id for hold in house.holds.values()))
    house.guard = {}
    on_the_fifth_day(house)
    first = house.night()
    house.release(first.run.run_id, batch=1)
    _called_and_over(house)
    on_the_last_day(house)
    house.night()
    _refused(house)


def _looked_at(session: Session) -> None:
    (person,) = session.execute("select person_uid from person order by 1 limit 1").fetchall()
    looks.note(session, viewer="lee", kind=LookKind.WORKER, subject=str(person[0]), named=True)


def _pushed(session: Session) -> None:
    """By an identity provider, for a roster that this company doesn't name."""
    users, at = PushedUsersStore(session=session, roster="idp"), datetime.now(UTC)
    user = PushedUser(
        user_id=UUID(int=1),
        user_name="soyeon",
        user_name_key="soyeon",
        external_id=None,
        worker_id="2044",
        active=True,
        resource={"userName": "soyeon"},
        created_at=at,
        changed_at=at,
    )
    users.add(user)
    users.heard(at)


def _listed(session: Session) -> None:
    """Somebody said who gets into a system that this company doesn't name."""
    listed = StatedPeople(listed_on=date(2026, 11, 20), people="1042 1043", author="lee")
    people_lists.add(session, "attested:panel", listed, reason="read off its page of users")


def _approved(session: Session) -> None:
    """An approver decided on an exception of the file, though the policy asks for no decision."""
    ((entry,),) = session.execute("select exception_id from exception where worker = '1046'").fetchall()
    exceptions.decide(session, int(str(entry)), reason="agreed with the owner", author="lee")


def _refused(house: House) -> None:
    """Its tracker refused one of its tickets, and nobody has tried since."""
    row = house.session.execute("select min(ticket_key) from ticket where state = 'open'").fetchone()
    assert row
    refusals.note(house.session, str(row[0]), words="403, no right", settings_digest="")


def _proposed(house: House, night: NightTold) -> None:
    """Something may be shut, for a night that proposes it."""
    settings = house.settings
    sources = tuple(each.model_copy(update={"revoke_connection": "second"}) for each in settings.sources)
    revocation = RevocationPolicy(sources=("aws",), subjects=("access_key",))
    policy = settings.policy.model_copy(update={"revocation": revocation})
    settings = settings.model_copy(update={"sources": sources, "policy": policy})
    proposing.propose(house.session, settings, night.run)
    assert proposing.waiting(house.session, settings)


class _Silent:
    """A pager that calls nobody."""

    def trigger(self, page: TicketPage) -> None:
        del page

    def resolve(self, key: str) -> None:
        del key


def _called_and_over(house: House) -> None:
    settings = house.settings
    policy = settings.policy.model_copy(update={"routes": (Route(page="oncall"),)})
    for each in (settings.model_copy(update={"policy": policy}), settings):
        pipeline.page(house.session, each, {"oncall": _Silent})


def as_it_ended(house: House) -> None:
    """What happened in the systems meanwhile, and nothing that the store knows."""
    for day in (on_the_second_day, on_the_fourth_day, on_the_fifth_day, on_the_last_day):
        day(house)


def on_the_second_day(house: House) -> None:
    """Park is locked, a key of Kim's is off, another was used after they left; Han's may stand for a while."""
    house.let_stand = {
        "exceptions": [
            {
                "worker": "hr:1046",
                "rule": "leaver-access-key",
                "reason": "moved in December",
                "approver": "Soyeon",
                "expires": EXPIRES,
            },
            {
                "source": "corp-ldap",
                "account": "uid=jenkins,dc=corp",
                "reason": "builds",
                "approver": "Soyeon",
                "expires": EXPIRES,
            },
        ]
    }
    house.directory.change("park", **locked())
    house.cloud.change(USED_KEY.native_id, last_used_at=AFTER, last_used_service="s3")
    house.cloud.change(KIM_KEY.native_id, **switched_off())


def on_the_fourth_day(house: House) -> None:
    """A leaver's login appears, which the guard holds."""
    house.directory.accounts.append(login("lim", number("1052")))


def on_the_last_day(house: House) -> None:
    """HAN's user says something else of itself; a number replaces two. The guard holds a finding, and a closing."""
    house.cloud.change("AIDAHAN", keys=(tag(IdentityKeyKind.NUMBER, "2001"),))
    house.hr.change("2011", previous_worker_ids=("2010",))
    house.directory.accounts.append(login("kim2", number("1042")))
    house.directory.change("yoon", **locked())
    house.guard = {"findings": {"absolute": 0}, "closings": {"absolute": 0}}


def on_the_fifth_day(house: House) -> None:
    """A cloud is read for the first time: a baseline, of which one ticket is let through and another waits."""
    house.policy = {"baseline": "hold"}
    house.clouds[OTHER_CLOUD] = System(
        realm=OTHER_CLOUD,
        accounts=[LIM_USER, PARK_USER],
        credentials=[access_key("AKIALIMLIMLIMLIMLIML", LIM_USER), access_key("AKIAPARKPARKPARKPARK", PARK_USER)],
    )


def _after_the_second_night(house: House) -> None:
    session, settings = house.session, house.settings
    ends = {end.worker_id: end.name for end in words.open_ends(session)}
    confirm_departure(session, settings, departure=ends["1050"], reason="asked", author="lee")
    deny_departure(session, settings, departure=ends["1051"], reason="extended", author="lee")
    attestations.attest(whole_desk(session, settings), key=HOOK.material, reason="replaced")
    (used,) = [each for each in reading.findings(session) if each.rule == "used-after-departure"]
    verdicts.verdict(context(session), finding=used.finding_key, reason="the backup job")
    messages.receive(session, message_id="m-1", people=["hr:1042"], notices=[], refused="", handle="")


def _ruled(session: Session, verb: LinkVerdict, source: str, account: str, whose: str) -> int:
    made = decide_link(session, verb, author="analyst", source=source, account=account, worker=whose, reason="asked")
    return made.decision_id
