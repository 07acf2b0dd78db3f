"""A decision about a link that is revoked leaves nothing behind: what the evidence alone says stands again.

Reporting's user is Lee's, who works here; somebody confirms it as Kim's, who left, and takes it back.
"""

from dataclasses import replace
from typing import cast

import pytest

from offboarding.decisions import links
from offboarding.interfaces import Tracker
from offboarding.model import AccountKey, IdentityKeyKind, IdentityKeyOrigin, LinkVerdict, SubjectKind
from offboarding.store import reading
from offboarding.store.connect import Session
from tests.acceptance.test_own_entry import QuietOffice
from tests.support import deciding
from tests.support.begun import Begun
from tests.support.office import HeardTracker, Office, access_key, login, trusting, user
from tests.support.small_company import KIM, LEE, LEFT, mail, number, owner, ssh, worker
from tests.support.variants import variants

pytestmark = pytest.mark.slow

KEY = "AKIAREPORTINGREPORTI"
LEES_USER = user("REPORTING", owner(IdentityKeyKind.MAIL, LEE), service_like=True)
BACKUP = login("svc-backup", mail(KIM), service_like=True)
UNKNOWN = login("batch")


def first_night(session: Session, _tracker: Tracker) -> Office:
    made = QuietOffice(session=session, tracker=HeardTracker(cast("Tracker", None)))
    made.directory.lists_credentials = True
    made.hr.workers = [worker("1042", LEFT, mail=KIM), worker("1043", mail=LEE)]
    made.cloud.accounts = [LEES_USER]
    made.cloud.credentials = [access_key(KEY, LEES_USER)]
    made.directory.accounts = [BACKUP, UNKNOWN]
    made.night()
    return made


@pytest.fixture
def office(begun: Begun) -> Office:
    return begun(first_night)


def decide(office: Office, native_id: str, worker_id: str, verdict: LinkVerdict = LinkVerdict.CONFIRM) -> int:
    source = "aws" if native_id.isupper() else "corp-ldap"
    fields = {"source": source, "account": native_id, "worker": worker_id, "reason": "a mistake", "author": "analyst"}
    number = deciding.decide_link(office.session, verdict, **fields).decision_id
    office.night()
    return number


def revoke(office: Office, number: int) -> None:
    links.revoke(deciding.context(office.session, "lee"), number=number)
    office.night()


def open_on(office: Office, native_id: str) -> set[tuple[str, str]]:
    """What isn't resolved: by which rule, about whom."""
    rows = office.session.execute(
        "select f.rule, w.worker_id from finding f join worker w using (person_uid)"
        " where f.account_native_id = %s and f.state <> 'resolved'",
        (native_id,),
    ).fetchall()
    return {(str(rule), str(worker_id)) for rule, worker_id in rows}


def why(office: Office, rule: str) -> str:
    (one,) = reading.findings(office.session, rule=rule)
    return one.why


# --- a confirmation ---------------------------------------------------------------------------------------------------


def test_what_rested_on_it_alone_closes_and_no_link_moved(office: Office) -> None:
    made = decide(office, "REPORTING", "1042")
    assert open_on(office, "REPORTING") == {("leaver-access-key", "1042")}

    revoke(office, made)
    first = open_on(office, "REPORTING")
    office.night()

    assert first == open_on(office, "REPORTING") == set()
    assert why(office, "leaver-access-key") == "it was theirs by a decision alone, which lee revoked"


def test_the_owner_s_finding_outlives_it_and_the_login_s_does_not(office: Office) -> None:
    owned = {("leaver-owned-service-account", "1042")}
    assert open_on(office, "svc-backup") == owned

    made = decide(office, "svc-backup", "1042")
    confirmed = open_on(office, "svc-backup")
    revoke(office, made)

    assert confirmed == {("leaver-account-works", "1042")}
    assert open_on(office, "svc-backup") == owned


def test_what_the_evidence_says_by_itself_outlives_it(office: Office) -> None:
    office.directory.accounts.append(login("kim", number("1042")))
    office.night()
    revoke(office, decide(office, "kim", "1042"))

    assert open_on(office, "kim") == {("leaver-account-works", "1042")}


def test_one_that_is_given_again_counts_again(office: Office) -> None:
    revoke(office, decide(office, "REPORTING", "1042"))
    made = decide(office, "REPORTING", "1042")
    again = open_on(office, "REPORTING")
    revoke(office, made)

    assert again == {("leaver-access-key", "1042")}
    assert open_on(office, "REPORTING") == set()


def test_one_that_is_replaced_ends_as_the_other_s(office: Office) -> None:
    made = decide(office, "batch", "1042")
    links.revoke(deciding.context(office.session), number=made)
    second = decide(office, "batch", "1043")
    replaced = open_on(office, "batch")
    revoke(office, second)

    assert replaced == open_on(office, "batch") == set()
    assert why(office, "leaver-account-works") == "a person decided that it is worker hr:1043's: analyst"


def test_a_use_that_rested_on_it_is_none_of_theirs(office: Office) -> None:
    office.cloud.change(KEY, last_used_at=office.as_of)
    made = decide(office, "REPORTING", "1042")
    used = open_on(office, "REPORTING")
    revoke(office, made)

    assert ("used-after-departure", "1042") in used
    assert open_on(office, "REPORTING") == set()


def test_a_role_that_trusts_the_user_is_no_leaver_s(office: Office) -> None:
    role = trusting(LEES_USER)
    office.cloud.trusts = [role]
    made = decide(office, "REPORTING", "1042")
    assert why(office, "leaver-role-trust") == ""

    revoke(office, made)

    assert why(office, "leaver-role-trust") != ""


def test_a_key_of_the_account_is_no_leaver_s_elsewhere(office: Office) -> None:
    lees = login("lee2", ssh("SHA256:lee"))
    deploy = login("deploy", ssh("SHA256:lee"))
    office.directory.accounts += [lees, deploy]
    office.directory.credentials = [
        replace(access_key(f"{each.native_id}-key", each), kind=SubjectKind.SSH_KEY, fingerprint="SHA256:lee")
        for each in (lees, deploy)
    ]
    office.night()
    made = decide(office, "lee2", "1042")
    assert ("leaver-ssh-key", "1042") in open_on(office, "deploy")

    revoke(office, made)

    assert open_on(office, "deploy") == open_on(office, "lee2") == set()


def test_what_another_account_had_by_it_closes_too(office: Office) -> None:
    named = replace(login("dana"), keys=(name("dana"),))
    equal = user("DANA", name("dana"))
    tagged = user("NIGHTLY", owner(IdentityKeyKind.LOGIN, "dana"), service_like=True)
    office.directory.accounts.append(named)
    office.cloud.accounts += [equal, tagged]
    office.cloud.credentials += [access_key("AKIADANADANADANADANA", equal), access_key("AKIANIGHTLYNIGHTLYNI", tagged)]
    office.night()
    made = decide(office, "dana", "1042")
    confirmed = {native_id: open_on(office, native_id) for native_id in ("dana", "DANA", "NIGHTLY")}
    revoke(office, made)
    office.night()

    assert confirmed == {
        "dana": {("leaver-account-works", "1042")},
        "DANA": {("leaver-access-key", "1042")},
        "NIGHTLY": {("leaver-owned-service-account", "1042")},
    }
    assert [open_on(office, native_id) for native_id in confirmed] == [set(), set(), set()]


def test_what_another_account_had_before_it_stays(office: Office) -> None:
    office.directory.accounts += [replace(login("dana"), keys=(name("dana"),)), login("kim", number("1042"))]
    office.night()
    made = decide(office, "dana", "1042")
    office.hr.change("1042", mail="")
    office.directory.change("kim", keys=())
    revoke(office, made)

    assert {("leaver-account-works", "1042"), ("link-moved", "1042")} == open_on(office, "kim")


# --- whoever edits their own entry meanwhile --------------------------------------------------------------------------


@variants(2, when=["before it", "while it stood"], verdict=list(LinkVerdict))
def test_it_explains_no_edit_of_the_account(office: Office, when: str, verdict: LinkVerdict) -> None:
    office.directory.accounts.append(login("kim", number("1042")))
    office.night()
    if when == "before it":
        office.directory.change("kim", keys=())
        office.night()
    made = decide(office, "kim", "1042", verdict)
    office.directory.change("kim", keys=())
    office.night()
    revoke(office, made)

    if verdict is LinkVerdict.CONFIRM or when == "before it":
        assert ("leaver-account-works", "1042") in open_on(office, "kim")
    assert ("link-moved", "1042") in open_on(office, "kim")


# --- a rejection ------------------------------------------------------------------------------------------------------


def test_a_rejection_that_is_revoked_brings_back_what_it_closed(office: Office) -> None:
    office.directory.accounts.append(login("kim", number("1042")))
    office.night()
    made = decide(office, "kim", "1042", LinkVerdict.REJECT)
    rejected = open_on(office, "kim")
    revoke(office, made)

    assert rejected == set()
    assert open_on(office, "kim") == {("leaver-account-works", "1042")}


# --- a new account of the same name -----------------------------------------------------------------------------------


def name(text: str) -> AccountKey:
    return AccountKey(kind=IdentityKeyKind.LOGIN, value=text, origin=IdentityKeyOrigin.ATTRIBUTE, name="UserName")


def test_what_was_revoked_vouches_for_nothing(office: Office) -> None:
    revoke(office, decide(office, "REPORTING", "1042"))
    again = replace(LEES_USER, native_id="REPORTING2", keys=(name("reporting"),))
    office.cloud.accounts, office.cloud.credentials = [again], [access_key("AKIAAGAINAGAINAGAINA", again)]
    office.night()

    assert open_on(office, "REPORTING2") == set()
    ((linked,),) = office.session.execute(
        "select count(*) from link l join account a using (account_pk) where a.native_id = 'REPORTING2'"
        " and l.relation = 'is'"
    ).fetchall()
    assert linked == 0


def anew(office: Office) -> None:
    office.cloud.remove("REPORTING")
    office.cloud.accounts.append(replace(LEES_USER, native_id="REPORTING2"))
    office.night()


def called(office: Office, word: str) -> links.Decided[links.LinkDecided]:
    return links.confirm(
        deciding.context(office.session), source="aws", account=word, worker="1043", reason="asked them"
    )


@pytest.mark.parametrize("word", ["reporting", LEES_USER.label])
def test_a_login_means_the_account_that_exists(office: Office, word: str) -> None:
    anew(office)

    done = called(office, word)

    assert done.made.account.native_id == "REPORTING2"
    assert "gone" not in " ".join(done.says)


@pytest.mark.parametrize("word", ["REPORTING", "reporting"])
def test_one_that_is_gone_is_meant_by_its_id_or_where_nothing_else_is_called_so(office: Office, word: str) -> None:
    if word.isupper():
        anew(office)
    else:
        office.cloud.remove("REPORTING")
        office.night()

    done = called(office, word)

    assert done.made.account.native_id == "REPORTING"
    assert "(aws, gone)" in " ".join(done.says)
