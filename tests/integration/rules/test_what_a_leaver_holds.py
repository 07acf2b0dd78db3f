"""What a leaver can hold beside logins and keys: from facts in a store to a finding, and to its end."""

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, cast

import pytest

from offboarding.interfaces import Tracker
from offboarding.model import Account, Credential, IdentityKeyKind, Standing, SubjectKind, Trust
from offboarding.model.errors import RetriableError
from offboarding.store import reading
from offboarding.store.connect import Session
from tests.support.begun import Begun, Play, beginnings, begun
from tests.support.listed_tracker import tracker
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
from tests.support.rows import note_all
from tests.support.small_company import AFTER, KIM, LEFT, LONG_AGO, STAFF, WORKS, account, mail, number, tag, worker
from tests.support.variants import variants
from tests.support.whole_night import Readers

pytestmark = pytest.mark.slow

__all__ = ["beginnings", "begun", "tracker"]  # fixtures

LEAVER = worker("1042", LEFT, mail=KIM, name="Kim Minjun")
KEY = "AKIAAAAAAAAAAAAAAAAA"
USER = user("AIDAKIM", tag(IdentityKeyKind.NUMBER, "1042"))
ENTRY = login("kim", number("1042"))
FINGERPRINT = "SHA256:kim"


@dataclass(slots=True, kw_only=True)
class QuietOffice(Office):
    """An office that tells no tracker: what is asked here is the findings' state."""

    def readers(self) -> Readers:
        return replace(Office.readers(self), trackers=lambda _: {})


def kim_left(session: Session) -> Office:
    made = QuietOffice(session=session, tracker=HeardTracker(cast("Tracker", None)))
    made.clouds[OTHER_CLOUD] = System(realm=OTHER_CLOUD)
    made.hr.workers = [LEAVER, STAFF]
    made.directory.lists_credentials = True
    made.directory.accounts = [replace(ENTRY, **locked())]
    made.cloud.accounts = [replace(USER, standing=Standing.DEAD, standing_reason="no way in")]
    return made


@pytest.fixture
def office(store: Session) -> Office:
    """Kim has left: a locked directory account and an IAM user without a key are what remains."""
    return kim_left(store)


def credential(kind: SubjectKind, owner: Account, native_id: str, **changes: Any) -> Credential:
    return replace(access_key(native_id, owner), kind=kind, label=native_id, **changes)


def root(**changes: Any) -> Account:
    made = Account(
        realm=CLOUD,
        native_id=CLOUD,
        label=f"root of AWS account {CLOUD}",
        login="",
        keys=(mail(KIM),),
        created_at=LONG_AGO,
        standing=Standing.WORKS,
        standing_reason="Organizations: the account is ACTIVE",
        kind=SubjectKind.ROOT_ACCOUNT,
        privileged=True,
    )
    return replace(made, **changes)


def trust(**changes: Any) -> Trust:
    made = Trust(
        realm=OTHER_CLOUD,
        native_id="AROAOPS",
        label=f"arn:aws:iam::{OTHER_CLOUD}:role/ops",
        principal_realm=CLOUD,
        principal=USER.label,
        standing=Standing.WORKS,
        standing_reason="the trust policy names the user",
    )
    return replace(made, **changes)


def deploy_key(**changes: Any) -> Credential:
    return credential(SubjectKind.SSH_KEY, login("deploy"), FINGERPRINT, fingerprint=FINGERPRINT, **changes)


def shared(office: Office) -> None:
    """Kim's key is on his own entry, where it's dead, and on a shared one."""
    own = credential(
        SubjectKind.SSH_KEY, ENTRY, FINGERPRINT, fingerprint=FINGERPRINT, standing=Standing.DEAD, standing_reason="off"
    )
    office.directory.accounts.append(login("deploy"))
    office.directory.credentials = [own, deploy_key()]


def off_the_shared_account(office: Office) -> None:
    office.directory.credentials = office.directory.credentials[:1]


def certified(office: Office) -> None:
    office.directory.credentials = [credential(SubjectKind.CERTIFICATE, ENTRY, "ab12")]


def trusted(office: Office) -> None:
    office.clouds[OTHER_CLOUD].trusts = [trust()]


def trusting_nobody(office: Office) -> None:
    office.clouds[OTHER_CLOUD].trusts = []


def with_api_key(office: Office) -> None:
    office.cloud.credentials = [credential(SubjectKind.SERVICE_CREDENTIAL, USER, "ACCA1")]


def with_root(office: Office) -> None:
    office.cloud.accounts.append(root())


def creating(office: Office) -> None:
    """Kim's account made another one, the week before."""
    made = account("relay", realm=DIRECTORY, made=AFTER.replace(day=9))
    office.directory.accounts.append(replace(made, created_by=ENTRY.label))


def creating_elsewhere(office: Office) -> None:
    """Kim's entry made an account of another system's, which names it as an entry of that directory."""
    made = account("relay", realm=OTHER_CLOUD, made=AFTER.replace(day=9))
    office.clouds[OTHER_CLOUD].accounts.append(replace(made, created_by=ENTRY.label.replace(",", ", ").upper()))


def moved(office: Office) -> None:
    """Kim's working account loses its number after he left."""
    office.directory.accounts.append(login("kim2", number("1042")))
    office.night()
    office.directory.change("kim2", keys=())


def dead(native_id: str) -> Callable[[Office], None]:
    def shut(office: Office) -> None:
        for system in (office.directory, *office.clouds.values()):
            system.change(native_id, **locked())

    return shut


def another_address(office: Office) -> None:
    office.cloud.change(CLOUD, keys=(mail("cloud-root@corp.example"),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Something a leaver holds, and what ends it."""

    rule: str
    subject: str
    begins: Callable[[Office], None]
    ends: Callable[[Office], None]
    resolution: str
    realm: str = DIRECTORY

    def system(self, office: Office) -> System:
        return office.directory if self.realm == DIRECTORY else office.clouds[self.realm]


WAYS = [
    Way(
        rule="leaver-certificate",
        subject="ab12",
        begins=certified,
        ends=dead("ab12"),
        resolution="seen dead: pwdAccountLockedTime 000001010000Z",
    ),
    Way(
        rule="leaver-service-credential",
        subject="ACCA1",
        begins=with_api_key,
        ends=lambda office: office.cloud.remove("ACCA1"),
        resolution="seen gone: it no longer exists",
        realm=CLOUD,
    ),
    Way(
        rule="leaver-role-trust",
        subject="AROAOPS",
        begins=trusted,
        ends=trusting_nobody,
        resolution="seen dead: the role lets none of their users in",
        realm=OTHER_CLOUD,
    ),
    Way(
        rule="leaver-root-mail",
        subject=CLOUD,
        begins=with_root,
        ends=another_address,
        resolution="its mail address is no longer theirs",
        realm=CLOUD,
    ),
    Way(
        rule="leaver-created-account",
        subject="relay",
        begins=creating,
        ends=dead("relay"),
        resolution="seen dead: pwdAccountLockedTime 000001010000Z",
    ),
    Way(
        rule="leaver-created-account",
        subject="relay",
        begins=creating_elsewhere,
        ends=dead("relay"),
        resolution="seen dead: pwdAccountLockedTime 000001010000Z",
        realm=OTHER_CLOUD,
    ),
    Way(
        rule="link-moved",
        subject="kim2",
        begins=moved,
        ends=dead("kim2"),
        resolution="seen dead: pwdAccountLockedTime 000001010000Z",
    ),
    Way(
        rule="leaver-ssh-key",
        subject=FINGERPRINT,
        begins=shared,
        ends=off_the_shared_account,
        resolution="seen gone: it no longer exists",
    ),
]
BY_RULE = {way.rule: way for way in WAYS}
EACH = variants(4, way=BY_RULE)


@functools.cache
def first_night(rule: str) -> Play[Office]:
    """The one on which this way in is found."""
    way = BY_RULE[rule]

    def play(session: Session, _tracker: Tracker) -> Office:
        office = kim_left(session)
        way.begins(office)
        office.night()
        return office

    return play


def found(office: Office, rule: str) -> dict[str, tuple[str, str, str]]:
    """By subject: state, standing and resolution of a rule's findings."""
    return {
        each.subject_native_id: (each.state, each.standing, each.why)
        for each in reading.findings(office.session, rule=rule)
    }


def decide(office: Office, verdict: str, account: Account, worker_id: str) -> None:
    """A person says whose an account is, or isn't."""
    office.session.execute(
        "insert into link_decision (realm, native_id, person_uid, verdict, reason, author)"
        " select %s, %s, person_uid, %s, 'asked them', 'analyst' from worker where worker_id = %s",
        (account.realm, account.native_id, verdict, worker_id),
    )
    note_all(office.session)


@EACH
def test_begins_and_closes_when_seen_at_its_end(begun: Begun, way: Way) -> None:
    office = begun(first_night(way.rule))
    before = found(office, way.rule)

    way.ends(office)
    office.night()

    assert before == {way.subject: ("open", "works", "")}
    assert found(office, way.rule)[way.subject][0::2] == ("resolved", way.resolution)


@EACH
def test_stands_while_its_system_cannot_be_read(begun: Begun, way: Way) -> None:
    office = begun(first_night(way.rule))

    way.ends(office)
    way.system(office).error = RetriableError("the system doesn't answer")
    office.night()
    unread = found(office, way.rule)
    way.system(office).error = None
    office.night()

    assert unread[way.subject][0] == "open"
    assert found(office, way.rule)[way.subject][0] == "resolved"


@variants(3, way={rule: way for rule, way in BY_RULE.items() if rule != "link-moved"})
def test_closes_when_the_departure_is_withdrawn(begun: Begun, way: Way) -> None:
    office = begun(first_night(way.rule))

    office.hr.workers = [worker("1042", mail=KIM, name="Kim Minjun"), STAFF]
    office.night()

    state, _, resolution = found(office, way.rule)[way.subject]
    assert (state, resolution) == ("resolved", "the departure was withdrawn: works here, says hr")


@EACH
def test_a_second_night_says_the_same(begun: Begun, way: Way) -> None:
    office = begun(first_night(way.rule))
    before = found(office, way.rule)

    office.night()

    assert found(office, way.rule) == before


# --- roles -----------------------------------------------------------------------------------------------------------


def test_a_role_closes_when_the_user_is_gone(office: Office) -> None:
    trusted(office)
    office.night()

    office.cloud.remove(USER.native_id)
    office.night()

    assert found(office, "leaver-role-trust")["AROAOPS"][0] == "resolved"


def test_a_role_closes_when_a_person_rejects_the_link_to_the_user(office: Office) -> None:
    trusted(office)
    office.night()

    decide(office, "reject", USER, "1042")
    office.night()

    assert found(office, "leaver-role-trust")["AROAOPS"][0::2] == ("resolved", "the link was rejected by analyst")


def test_a_role_stands_when_the_link_to_the_user_only_faded(office: Office) -> None:
    trusted(office)
    office.night()

    office.cloud.change(USER.native_id, keys=())
    office.night()

    assert found(office, "leaver-role-trust")["AROAOPS"][0] == "open"


def test_a_role_stands_when_whoever_had_the_user_turns_out_to_be_somebody_known_longer(office: Office) -> None:
    """The link is the merged person's, under the name that is an alias now."""
    before = worker("77", LEFT, name="Kim Minjun")
    office.hr.workers = [before, STAFF]
    office.night()
    trusted(office)
    office.hr.workers = [before, LEAVER, STAFF]
    office.night()
    office.cloud.change(USER.native_id, keys=())
    office.night()

    office.hr.workers = [before, replace(LEAVER, previous_worker_ids=("77",)), STAFF]
    office.night()

    assert found(office, "leaver-role-trust")["AROAOPS"][0] == "open"


def test_a_role_whose_conditions_decide_waits_unverified(office: Office) -> None:
    unknown = trust(standing=Standing.UNKNOWN, standing_reason="it depends on aws:sourceip")
    office.clouds[OTHER_CLOUD].trusts = [unknown]

    office.night()

    assert found(office, "leaver-role-trust")["AROAOPS"][:2] == ("unverified", "unknown")


# --- root users ------------------------------------------------------------------------------------------------------


def test_a_root_user_whom_nobody_may_ask_for_any_more_is_not_gone(office: Office) -> None:
    with_root(office)
    office.night()

    office.cloud.tells_roots = False
    office.night()

    assert found(office, "leaver-root-mail")[CLOUD][:2] == ("open", "unknown")


def test_a_root_user_is_no_account_that_nobody_claims(office: Office) -> None:
    office.cloud.accounts.append(root(keys=(mail("cloud-root@corp.example"),)))

    night = office.night()

    assert found(office, "orphan-account") == {}
    assert night.correlated.counts is not None
    assert night.correlated.counts.orphan == 0


def test_a_root_user_of_a_closed_account_is_dead(office: Office) -> None:
    with_root(office)
    office.night()

    office.cloud.change(CLOUD, standing=Standing.DEAD, standing_reason="Organizations: the account is SUSPENDED")
    office.night()

    resolution = "seen dead: Organizations: the account is SUSPENDED"
    assert found(office, "leaver-root-mail")[CLOUD][0::2] == ("resolved", resolution)


# --- accounts that they made, links that moved, keys elsewhere -------------------------------------------------------


def test_an_entry_of_the_accounts_own_system_is_its_maker_before_one_elsewhere(office: Office) -> None:
    creating_elsewhere(office)
    office.clouds[OTHER_CLOUD].accounts.append(replace(account("twin", realm=OTHER_CLOUD), label=ENTRY.label))

    office.night()

    assert found(office, "leaver-created-account") == {}


@pytest.mark.parametrize("left_before", [True, False])
def test_what_they_made_and_own_is_found_wherever_their_entry_is_moved(office: Office, *, left_before: bool) -> None:
    """Entries such as creatorsName keep the former label when the maker's entry is moved to ou=left."""
    creating(office)
    office.directory.accounts.append(login("batch", owner_labels=(ENTRY.label,), service_like=True))
    if not left_before:
        office.hr.change("1042", employments=(WORKS,))
    office.night()
    office.directory.change(ENTRY.native_id, label="uid=kim,ou=left,dc=corp,dc=example")
    office.hr.change("1042", employments=(LEFT,))

    office.night()

    assert found(office, "leaver-created-account")["relay"][0] == "open"
    assert found(office, "leaver-owned-service-account")["batch"][0] == "open"


def test_what_they_made_is_found_though_another_account_takes_their_label(office: Office) -> None:
    creating(office)
    office.hr.change("1042", employments=(WORKS,))
    office.night()
    office.directory.change(ENTRY.native_id, label="uid=kim,ou=left,dc=corp,dc=example")
    office.directory.accounts.append(replace(login("another"), label=ENTRY.label))
    office.night()
    office.hr.change("1042", employments=(LEFT,))

    office.night()

    assert found(office, "leaver-created-account")["relay"][0] == "open"


def test_what_they_made_closes_when_somebody_who_works_here_holds_it(office: Office) -> None:
    creating(office)
    office.night()

    decide(office, "confirm", login("relay"), "1043")
    office.night()

    state, _, resolution = found(office, "leaver-created-account")["relay"]
    assert (state, resolution) == ("resolved", "it is held by somebody who works here")


@pytest.mark.parametrize(("verdict", "worker_id"), [("confirm", "1042"), ("reject", "1042"), ("confirm", "1043")])
def test_a_link_that_moved_closes_by_a_person_s_decision(office: Office, verdict: str, worker_id: str) -> None:
    moved(office)
    office.night()

    decide(office, verdict, login("kim2"), worker_id)
    office.night()

    assert found(office, "link-moved")["kim2"][0] == "resolved"


def test_a_link_that_moved_stands_when_the_departure_is_withdrawn(office: Office) -> None:
    """Whoever works here keeps what says otherwise of itself, until somebody has decided that."""
    moved(office)
    office.night()

    office.hr.workers = [worker("1042", mail=KIM, name="Kim Minjun"), STAFF]
    office.night()

    assert found(office, "link-moved")["kim2"] == ("open", "works", "")
    assert found(office, "leaver-account-works")["kim2"][0] == "resolved"


def test_a_link_that_moved_is_looked_at_live_the_same_night(office: Office) -> None:
    mover = user("AIDAMOVER", tag(IdentityKeyKind.NUMBER, "1042"))
    office.cloud.accounts.append(mover)
    office.cloud.credentials = [access_key(KEY, mover)]
    office.night()

    office.cloud.change("AIDAMOVER", keys=())
    office.night()

    assert found(office, "link-moved")["AIDAMOVER"][:2] == ("open", "works")
    assert found(office, "leaver-access-key")[KEY][0] == "open"


def test_a_key_elsewhere_closes_when_it_is_none_of_theirs(office: Office) -> None:
    shared(office)
    office.night()

    decide(office, "reject", ENTRY, "1042")
    office.night()

    state, _, resolution = found(office, "leaver-ssh-key")[FINGERPRINT]
    assert (state, resolution) == ("resolved", "the key is none of theirs, a person decided")


def test_a_key_elsewhere_stands_when_their_own_account_is_gone(office: Office) -> None:
    shared(office)
    office.night()

    office.directory.remove("kim")
    office.night()

    assert found(office, "leaver-ssh-key")[FINGERPRINT][0] == "open"


# --- off, and on again -----------------------------------------------------------------------------------------------


def test_an_api_key_that_is_off_is_listed_and_on_again_is_open_again(office: Office) -> None:
    with_api_key(office)
    office.night()

    office.cloud.change("ACCA1", **switched_off())
    office.night()
    off = found(office, "leaver-service-credential"), found(office, "leaver-credential-inactive")
    office.cloud.change("ACCA1", standing=Standing.WORKS, can_reactivate=False)
    office.night()

    assert [each["ACCA1"][0] for each in off] == ["resolved", "open"]
    assert found(office, "leaver-service-credential")["ACCA1"][0] == "open"
    assert found(office, "leaver-credential-inactive")["ACCA1"][2] == "switched on again: see leaver-service-credential"


def test_an_api_key_that_expires_while_it_is_off_is_dead_for_good(office: Office) -> None:
    with_api_key(office)
    office.cloud.change("ACCA1", **switched_off())
    office.night()

    office.cloud.change("ACCA1", can_reactivate=False, standing_reason="it has expired")
    office.night()

    assert found(office, "leaver-credential-inactive")["ACCA1"][2] == "seen dead: it has expired"


def test_a_key_that_is_dead_is_told_with_the_end_of_its_sessions(office: Office) -> None:
    office.cloud.credentials = [access_key(KEY, USER)]
    office.night()

    office.cloud.change(KEY, **switched_off(), sessions_until=AFTER.replace(day=27, hour=4))
    office.night()

    resolution = found(office, "leaver-access-key")[KEY][2]
    assert resolution.endswith("; sessions made with it may live until 2026-11-27 04:00 UTC")
