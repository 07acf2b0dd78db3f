"""Findings about keys through the pipeline: begun, held, told by one ticket a key, and closed only by what was seen."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from offboarding.interfaces import Tracker
from offboarding.model import ActionKind, Exportable, Resolution, Standing, SubjectKind, TicketKind, sentence
from offboarding.model.errors import RetriableError
from offboarding.report.texts.rendering import TicketTexts
from offboarding.runs import pipeline
from offboarding.store import reading, tickets
from offboarding.store.connect import Session
from offboarding.store.putting_right import put_right
from offboarding.tickets.plan import TicketPlan
from offboarding.tickets.routing import facts_of, route_of
from tests.support.begun import Begun, beginnings, begun
from tests.support.deciding import add_notice
from tests.support.key_company import CLOUD, KIM, KIM_GONE, KIM_LEFT_AT, KIM_USER, LEE, LEE_USER, KeyCompany
from tests.support.keys_read import ISSUER, access, event, secret, signing_key, whole
from tests.support.listed_tracker import tracker
from tests.support.night import rows_of
from tests.support.registered import custodian, entry
from tests.support.rows import note_all
from tests.support.variants import some_of, variants

__all__ = ["beginnings", "begun", "tracker"]  # fixtures

KEY = signing_key("kid-1", material=f"jkt:{'a' * 43}", carryable=Exportable.YES)
SECRET = secret()
LEE_GONE = replace(LEE, employments=KIM_GONE.employments)
PLACE = (("login", "kid-1"),)
STATES = ("f.state", "f.resolution", "f.resolution_details")


def first_night(session: Session, _tracker: Tracker) -> KeyCompany:
    company = KeyCompany(session=session)
    company.login.facts = [KEY]
    company.register = [entry("login", custodian("1042"), places=PLACE)]
    company.until(datetime(2026, 11, 12, 16, tzinfo=UTC))
    company.workers[0] = KIM_GONE
    return company


@pytest.fixture
def company(begun: Begun) -> KeyCompany:
    """Kim left on the 13th, a registered custodian of the login service's key, which was read before."""
    return begun(first_night)


def found_night(session: Session, tracker: Tracker) -> KeyCompany:
    company = first_night(session, tracker)
    company.judged(days=2)
    return company


@pytest.fixture
def found(begun: Begun) -> KeyCompany:
    """The night after it has found the key."""
    return begun(found_night)


def state(company: KeyCompany, rule: str = "leaver-signing-key") -> tuple[str, str]:
    ((_, told, resolution, details),) = [row for row in company.findings(*STATES) if row[0] == rule]
    return told, sentence(resolution, details)


def test_one_finding_a_key_and_holder_told_where_the_key_is_trusted(found: KeyCompany) -> None:
    assert found.findings(
        "p.worker_id", "f.realm", "f.subject_native_id", "f.state", "f.ticket_kind", "f.queue", "f.source", "f.severity"
    ) == [
        ("leaver-signing-key", "1042", "", KEY.material, "open", "rotate", "login-team", "login", "critical"),
    ]
    assert found.findings("f.left_at", "f.due_hours", "f.subject_label") == [
        ("leaver-signing-key", KIM_LEFT_AT, 4.0, "login")
    ]


def test_the_register_s_own_queue_comes_first(company: KeyCompany) -> None:
    company.register = [replace(company.register[0], queue="auth-oncall")]
    company.judged(days=2)

    assert company.findings("f.queue") == [("leaver-signing-key", "auth-oncall")]


def last_read(company: KeyCompany, realm: str) -> datetime:
    """When the last whole read of its keys began."""
    ((at,),) = company.session.execute(
        "select max(observed_at) from key_scope where realm = %s and complete", [realm]
    ).fetchall()
    assert isinstance(at, datetime)
    return at


def test_a_key_was_last_read_when_its_verifier_was_and_no_roster(found: KeyCompany) -> None:
    (stands,) = reading.findings(found.session, rule="leaver-signing-key")

    assert stands.last_confirmed_at == last_read(found, ISSUER)


def test_a_key_takes_a_route_and_whoever_asks_later_is_told_of_the_same(company: KeyCompany) -> None:
    asked = {"parts": [ISSUER], "owners": ["identity team"], "locations": ["SEOUL"], "zones": ["Asia/Seoul"]}
    company.policy = {"routes": [{**asked, "queue": "taken"}]}
    company.register = [replace(company.register[0], owner="Identity Team")]
    company.workers[0] = replace(KIM_GONE, location="Seoul")
    company.judged(days=2)

    (stands,) = reading.findings(company.session, rule="leaver-signing-key")

    assert ("leaver-signing-key", "taken") in company.findings("f.queue")
    assert route_of(company.settings, facts_of(stands)) == company.settings.policy.routes[0]


def test_two_departed_holders_stand_on_one_ticket(company: KeyCompany) -> None:
    company.register = [entry("login", custodian("1042"), custodian("1043"), places=PLACE)]
    company.workers[1] = LEE_GONE
    run = company.judged(days=2)

    (wanting,) = [each for each in tickets.wanting(company.session) if each.kind == "rotate"]

    assert (wanting.holder, wanting.episode, len(wanting.finding_keys), wanting.queue) == (
        f"key:{KEY.material}",
        1,
        2,
        "login-team",
    )
    plan = TicketPlan(
        session=company.session,
        run=run,
        trackers=["secops"],
        unverified_nights=3,
        keep=timedelta(days=30),
        texts={"": TicketTexts(zone="UTC")},
    )
    plan.make()
    plan.make()
    assert rows_of(company.session, "select kind, state from ticket where kind = 'rotate'") == [("rotate", "wanted")]


def test_a_reader_s_first_read_holds_what_it_finds_though_its_realm_is_long_known(company: KeyCompany) -> None:
    company.policy = {"baseline": "hold"}
    scopes, company.secrets.scopes = company.secrets.scopes, []
    company.secrets.error = RetriableError("not there yet")
    company.judged(days=2)
    company.session.execute("update baseline set released_at = now(), released_by = 'x', released_for = 'x'")
    note_all(company.session)

    company.secrets.error, company.secrets.scopes = None, scopes
    company.secrets.facts = [SECRET, access(SECRET, KIM_USER.label)]
    company.judged()

    assert {rule: told for rule, told in company.findings("f.state") if rule == "leaver-shared-secret"} == {
        "leaver-shared-secret": "held"
    }
    assert ("source", f"aws_secrets:{CLOUD}") in rows_of(
        company.session, "select kind, name from baseline where released_at is null"
    )


def dead(company: KeyCompany) -> None:
    company.login.facts = []


def refused(company: KeyCompany) -> None:
    company.login.facts = [replace(KEY, standing=Standing.DEAD, standing_reason="on the KRL")]


@some_of(1, "end", (dead, refused))
def test_it_closes_when_it_was_seen_dead_twice(found: KeyCompany, end: Any) -> None:
    end(found)
    found.judged()
    assert state(found) == ("open", "")

    run = found.judged()
    closed = told, resolution = state(found)
    assert told == "resolved"
    assert resolution.startswith("no verifier accepts it any more: seen twice, last at ")

    found.session.execute("update finding set state = 'open', resolution = null, resolution_details = '{}'")
    put_right(found.session, run.run_id)
    assert state(found) == closed, "opened by hand, it says again why it closed"
    assert found.findings("f.resolution") == [("leaver-signing-key", Resolution.NOT_TRUSTED)]

    found.login.facts = [KEY]
    found.judged()
    assert state(found) == ("open", "")


def test_it_stays_open_through_the_cache_and_a_second_verifier(company: KeyCompany) -> None:
    company.login.facts = [replace(KEY, cache=timedelta(hours=24))]
    company.secrets.facts = [signing_key("kms-1", realm=CLOUD, material=KEY.material)]
    company.judged(days=2)
    company.secrets.facts = []
    for _ in range(2):
        company.judged()
    assert state(company) == ("open", "")  # the other has it

    company.login.facts = []
    for _ in range(2):
        company.judged()
    assert state(company) == ("open", "")  # a day has to pass between the reads

    company.session.execute("update key_copy set untrusted_since = untrusted_since - interval '20 h'")
    company.judged()
    assert state(company) == ("open", "")

    company.session.execute("update key_copy set untrusted_since = untrusted_since - interval '5 h'")
    company.judged()
    assert state(company)[1].startswith("no verifier accepts it any more: seen twice, 24 h apart, last at ")


def fails(company: KeyCompany) -> None:
    company.login.error = RetriableError("login: no answer")


def half(company: KeyCompany) -> None:
    company.login.facts, company.login.scopes = [], [whole(ISSUER, error="login: HTML instead of JSON")]


def taken_out(company: KeyCompany) -> None:
    company.register = [replace(company.register[0], custodians=())]


def emptied(company: KeyCompany) -> None:
    company.register = []


@variants(2, nothing={each.__name__: each for each in (half, fails, emptied, taken_out)})
def test_what_does_not_close_it(found: KeyCompany, nothing: Any) -> None:
    nothing(found)
    for _ in range(3):
        found.judged()

    assert state(found) == ("open", "")


def test_it_closes_when_the_departure_was_withdrawn(found: KeyCompany) -> None:
    found.workers[0] = KIM
    found.judged()

    assert state(found) == ("resolved", "the departure was withdrawn: works here, says hr")


def test_a_verifier_that_was_not_read_makes_it_unverified_and_asks_for_the_right(company: KeyCompany) -> None:
    half(company)
    run = company.judged(days=2)
    assert state(company) == ("unverified", "")

    (wanting,) = tickets.unverified(company.session, 1)
    assert (wanting.holder, len(wanting.finding_keys)) == (f"unverified:{ISSUER}", 1)
    plan = TicketPlan(
        session=company.session,
        run=run,
        trackers=["secops"],
        unverified_nights=1,
        keep=timedelta(days=30),
        texts={"": TicketTexts(zone="UTC")},
    )
    plan.make()
    (key,) = [row[0] for row in rows_of(company.session, "select ticket_key from ticket where kind = 'unverified'")]
    row = tickets.ticket(company.session, key)
    assert [item.rule for item in tickets.items(company.session, row)] == ["leaver-signing-key"]
    assert tickets.missing_rights(company.session, row) == ["login: HTML instead of JSON"]

    company.login.facts, company.login.scopes = [KEY], [whole(ISSUER)]
    company.judged()
    assert state(company) == ("open", "")
    assert tickets.verified_again(company.session) == [key]


def test_one_that_was_trusted_again_while_nobody_asked_waits_for_its_verifier_and_a_dead_one_does_not(
    found: KeyCompany,
) -> None:
    dead(found)
    for _ in range(2):
        found.judged()
    half(found)
    found.judged()
    assert state(found)[0] == "resolved"

    found.workers[0] = KIM
    found.login.facts, found.login.scopes = [KEY], [whole(ISSUER)]
    found.judged()
    assert state(found)[0] == "resolved"

    found.workers[0] = KIM_GONE
    half(found)
    found.judged()
    assert state(found) == ("unverified", "")


def unverifiable(company: KeyCompany) -> None:
    company.login.facts = [replace(KEY, verifies=False)]


def attest(company: KeyCompany, until: datetime) -> None:
    company.session.execute(
        "insert into attestation (material, reason, author, until) values (%s, 'saw 401 with the old key', 'lee', %s)",
        (KEY.material, until),
    )
    note_all(company.session)


def test_what_nobody_can_be_asked_about_is_open_until_a_person_attests_and_again_when_that_ends(
    company: KeyCompany,
) -> None:
    unverifiable(company)
    company.judged(days=2)
    rule = "signing-key-unverifiable"
    assert state(company, rule) == ("open", "")

    attest(company, company.as_of + timedelta(days=2))
    company.judged()
    assert state(company, rule) == ("resolved", "attested by lee until 2026-11-16: saw 401 with the old key")
    company.judged()

    assert state(company, rule) == ("open", "")
    assert rows_of(company.session, "select reopened from finding where rule = 'signing-key-unverifiable'") == [(1,)]


def test_a_word_on_what_a_verifier_trusts_counts_for_nothing(found: KeyCompany) -> None:
    attest(found, found.as_of + timedelta(days=90))
    found.judged()

    assert state(found) == ("open", "")


def kept_in_kms(company: KeyCompany) -> tuple[Any, Any]:
    key = signing_key("kms-1", realm=CLOUD, carryable=Exportable.NO, name="kms-1")
    signs = access(key, KIM_USER.label, carries=False, action="kms:Sign", reason="policy Signers")
    company.secrets.facts = [key, signs, access(key, LEE_USER.label, carries=False)]
    return key, signs


def test_access_to_what_cannot_leave_closes_when_a_whole_read_no_longer_shows_it(company: KeyCompany) -> None:
    key, _ = kept_in_kms(company)
    company.judged(days=2)
    assert state(company, "leaver-key-access") == ("open", "")

    company.secrets.facts, scopes = [key], company.secrets.scopes
    company.secrets.scopes = [whole(CLOUD, SubjectKind.SIGNING_KEY, error="secrets: kms:GetKeyPolicy denied")]
    company.judged()
    assert state(company, "leaver-key-access") == ("open", "")

    company.secrets.scopes = scopes
    company.judged()
    assert state(company, "leaver-key-access") == ("resolved", "the access has ended: seen by a whole read")


def test_a_rejected_link_closes_what_rested_on_it(company: KeyCompany) -> None:
    kept_in_kms(company)
    company.judged(days=2)
    company.session.execute(
        "insert into link_decision (realm, native_id, person_uid, verdict, reason, author)"
        " select %s, %s, person_uid, 'reject', 'a test user', 'analyst' from person p where p.worker_id = '1042'",
        (CLOUD, KIM_USER.native_id),
    )
    note_all(company.session)
    company.judged()

    assert state(company, "leaver-key-access") == ("resolved", "the link was rejected by analyst")
    assert state(company) == ("open", "")


def test_a_use_after_the_departure_is_an_event_with_its_own_ticket_and_closes_by_a_verdict(company: KeyCompany) -> None:
    at = KIM_LEFT_AT + timedelta(hours=30)
    company.trail.facts = [
        event(
            KEY,
            realm=CLOUD,
            at=at,
            deed=ActionKind.USED,
            object_realm=ISSUER,
            actor_realm=CLOUD,
            actor=KIM_USER.native_id,
        )
    ]
    company.judged(days=3)
    rule = "signing-key-used-after-departure"
    assert [row for row in company.findings("f.ticket_kind", "f.state", "f.last_used_at") if row[0] == rule] == [
        (rule, "event", "open", at)
    ]

    company.login.facts = []
    for _ in range(3):
        company.judged()
    assert state(company, rule) == ("open", "")


def test_a_new_key_beside_the_old_is_no_rotation_and_closes_with_the_old_one(found: KeyCompany) -> None:
    found.login.facts = [KEY, signing_key("kid-2")]
    found.judged()
    rule = "rotation-without-effect"
    assert state(found, rule) == ("open", "")
    assert [each.kind for each in tickets.wanting(found.session)].count(TicketKind.ROTATE) == 1

    found.login.facts = [signing_key("kid-2")]
    for _ in range(2):
        found.judged()

    assert state(found, rule)[1].startswith("no verifier accepts it any more")
    assert state(found)[0] == "resolved"


def test_the_digest_of_uncustodied_keys_is_a_review_and_closes_when_somebody_is_known(company: KeyCompany) -> None:
    company.secrets.facts = [SECRET]
    company.judged(days=2)
    rule = "uncustodied-signing-key"
    assert [row for row in company.findings("f.ticket_kind", "f.source", "f.state") if row[0] == rule] == [
        (rule, "review", "secrets", "open")
    ]
    (digest,) = reading.findings(company.session, rule=rule)
    assert digest.of_keys
    assert digest.last_confirmed_at == last_read(company, CLOUD)

    company.register.append(entry("db", custodian("1043"), places=(("secrets", SECRET.name),), kind="shared_secret"))
    company.judged()

    assert state(company, rule)[0] == "resolved"


def test_a_run_about_some_people_says_nothing_of_others(company: KeyCompany) -> None:
    company.register = [entry("login", custodian("1042"), custodian("1043"), places=PLACE)]
    company.workers[1] = LEE_GONE
    company.judged(days=2)
    company.login.facts = []
    company.night()
    company.night()
    run = pipeline.open_departure(company.session, company.settings, caller="kim", as_of=company.as_of)
    company.session.execute(
        "insert into run_person (run_id, person_uid) select %s, person_uid from person where worker_id = '1042'",
        (run.run_id,),
    )
    verifier = company.settings.source("login")
    pipeline.collect(company.session, company.settings, run, verifier, "", company.login)
    pipeline.correlate(company.session, company.settings, run)
    pipeline.evaluate(company.session, company.settings, run)

    assert [row[1:] for row in company.findings("p.worker_id", "f.state")] == [("1042", "resolved"), ("1043", "open")]


def test_a_departure_by_notice_tells_of_the_keys_that_they_may_have_held(company: KeyCompany) -> None:
    """HR still lists Kim as at work: the key is read in the run itself, and told before HR knows."""
    company.workers[0] = KIM
    company.judged(days=2)
    assert company.findings("f.state") == []
    last = (company.as_of + timedelta(hours=1)).isoformat()
    notice = add_notice(company.session, company.settings, who="1042", last=last, reason="dismissed", author="lee")
    session, settings = company.session, company.settings
    run = pipeline.open_departure(session, settings, caller="now", as_of=company.as_of + timedelta(hours=2))
    pipeline.find_people(session, settings, run, [], [notice.notice_id])
    pipeline.collect(session, settings, run, settings.source("login"), "", company.login)

    pipeline.correlate(session, settings, run)
    pipeline.evaluate(session, settings, run)
    pipeline.guard(session, settings, run)

    assert company.findings("p.worker_id", "f.subject_native_id", "f.state", "f.basis", "f.ticket_kind") == [
        ("leaver-signing-key", "1042", KEY.material, "open", "notice", "rotate")
    ]
