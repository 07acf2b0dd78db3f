"""Who may have held which key: proved, registered, could or inferred, on the day of the departure."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from offboarding.model import (
    AccountKey,
    ActionKind,
    Grade,
    IdentityKeyKind,
    IdentityKeyOrigin,
    KeyCase,
    PrincipalKind,
    Standing,
    SubjectKind,
    Trust,
    UncustodiedCase,
)
from offboarding.model.errors import RetriableError
from offboarding.store.connect import Session
from tests.support.companies import ssh_credential
from tests.support.key_company import (
    CLOUD,
    DIRECTORY,
    KIM,
    KIM_ACCOUNT,
    KIM_GONE,
    KIM_LEFT_AT,
    KIM_USER,
    LEE_USER,
    KeyCompany,
)
from tests.support.keys_read import ISSUER, access, event, secret, signing_key, whole
from tests.support.registered import custodian, entry
from tests.support.rows import note_all
from tests.support.small_company import account, number

pytestmark = pytest.mark.slow

LAST_DAY = datetime(2026, 11, 12, 16, tzinfo=UTC)
"""The night at the beginning of the 13th in Seoul."""
THUMBPRINT = "a" * 43
KEY, SECRET = signing_key("kid-1", material=f"jkt:{THUMBPRINT}"), secret()
BY_POLICY = "secretsmanager:GetSecretValue by policy ReadSecrets."
YEARS = (datetime(2023, 1, 31, 15, tzinfo=UTC), datetime(2025, 1, 31, 15, tzinfo=UTC))
"""From 2023-02-01 to 2025-01-31 in Seoul."""
PLACE = (("login", "kid-1"),)
DAY = timedelta(days=1)


@pytest.fixture
def company(store: Session) -> KeyCompany:
    company = KeyCompany(session=store)
    company.login.facts = [KEY]
    company.secrets.facts = [SECRET]
    return company


def after_kim_left(company: KeyCompany) -> KeyCompany:
    """The night before the last day, unless there have been nights, and the one on which Kim is gone (the 14th)."""
    if company.run is None:
        company.until(LAST_DAY)
    company.workers[0] = KIM_GONE
    company.until(LAST_DAY + 2 * DAY)
    return company


def reasons(company: KeyCompany, material: str = KEY.material) -> list[tuple[str, str]]:
    case = company.held().get(material)
    return [] if case is None else [(each.grade.value, each.text) for holder in case.holders for each in holder.held]


# Registered ---------------------------------------------------------------------------------------------------------


def test_a_registered_custodian_held_it_from_the_night_on_which_they_are_gone(company: KeyCompany) -> None:
    company.register = [entry("login", custodian("1042", since=YEARS[0], until=YEARS[1]), places=PLACE)]
    company.until(LAST_DAY)
    assert company.held() == {}

    after_kim_left(company)

    case = company.held()[KEY.material]
    (holder,) = case.holders
    assert (holder.worker_id, holder.name, holder.departure.left_at) == ("1042", "Kim Minjun", KIM_LEFT_AT)
    assert holder.grade is Grade.REGISTERED
    assert [each.text for each in holder.held] == [
        "Registered custodian from 2023-02-01 until 2025-01-31 (custody.yaml)."
    ]
    assert holder.held[0].at == YEARS[1]
    assert case.label == "login"
    assert case.registered is not None
    assert case.registered.custodians == 1


def test_who_is_taken_off_the_register_held_it_until_then(company: KeyCompany) -> None:
    company.register = [entry("login", custodian("1042"), places=PLACE)]
    company.until(LAST_DAY - 2 * DAY)
    company.register = []
    company.until(LAST_DAY - DAY)
    after_kim_left(company)

    assert reasons(company) == [
        ("registered", "Registered custodian until 2026-11-12, when it was taken off the register (custody.yaml).")
    ]


def test_who_became_a_custodian_after_they_left_never_held_it(company: KeyCompany) -> None:
    company.register = [entry("login", custodian("1042", since=KIM_LEFT_AT + DAY), places=PLACE)]

    assert reasons(after_kim_left(company)) == []


def test_a_leaver_is_no_custodian_by_a_number_that_is_a_colleague_s_own(company: KeyCompany) -> None:
    company.register = [entry("login", custodian("1043"), places=PLACE)]
    company.until(LAST_DAY)
    company.workers[0] = replace(KIM_GONE, previous_worker_ids=("1043",))
    company.until(LAST_DAY + 2 * DAY)

    assert reasons(company) == []


def test_another_id_space_s_1042_is_somebody_else(company: KeyCompany) -> None:
    company.register = [entry("login", custodian("1042", space="elsewhere"), places=PLACE)]

    assert reasons(after_kim_left(company)) == []


@pytest.mark.parametrize("place", (("login", ISSUER), ("login", "kid-1"), ("", KEY.material)))
def test_an_entry_means_a_key_by_id_name_or_material(company: KeyCompany, place: tuple[str, str]) -> None:
    company.register = [entry("login", custodian("1042", team="auth"), places=(place,))]

    assert reasons(after_kim_left(company)) == [
        ("registered", "Registered custodian through the team auth (custody.yaml).")
    ]


def test_the_register_means_the_key_in_every_system(company: KeyCompany) -> None:
    company.secrets.facts = [signing_key("alias/login", realm=CLOUD, material=KEY.material, verifies=False)]
    company.register = [entry("login", custodian("1042"), places=PLACE)]

    case = after_kim_left(company).held()[KEY.material]

    assert [(copy.source, copy.key.native_id) for copy in case.copies] == [
        ("secrets", "alias/login"),
        ("login", "kid-1"),
    ]


def group_custody(company: KeyCompany, since: datetime | None = None) -> None:
    company.groups = {"signers": ["kim", "lee"], "others": ["lee"]}
    held = custodian("CN=Signers,dc=corp", kind="group", space="corp-ldap", since=since)
    company.register = [entry("login", held, places=PLACE)]


def test_a_member_of_a_registered_group_held_it_though_the_directory_was_emptied(company: KeyCompany) -> None:
    group_custody(company)
    company.until(LAST_DAY)
    company.groups = {"signers": ["lee"]}

    after_kim_left(company)

    assert reasons(company) == [
        (
            "registered",
            "Acted as a member of cn=signers,dc=corp until 2026-11-15, which is a registered custodian (custody.yaml).",
        )
    ]
    assert company.held()[KEY.material].other_holders == 1


def test_a_member_before_the_group_was_a_custodian_never_held_it(company: KeyCompany) -> None:
    group_custody(company, since=datetime(2026, 11, 12, tzinfo=UTC))
    company.until(LAST_DAY - 3 * DAY)
    company.groups = {"signers": ["lee"]}
    company.until(LAST_DAY - 2 * DAY)

    assert reasons(after_kim_left(company)) == []


def test_a_member_who_joined_after_the_departure_held_nothing(company: KeyCompany) -> None:
    group_custody(company)
    company.groups = {"signers": ["lee"]}
    after_kim_left(company)
    company.groups = {"signers": ["kim", "lee"]}
    company.night()

    assert reasons(company) == []


def test_without_history_the_group_as_it_stands_now_stands_in(company: KeyCompany) -> None:
    group_custody(company)
    company.workers[0] = KIM_GONE
    company.night(days=10)

    ((grade, text),) = reasons(company)
    assert grade == "registered"
    assert text.endswith("That is as it stands now: no reads reach back to the departure.")

    company.groups = {"signers": ["lee"]}
    company.night()
    assert "as it stood on" in reasons(company)[0][1]


def test_a_registered_principal_is_whoever_its_account_is_linked_to(company: KeyCompany) -> None:
    company.register = [entry("login", custodian(KIM_USER.label, kind="principal", space=""), places=PLACE)]

    assert reasons(after_kim_left(company)) == [
        ("registered", f"Acted as {KIM_USER.label}, which is a registered custodian (custody.yaml).")
    ]


@pytest.mark.parametrize("taken", [False, True], ids=["", "and another bears its name"])
def test_a_registered_principal_is_meant_whatever_it_is_called_since(company: KeyCompany, *, taken: bool) -> None:
    company.register = [entry("login", custodian(KIM_USER.label, kind="principal", space=""), places=PLACE)]
    company.until(LAST_DAY)
    company.users[0] = replace(KIM_USER, label=f"{KIM_USER.label}-old")
    if taken:
        company.users.append(replace(KIM_USER, native_id="AIDAANOTHER", keys=()))
    company.night(days=0.5)

    assert [grade for grade, _ in reasons(after_kim_left(company))] == ["registered"]


def test_a_registered_role_is_whoever_may_take_it_on(company: KeyCompany) -> None:
    role = "arn:aws:iam::111111111111:role/Signer"
    company.trusts = [trust(role, KIM_USER.label)]
    company.register = [entry("login", custodian(role, kind="principal", space=""), places=PLACE)]

    assert reasons(after_kim_left(company)) == [
        ("registered", f"Acted through the role {role}, which is a registered custodian (custody.yaml).")
    ]


def trust(role: str, principal: str, standing: Standing = Standing.WORKS) -> Trust:
    return Trust(
        realm=CLOUD,
        native_id="AROASIGNER",
        label=role,
        principal_realm=CLOUD,
        principal=principal,
        standing=standing,
        standing_reason="AssumeRolePolicyDocument",
    )


def test_the_same_ssh_key_on_their_own_account_is_theirs(company: KeyCompany) -> None:
    company.credentials = [ssh_credential(KIM_ACCOUNT, "SHA256:ca")]
    company.login.facts = [signing_key("ca", ssh_fingerprint="SHA256:ca", algorithm="ssh-ed25519")]

    assert reasons(after_kim_left(company), "jkt:ca") == [
        ("registered", "The same SSH key is on their own account uid=kim,dc=corp.")
    ]


# Could --------------------------------------------------------------------------------------------------------------


def by_user(company: KeyCompany) -> None:
    company.secrets.facts = [SECRET, access(SECRET, KIM_USER.label), access(SECRET, LEE_USER.native_id)]


def by_group(company: KeyCompany) -> None:
    company.groups = {"readers": ["kim", "lee"]}
    named = access(SECRET, "readers", kind=PrincipalKind.GROUP, principal_realm=DIRECTORY)
    company.secrets.facts = [SECRET, named]


def by_role(company: KeyCompany) -> None:
    role = "arn:aws:iam::111111111111:role/Reader"
    company.trusts = [trust(role, KIM_USER.label), trust(role, LEE_USER.native_id)]
    company.secrets.facts = [SECRET, access(SECRET, role, kind=PrincipalKind.ROLE)]


WAYS = pytest.mark.parametrize(
    ("way", "how"),
    (
        (by_user, f"as {KIM_USER.label}"),
        (by_group, "as a member of cn=readers,dc=corp"),
        (by_role, "through the role arn:aws:iam::111111111111:role/Reader"),
    ),
)


@WAYS
def test_who_could_read_it_on_the_last_day_could_have_taken_it(
    company: KeyCompany, way: Callable[[KeyCompany], None], how: str
) -> None:
    way(company)
    after_kim_left(company)

    case = company.held()[SECRET.material]
    (holder,) = case.holders
    assert [(each.grade, each.text) for each in holder.held] == [
        (Grade.COULD, f"Could take it away {how}: secretsmanager:GetSecretValue by policy ReadSecrets.")
    ]
    assert [(each.action, each.carries, each.standing, each.fresh) for each in holder.access] == [
        ("secretsmanager:GetSecretValue", True, Standing.WORKS, True)
    ]
    assert case.other_holders == 1
    assert not holder.newer


def test_what_ended_on_the_last_day_stood_on_it_and_what_ended_before_is_only_inferred(company: KeyCompany) -> None:
    other = secret("arn:other#1")
    company.secrets.facts = [SECRET, other, access(SECRET, KIM_USER.label), access(other, KIM_USER.label)]
    company.until(LAST_DAY - 2 * DAY)
    company.secrets.facts = [SECRET, other, access(SECRET, KIM_USER.label)]
    company.until(LAST_DAY - DAY)
    company.secrets.facts = [SECRET, other]
    company.until(LAST_DAY + DAY)  # an hour after the departure
    after_kim_left(company)

    assert [grade for grade, _ in reasons(company, SECRET.material)] == ["could"]
    (inferred,) = reasons(company, other.material)
    assert inferred == (
        "inferred",
        f"Could take it away as {KIM_USER.label} until 2026-11-12: {BY_POLICY}",
    )
    assert company.held()[SECRET.material].holders[0].access == ()


def test_what_was_granted_after_the_departure_is_access_and_no_custody(company: KeyCompany) -> None:
    after_kim_left(company)
    company.secrets.facts = [SECRET, access(SECRET, KIM_USER.label)]
    company.secrets.facts = [SECRET, access(SECRET, LEE_USER.label)]
    company.night()
    company.secrets.facts = [SECRET, access(SECRET, KIM_USER.label)]
    company.night()

    (holder,) = company.held()[SECRET.material].holders
    assert holder.held == ()
    assert holder.grade is None
    assert len(holder.access) == 1


def test_without_history_access_as_it_stands_now_stands_in_and_says_so(company: KeyCompany) -> None:
    by_user(company)
    company.workers[0] = KIM_GONE
    company.night(days=10)

    ((grade, text),) = reasons(company, SECRET.material)
    assert grade == "could"
    assert text.endswith("by policy ReadSecrets. That is as it stands now: no reads reach back to the departure.")


def test_what_could_not_be_evaluated_says_so(company: KeyCompany) -> None:
    company.secrets.facts = [SECRET, access(SECRET, KIM_USER.label, standing=Standing.UNKNOWN)]

    ((grade, text),) = reasons(after_kim_left(company), SECRET.material)
    assert (grade, text.endswith("Whether that was granted could not be told.")) == ("could", True)
    assert company.held()[SECRET.material].holders[0].access[0].standing is Standing.UNKNOWN


def test_what_only_uses_it_where_it_lies_is_access_alone(company: KeyCompany) -> None:
    company.secrets.facts = [SECRET, access(SECRET, KIM_USER.label, carries=False, action="kms:Sign")]

    (holder,) = after_kim_left(company).held()[SECRET.material].holders
    assert (holder.held, [each.action for each in holder.access]) == ((), ["kms:Sign"])


def test_a_principal_that_is_gone_or_dead_has_no_access(company: KeyCompany) -> None:
    by_user(company)
    company.users = [replace(KIM_USER, standing=Standing.DEAD), LEE_USER]
    assert after_kim_left(company).held()[SECRET.material].holders[0].access == ()

    company.users = [LEE_USER]
    company.night()
    (holder,) = company.held()[SECRET.material].holders
    assert (holder.grade, holder.access) == (Grade.COULD, ())


def test_an_account_that_went_to_somebody_else_is_held_by_each_in_turn(company: KeyCompany) -> None:
    company.secrets.facts = [SECRET, access(SECRET, LEE_USER.label)]
    company.users = [KIM_USER, replace(LEE_USER, keys=KIM_USER.keys)]
    company.until(LAST_DAY - 2 * DAY)
    company.users = [KIM_USER, LEE_USER]
    decide(company, "1043", LEE_USER.native_id, "confirm")
    company.until(LAST_DAY - DAY)
    after_kim_left(company)

    ((grade, text),) = reasons(company, SECRET.material)
    assert grade == "inferred"
    assert "until 2026-11-12" in text
    assert company.held()[SECRET.material].other_holders == 1


def test_a_rejected_link_is_nobody_s(company: KeyCompany) -> None:
    by_user(company)
    after_kim_left(company)
    decide(company, "1042", KIM_USER.native_id, "reject")
    company.night()

    assert company.held() == {}


def decide(company: KeyCompany, worker_id: str, native_id: str, verdict: str) -> None:
    """Somebody's word on whose a user is."""
    company.session.execute(
        "insert into link_decision (realm, native_id, person_uid, verdict, reason, author)"
        " select %s, %s, person_uid, %s, 'asked them', 'analyst' from person p where p.worker_id = %s",
        (CLOUD, native_id, verdict, worker_id),
    )
    note_all(company.session)


# Proved -------------------------------------------------------------------------------------------------------------


def session_name(value: str, kind: IdentityKeyKind = IdentityKeyKind.LOGIN) -> tuple[AccountKey, ...]:
    return (AccountKey(kind=kind, value=value, origin=IdentityKeyOrigin.ATTRIBUTE, name="session name"),)


BEFORE = KIM_LEFT_AT - DAY


def test_a_read_by_their_own_user_proves_it(company: KeyCompany) -> None:
    company.trail.facts = [event(SECRET, at=BEFORE, actor=KIM_USER.native_id, actor_label=KIM_USER.label)]

    case = after_kim_left(company).held()[SECRET.material]
    (held,) = case.holders[0].held
    assert (held.grade, held.at, held.event_id, held.action) == (
        Grade.PROVED,
        BEFORE,
        "e1",
        "secretsmanager:GetSecretValue",
    )
    assert held.text == (
        f"Read it on 2026-11-12 15:00 UTC: secretsmanager:GetSecretValue as {KIM_USER.label}, event e1."
    )
    assert case.holders[0].uses == ()


@pytest.mark.parametrize("name", ("Kim@corp.example", "KIMM"))
def test_a_read_under_a_role_is_theirs_by_mail_or_login_of_the_session(company: KeyCompany, name: str) -> None:
    company.trail.facts = [event(SECRET, at=BEFORE, actor_keys=session_name(name))]

    assert [grade for grade, _ in reasons(after_kim_left(company), SECRET.material)] == ["proved"]


@pytest.mark.parametrize(
    "nobody",
    (
        event(SECRET, at=BEFORE, actor_keys=session_name("kim@other.example")),
        event(SECRET, at=BEFORE, actor=KIM_USER.native_id, failed=True),
        event(SECRET, at=BEFORE, actor=KIM_USER.native_id, deed=ActionKind.USED),
        event(SECRET, at=BEFORE, actor=KIM_USER.native_id, deed=ActionKind.MADE),
        event(SECRET, at=BEFORE, actor=LEE_USER.native_id, actor_keys=session_name("kim@corp.example")),
        event(SECRET, at=BEFORE, actor=KIM_USER.native_id, object="arn:of something else"),
    ),
)
def test_what_proves_nothing(company: KeyCompany, nobody: object) -> None:
    company.trail.facts = [nobody]  # pyrefly: ignore[bad-assignment]

    assert reasons(after_kim_left(company), SECRET.material) == []


def test_a_login_that_two_people_bore_proves_nobody(company: KeyCompany) -> None:
    company.workers[1] = replace(company.workers[1], logins=(*company.workers[1].logins, *KIM.logins))
    company.trail.facts = [event(SECRET, at=BEFORE, actor_keys=session_name("kimm"))]

    assert reasons(after_kim_left(company), SECRET.material) == []


def test_a_version_made_after_the_read_was_not_read(company: KeyCompany) -> None:
    later = secret("arn:secret#2", created_at=BEFORE + DAY)
    company.secrets.facts = [replace(SECRET, created_at=BEFORE - DAY), later]
    company.trail.facts = [event(SECRET, at=BEFORE, actor=KIM_USER.native_id)]

    assert list(after_kim_left(company).held()) == [SECRET.material]


def test_a_read_after_the_departure_is_a_use_and_makes_a_newer_key_theirs_too(company: KeyCompany) -> None:
    company.secrets.facts = []
    after_kim_left(company)
    company.secrets.facts = [replace(SECRET, created_at=KIM_LEFT_AT + DAY), access(SECRET, KIM_USER.label)]
    company.night()
    assert company.held()[SECRET.material].holders[0].newer

    used = event(SECRET, "e2", at=KIM_LEFT_AT + 2 * DAY, deed=ActionKind.USED, actor=KIM_USER.native_id)
    company.trail.facts = [used, replace(used, event_id="e3", at=KIM_LEFT_AT + 3 * DAY, deed=ActionKind.READ)]
    company.night()

    (holder,) = company.held()[SECRET.material].holders
    assert [(use.event_id, use.at) for use in holder.uses] == [
        ("e3", KIM_LEFT_AT + 3 * DAY),
        ("e2", KIM_LEFT_AT + 2 * DAY),
    ]
    assert not holder.newer
    assert holder.grade is Grade.PROVED


# The same since -----------------------------------------------------------------------------------------------------


def test_a_key_first_published_after_the_departure_is_newer(company: KeyCompany) -> None:
    company.register = [entry("login", custodian("1042"), places=(("login", ISSUER),))]
    after_kim_left(company)
    new = signing_key("kid-2")
    company.login.facts = [KEY, new]
    company.night()

    held = company.held()
    assert {material: case.holders[0].newer for material, case in held.items()} == {
        KEY.material: False,
        new.material: True,
    }
    assert [copy.key.native_id for copy in held[KEY.material].successors] == ["kid-2"]
    assert held[new.material].successors == ()


def test_a_key_whose_copy_elsewhere_is_older_is_not_newer(company: KeyCompany) -> None:
    company.register = [entry("login", custodian("1042"), places=(("login", ISSUER),))]
    after_kim_left(company)
    new = signing_key("kid-2")
    company.login.facts = [new]
    made = KIM_LEFT_AT - 100 * DAY
    company.secrets.facts = [signing_key("kms-1", realm=CLOUD, material=new.material, verifies=False, created_at=made)]
    company.night()

    assert not company.held()[new.material].holders[0].newer


def test_who_gave_it_up_before_the_material_was_made_never_held_it(company: KeyCompany) -> None:
    """The register and policies mean every version of a name, those to come too."""
    given_up = datetime(2026, 11, 8, 15, tzinfo=UTC)  # the end of the 8th in Seoul
    company.register = [
        entry("login", custodian("1042", until=given_up), places=(("login", ISSUER),)),
        entry("db", custodian("1042", until=given_up), places=(("secrets", SECRET.name),), kind="shared_secret"),
    ]
    dated, undated = secret("arn:secret#2", created_at=given_up + DAY), signing_key("kid-2")
    company.until(LAST_DAY - 3 * DAY)
    company.login.facts, company.secrets.facts = [KEY, undated], [SECRET, dated]
    company.until(LAST_DAY - 2 * DAY)

    after_kim_left(company)

    assert set(company.held()) == {KEY.material, SECRET.material}


def test_who_could_read_it_no_more_when_the_material_was_made_could_not_take_it(company: KeyCompany) -> None:
    company.secrets.facts = [SECRET, access(SECRET, KIM_USER.label)]
    company.until(LAST_DAY - 4 * DAY)
    company.secrets.facts = [SECRET]
    company.until(LAST_DAY - 3 * DAY)
    company.secrets.facts = [SECRET, secret("arn:secret#2", created_at=LAST_DAY - 2 * DAY)]
    company.until(LAST_DAY - DAY)

    after_kim_left(company)

    assert set(company.held()) == {SECRET.material}


def test_a_key_of_the_first_read_of_all_may_be_older(company: KeyCompany) -> None:
    company.register = [entry("login", custodian("1042"), places=PLACE)]
    company.workers[0] = KIM_GONE
    company.night(days=10)

    assert not company.held()[KEY.material].holders[0].newer


# Cases --------------------------------------------------------------------------------------------------------------


def test_a_stale_copy_is_not_fresh_and_a_gone_one_waits_for_its_cache(company: KeyCompany) -> None:
    company.login.facts = [replace(KEY, cache=timedelta(0))]
    company.register = [entry("login", custodian("1042"), places=PLACE)]
    after_kim_left(company)
    company.login.error = RetriableError("login: no answer")
    company.night()
    (copy,) = company.held()[KEY.material].copies
    assert (copy.fresh, copy.untrusted_since, copy.dead) == (False, None, False)

    company.login.error = None
    company.login.facts = []
    company.night()
    (copy,) = company.held()[KEY.material].copies
    assert (copy.fresh, copy.key.standing, copy.dead) == (True, Standing.DEAD, False)
    assert copy.untrusted_since is not None
    assert copy.last_seen_at < copy.untrusted_since

    company.night()
    assert company.held()[KEY.material].copies[0].dead


def test_a_departure_that_was_withdrawn_makes_nobody_a_holder(company: KeyCompany) -> None:
    company.register = [entry("login", custodian("1042"), places=PLACE)]
    after_kim_left(company)
    company.workers[0] = KIM
    company.night()

    assert company.held() == {}


def test_some_people_s_keys_alone_with_all_their_holders(company: KeyCompany) -> None:
    company.register = [entry("login", custodian("1042"), custodian("1043"), places=PLACE)]
    company.workers[1] = replace(company.workers[1], employments=KIM_GONE.employments)
    company.secrets.facts = [SECRET, access(SECRET, LEE_USER.label)]
    after_kim_left(company)
    kim = next(holder.person_uid for holder in company.held()[KEY.material].holders if holder.worker_id == "1042")

    cases = company.cases(persons=[kim])

    assert [case.material for case in cases if isinstance(case, KeyCase)] == [KEY.material]
    assert len(cases) == 1
    assert [case.kind for case in cases if isinstance(case, KeyCase)] == [SubjectKind.SIGNING_KEY]
    assert len(company.held()[KEY.material].holders) == 2


def test_keys_that_nobody_is_known_to_hold_are_told_by_system(company: KeyCompany) -> None:
    other, dead = signing_key("kid-2"), signing_key("kid-3", standing=Standing.DEAD)
    company.login.facts = [KEY, other, dead]
    company.register = [entry("login", custodian("1043"), places=PLACE)]
    company.night()

    assert [
        (case.source, case.source_kind, case.realm, [copy.key.native_id for copy in case.keys])
        for case in company.cases()
        if isinstance(case, UncustodiedCase)
    ] == [
        ("secrets", "aws_secrets", CLOUD, ["arn:secret#1"]),
        ("login", "jwks", ISSUER, ["kid-2"]),
    ]


@WAYS
def test_a_key_that_somebody_could_take_is_in_custody(
    company: KeyCompany, way: Callable[[KeyCompany], None], how: str
) -> None:
    del how
    way(company)
    company.night()

    assert [case.source for case in company.cases() if isinstance(case, UncustodiedCase)] == ["login"]


def test_a_key_that_somebody_read_is_in_custody(company: KeyCompany) -> None:
    company.trail.facts = [event(SECRET, at=BEFORE, actor=LEE_USER.native_id)]
    company.night()

    assert [case.source for case in company.cases() if isinstance(case, UncustodiedCase)] == ["login"]


def test_a_nameless_principal_is_nobody(company: KeyCompany) -> None:
    company.users.append(account("AIDABOT", number("9999"), realm=CLOUD))
    company.secrets.facts = [SECRET, access(SECRET, "AIDABOT"), access(SECRET, "arn:aws:iam::222222222222:root")]

    cases = after_kim_left(company).cases()

    assert [case.source for case in cases if isinstance(case, UncustodiedCase)] == ["secrets", "login"]
    assert len(cases) == 2


def test_what_is_read_of_two_issuers_in_one_part_is_refused(company: KeyCompany) -> None:
    company.login.scopes.append(whole("https://other.example"))
    company.night()

    assert "one read" in company.failed[0]


# What the register alone knows ----------------------------------------------------------------------------------------


def test_what_nothing_shows_is_a_key_that_the_register_alone_knows(company: KeyCompany) -> None:
    company.register = [entry("webhook", custodian("1042"), places=(("", "ref:shop/webhook"),))]
    after_kim_left(company)

    case = company.held()["reg:webhook"]

    assert (case.label, case.copies, case.kind) == ("webhook", (), SubjectKind.SIGNING_KEY)
    assert [holder.newer for holder in case.holders] == [False]
    assert [each.grade for holder in case.holders for each in holder.held] == [Grade.REGISTERED]


def test_it_is_that_key_alone_once_something_shows_it(company: KeyCompany) -> None:
    company.register = [entry("webhook", custodian("1042"), places=(("login", "kid-9"),))]
    after_kim_left(company)
    assert "reg:webhook" in company.held()

    company.login.facts = [KEY, signing_key("kid-9", material=f"jkt:{'b' * 43}")]
    company.night()

    held = company.held()
    assert "reg:webhook" not in held
    assert held[f"jkt:{'b' * 43}"].label == "webhook"


def test_an_entry_that_was_taken_out_is_still_one(company: KeyCompany) -> None:
    company.register = [entry("webhook", custodian("1042"), places=(("", "ref:shop/webhook"),))]
    after_kim_left(company)
    company.register = []
    company.night()

    assert "reg:webhook" in company.held()


# Another name is no new key -------------------------------------------------------------------------------------------


def test_another_kid_of_the_same_material_makes_nothing_newer_and_succeeds_nothing(company: KeyCompany) -> None:
    company.workers[0] = KIM_GONE
    other = signing_key("other", material=f"jkt:{'c' * 43}")
    company.register = [entry("login", custodian("1042"), places=(("login", "kid-1"), ("login", "other")))]
    company.login.facts = [KEY, other]
    company.until(LAST_DAY + 2 * DAY)
    company.login.facts = [KEY, replace(KEY, native_id="kid-1b"), other]
    company.night()

    held = company.held()

    assert [holder.newer for holder in held[KEY.material].holders] == [False]
    assert len(held[KEY.material].copies) == 2
    assert held[other.material].successors == ()
