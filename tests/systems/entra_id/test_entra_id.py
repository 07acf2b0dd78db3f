"""A tenant of Entra ID, beyond what every source must do: each way in which it could look emptier, or more alive, than
it is.
"""

import ssl
from base64 import b64encode
from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest

from demo.slapd import Tls
from offboarding.interfaces import Chooser
from offboarding.model import (
    Account,
    AccountRef,
    Credential,
    Gap,
    IdentityKey,
    IdentityKeyKind,
    IdentityKeyOrigin,
    ScopeRead,
    Standing,
    SubjectKind,
)
from offboarding.model.errors import ConfigError, FatalError, RetriableError
from offboarding.sources import entra_id
from offboarding.sources.entra_id.connection import greet
from tests.contract.source_contract import error_of, of, sought
from tests.support.described.server import Answered, Nested
from tests.systems.entra_id.service import (
    ENDS,
    GLOBAL_ADMINISTRATOR,
    LATER,
    READER,
    TENANT,
    TOKEN,
    EntraPlace,
    certificate_and_key,
    entra_place,
    said,
)
from tests.systems.entra_id.service import SECRET as SECRET_SENT

pytestmark = pytest.mark.slow

KIM, ANN = "kim@corp.example", "ann@corp.example"
SECRET, CERTIFICATE = SubjectKind.SERVICE_CREDENTIAL, SubjectKind.CERTIFICATE
LOGIN, MAIL = IdentityKeyKind.LOGIN, IdentityKeyKind.MAIL
OWNER, ATTRIBUTE = IdentityKeyOrigin.OWNER, IdentityKeyOrigin.ATTRIBUTE
PAST, FUTURE = "2026-10-01T00:00:00Z", "2027-01-01T00:00:00Z"


@pytest.fixture
def place(tls: Tls) -> Generator[EntraPlace]:
    """Ann administrates it, Kim works there."""
    with entra_place(tls) as found:
        ann = found.kept.add(ANN, mail=ANN)
        found.kept.add(KIM, mail=KIM)
        found.kept.assigned.append((ann["id"], GLOBAL_ADMINISTRATOR))
        yield found
        assert found.service.wrong == []


def whole(facts: Sequence[Any]) -> bool:
    """Whether a read says that it saw all of it."""
    return error_of(facts) == "" and not [gap for gap in of(Gap, facts) if gap.red]


def red(facts: Sequence[Any]) -> list[str]:
    return [gap.text for gap in of(Gap, facts) if gap.red]


def again(place: EntraPlace, *known: AccountRef) -> list[Any]:
    """A second look, by another reader."""
    return list(place.source().detail(known))


def looked_at(place: EntraPlace, *names: str) -> list[Any]:
    """A second look at those of these logins or display names."""
    found = place.accounts()
    return again(place, *(ref(found[name]) for name in names))


def ref(account: Account) -> AccountRef:
    return AccountRef(realm=account.realm, native_id=account.native_id, label=account.label, login=account.login)


def keys_of(account: Account) -> set[tuple[IdentityKeyKind, str, str]]:
    return {(key.kind, key.value, key.name) for key in account.keys}


# --- who is in ------------------------------------------------------------------------------------------------------


def test_nearly_nothing_is_told_unasked_so_all_of_it_is_asked_for(place: EntraPlace) -> None:
    """Without $select neither accountEnabled nor employeeId would be there, and nobody's standing known."""
    place.kept.of(KIM).update(employeeId="E001042", onPremisesSamAccountName="kim")
    place.kept.of(KIM)["proxyAddresses"] = ["SMTP:kim@corp.example", "smtp:kim.minjun@corp.example", "X500:/o=Corp"]

    kim = place.accounts()[KIM]

    assert (kim.standing, kim.standing_reason) == (Standing.WORKS, "Entra ID: accountEnabled true")
    assert keys_of(kim) == {
        (LOGIN, KIM, "userPrincipalName"),
        (LOGIN, "kim", "onPremisesSamAccountName"),
        (MAIL, KIM, "mail"),
        (MAIL, "kim.minjun@corp.example", "proxyAddresses"),
        (IdentityKeyKind.NUMBER, "E001042", "employeeId"),
    }
    assert {key.origin for key in kim.keys} == {ATTRIBUTE}


def test_a_private_mail_never_links(place: EntraPlace) -> None:
    """otherMails is written by the user."""
    assert place.kept.of(KIM)["otherMails"] == ["kim@private.example"]

    assert not [key for key in place.accounts()[KIM].keys if "private" in key.value]


def test_the_anchor_of_a_synced_user_is_the_id_of_the_directory_s_account(place: EntraPlace) -> None:
    guid = UUID("5a8c7e7e-11d2-4c2b-9d0c-1f8b1e0a7b51")
    place.kept.of(KIM)["onPremisesImmutableId"] = b64encode(guid.bytes_le).decode()
    place.kept.of(ANN)["onPremisesImmutableId"] = "ann's own word"

    found = place.accounts()

    assert (IdentityKeyKind.DIRECTORY_ID, str(guid), "onPremisesImmutableId") in keys_of(found[KIM])
    assert IdentityKeyKind.DIRECTORY_ID not in {key.kind for key in found[ANN].keys}


def test_the_security_identifier_of_a_synced_user_is_the_one_of_the_directory_s_account(place: EntraPlace) -> None:
    """Also where the anchor is somebody's own choice, and no objectGUID."""
    sid = "S-1-5-21-1004336348-1177238915-682003330-512"
    place.kept.of(KIM).update(onPremisesImmutableId="E001042", onPremisesSecurityIdentifier=sid)

    found = place.accounts()

    theirs = [key for key in keys_of(found[KIM]) if key[0] is IdentityKeyKind.DIRECTORY_ID]
    assert theirs == [(IdentityKeyKind.DIRECTORY_ID, sid, "onPremisesSecurityIdentifier")]


@pytest.mark.parametrize(
    ("login", "synced", "product"),
    [
        pytest.param(KIM, True, "synchronized member", id="now"),
        pytest.param(KIM, False, "member", id="once"),
        pytest.param(KIM, None, "member", id="never, or not told"),
        pytest.param("kim_else.example#EXT#@corp.example", True, "external user", id="elsewhere"),
    ],
)
def test_who_is_synchronized_is_told_apart_since_they_are_shut_elsewhere(
    place: EntraPlace, login: str, synced: bool | None, product: str
) -> None:
    place.kept.of(KIM).update(userPrincipalName=login, onPremisesSyncEnabled=synced)

    assert place.accounts()[login].product == product


def test_an_account_that_nobody_says_is_enabled_is_not_checked(place: EntraPlace) -> None:
    """A property that the reader may not see is null, or isn't there, and no error."""
    place.kept.of(KIM)["accountEnabled"] = None
    del place.kept.of(ANN)["accountEnabled"]

    found = place.accounts()

    assert found[KIM].standing is found[ANN].standing is Standing.UNKNOWN


def test_a_disabled_account_says_up_to_when_its_sessions_are_revoked(place: EntraPlace) -> None:
    """But an external user's, which are another tenant's; a guest may have an account here."""
    names = (KIM, "zed_partner.example#EXT#@corp.onmicrosoft.com", "contractor@corp.example")
    for name in names[1:]:
        place.kept.add(name, userType="Guest")
    for name in names:
        place.kept.of(name).update(accountEnabled=False, signInSessionsValidFromDateTime=LATER)

    found = place.accounts()

    revoked = "Entra ID: accountEnabled false; sessions are revoked up to 2026-11-01 09:00 UTC"
    assert [found[name].standing for name in names] == [Standing.DEAD] * 3
    assert [found[name].standing_reason for name in names] == [revoked, "Entra ID: accountEnabled false", revoked]


def test_sessions_that_are_revoked_shut_nobody(place: EntraPlace) -> None:
    """Whoever is signed out signs in again: only accountEnabled shuts."""
    place.kept.of(KIM)["signInSessionsValidFromDateTime"] = LATER

    assert place.accounts()[KIM].standing is Standing.WORKS


def test_guests_are_in_and_their_invitation_may_wait(place: EntraPlace) -> None:
    name = "zed_partner.example#EXT#@corp.onmicrosoft.com"
    place.kept.add(name, userType="Guest", mail="zed@partner.example", externalUserState="PendingAcceptance")

    zed = place.accounts()[name]

    assert zed.standing is Standing.WORKS
    assert zed.standing_reason.endswith("a guest, who hasn't taken up the invitation yet")
    assert (MAIL, "zed@partner.example", "mail") in keys_of(zed)


def test_who_was_deleted_can_be_restored_and_is_told_by_the_old_name(place: EntraPlace) -> None:
    kim = place.kept.delete(KIM)

    account = place.accounts()[KIM]
    (again, scope) = looked_at(place, KIM)

    assert account == again
    assert account.standing is Standing.DEAD
    assert account.standing_reason == "Entra ID: deleted on 2026-11-01, and can be restored until 2026-12-01"
    assert account.label == kim["userPrincipalName"]
    assert (LOGIN, KIM, "userPrincipalName") in keys_of(account)
    assert not scope.error


def test_who_is_deleted_between_two_looks_is_found_among_the_deleted(place: EntraPlace) -> None:
    known = ref(place.accounts()[KIM])
    place.kept.delete(KIM)

    (account, scope) = again(place, known)

    assert account.standing is Standing.DEAD
    assert scope.scope == account.native_id


def test_who_is_deleted_while_the_list_is_read_slips_through_neither(place: EntraPlace) -> None:
    place.kept.most = 1

    def moves(link: str) -> str:
        place.kept.links = lambda link: link
        place.kept.delete(KIM)
        return link

    place.kept.links = moves

    assert place.accounts()[KIM].standing is Standing.DEAD


def test_a_restored_user_works_again(place: EntraPlace) -> None:
    kim = place.kept.delete(KIM)
    before = place.accounts()[KIM]
    place.kept.users[kim["id"]] = kim | {"userPrincipalName": KIM, "deletedDateTime": None}
    del place.kept.deleted[kim["id"]]

    (after, *_) = again(place, ref(before))

    assert after.standing is Standing.WORKS
    assert (after.native_id, after.label) == (before.native_id, KIM)


def test_a_workload_s_user_is_known_by_what_stands_before_the_at(place: EntraPlace) -> None:
    place.kept.add("svc-backup@corp.example")

    assert place.accounts()["svc-backup@corp.example"].service_like


# --- traps: use -----------------------------------------------------------------------------------------------------


def test_a_sign_in_that_failed_is_no_use(place: EntraPlace) -> None:
    """lastSignInDateTime counts attempts, whether they succeeded or not."""
    place.kept.of(KIM)["signInActivity"] = {"lastSignInDateTime": LATER, "lastSuccessfulSignInDateTime": None}
    place.kept.of(ANN)["signInActivity"] = {"lastSignInDateTime": LATER, "lastSuccessfulSignInDateTime": PAST}

    found = place.accounts()

    assert found[KIM].last_used_at is None
    assert f"{found[ANN].last_used_at:%Y-%m-%d}" == "2026-10-01"


@pytest.mark.parametrize(
    ("interactive", "successful", "exact"),
    [
        pytest.param("r-1", "r-1", True, id="a person signed in"),
        pytest.param("r-1", "r-2", False, id="a device renewed its tokens since"),
        pytest.param(None, None, False, id="nobody tells"),
    ],
)
def test_a_device_that_renews_its_tokens_proves_no_use_by_the_person(
    place: EntraPlace, interactive: str | None, successful: str | None, exact: bool
) -> None:
    """The last sign-in that succeeded may be either: it's an interactive one's where both have one request's id."""
    activity = {"lastSignInDateTime": LATER, "lastSignInRequestId": interactive}
    activity |= {"lastSuccessfulSignInDateTime": LATER, "lastSuccessfulSignInRequestId": successful}
    place.kept.of(ANN)["signInActivity"] = activity

    assert place.accounts()[ANN].last_used_exact is exact


@pytest.mark.parametrize(
    ("name", "used", "told"),
    [
        pytest.param(KIM, LATER, True, id="signed in since"),
        pytest.param(KIM, None, True, id="no sign-in is told"),
        pytest.param(KIM, "2026-05-01T00:00:00Z", False, id="so long ago that each refresh token has ended"),
        pytest.param("kim_other.example#EXT#@corp.example", LATER, False, id="another tenant's"),
    ],
)
def test_from_when_on_sessions_count_is_told_where_some_may_be_left(
    place: EntraPlace, name: str, used: str | None, told: bool
) -> None:
    if name != KIM:
        place.kept.add(name)
    place.kept.of(name)["signInActivity"]["lastSuccessfulSignInDateTime"] = used

    assert bool(place.accounts()[name].sessions_valid_from) is told


@pytest.mark.parametrize("lacks", ["the right", "the licence"])
def test_who_may_not_see_sign_ins_sees_everybody_all_the_same(place: EntraPlace, lacks: str) -> None:
    """Graph refuses the whole list for it."""
    place.kept.premium = lacks != "the licence"
    place.kept.rights -= {"AuditLog.Read.All"} if lacks == "the right" else set()

    facts = list(place.source().collect())
    (told,) = red(facts)
    looked = looked_at(place, KIM)

    assert len(of(Account, facts)) == 2
    assert error_of(facts) == ""
    assert "AuditLog.Read.All" in told
    assert "sign_ins" in told
    assert [each.standing for each in of(Account, looked)] == [Standing.WORKS]
    assert len(red(looked)) == 1
    assert whole(list(place.source(sign_ins=False).collect()))


def test_a_missing_right_to_see_users_is_not_told_as_one_to_see_sign_ins(place: EntraPlace) -> None:
    place.kept.rights -= {"User.Read.All"}

    facts = list(place.source().collect())

    assert "It needs User.Read.All" in error_of(facts)
    assert red(facts) == []


# --- traps: lists ---------------------------------------------------------------------------------------------------


def test_a_list_is_read_by_the_links_that_it_gives(place: EntraPlace) -> None:
    place.kept.most = 2
    for number in range(5):
        place.kept.add(f"more{number}@corp.example")

    facts = list(place.source().collect())

    assert len(of(Account, facts)) == 7
    assert whole(facts)


def test_a_short_page_is_not_the_last_where_a_link_leads_on(place: EntraPlace) -> None:
    place.kept.most = 0
    place.kept.links = lambda link: setattr(place.kept, "most", 500) or link

    assert set(place.accounts()) == {KIM, ANN}


@pytest.mark.parametrize(
    ("links", "says"),
    [
        pytest.param(lambda link: link.replace("127.0.0.1", "elsewhere.example"), "another host", id="another host"),
        pytest.param(lambda link: link.partition("&%24skiptoken")[0].partition("&$skiptoken")[0], "", id="a circle"),
    ],
)
def test_a_list_that_leads_astray_is_no_list(place: EntraPlace, links: Any, says: str) -> None:
    place.kept.most, place.kept.links = 1, links

    with pytest.raises(FatalError, match=says or "came twice|in a circle"):
        list(place.source().collect())


def test_who_came_twice_is_told_once(place: EntraPlace) -> None:
    kim = place.kept.of(KIM)
    place.kept.users["again"] = kim

    assert len(of(Account, place.source().collect())) == 2


def test_a_user_who_cannot_be_read_costs_nobody_else(place: EntraPlace) -> None:
    place.kept.spoils = lambda row: row | {"createdDateTime": "soon"} if row.get("mail") == KIM else row

    facts = list(place.source().collect())
    place.service.wrong.clear()  # that answer is none of Microsoft's

    assert [each.login for each in of(Account, facts)] == [ANN]
    assert "createdDateTime is wrong" in error_of(facts)


@pytest.mark.parametrize(
    "answer", [Answered(body={"users": []}), Answered(body=[]), Answered(body={"value": {}}), Nested()]
)
def test_what_is_no_list_of_graph_s_is_no_empty_one(place: EntraPlace, answer: Answered) -> None:
    place.kept.limits.append(answer)

    with pytest.raises(FatalError, match="not Microsoft Graph's answer"):
        list(place.source().collect())
    place.service.wrong.clear()


def test_a_limit_is_waited_for(place: EntraPlace) -> None:
    place.kept.limits.append(said(429, "TooManyRequests", "Too many requests", **{"Retry-After": "1"}))

    source = place.source()

    assert whole(list(source.collect()))
    assert source.requests.overhead == 1


def test_a_limit_that_lasts_is_tried_again_later(place: EntraPlace) -> None:
    place.kept.limits.append(said(429, "TooManyRequests", "Too many requests", **{"Retry-After": "600"}))

    with pytest.raises(RetriableError, match="try again in 600 seconds"):
        list(place.source().collect())


# --- who is privileged ----------------------------------------------------------------------------------------------


def test_roles_are_held_assigned_eligible_and_by_a_group(place: EntraPlace) -> None:
    lee, joe = (place.kept.add(f"{name}@corp.example") for name in ("lee", "joe"))
    place.kept.eligible.append((lee["id"], GLOBAL_ADMINISTRATOR))
    place.kept.assigned.append((place.kept.group(joe), GLOBAL_ADMINISTRATOR))

    found = place.accounts()

    assert {name: (each.privileged, each.privileged_by) for name, each in found.items()} == {
        ANN: (True, "directory role Global Administrator"),
        KIM: (False, ""),
        "lee@corp.example": (True, "directory role Global Administrator (may be activated)"),
        "joe@corp.example": (True, "directory role Global Administrator by a group"),
    }


@pytest.mark.parametrize(
    "right", ["RoleManagement.Read.Directory", "RoleEligibilitySchedule.Read.Directory", "GroupMember.Read.All"]
)
def test_who_is_privileged_is_not_checked_where_a_right_is_missing(place: EntraPlace, right: str) -> None:
    place.kept.assigned.append((place.kept.group(place.kept.of(ANN)), GLOBAL_ADMINISTRATOR))
    place.kept.rights.remove(right)

    facts = list(place.source().collect())
    (told,) = red(facts)

    accounts = {each.login: each for each in of(Account, facts)}
    assert accounts[KIM].privileged is None
    assert accounts[ANN].privileged is (None if right == "RoleManagement.Read.Directory" else True)
    assert f"It needs {right}" in told
    assert error_of(facts) == ""


def test_a_holder_of_a_role_who_is_not_told_may_be_a_group(place: EntraPlace) -> None:
    place.kept.assigned.append((place.kept.new_id(), GLOBAL_ADMINISTRATOR))

    facts = list(place.source().collect())

    assert {each.login: each.privileged for each in of(Account, facts)} == {ANN: True, KIM: None}
    assert "who holds one isn't told" in red(facts)[0]


def test_a_tenant_without_the_licence_for_roles_that_may_be_activated_says_so_by_itself(place: EntraPlace) -> None:
    place.kept.rights.remove("RoleEligibilitySchedule.Read.Directory")

    facts = list(place.source(eligible_roles=False).collect())

    assert whole(facts)
    assert {each.privileged for each in of(Account, facts)} == {True, False}
    assert "eligible_roles is off" in "".join(gap.text for gap in of(Gap, facts))


# --- traps: what outlives its owner -----------------------------------------------------------------------------------


def test_an_application_s_secret_is_nobody_s_and_names_its_owner(place: EntraPlace) -> None:
    ci = place.kept.register("ci", place.kept.of(KIM))

    account = place.accounts()["ci"]
    (again, secret, scope) = looked_at(place, "ci")

    assert account == again
    assert account.native_id == f"application/{ci['id']}"
    assert (account.service_like, account.has_own_login, account.standing) == (True, False, Standing.WORKS)
    assert account.owner_labels == (KIM,)
    assert {(key.kind, key.value, key.origin) for key in account.keys} == {
        (LOGIN, ci["appId"], ATTRIBUTE),
        (LOGIN, KIM, OWNER),
        (MAIL, KIM, OWNER),
    }
    assert (secret.kind, secret.standing) == (SECRET, Standing.WORKS)
    assert secret.native_id == f"secret/{ci['passwordCredentials'][0]['keyId']}"
    assert "abc" not in secret.label, "no part of a secret is told"
    assert set(scope.kinds) == {SubjectKind.ACCOUNT, SECRET, CERTIFICATE}


def test_a_secret_outlives_the_account_of_its_owner(place: EntraPlace) -> None:
    place.kept.register("ci", place.kept.of(KIM))
    place.kept.of(KIM)["accountEnabled"] = False

    (account, secret, _) = looked_at(place, "ci")

    assert account.standing is secret.standing is Standing.WORKS


@pytest.mark.parametrize(
    ("dates", "standing", "dated"),
    [
        pytest.param({"endDateTime": PAST}, Standing.DEAD, True, id="expired"),
        pytest.param({"endDateTime": None}, Standing.WORKS, True, id="never expires"),
        pytest.param({"startDateTime": FUTURE}, Standing.UNKNOWN, False, id="not begun"),
    ],
)
def test_a_secret_works_by_its_dates(place: EntraPlace, dates: dict[str, Any], standing: Standing, dated: bool) -> None:
    """Whoever makes a secret writes from when on it holds: one that begins after they left isn't a new one."""
    place.kept.register("ci", place.kept.of(KIM), passwordCredentials=[place.kept.secret(**dates)])

    (account, secret, _) = looked_at(place, "ci")

    assert (account.standing, secret.standing) == (standing, standing)
    assert (secret.created_at is not None) is dated


def test_a_federated_credential_lets_in_whomever_another_issuer_names(place: EntraPlace) -> None:
    """Without a secret or certificate, too."""
    ci = place.kept.register("ci", place.kept.of(KIM), passwordCredentials=[])
    place.kept.trust(ci, "repo:kim/private:ref:refs/heads/main")

    listed = place.accounts()["ci"]
    (account, trusted, _) = looked_at(place, "ci")

    assert listed == account
    assert account.standing is Standing.WORKS
    assert (trusted.kind, trusted.standing) == (SECRET, Standing.WORKS)
    assert "repo:kim/private" in trusted.label
    assert trusted.created_at is None


def test_whether_another_issuer_is_trusted_may_not_be_told(place: EntraPlace) -> None:
    """Whoever is looked at is asked for it by themselves."""
    place.kept.trust(place.kept.register("ci", place.kept.of(KIM), passwordCredentials=[]), "repo:kim/private")
    place.kept.spoils = lambda row: {name: row[name] for name in row if name != "federatedIdentityCredentials"}

    listed = place.accounts()["ci"]
    (account, *_) = looked_at(place, "ci")

    assert (listed.standing, account.standing) == (Standing.UNKNOWN, Standing.WORKS)
    assert "federated credentials aren't told" in listed.standing_reason


def test_a_service_principal_holds_secrets_of_its_own(place: EntraPlace) -> None:
    """They let in as the application, and stand in no application's list."""
    kim, held = place.kept.of(KIM), [place.kept.secret()]
    place.kept.instantiate("bought", kim, passwordCredentials=held, keyCredentials=[place.kept.certificate()])
    place.kept.instantiate("plain", kim)
    place.kept.instantiate("managed", servicePrincipalType="ManagedIdentity", keyCredentials=[place.kept.certificate()])

    found = place.accounts()
    (_, *credentials, _) = looked_at(place, "bought")

    assert set(found) == {KIM, ANN, "bought"}
    assert found["bought"].owner_labels == (KIM,)
    assert [(each.kind, each.standing) for each in credentials] == [
        (SECRET, Standing.WORKS),
        (CERTIFICATE, Standing.WORKS),
    ]


def test_a_certificate_that_signs_saml_tokens_is_not_known_to_let_in_nor_what_opens_it(place: EntraPlace) -> None:
    """It stands there twice, and its passphrase among the secrets, by the same id: it may be a client secret, too."""
    sign = place.kept.certificate("Sign", "saml")
    secrets = [place.kept.secret(keyId=sign["keyId"])]
    keys = [sign, place.kept.certificate("Verify", "saml"), place.kept.certificate("Encrypt", "other")]
    place.kept.instantiate("crm", place.kept.of(KIM), passwordCredentials=secrets, keyCredentials=keys)

    (account, *credentials, _) = looked_at(place, "crm")

    assert account.standing is Standing.UNKNOWN
    assert [(each.kind, each.standing) for each in credentials] == [
        (SECRET, Standing.UNKNOWN),
        (CERTIFICATE, Standing.UNKNOWN),
    ]
    assert all("SAML" in each.standing_reason for each in credentials)


@pytest.mark.parametrize(
    ("audience", "standing"),
    [("AzureADMyOrg", Standing.DEAD), ("AzureADMultipleOrgs", Standing.UNKNOWN)],
)
def test_an_application_that_is_switched_off_here_may_let_in_elsewhere(
    place: EntraPlace, audience: str, standing: Standing
) -> None:
    ci = place.kept.register("ci", place.kept.of(KIM), signInAudience=audience)
    place.kept.principal_of(ci)["accountEnabled"] = False

    (account, secret, _) = looked_at(place, "ci")

    assert account.standing is secret.standing is standing
    assert secret.can_reactivate is (standing is Standing.DEAD)


def test_an_application_that_holds_nothing_lets_nobody_in_wherever_it_s_missing(place: EntraPlace) -> None:
    empty = place.kept.register("empty", place.kept.of(KIM), passwordCredentials=[])
    past = place.kept.register("past", passwordCredentials=[place.kept.secret(endDateTime=PAST)])
    for each in (empty, past):
        del place.kept.principals[place.kept.principal_of(each)["id"]]

    found = place.accounts()

    assert found["empty"].standing is found["past"].standing is Standing.DEAD


def test_an_application_without_a_service_principal_is_not_checked(place: EntraPlace) -> None:
    ci = place.kept.register("ci", place.kept.of(KIM))
    del place.kept.principals[place.kept.principal_of(ci)["id"]]

    (account, secret, _) = looked_at(place, "ci")

    assert account.standing is secret.standing is Standing.UNKNOWN


def test_an_expanded_list_ends_after_twenty_without_a_word(place: EntraPlace) -> None:
    owners = [place.kept.add(f"o{number}@corp.example") for number in range(23)]
    place.kept.register("ci", *owners, place.kept.of(KIM))

    account = place.accounts()["ci"]

    assert len(account.owner_labels) == 24
    assert KIM in account.owner_labels


def test_who_may_not_see_users_is_not_told_who_owns(place: EntraPlace) -> None:
    """Graph tells their ids, and null for all else: that isn't "nobody"."""
    place.kept.register("ci", place.kept.of(KIM))
    known = ref(place.accounts()["ci"])
    place.kept.rights.remove("User.Read.All")

    (scope,) = again(place, known)

    assert "who owns one isn't told. It needs User.Read.All" in scope.error


def test_an_owner_that_is_no_user_owns_nothing_here(place: EntraPlace) -> None:
    robot = place.kept.instantiate("robot")
    place.kept.register("ci", robot)

    facts = list(place.source().collect())

    (ci,) = (each for each in of(Account, facts) if each.display_name == "ci")
    assert ci.owner_labels == ()
    assert whole(facts)


def test_secrets_that_are_not_told_are_not_none(place: EntraPlace) -> None:
    ci = place.kept.register("ci", place.kept.of(KIM))
    del place.kept.applications[ci["id"]]["passwordCredentials"]

    account = place.accounts()["ci"]
    (scope,) = looked_at(place, "ci")

    assert account.standing is Standing.UNKNOWN
    assert "aren't told" in scope.error


def test_applications_that_may_not_be_read_leave_people_read_and_nothing_gone(place: EntraPlace) -> None:
    place.kept.register("ci", place.kept.of(KIM))
    known = [ref(place.accounts()[name]) for name in ("ci", KIM)]
    place.kept.rights.remove("Application.Read.All")

    facts = list(place.source().collect())
    looked = {scope.scope: scope.error for scope in of(ScopeRead, again(place, *known))}

    assert {each.login for each in of(Account, facts)} == {KIM, ANN}
    assert "It needs Application.Read.All" in error_of(facts)
    assert "Application.Read.All" in looked[known[0].native_id]
    assert looked[known[1].native_id] == ""
    assert whole(list(place.source(applications=False).collect()))


def test_an_application_that_is_gone_is_gone(place: EntraPlace) -> None:
    ci = place.kept.register("ci", place.kept.of(KIM))
    bought = place.kept.instantiate("bought", passwordCredentials=[place.kept.secret()])
    known = [ref(place.accounts()[name]) for name in ("ci", "bought")]
    del place.kept.applications[ci["id"]]
    bought["passwordCredentials"] = []

    scopes = again(place, *known)

    assert [(scope.scope, scope.error) for scope in scopes] == [(each.native_id, "") for each in known]


def test_the_reader_s_own_application_is_known_as_such(place: EntraPlace) -> None:
    place.kept.register("checker", appId=READER)

    assert place.accounts()["checker"].is_reader


def test_a_departure_finds_people_and_what_they_own(place: EntraPlace) -> None:
    place.kept.register("ci", place.kept.of(KIM))
    place.kept.register("web", place.kept.of(ANN))
    keys: list[IdentityKey] = [replace(key, kind=MAIL, value=KIM, raw=KIM) for key in sought("kim")]

    facts = list(place.source().collect_for(keys, []))

    assert {each.display_name for each in of(Account, facts)} == {KIM.title(), "ci"}


# --- how it's let in ------------------------------------------------------------------------------------------------


def test_a_certificate_lets_in_as_a_secret_does(place: EntraPlace) -> None:
    connection = place.connection(password=certificate_and_key())

    assert whole(list(place.source(connection).collect()))
    (form,) = place.sign_in.forms
    assert "client_secret" not in form


def test_one_token_is_enough_for_a_read(place: EntraPlace) -> None:
    source = place.source()
    list(source.collect())
    list(source.collect())

    assert len(place.sign_in.forms) == 1


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        pytest.param({"extra": {"tenant_id": "corp.onmicrosoft.com"}}, "tenant_id", id="a domain for a tenant"),
        pytest.param({"extra": {"tenant_id": None}}, "tenant_id", id="no tenant"),
        pytest.param({"login": ""}, "no login", id="no application"),
        pytest.param({"extra": {"login_host": None}}, "login_host", id="a cloud that nobody knows"),
        pytest.param({"extra": {"login_host": "http://127.0.0.1"}}, "https alone", id="a secret sent openly"),
        pytest.param({"password": "-----BEGIN PRIVATE KEY-----"}, "private key", id="no certificate"),
    ],
)
def test_a_connection_that_cannot_be_right_is_refused(place: EntraPlace, changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        place.source(place.connection(**changes))


def test_a_tenant_that_is_not_there_is_told_in_a_sentence(place: EntraPlace) -> None:
    other = "0f3a2c52-7f5e-4b0c-9c39-7d1f27b1a222"

    with pytest.raises(FatalError, match=f"knows no tenant {other}"):
        list(place.source(place.connection(extra={"tenant_id": other})).collect())


def test_a_secret_that_ended_says_what_microsoft_says(place: EntraPlace) -> None:
    with pytest.raises(FatalError, match=r"Invalid client secret provided\. Renew the application's secret"):
        list(place.source(place.connection(password="another")).collect())


@pytest.mark.parametrize(
    "answer",
    [
        Answered(status=503, body={}),
        Answered(status=429, body={}),
        Answered(status=400, body={"error": "temporarily_unavailable", "error_description": "AADSTS90033: later."}),
    ],
)
def test_a_sign_in_that_is_busy_is_tried_again(place: EntraPlace, answer: Answered) -> None:
    place.sign_in.answers.append(answer)

    with pytest.raises(RetriableError, match=r"sources\.entra: sign-in"):
        list(place.source().collect())


class Page(Answered):
    """What is no JSON, and says the secret back."""

    @property
    def raw(self) -> bytes:
        return f"<html>You sent {SECRET_SENT}".encode()


@pytest.mark.parametrize(
    "answer",
    [
        Page(),
        Page(status=400),
        Answered(
            status=401, body={"error": "invalid_client", "error_description": f"AADSTS1: {SECRET_SENT} is wrong."}
        ),
        Answered(body=[SECRET_SENT]),
        Answered(body={"access_token": [SECRET_SENT]}),
    ],
    ids=["a page", "a page as a refusal", "a sentence", "a list", "a token that is none"],
)
def test_a_sign_in_that_says_the_secret_back_shows_it_nowhere(
    place: EntraPlace, caplog: pytest.LogCaptureFixture, answer: Answered
) -> None:
    """Microsoft's library logs what it can't read as it came."""
    place.sign_in.answers.append(answer)

    with pytest.raises(FatalError) as caught:
        list(place.source().collect())

    assert SECRET_SENT not in str(caught.value) + caplog.text
    assert caught.value.__cause__ is None


def test_a_secret_is_sent_nowhere_else(place: EntraPlace) -> None:
    """Where the tenant's own page names another host: another cloud's, or that of whoever answers in its place."""
    place.sign_in.token_endpoint = f"https://elsewhere.example/{TENANT}/oauth2/v2.0/token"

    with pytest.raises(FatalError, match=r"elsewhere\.example, and nothing is sent there"):
        list(place.source().collect())
    assert place.sign_in.forms == []


@pytest.mark.parametrize(
    ("host", "login"),
    [
        ("", "login.microsoftonline.com"),
        ("graph.microsoft.us", "login.microsoftonline.us"),
        ("microsoftgraph.chinacloudapi.cn", "login.partner.microsoftonline.cn"),
    ],
)
def test_both_hosts_of_a_cloud_are_named(place: EntraPlace, host: str, login: str) -> None:
    settings = entra_id.Settings.model_validate({"name": "entra", "kind": "entra_id", "connection": "corp_entra"})
    connection = place.connection(host=host, port=None, extra={"login_host": ""})

    found = [each.host for each in entra_id.destinations(settings, connection)]

    assert found == [host or "graph.microsoft.com", login]


def test_the_form_s_test_says_that_users_may_be_read(place: EntraPlace) -> None:
    assert greet(place.connection()) == "The application is let in, and may read users."

    place.kept.rights.clear()
    with pytest.raises(FatalError, match=r"It needs User\.Read\.All"):
        greet(place.connection())


class Says(Chooser):
    """Nobody is asked."""

    def choose(self, *_: Any, **__: Any) -> str:
        raise AssertionError


def test_a_first_configuration_leaves_out_what_is_refused(place: EntraPlace) -> None:
    assert entra_id.propose("corp_entra", place.connection(), Says()).settings == {}

    place.kept.rights -= {"AuditLog.Read.All", "Application.Read.All", "RoleEligibilitySchedule.Read.Directory"}
    place.kept.rights.remove("Directory.Read.All")
    made = entra_id.propose("corp_entra", place.connection(), Says())

    assert made.settings == {"sign_ins": False, "eligible_roles": False, "applications": False, "consents": False}
    assert len(made.warnings) == 4


# --- controls -------------------------------------------------------------------------------------------------------


def test_a_request_that_graph_would_not_take_is_noticed(tls: Tls) -> None:
    with entra_place(tls) as found:
        verify = ssl.create_default_context(cafile=str(tls.authority))
        address = f"https://127.0.0.1:{found.service.port}/v1.0/users?$select=id,accountEnable"
        answer = httpx.get(address, verify=verify, headers={"Authorization": f"Bearer {TOKEN}"}, trust_env=False)

        assert answer.status_code == 422
        assert "accountEnable" in found.service.wrong[0]


def test_an_answer_that_graph_would_not_give_is_noticed(tls: Tls) -> None:
    with entra_place(tls) as found:
        found.kept.add(KIM, accountEnabled="yes", signInActivity={"lastSeen": ENDS})
        list(found.source().collect())

        assert "users -> 200" in found.service.wrong[0]


def test_what_has_no_list_is_said_not_to_be_looked_at(place: EntraPlace) -> None:
    """Phones, FIDO2 keys and devices let somebody in, too; and so may what was given out."""
    (gap,) = of(Gap, list(place.source().collect()))

    assert not gap.red
    for what in ("sessions and tokens that were given out", "second factors and devices", "home tenants of guests"):
        assert what in gap.text


def test_only_those_credentials_are_told_that_an_account_has(place: EntraPlace) -> None:
    assert of(Credential, looked_at(place, KIM)) == []
