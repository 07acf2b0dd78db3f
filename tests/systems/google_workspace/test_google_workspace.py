"""A company's Google Workspace, beyond what every source must do: each way in which it could look emptier, or shut."""

import json
import shlex
import ssl
from collections.abc import Generator, Sequence
from typing import Any
from urllib.parse import parse_qsl, unquote

import httpx
import pytest

from demo.okta_app import app_key
from demo.slapd import Tls
from offboarding.interfaces import Chooser, Source
from offboarding.model import (
    Account,
    AccountKey,
    Credential,
    Gap,
    IdentityKeyKind,
    IdentityKeyOrigin,
    Remedy,
    ScopeRead,
    Standing,
    Subject,
    SubjectKind,
)
from offboarding.model.errors import ConfigError, FatalError, RetriableError
from offboarding.net.service import api
from offboarding.sources import google_workspace
from offboarding.sources.google_workspace.connection import greet
from tests.contract.source_contract import error_of, of, refs, sought, wrong
from tests.support import cases
from tests.support.described.server import Answered, Asked
from tests.systems.google_workspace.service import (
    ACCESS,
    NEVER,
    READER,
    SECURITY,
    SSH,
    USERS,
    GooglePlace,
    description,
    google_place,
    private_key,
    refused,
)

pytestmark = pytest.mark.slow

TOKEN, SSH_KEY = SubjectKind.SERVICE_CREDENTIAL, SubjectKind.SSH_KEY
KIM, LEE = "kim@corp.example", "lee@corp.example"
MANY = 510
"""More than a page."""


@pytest.fixture
def place(tls: Tls) -> Generator[GooglePlace]:
    """Kim and Lee work there."""
    with google_place(tls) as found:
        found.kept.add(KIM)
        found.kept.add(LEE)
        yield found
        assert found.service.wrong == []


@pytest.fixture
def many() -> Generator[GooglePlace]:
    """Without TLS, so that nothing is checked: as long as two pages."""
    with google_place(None) as found:
        for number in range(MANY):
            found.kept.add(f"more{number:03}@corp.example")
        yield found


def detail(source: Source, *logins: str) -> list[Any]:
    return list(source.detail(refs(source.collect(), *logins)))


def held(looked: Sequence[Any]) -> dict[str, Credential]:
    return {each.native_id: each for each in of(Credential, looked)}


def covered(looked: Sequence[Any]) -> set[SubjectKind]:
    return {kind for scope in of(ScopeRead, looked) if not scope.error for kind in scope.kinds}


# --- who is in --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "standing", "said"),
    [
        pytest.param({}, Standing.WORKS, "neither suspended nor archived", id="neither"),
        pytest.param({"suspended": True, "suspensionReason": "ADMIN"}, Standing.DEAD, "suspended", id="suspended"),
        pytest.param({"suspended": True}, Standing.DEAD, "suspended", id="suspended without a reason"),
        pytest.param({"suspended": True, "suspensionReason": "ABUSE"}, Standing.UNKNOWN, "by itself", id="by Google"),
        pytest.param({"archived": True}, Standing.DEAD, "archived", id="archived"),
        pytest.param({"suspended": None}, Standing.UNKNOWN, "isn't told", id="not told"),
        pytest.param({"deletionTime": "2026-11-01T09:00:00.000Z"}, Standing.DEAD, "until 2026-11-21", id="deleted"),
    ],
)
def test_suspended_archived_and_deleted_are_three_states_and_what_google_ends_itself_is_not_checked(
    place: GooglePlace, changes: dict[str, Any], standing: Standing, said: str
) -> None:
    kim = place.kept.of(KIM)
    kim.update({name: value for name, value in changes.items() if value is not None})
    for name in (name for name, value in changes.items() if value is None):
        del kim[name]

    (account,) = (each for each in place.accounts().values() if each.login == KIM)

    assert account.standing is standing
    assert said in account.standing_reason
    (looked,) = of(Account, detail(place.source(), KIM))
    assert looked == account


def test_whoever_was_deleted_is_listed_apart_and_gone_after_twenty_days_alone(place: GooglePlace) -> None:
    """The list of users leaves them out, and by their id nobody finds them."""
    source = place.source()
    known = refs(source.collect(), KIM)
    place.kept.delete(KIM)

    facts = list(source.collect())

    assert not error_of(facts)
    assert f"{KIM} (deleted)" in {each.label for each in of(Account, facts)}
    assert [each.standing for each in of(Account, source.detail(known))] == [Standing.DEAD]

    place.kept.purge(KIM)
    (scope,) = source.detail(known)
    assert isinstance(scope, ScopeRead)
    assert not scope.error
    assert {SubjectKind.ACCOUNT, TOKEN, SSH_KEY} <= set(scope.kinds)


def test_a_newcomer_with_the_address_of_whoever_was_deleted_is_somebody_else(place: GooglePlace) -> None:
    """Google takes an address for an id as well."""
    place.kept.delete(KIM)
    place.kept.add(KIM)

    assert {KIM: Standing.WORKS, f"{KIM} (deleted)": Standing.DEAD}.items() <= {
        label: each.standing for label, each in place.accounts().items()
    }.items()


def test_an_alias_that_reads_as_a_deleted_users_id_is_somebody_else(place: GooglePlace) -> None:
    source = place.source()
    known = refs(source.collect(), KIM)
    place.kept.purge(KIM)
    place.kept.of(LEE)["aliases"] = [known[0].native_id]

    (scope,) = source.detail(known)

    assert isinstance(scope, ScopeRead)
    assert not scope.error


def test_whose_they_are_is_told_by_what_administrators_write_and_never_by_a_private_mail(place: GooglePlace) -> None:
    kim = place.kept.of(KIM)
    kim["aliases"] = ["k.im@corp.example"]
    kim["externalIds"] = [
        {"value": "1042", "type": "organization"},
        {"value": "badge 7", "type": "custom", "customType": "badge"},
        {"value": "", "type": "organization"},
    ]

    keys = {(key.name, key.kind, key.value, key.origin) for key in place.accounts()[KIM].keys}

    assert keys == {
        ("primaryEmail", IdentityKeyKind.LOGIN, KIM, IdentityKeyOrigin.ATTRIBUTE),
        ("aliases", IdentityKeyKind.MAIL, "k.im@corp.example", IdentityKeyOrigin.ATTRIBUTE),
        ("externalIds", IdentityKeyKind.NUMBER, "1042", IdentityKeyOrigin.ATTRIBUTE),
    }


def test_private_mails_phones_and_names_never_leave_google(place: GooglePlace) -> None:
    detail(place.source(), KIM)

    told = str(place.kept.told)
    assert KIM in told
    assert not [word for word in ("home.example", "recoveryPhone", "fullName", "orgUnitPath") if word in told]


def test_a_recovery_mail_of_ours_names_an_owner_where_it_is_asked_for_and_any_other_is_dropped(
    place: GooglePlace,
) -> None:
    place.kept.of(KIM)["recoveryEmail"] = "Lee@Corp.Example"
    source = place.source(recovery_mails=True)

    facts = list(source.collect())
    keys = {
        account.label: {key for key in account.keys if key.name == "recoveryEmail"} for account in of(Account, facts)
    }

    owner = AccountKey(
        kind=IdentityKeyKind.MAIL, value="Lee@Corp.Example", origin=IdentityKeyOrigin.OWNER, name="recoveryEmail"
    )
    assert keys == {KIM: {owner}, LEE: set(), READER: set()}
    assert "home.example" not in repr(facts)
    (gap,) = of(Gap, facts)
    assert "recovery phones, and recovery mails outside our domains" in gap.text
    assert of(Account, detail(source, KIM))[0].keys == of(Account, facts)[1].keys


def test_whoever_never_signed_in_has_no_last_use(place: GooglePlace) -> None:
    place.kept.of(KIM)["lastLoginTime"] = NEVER

    accounts = place.accounts()

    assert accounts[KIM].last_used_at is None
    assert accounts[LEE].last_used_at
    assert not accounts[LEE].last_used_exact


def test_who_administrates_is_privileged_and_by_what(place: GooglePlace) -> None:
    place.kept.of(KIM)["isDelegatedAdmin"] = True
    del place.kept.of(LEE)["isAdmin"]

    accounts = place.accounts()

    assert (accounts[READER].privileged, accounts[READER].privileged_by) == (True, "super administrator")
    assert (accounts[KIM].privileged, accounts[KIM].privileged_by) == (True, "delegated administrator")
    assert accounts[LEE].privileged is None
    assert [label for label, each in accounts.items() if each.is_reader] == [READER]


def test_guests_and_workloads_are_told_apart(place: GooglePlace) -> None:
    place.kept.add("svc-scan@corp.example")
    place.kept.add("guest@corp.example", isGuestUser=True)

    accounts = place.accounts(patterns=("svc-*",))

    assert [label for label, each in accounts.items() if each.service_like] == ["svc-scan@corp.example"]
    assert accounts["guest@corp.example"].product == "guest"


def test_a_request_that_google_would_not_take_is_noticed(tls: Tls) -> None:
    with google_place(tls) as found:
        verify = ssl.create_default_context(cafile=str(tls.authority))
        bearer = {"Authorization": f"Bearer {ACCESS[USERS]}"}
        path = "/admin/directory/v1/users?customer=my_customer&maxResults=501"
        answer = httpx.get(found.kept.token_uri.replace("/token", path), verify=verify, headers=bearer, trust_env=False)

        assert answer.status_code == 422
        assert "501" in found.service.wrong[0]


@pytest.mark.parametrize(
    "changes", [{"suspended": "no"}, {"sshPublicKeys": [{"key": SSH, "owner": "kim"}]}, {"creationTime": "yesterday"}]
)
def test_an_answer_that_google_would_not_give_is_noticed(tls: Tls, changes: dict[str, Any]) -> None:
    with google_place(tls) as found:
        found.kept.add(KIM, **changes)

        list(found.source().collect())

        assert found.service.wrong


# --- traps: what looks like less than there is ------------------------------------------------------------------------


def test_a_role_on_some_units_proves_nobody_gone(place: GooglePlace) -> None:
    source = place.source()
    known = refs(source.collect(), KIM)
    place.kept.reader.update(isAdmin=False, isDelegatedAdmin=True)
    place.kept.unit = {place.kept.of(LEE)["id"]}

    facts = list(source.collect())

    assert "some organizational units" in error_of(facts)
    assert LEE in {each.label for each in of(Account, facts)}
    (said,) = wrong(list(source.detail(known)))
    assert "Not Authorized" in said
    place.kept.purge(KIM)
    (said,) = wrong(list(source.detail(known)))
    assert "may only be unseen" in said
    with pytest.raises(FatalError, match="may only be unseen"):
        list(source.collect_for(sought("nobody"), []))


def test_a_role_on_the_whole_organization_is_believed_by_a_word(place: GooglePlace) -> None:
    place.kept.reader.update(isAdmin=False, isDelegatedAdmin=True)

    assert not error_of(list(place.source(sees_all=True).collect()))


def test_a_list_without_the_administrator_who_asks_is_not_the_whole(place: GooglePlace) -> None:
    place.kept.spoils = lambda page: {"kind": page["kind"]}

    assert "isn't among them" in error_of(list(place.source().collect()))


@pytest.mark.parametrize("body", [{}, [], {"users": None}, {"kind": "books#volumes", "items": []}])
def test_an_answer_that_is_no_list_is_none(body: Any) -> None:
    with google_place(None) as found:
        found.kept.spoils = lambda page: body

        assert "not Google's Directory API's answer" in error_of(list(found.source().collect()))


def test_a_list_is_read_to_its_last_page(many: GooglePlace) -> None:
    facts = list(many.source().collect())

    assert len(of(Account, facts)) == MANY + 1
    assert not error_of(facts)


def test_nobody_slips_between_two_pages(many: GooglePlace) -> None:
    first = [*many.kept.users][1:6]
    last = many.kept.of(f"more{MANY - 1:03}@corp.example")["id"]

    def leave() -> None:
        for each in first:
            del many.kept.users[each]

    many.kept.between_pages = leave

    assert last in {each.native_id for each in of(Account, many.source().collect())}


def test_a_list_that_goes_in_a_circle_is_no_list(many: GooglePlace) -> None:
    many.kept.spoils = lambda page: page | {"nextPageToken": "page-0"}

    assert "circle" in error_of(list(many.source().collect()))


def test_a_user_who_can_not_be_read_costs_themselves() -> None:
    with google_place(None) as found:
        found.kept.add(KIM, creationTime="yesterday")
        found.kept.add(LEE)

        facts = list(found.source().collect())

        assert [each.label for each in of(Account, facts)] == [READER, LEE]
        assert "one can't be read, whose creationTime is wrong" in error_of(facts)


# --- what stands for them ---------------------------------------------------------------------------------------------


def test_grants_app_passwords_and_ssh_keys_of_whoever_is_looked_at_are_told(place: GooglePlace) -> None:
    looked = detail(place.source(), KIM)

    found = held(looked)
    assert {each.standing for each in found.values()} == {Standing.WORKS}
    grant, password = found["token/9001.apps.googleusercontent.com"], found["app-password/0"]
    assert grant.label == "OAuth grant to Mailer (9001.apps.googleusercontent.com)"
    assert "it may gmail.readonly" in grant.standing_reason
    assert (grant.created_at, grant.expires_at) == (None, None)
    assert password.label == "app password 0 (Thunderbird)"
    assert (str(password.created_at), str(password.last_used_at)) == (
        "2020-03-01 09:00:00+00:00",
        "2025-11-01 09:00:00+00:00",
    )
    (key,) = (each for each in found.values() if each.kind is SSH_KEY)
    assert key.native_id == key.fingerprint
    assert key.fingerprint.startswith("SHA256:")
    assert covered(looked) == {SubjectKind.ACCOUNT, TOKEN, SSH_KEY}


def test_a_new_password_shuts_nobody_and_ends_neither_grant_nor_app_password_that_is_listed(
    place: GooglePlace,
) -> None:
    """It ends grants with mail scopes, and none of Apps Script's: what is still there is still told."""
    place.kept.of(KIM)["changePasswordAtNextLogin"] = True

    looked = detail(place.source(), KIM)

    assert {each.standing for each in (*of(Account, looked), *held(looked).values())} == {Standing.WORKS}
    assert {"token/9001.apps.googleusercontent.com", "app-password/0"} <= held(looked).keys()


def test_what_has_no_list_is_said_not_to_be_looked_at(place: GooglePlace) -> None:
    """Apps Script goes on by itself, files stay shared, and service accounts may read everybody's mail."""
    (gap,) = of(Gap, list(place.source().collect()))

    assert not gap.red
    for what in ("second factors and backup codes", "Apps Script", "files shared with outsiders", "service accounts"):
        assert what in gap.text


@pytest.mark.parametrize(
    ("told", "moment"),
    [
        ("1583053200", "2020-03-01 09:00:00+00:00"),
        ("100000000001", "5138-11-16 09:46:41+00:00"),
        ("1583053200000", "None"),
        ("9223372036854775807", "None"),
        ("-1583053200", "None"),
        ("0", "None"),
    ],
)
def test_times_of_an_app_password_are_in_seconds_whatever_their_size(
    place: GooglePlace, told: str, moment: str
) -> None:
    place.kept.asps.clear()
    place.kept.app_password(KIM, creationTime=told, lastTimeUsed=told)

    password = held(detail(place.source(), KIM))["app-password/0"]

    assert (str(password.created_at), str(password.last_used_at)) == (moment, moment)


@pytest.mark.parametrize(
    ("told", "standing", "ends"),
    [
        ("0", Standing.WORKS, "None"),
        ("1583053200000000", Standing.DEAD, "2020-03-01 09:00:00+00:00"),
        ("100000000000000000", Standing.WORKS, "5138-11-16 09:46:40+00:00"),
        ("100000000001000000", Standing.WORKS, "5138-11-16 09:46:41+00:00"),
        ("253402300799000000", Standing.WORKS, "9999-12-31 23:59:59+00:00"),
        ("253402300800000000", Standing.WORKS, "None"),
        ("9223372036854775807", Standing.WORKS, "None"),
        ("-1583053200000000", Standing.UNKNOWN, "None"),
    ],
)
def test_an_ssh_key_ends_by_microseconds_whatever_their_size(
    place: GooglePlace, told: str, standing: Standing, ends: str
) -> None:
    """A key that ends after the year 9999 has not ended, though no calendar has its day."""
    place.kept.of(KIM)["sshPublicKeys"] = [{"key": SSH, "expirationTimeUsec": told}]

    (key,) = (each for each in of(Credential, detail(place.source(), KIM)) if each.kind is SSH_KEY)

    assert (key.standing, str(key.expires_at)) == (standing, ends)


@pytest.mark.parametrize("state", ["suspended", "archived"])
def test_tokens_of_whoever_is_suspended_are_not_none(place: GooglePlace, state: str) -> None:
    """Google refuses to list them, and they may be back once their user is."""
    place.kept.of(KIM)[state] = True

    looked = detail(place.source(), KIM)

    assert covered(looked) == {SubjectKind.ACCOUNT, SSH_KEY}
    assert not wrong(looked)
    assert {each.kind for each in of(Credential, looked)} == {SSH_KEY}
    (gap,) = of(Gap, list(place.source().collect()))
    assert "OAuth grants and app passwords of whoever can't sign in" in gap.text


def test_an_empty_list_of_whoever_is_suspended_is_not_none_either_and_what_is_listed_is_not_checked(
    place: GooglePlace,
) -> None:
    place.kept.suspend(KIM)
    place.kept.refuses_tokens = lambda user: False
    place.kept.asps.clear()

    looked = detail(place.source(), KIM)

    assert TOKEN not in covered(looked)
    assert held(looked)["token/9001.apps.googleusercontent.com"].standing is Standing.UNKNOWN


def test_a_stranger_s_refusal_of_whoever_works_is_an_error(place: GooglePlace) -> None:
    place.kept.refuses_tokens = lambda user: True

    (said,) = wrong(detail(place.source(), KIM))

    assert "users/ID/tokens: 401" in said


def test_an_ssh_key_of_whoever_can_not_sign_in_is_not_checked_unless_they_were_deleted(place: GooglePlace) -> None:
    """Google doesn't say what OS Login does with it."""
    place.kept.suspend(KIM)
    (key,) = of(Credential, detail(place.source(), KIM))
    assert key.standing is Standing.UNKNOWN

    place.kept.delete(KIM)
    (key,) = of(Credential, detail(place.source(), KIM))
    assert (key.standing, key.can_reactivate) == (Standing.DEAD, True)


def test_an_ssh_key_that_has_expired_is_dead_and_one_that_is_none_is_said(place: GooglePlace) -> None:
    place.kept.of(KIM)["sshPublicKeys"] = [
        {"key": SSH, "expirationTimeUsec": "1583053200000000"},
        {"key": "ssh-ed25519 not-a-key"},
    ]

    looked = detail(place.source(), KIM)

    assert [each.standing for each in of(Credential, looked) if each.kind is SSH_KEY] == [Standing.DEAD]
    (said,) = wrong(looked)
    assert "one is no SSH public key" in said
    assert SSH_KEY not in covered(looked)


def test_a_grant_that_tells_an_app_who_somebody_is_and_no_more_is_no_way_in(place: GooglePlace) -> None:
    place.kept.tokens.clear()
    place.kept.grant(KIM, "1.apps", "openid", "https://www.googleapis.com/auth/userinfo.email")
    place.kept.grant(KIM, "2.apps", "openid", "https://mail.google.com/")
    place.kept.grant(KIM, "3.apps")
    del place.kept.tokens[place.kept.of(KIM)["id"]][-1]["scopes"]

    found = held(detail(place.source(), KIM))

    assert {each for each in found if each.startswith("token/")} == {"token/2.apps", "token/3.apps"}


def test_tokens_are_not_asked_for_unless_somebody_says_so(place: GooglePlace) -> None:
    place.kept.scopes.discard(SECURITY)
    source = place.source(tokens=False)

    looked = detail(source, KIM)

    assert not wrong(looked)
    assert TOKEN not in covered(looked)
    (gap,) = of(Gap, list(source.collect()))
    assert "OAuth grants and app passwords, since tokens is off" in gap.text
    assert not gap.red


@pytest.mark.parametrize("taken", ["scope", "privilege"])
def test_without_the_right_to_tokens_those_alone_are_not_checked(place: GooglePlace, taken: str) -> None:
    if taken == "scope":
        place.kept.scopes.discard(SECURITY)
    else:
        place.kept.privileges.discard("Security")

    looked = detail(place.source(), KIM)

    (said,) = wrong(looked)
    assert SECURITY in said
    assert covered(looked) == {SubjectKind.ACCOUNT, SSH_KEY}


def test_without_the_privilege_to_read_users_it_is_named(place: GooglePlace) -> None:
    place.kept.privileges.clear()

    with pytest.raises(FatalError, match="the privilege Users, Read"):
        list(place.source().collect())


HOSTILE = "1'; rm -rf ~ #"


@pytest.mark.parametrize("remedy", [Remedy.DISABLE, Remedy.KEEP_TRACES])
@pytest.mark.parametrize(
    ("kind", "native_id"),
    [
        (SubjectKind.ACCOUNT, HOSTILE),
        (TOKEN, f"token/{HOSTILE}"),
        (TOKEN, "app-password/3"),
        (SSH_KEY, "SHA256:abc"),
    ],
)
def test_what_a_ticket_says_to_type_google_takes(remedy: Remedy, kind: SubjectKind, native_id: str) -> None:
    account = cases.directory_account(native_id=HOSTILE, reached_by="https://admin.googleapis.com")

    steps = cases.steps(remedy, "google_workspace", account, Subject(kind=kind, native_id=native_id, label=HOSTILE))

    typed = [shlex.split(line) for step in steps for line in step.splitlines() if line.startswith("curl ")]
    assert typed
    for words in typed:
        (address,) = (word for word in words if word.startswith("https://"))
        path, _, query = address.removeprefix("https://admin.googleapis.com").partition("?")
        path = path.replace("CODE_ID", "3")
        data = words[words.index("--data") + 1] if "--data" in words else ""
        asked = Asked(
            method=words[words.index("--request") + 1],
            path=unquote(path),
            query=dict(parse_qsl(query, strict_parsing=bool(query))),
            headers={"content-type": "application/json"},
            body=None,
            raw=json.dumps({"sshPublicKeys": []}).encode() if data.startswith("@") else data.encode(),
            raw_path=path,
        )
        assert description().wrong_in_request(asked) == ""


# --- being let in, and limits -----------------------------------------------------------------------------------------


def test_each_scope_is_asked_for_once_and_by_itself(place: GooglePlace) -> None:
    detail(place.source(), KIM, LEE)

    assert place.service.asked.count("POST /token") == 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"password": "{}"}, "no key of a service account", id="no key"),
        pytest.param({"password": "a password"}, "no key of a service account", id="no JSON"),
        pytest.param({"password": ""}, "has no password", id="nothing"),
        pytest.param({"login": ""}, "has no login", id="nobody to act for"),
    ],
)
def test_a_connection_that_can_not_be_right_is_refused_before_anything_is_asked(
    place: GooglePlace, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        place.source(place.connection(**changes))

    assert place.service.asked == []


def test_a_key_that_can_not_be_read_is_refused_without_its_words(place: GooglePlace) -> None:
    spoiled = private_key().replace("MII", "NII", 1)

    with pytest.raises(ConfigError, match="its private_key can't be read") as caught:
        place.source(place.connection(password=place.key(private_key=spoiled)))

    assert spoiled.splitlines()[3] not in repr(caught.value) + repr(caught.value.__cause__)


def test_what_was_signed_is_in_no_error_even_if_it_is_said_back(place: GooglePlace) -> None:
    place.kept.says_back = True

    with pytest.raises(FatalError, match=r"400, \(a secret\)\. ") as caught:
        list(place.source(place.connection(password=place.key(private_key=app_key()))).collect())

    assert "eyJ" not in repr(caught.value) + repr(caught.value.__cause__)


def test_the_key_shows_in_no_repr(place: GooglePlace) -> None:
    source = place.source()

    assert private_key().splitlines()[3] not in repr(vars(source)) + repr(vars(vars(source)["_api"]))


def test_both_hosts_are_told(place: GooglePlace) -> None:
    settings = google_workspace.Settings.model_validate({"name": "g", "kind": "google_workspace", "connection": "g"})
    connection = place.connection(
        host="", port=None, password=place.key(token_uri="https://oauth2.googleapis.com/token")
    )

    told = list(google_workspace.destinations(settings, connection))

    assert [each.host for each in told] == ["admin.googleapis.com", "oauth2.googleapis.com"]
    assert not any(each.clear_text for each in told)


def test_an_administrator_who_was_suspended_lets_nobody_in_and_that_is_said(place: GooglePlace) -> None:
    place.kept.suspend(READER)

    with pytest.raises(FatalError, match=r"Invalid email or User ID.*good standing"):
        list(place.source().collect())


@pytest.mark.parametrize(
    ("limit", "waited"),
    [
        pytest.param(refused(403, "userRateLimitExceeded", "User Rate Limit Exceeded"), 60, id="as 403"),
        pytest.param(refused(429, "rateLimitExceeded", "Quota exceeded"), 60, id="as 429"),
        pytest.param(Answered(status=429, body={}, headers={"Retry-After": "7"}), 7, id="with its time"),
        pytest.param(Answered(status=429, body={}, headers={"Retry-After": "0"}), 1, id="at once"),
    ],
)
def test_a_limit_is_waited_for_however_it_is_said(
    place: GooglePlace, limit: Answered, waited: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = list[float]()
    monkeypatch.setattr(api, "sleep", waits.append)
    place.kept.limits = [limit]

    assert not error_of(list(place.source().collect()))
    assert waits == [waited]


def test_a_day_s_limit_is_another_days(place: GooglePlace) -> None:
    place.kept.limits = [refused(403, "dailyLimitExceeded", "Daily Limit Exceeded")]

    with pytest.raises(RetriableError, match="86400 seconds"):
        list(place.source().collect())


# --- setting it up ----------------------------------------------------------------------------------------------------


class Silent(Chooser):
    def choose(self, key: str, question: str, options: Sequence[str] = (), **more: Any) -> str:
        raise AssertionError(key, question, options, more)


def test_a_first_configuration_says_what_it_saw(place: GooglePlace) -> None:
    assert google_workspace.propose("g", place.connection(), Silent()) == google_workspace.Proposal(
        settings={"tokens": True}
    )
    place.kept.scopes.discard(SECURITY)
    place.kept.reader["isAdmin"] = False

    made = google_workspace.propose("g", place.connection(), Silent())

    assert made.settings == {}
    assert SECURITY in made.notes[0]
    assert "sees_all" in made.notes[1]
    assert "some organizational units" in made.warnings[0]


def test_the_form_s_test_says_in_whose_name_and_how_far(place: GooglePlace) -> None:
    said = greet(place.connection())
    assert said == (
        "The service account is let in, in the name of a super administrator; it has the scope for OAuth grants and app"
        " passwords, too."
    )
    place.kept.scopes.discard(SECURITY)
    place.kept.reader["isAdmin"] = False
    assert "no super administrator; it may not read OAuth grants" in greet(place.connection())
    place.kept.scopes.clear()
    with pytest.raises(FatalError, match=USERS):
        greet(place.connection())
