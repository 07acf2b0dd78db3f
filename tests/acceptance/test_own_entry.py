"""Nobody edits themselves off the list: what an account says of itself moves no link without a person or HR.

Kim works here, changes what an account of Kim's says of itself, leaves 44 days later, and uses it after that. Beside
the attacks stand their innocent twins, which look the same to the checker or nearly so, and make nobody a leaver.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from offboarding.interfaces import Tracker
from offboarding.model import Account, AccountKey, IdentityKeyKind, IdentityKeyOrigin, LinkVerdict, Worker
from offboarding.store import reading
from offboarding.store.connect import Session
from tests.support.begun import Begun
from tests.support.deciding import decide_link
from tests.support.office import DIRECTORY, HeardTracker, Office, access_key, login, user
from tests.support.small_company import KIM, LEE, job, mail, number, owner, scoped, ssh, tag, worker
from tests.support.variants import some_of, variants
from tests.support.whole_night import Readers

BEGAN = datetime(2026, 8, 1, 16, tzinfo=UTC)
KEY = "AKIAKIMKIMKIMKIMKIMK"
WORKS = worker("1042", mail=KIM, name="Kim Minjun")
NAMED = worker("1042", mail=KIM, name="Kim Minjun", logins=("kim",))
COLLEAGUE = worker("1043", mail=LEE, name="Lee Haneul")
PLUS = mail("lee+desk@corp.example")
DAYS = 44


@dataclass(slots=True, kw_only=True)
class QuietOffice(Office):
    """An office that tells no tracker: what is asked here is the findings' state."""

    def readers(self) -> Readers:
        return replace(Office.readers(self), trackers=lambda _: {})


def entry(*keys: AccountKey, uid: str = "kim", name: str = "", **changes: Any) -> Account:
    own = (
        (AccountKey(kind=IdentityKeyKind.LOGIN, value=name, origin=IdentityKeyOrigin.ATTRIBUTE, name="uid"),)
        if name
        else ()
    )
    return login(uid, *keys, *own, **changes)


def iam(*keys: AccountKey, **changes: Any) -> Account:
    return user("BATCH", *keys, **changes)


def outer_id(value: str) -> AccountKey:
    return AccountKey(
        kind=IdentityKeyKind.DIRECTORY_ID, value=value, origin=IdentityKeyOrigin.ATTRIBUTE, name="externalId"
    )


LEES = entry(number("1043"), mail(LEE), uid="lee", name="leeh")
HERS = entry(number("1042"), mail(KIM), name="kim")
"""Kim's own entry, where the attack is on another account of Kim's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """An account as it was and as Kim made it."""

    before: Account
    after: Account
    hr: Worker = WORKS
    beside: tuple[Account, ...] = ()
    """Other accounts."""


ATTACKS = {
    "number and mail are a colleague's": Attack(
        before=entry(number("1042"), mail(KIM)), after=entry(number("1043"), PLUS)
    ),
    "a colleague's mail beside the own": Attack(
        before=entry(number("1042"), mail(KIM), name="kim"),
        after=entry(number("1042"), mail(KIM), mail(LEE), name="kim"),
        hr=NAMED,
    ),
    "the number is a colleague's, HR gives the login": Attack(
        before=entry(number("1042"), mail(KIM), name="kim"),
        after=entry(number("1043"), mail(KIM), name="kim"),
        hr=NAMED,
    ),
    "everything is blanked": Attack(before=entry(number("1042"), mail(KIM)), after=entry()),
    "the number is nobody's": Attack(before=entry(number("1042")), after=entry(number("9999"))),
    "tag employee-id": Attack(
        before=iam(tag(IdentityKeyKind.NUMBER, "1042")), after=iam(tag(IdentityKeyKind.NUMBER, "1043")), beside=(HERS,)
    ),
    "tag email": Attack(
        before=iam(tag(IdentityKeyKind.MAIL, KIM)), after=iam(tag(IdentityKeyKind.MAIL, LEE)), beside=(HERS,)
    ),
    "a tag beside the login": Attack(
        before=replace(user("KIM"), keys=user("KIM").keys),
        after=user("KIM", tag(IdentityKeyKind.NUMBER, "1043")),
        beside=(HERS,),
    ),
    "tags taken off": Attack(before=iam(tag(IdentityKeyKind.MAIL, KIM)), after=iam(), beside=(HERS,)),
    "owner, of a workload that it isn't": Attack(
        before=iam(tag(IdentityKeyKind.MAIL, KIM)),
        after=iam(tag(IdentityKeyKind.MAIL, KIM), owner(IdentityKeyKind.MAIL, LEE), service_like=True),
        beside=(HERS,),
    ),
    "manager, of a workload that it isn't": Attack(
        before=entry(mail(KIM), uid="kim2"),
        after=entry(uid="kim2", service_like=True, owner_labels=(LEES.label,)),
        beside=(HERS,),
    ),
    "a service-like name": Attack(
        before=entry(mail(KIM), uid="kim2", name="kim2"),
        after=entry(mail(KIM), uid="kim2", name="svc-kim2", service_like=True),
        beside=(HERS,),
    ),
    "another SSH key": Attack(
        before=entry(ssh("SHA256:kim"), uid="kim2", name="a-kim"),
        after=entry(ssh("SHA256:lee"), uid="kim2", name="a-leeh"),
        hr=NAMED,
        beside=(replace(HERS, keys=(*HERS.keys, ssh("SHA256:kim"))),),
    ),
    "the external id is a colleague's": Attack(before=iam(outer_id("kim")), after=iam(outer_id("lee")), beside=(HERS,)),
    "the external id is taken off": Attack(before=iam(outer_id("kim")), after=iam(), beside=(HERS,)),
}


def quiet_office(session: Session) -> Office:
    made = QuietOffice(session=session, tracker=HeardTracker(cast("Tracker", None)), as_of=BEGAN)
    made.directory.lists_credentials = True
    return made


@pytest.fixture
def office(store: Session) -> Office:
    return quiet_office(store)


def begin(office: Office, attack: Attack) -> None:
    """Two nights of the company as it was."""
    office.hr.workers = [attack.hr, COLLEAGUE]
    office.directory.accounts = [LEES]
    for each in (attack.before, *attack.beside):
        system = office.directory if each.realm == DIRECTORY else office.cloud
        system.accounts.append(each)
    if attack.before.realm != DIRECTORY:
        office.cloud.credentials = [access_key(KEY, attack.before)]
    office.night()
    office.night()


def edit(office: Office, account: Account) -> None:
    for system in (office.directory, office.cloud):
        system.accounts = [account if each.native_id == account.native_id else each for each in system.accounts]


def leaves(office: Office) -> None:
    """Kim's last day is the one before the next night, 44 days after the last."""
    office.as_of += timedelta(days=DAYS)
    last = (office.as_of - timedelta(days=1)).date().isoformat()
    office.hr.change("1042", employments=(job("left", last=last),))
    office.night()


def is_used(office: Office, account: Account) -> None:
    at = office.as_of + timedelta(hours=12)
    if account.realm == DIRECTORY:
        office.directory.change(account.native_id, last_used_at=at, last_used_exact=True)
    else:
        office.cloud.change(KEY, last_used_at=at)
    office.night()


def standing(office: Office, account: Account) -> dict[str, tuple[str, str, float]]:
    """Of what stands on an account, by rule: whose it is, how bad, and how soon."""
    rows = office.session.execute(
        "select f.rule, w.worker_id, f.severity, f.due_hours from finding f join worker w using (person_uid)"
        " where f.account_native_id = %s and f.state = 'open'",
        (account.native_id,),
    ).fetchall()
    return {str(rule): (str(worker_id), str(severity), float(str(due))) for rule, worker_id, severity, due in rows}


def evidence(office: Office, rule: str) -> str:
    ((told,),) = office.session.execute("select evidence::text from finding where rule = %s", (rule,)).fetchall()
    return str(told)


def decide(office: Office, verdict: LinkVerdict, account: Account, worker_id: str) -> None:
    name = "corp-ldap" if account.realm == DIRECTORY else "aws"
    decide_link(
        office.session,
        verdict,
        source=name,
        account=account.native_id,
        worker=worker_id,
        reason="asked them",
        author="analyst",
    )


def own_rule(account: Account) -> str:
    return "leaver-account-works" if account.realm == DIRECTORY else "leaver-access-key"


@variants(1, attack=ATTACKS)
def test_who_edits_their_own_entry_stays_on_the_list(
    office: Office, attack: Attack, record_property: Callable[[str, object], None]
) -> None:
    begin(office, attack)
    edit(office, attack.after)
    office.night()
    at_once = standing(office, attack.before)
    leaves(office)
    gone = standing(office, attack.before)
    is_used(office, attack.after)
    used = standing(office, attack.before)
    record_property("attacks", 1)
    record_property("silent", int(not at_once and not gone))

    assert at_once == {"link-moved": ("1042", "high", 120.0)}
    assert gone["link-moved"] == ("1042", "high", 120.0)
    assert gone[own_rule(attack.before)] == ("1042", "high", 24.0)
    assert used["used-after-departure"][:2] == ("1042", "critical")


# --- what ends it ----------------------------------------------------------------------------------------------------


PLAIN = ATTACKS["number and mail are a colleague's"]


def resolved(office: Office, rule: str) -> str:
    (one,) = reading.findings(office.session, rule=rule)
    return one.why


def links(office: Office, account: Account) -> list[tuple[str, str]]:
    rows = office.session.execute(
        "select w.worker_id, l.decision from link l join account a using (account_pk) join worker w using (person_uid)"
        " where a.native_id = %s and l.valid_to is null order by 1",
        (account.native_id,),
    ).fetchall()
    return [(str(worker_id), str(decision)) for worker_id, decision in rows]


def attacked(office: Office, attack: Attack = PLAIN) -> None:
    begin(office, attack)
    edit(office, attack.after)
    office.night()


def plainly_begun(session: Session, _tracker: Tracker) -> Office:
    office = quiet_office(session)
    begin(office, PLAIN)
    return office


@pytest.fixture
def plain(begun: Begun) -> Office:
    """Two nights have seen Kim's own entry as it should be."""
    return begun(plainly_begun)


def plainly_attacked(session: Session, _tracker: Tracker) -> Office:
    office = quiet_office(session)
    attacked(office)
    return office


@pytest.fixture
def edited(begun: Begun) -> Office:
    """A night has seen what Kim made of their own entry."""
    return begun(plainly_attacked)


def test_it_says_what_changed_and_whose_claim_it_is_and_calls_nobody_a_leaver(edited: Office) -> None:
    told = evidence(edited, "link-moved")
    assert "Worker 1042 works here." in told
    assert "Worker 1043, score 1.00" in told
    assert "It stays worker 1042's until a person decides whose it is" in told
    assert links(edited, PLAIN.before) == [("1042", "linked"), ("1043", "candidate")]
    leaves(edited)
    assert "by what is said now it isn't theirs" in evidence(edited, "leaver-account-works")
    assert "Worker 1043, score 1.00" in evidence(edited, "leaver-account-works")


def test_it_is_told_once_and_stays_through_the_nights(edited: Office) -> None:
    (rows,) = edited.session.execute("select count(*) from link").fetchall()
    edited.night()
    edited.night()

    assert edited.session.execute("select count(*) from link").fetchall() == [rows]
    assert set(standing(edited, PLAIN.before)) == {"link-moved"}


def test_a_second_edit_does_not_wear_it_down(edited: Office) -> None:
    for keys in ((number("1043"),), (mail(LEE),), ()):
        edit(edited, entry(*keys))
        edited.night()

    assert links(edited, PLAIN.before)[0] == ("1042", "linked")
    assert set(standing(edited, PLAIN.before)) == {"link-moved"}


def test_others_that_say_the_same_take_nobody_s_account(plain: Office) -> None:
    """By whoever may make accounts: more than ten with Kim's number and mail, which weigh nothing from then on."""
    plain.directory.accounts += [entry(number("1042"), mail(KIM), uid=f"x{each}") for each in range(11)]
    plain.night()

    assert links(plain, PLAIN.before) == [("1042", "linked")]
    assert standing(plain, PLAIN.before) == {"link-moved": ("1042", "high", 120.0)}

    leaves(plain)
    assert set(standing(plain, PLAIN.before)) == {"link-moved", "leaver-account-works"}

    for each in range(11):
        edit(plain, entry(uid=f"x{each}"))
    plain.night()
    assert resolved(plain, "link-moved") == "linked to them again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlinking:
    """An account that is Kim's by Kim's own entry, and the others that come to say the same."""

    account: Account
    others: tuple[Account, ...]


BY_LOGIN = iam(tag(IdentityKeyKind.LOGIN, "kimm"))
BY_KEY = entry(ssh("SHA256:kim"), uid="kim2", name="a-kim")
UNLINKINGS = {
    "a colleague's entry has the login": Unlinking(
        account=BY_LOGIN, others=(entry(number("1043"), mail(LEE), uid="lee", name="kimm"),)
    ),
    "a colleague's entry has the SSH key": Unlinking(
        account=BY_KEY, others=(entry(number("1043"), mail(LEE), ssh("SHA256:kim"), uid="lee", name="leeh"),)
    ),
    "many have the login": Unlinking(
        account=BY_LOGIN, others=tuple(user(f"X{n}", tag(IdentityKeyKind.LOGIN, "kimm")) for n in range(11))
    ),
    "many have the external id": Unlinking(
        account=iam(outer_id("kim")), others=tuple(user(f"X{n}", outer_id("kim")) for n in range(11))
    ),
    "many have the SSH key": Unlinking(
        account=BY_KEY, others=tuple(user(f"X{n}", ssh("SHA256:kim")) for n in range(11))
    ),
}


@variants(1, unlinking=UNLINKINGS)
def test_what_other_accounts_say_unlinks_nobody(office: Office, unlinking: Unlinking) -> None:
    theirs = unlinking.account
    own = entry(number("1042"), ssh("SHA256:kim"), name="kimm")
    begin(office, Attack(before=theirs, after=theirs, hr=NAMED, beside=(own,)))
    assert links(office, theirs) == [("1042", "linked")]
    for each in unlinking.others:
        if each.realm == DIRECTORY:
            edit(office, each)
        else:
            office.cloud.accounts.append(each)
    office.night()
    at_once = standing(office, theirs)
    leaves(office)

    assert at_once == {"link-moved": ("1042", "high", 120.0)}
    assert standing(office, theirs)[own_rule(theirs)] == ("1042", "high", 24.0)


def test_what_it_said_before_ends_it(edited: Office) -> None:
    edit(edited, PLAIN.before)
    edited.night()

    assert standing(edited, PLAIN.before) == {}
    assert resolved(edited, "link-moved") == "linked to them again"


@some_of(
    1,
    ("verdict", "worker_id", "holder"),
    [
        (LinkVerdict.CONFIRM, "1042", "1042"),
        (LinkVerdict.CONFIRM, "1043", "1043"),
        (LinkVerdict.REJECT, "1042", "1043"),
    ],
)
def test_a_person_ends_it(edited: Office, verdict: LinkVerdict, worker_id: str, holder: str) -> None:
    decide(edited, verdict, PLAIN.before, worker_id)
    edited.night()

    assert standing(edited, PLAIN.before) == {}
    assert links(edited, PLAIN.before) == [(holder, "linked")]


@some_of(1, ("verdict", "worker_id"), [(LinkVerdict.CONFIRM, "1043"), (LinkVerdict.REJECT, "1042")])
def test_a_person_ends_it_after_the_departure_too(edited: Office, verdict: LinkVerdict, worker_id: str) -> None:
    leaves(edited)
    is_used(edited, PLAIN.after)
    decide(edited, verdict, PLAIN.before, worker_id)
    edited.night()

    assert standing(edited, PLAIN.before) == {}


def test_hr_explains_it(office: Office) -> None:
    """HR gives the number that the account bore to the colleague: it would be disputed had nobody touched it."""
    attacked(office, Attack(before=entry(mail(KIM)), after=entry(mail(LEE))))
    office.hr.change("1043", directory_ids=(scoped("corp-ldap:kim"),))
    office.night()

    assert standing(office, PLAIN.before) == {}
    assert links(office, PLAIN.before) == [("1043", "linked")]
    assert resolved(office, "link-moved") == "what it said before is no longer theirs either"


def test_a_departure_alone_finds_what_was_edited_since_the_night(plain: Office) -> None:
    edit(plain, PLAIN.after)
    leaves(plain)

    assert standing(plain, PLAIN.before)["leaver-account-works"] == ("1042", "high", 24.0)
    assert standing(plain, PLAIN.before)["link-moved"] == ("1042", "high", 120.0)


# --- a workload that is handed on ------------------------------------------------------------------------------------


def job_of(*keys: AccountKey, owners: tuple[str, ...] = ()) -> Account:
    return user("SVC", *keys, service_like=True, owner_labels=owners)


HANDED_ON = {
    "owner": (job_of(owner(IdentityKeyKind.MAIL, KIM)), job_of(owner(IdentityKeyKind.MAIL, LEE))),
    "owner's number": (job_of(owner(IdentityKeyKind.NUMBER, "1042")), job_of(owner(IdentityKeyKind.NUMBER, "1043"))),
    "mail": (job_of(mail(KIM)), job_of(mail(LEE))),
    "nobody": (job_of(owner(IdentityKeyKind.MAIL, KIM)), job_of()),
}


@variants(1, handed_on=HANDED_ON, secret=["old", "new"])
def test_a_workload_that_was_handed_on_is_asked_about_as_long_as_its_secret_is_old(
    office: Office,
    handed_on: tuple[Account, Account],
    secret: str,
    record_property: Callable[[str, object], None],
) -> None:
    before, after = handed_on
    begin(office, Attack(before=before, after=after))
    edit(office, after)
    office.night()
    at_once = standing(office, before)
    if secret == "new":
        office.cloud.credentials = [
            access_key("AKIANEWNEWNEWNEWNEWN", after, created_at=office.as_of + timedelta(hours=1))
        ]
    leaves(office)
    gone = standing(office, before)
    record_property("attacks", int(secret == "old"))
    record_property("silent", int(secret == "old" and not gone))

    assert at_once == {}
    assert gone == ({"link-moved": ("1042", "medium", 120.0)} if secret == "old" else {})


# --- innocent twins --------------------------------------------------------------------------------------------------


KIMS_NEW = "kimlee@corp.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """An innocent change of an account, and what HR says of it, before or after."""

    before: Account
    after: Account
    hr: dict[str, Any]
    told: bool
    """Whether somebody has to look at it until HR has spoken."""


TWINS = {
    "a marriage": Twin(
        before=entry(mail(KIM), name="kim"),
        after=entry(mail(KIMS_NEW), name="kimlee"),
        hr={"mail": KIMS_NEW, "logins": (scoped("kimlee"),)},
        told=True,
    ),
    "a marriage of somebody with a number": Twin(
        before=entry(number("1042"), mail(KIM)),
        after=entry(number("1042"), mail(KIMS_NEW)),
        hr={"mail": KIMS_NEW},
        told=False,
    ),
    "a corrected number": Twin(
        before=entry(number("01042"), mail(KIM)), after=entry(number("1042"), mail(KIM)), hr={}, told=False
    ),
    "a number that HR gives anew": Twin(
        before=entry(number("1042")),
        after=entry(number("2042")),
        hr={"worker_id": "2042", "previous_worker_ids": ("1042",)},
        told=True,
    ),
    "another key": Twin(
        before=entry(number("1042"), ssh("SHA256:old")),
        after=entry(number("1042"), ssh("SHA256:new")),
        hr={},
        told=False,
    ),
}


@variants(1, twin=TWINS, first=["HR", "the account", "both"])
def test_an_innocent_twin_is_a_line_to_review_at_most(office: Office, twin: Twin, first: str) -> None:
    begin(office, Attack(before=twin.before, after=twin.after))
    if first != "the account":
        office.hr.workers[0] = replace(WORKS, **twin.hr)
    if first != "HR":
        edit(office, twin.after)
    office.night()
    between = standing(office, twin.before)
    office.hr.workers[0] = replace(WORKS, **twin.hr)
    edit(office, twin.after)
    office.night()

    assert set(between) == ({"link-moved"} if twin.told and first == "the account" else set())
    assert standing(office, twin.before) == {}


HANDED = {
    "a mailbox": (entry(mail(KIM), uid="team"), entry(mail(LEE), uid="team")),
    "a corrected number, which was a colleague's": (entry(number("1042")), entry(number("1043"))),
}


@variants(1, handed=HANDED)
def test_what_goes_to_a_colleague_is_one_line_to_review(office: Office, handed: tuple[Account, Account]) -> None:
    before, after = handed
    attacked(office, Attack(before=before, after=after))
    told = standing(office, before)
    decide(office, LinkVerdict.CONFIRM, before, "1043")
    office.night()
    leaves(office)

    assert set(told) == {"link-moved"}
    assert standing(office, before) == {}


# --- a rival's claim -------------------------------------------------------------------------------------------------


RIVALS = {
    "a directory's login": entry(number("1042"), mail(KIM), mail(LEE), name="kim"),
    "another number": entry(number("1043"), mail(KIM), name="kim"),
    "a user's key": iam(tag(IdentityKeyKind.NUMBER, "1042"), tag(IdentityKeyKind.MAIL, LEE)),
}


@variants(2, account=RIVALS, privileged=[False, True])
def test_a_rival_s_claim_lowers_neither_severity_nor_haste(
    office: Office, account: Account, privileged: bool, record_property: Callable[[str, object], None]
) -> None:
    """It was so from the first night: nothing moved."""
    account = replace(account, privileged=privileged)
    begin(office, Attack(before=account, after=account, hr=NAMED))
    assert links(office, account) == [("1042", "disputed"), ("1043", "disputed")]
    leaves(office)
    gone = standing(office, account)
    is_used(office, account)
    used = standing(office, account)
    record_property("attacks", 1)
    record_property("silent", int(not gone))

    assert gone == {"disputed-account": ("1042", "high", 4.0 if privileged else 24.0)}
    assert used["used-after-departure"][:2] == ("1042", "critical")
    named = evidence(office, "used-after-departure")
    assert "Worker 1042, score" in named
    assert "Worker 1043, score" in named


def test_policy_says_how_bad_and_how_soon_as_of_what_would_be_found(office: Office) -> None:
    account = RIVALS["a user's key"]
    office.policy = {
        "severities": {"leaver-access-key": "critical", "disputed-account": "low"},
        "due_hours": {"other": 2},
    }
    begin(office, Attack(before=account, after=account))
    leaves(office)

    assert standing(office, account) == {"disputed-account": ("1042", "critical", 2.0)}


def test_what_would_be_no_link_is_no_more_than_disputed(office: Office) -> None:
    account = entry(number("E1042"), mail(LEE))
    begin(office, Attack(before=account, after=account))
    leaves(office)
    is_used(office, account)

    assert standing(office, account) == {"disputed-account": ("1042", "medium", 120.0)}


def test_an_entry_of_very_many_values_costs_nobody_the_night(
    office: QuietOffice, record_property: Callable[[str, object], None]
) -> None:
    """Its time grew with the square of them: this many took some minutes, and some more of them hours."""
    record_property("hostile values", 1)
    many = entry(*(mail(f"m{each}@corp.example") for each in range(100_000)), uid="many")
    office.directory.accounts = [LEES, HERS, many]

    office.session.execute("set statement_timeout = '60s'")
    office.night()
    office.directory.accounts = [LEES, HERS, replace(many, keys=many.keys[1:])]
    office.night()
