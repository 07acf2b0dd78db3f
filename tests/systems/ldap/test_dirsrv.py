"""What the LDAP source tells of a real 389-ds, and of FreeIPA's attributes on one."""

from datetime import UTC, datetime
from pathlib import Path

import ldap3
import pytest

from offboarding.model import IdentityKeyKind, Membership, Standing, SubjectKind
from offboarding.model.errors import ConfigError, IncompleteReadError
from tests.support.certificates import ENDED, ENDS, certificate
from tests.systems.ldap.directory import FINGERPRINT, KEY, Told, reading
from tests.systems.ldap.dirsrv import IPA_RIGHTS, PERSON, READER, RIGHTS, WITNESS, Instance

pytestmark = pytest.mark.directories

WORKS, DEAD, UNKNOWN = Standing.WORKS, Standing.DEAD, Standing.UNKNOWN
PAST, FUTURE = "20200101000000Z", "20990101000000Z"
DOCUMENTED = Path(__file__).parents[3] / "docs/permissions/ldap.md"
IPA_PERSON = (*PERSON, "ipaLike")


def test_an_account_in_full(instance: Instance, unit: str) -> None:
    dn = instance.add_person(
        "alice",
        unit,
        displayName="Alice Kim",
        employeeNumber="10442",
        mail="alice@corp.example",
        manager=f"uid=boss,{unit}",
        nsSshPublicKey=f"{KEY} alice@laptop",
    )

    told = instance.collect(base_dn=unit)

    account = told.account("alice")
    assert account.native_id == instance.raw(dn, "nsUniqueId").decode()
    assert account.label == dn
    assert {(key.kind, key.value, key.name) for key in account.keys} == {
        (IdentityKeyKind.LOGIN, "alice", "uid"),
        (IdentityKeyKind.MAIL, "alice@corp.example", "mail"),
        (IdentityKeyKind.NUMBER, "10442", "employeeNumber"),
        (IdentityKeyKind.NAME, "Alice Kim", "displayName"),
        (IdentityKeyKind.SSH_KEY, FINGERPRINT, "nsSshPublicKey"),
    }
    assert account.owner_labels == (f"uid=boss,{unit}",)
    assert (account.standing, account.service_like, account.created_by) == (WORKS, False, "cn=directory manager")
    assert account.created_at
    assert [credential.native_id for credential in told.credentials] == [FINGERPRINT]
    assert told.red() == []


def test_locked_by_itself_or_by_its_role_and_the_server_agrees(instance: Instance, unit: str) -> None:
    for login in ("works", "locked", "unlocked", "by-role", "expired-principal", "expired-password"):
        classes = IPA_PERSON if login.startswith("expired") else PERSON
        instance.add_person(login, unit, classes=classes)
    instance.change(f"uid=locked,{unit}", nsAccountLock="TRUE")
    instance.change(f"uid=unlocked,{unit}", nsAccountLock="false")
    instance.change(f"uid=expired-principal,{unit}", krbPrincipalExpiration=PAST)
    instance.change(f"uid=expired-password,{unit}", krbPasswordExpiration=PAST)
    inactivate_role(instance, unit, f"uid=by-role,{unit}")

    told = instance.collect(base_dn=unit)

    logins = ("works", "locked", "unlocked", "by-role", "expired-principal", "expired-password")
    standings = {login: told.account(login).standing for login in logins}
    assert standings == {
        "works": WORKS,
        "locked": DEAD,
        "unlocked": WORKS,
        "by-role": DEAD,
        "expired-principal": WORKS,
        "expired-password": WORKS,
    }
    assert {login: instance.binds(login, unit) for login in logins} == {
        login: standing is WORKS for login, standing in standings.items()
    }
    assert "krbPrincipalExpiration has passed" in told.account("expired-principal").standing_reason


def inactivate_role(instance: Instance, unit: str, member: str) -> None:
    """A role whose members are locked, as `dsidm role lock` makes it: by class of service, computed for each."""
    disabled, holder, template = f"cn=disabled,{unit}", f"cn=holder,{unit}", f"cn=templates,{unit}"
    role = ["nsRoleDefinition", "nsSimpleRoleDefinition", "nsManagedRoleDefinition"]
    instance.add(disabled, role, cn="disabled")
    instance.add(template, ["nsContainer"], cn="templates")
    name = disabled.replace(",", "\\,").replace("=", "\\=")
    instance.add(
        f"cn={name},{template}",
        ["extensibleObject", "cosTemplate"],
        cosPriority="1",
        nsAccountLock="true",
    )
    instance.add(
        holder,
        ["cosSuperDefinition", "cosClassicDefinition"],
        cosTemplateDn=template,
        cosSpecifier="nsRole",
        cosAttribute="nsAccountLock operational",
    )
    instance.change(member, nsRoleDN=disabled)


def test_without_a_visible_witness_no_login_is_said_to_work(instance: Instance, unit: str) -> None:
    instance.add_person("alice", unit)
    instance.add_person("locked", unit, nsAccountLock="true")
    hide(instance, unit, "nsAccountLock")
    instance.add_person("mine", unit, nsAccountLock="true")

    told = instance.collect(base_dn=unit, witness=f"uid=mine,{unit}")
    none = instance.collect(base_dn=unit, witness=None)

    for each, text in (
        (told, "doesn't read as locked. Grant"),
        (none, "no reference account (`witness`) is configured"),
    ):
        assert {account.standing for account in each.accounts.values()} == {UNKNOWN}
        (gap,) = each.red()
        assert text in gap


def hide(instance: Instance, dn: str, attribute: str) -> None:
    """Take that attribute from our reader, here and below."""
    rule = f'(targetattr="{attribute}")(version 3.0; acl "hide"; deny (all) userdn="ldap:///{READER}";)'
    with instance.admin() as client:
        client.modify(dn, {"aci": [(ldap3.MODIFY_ADD, [rule])]})


def test_a_limit_fails_the_read_and_says_how_it_is_lifted(instance: Instance, unit: str) -> None:
    for number in range(12):
        instance.add_person(f"p{number}", unit, mail=f"x{number}@corp.example")
    # One page may be large; a search that may look at five entries only may not.
    instance.change(READER, nsLookThroughLimit="5", nsPagedLookThroughLimit="5")
    try:
        with pytest.raises(IncompleteReadError) as error:
            instance.collect(base_dn=unit, user_filter="(mail=*x*)")
    finally:
        instance.change(READER, nsLookThroughLimit=[], nsPagedLookThroughLimit=[])

    assert "administrative limit after" in str(error.value)
    assert "(result 11 adminLimitExceeded" in str(error.value)
    assert "Set nsSizeLimit, nsTimeLimit, nsLookThroughLimit" in str(error.value)
    assert len(instance.collect(base_dn=unit, user_filter="(mail=*x*)").accounts) == 12


def test_groups_nested_empty_and_hidden(instance: Instance, unit: str) -> None:
    for login in ("alice", "bob", "carl"):
        instance.add_person(login, unit)
    group(instance, unit, "night", f"uid=bob,{unit}")
    group(instance, unit, "admins", f"uid=alice,{unit}", f"cn=night,{unit}")
    group(instance, unit, "empty-admins")

    facts = list(
        instance.source(
            reading(privileged_names=("*admins",)), base_dn=unit, guarded_groups=[f"cn=*admins,{unit}"]
        ).collect()
    )
    told = Told(facts)
    hide(instance, unit, "member")
    hidden = instance.collect(reading(privileged_names=("*admins",)), base_dn=unit, guarded_groups=["*admins"])

    assert {login: told.account(login).privileged for login in ("alice", "bob", "carl")} == {
        "alice": True,
        "bob": True,
        "carl": False,
    }
    assert {fact.account_native_id for fact in facts if isinstance(fact, Membership)} == {
        told.account("alice").native_id,
        told.account("bob").native_id,
    }
    assert len(told.scopes[0].groups or ()) == 2
    assert told.red() == []
    assert hidden.account("carl").privileged is None
    assert hidden.scopes[0].groups == ()
    assert any("shows no member, and nor does any other group" in text for text in hidden.red())


def group(instance: Instance, unit: str, name: str, *members: str) -> None:
    attributes = {"member": list(members)} if members else {}
    instance.add(f"cn={name},{unit}", ["groupOfNames"], cn=name, **attributes)


def test_certificates_stand_by_themselves(instance: Instance, unit: str) -> None:
    instance.add_person("gone", unit, nsAccountLock="true")
    with instance.admin() as client:
        values = [certificate(), certificate(ends=ENDED)]
        client.modify(f"uid=gone,{unit}", {"userCertificate;binary": [(ldap3.MODIFY_ADD, values)]})

    told = instance.collect(base_dn=unit)

    assert told.account("gone").standing is DEAD
    assert {(each.expires_at, each.standing) for each in told.credentials} == {(ENDS, WORKS), (ENDED, DEAD)}
    assert SubjectKind.CERTIFICATE in told.scopes[0].kinds


def test_freeipas_ids_keys_and_expired_principals(instance: Instance, unit: str) -> None:
    uuid = "5d5a7f1c-b5b4-11ef-9b1c-525400e1a2b3"
    instance.add_person(
        "alice",
        unit,
        classes=IPA_PERSON,
        ipaUniqueID=uuid,
        ipaSshPubKey=f"{KEY} alice@laptop",
        krbLastPwdChange="20260101000000Z",
        krbLastSuccessfulAuth="20261120010203Z",
        krbPrincipalExpiration=FUTURE,
        krbPasswordExpiration=PAST,
    )
    instance.add_person("ended", unit, classes=IPA_PERSON, krbPrincipalExpiration=PAST)
    instance.add_person("ended-locked", unit, classes=IPA_PERSON, krbPrincipalExpiration=PAST, nsAccountLock="TRUE")

    told = instance.collect(base_dn=unit, flavor="freeipa")
    again = Told(list(instance.source(base_dn=unit, flavor="freeipa").detail([told.ref("alice"), told.ref("ended")])))

    account = told.account("alice")
    assert account.native_id == uuid
    assert account.standing is WORKS
    assert (account.password_set_at, account.last_used_at) == (
        moment("2026-01-01T00:00:00"),
        moment("2026-11-20T01:02:03"),
    )
    assert [credential.native_id for credential in told.credentials] == [FINGERPRINT]
    assert told.account("ended").standing is UNKNOWN
    assert "`ipa user-disable`" in told.account("ended").standing_reason
    assert told.account("ended-locked").standing is DEAD
    assert again.account("alice") == account
    assert again.account("ended") == told.account("ended")  # without an id of FreeIPA's the server's own counts


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_what_is_declared_dead_and_what_is_no_filter(instance: Instance, unit: str) -> None:
    instance.add_person("works", unit)
    instance.add_person("marked", unit, employeeNumber="left")

    told = instance.collect(base_dn=unit, disabled_when=[{"filter": "(employeeNumber=left)"}, {"filter": "(noSuch=x)"}])

    assert told.account("works").standing is WORKS
    assert told.account("marked").standing_reason == "declared: filter (employeeNumber=left) in disabled_when"
    with pytest.raises(ConfigError, match="no LDAP filter"):
        instance.collect(base_dn=unit, disabled_when=[{"filter": "(employeeNumber=left"}])
    with pytest.raises(IncompleteReadError, match="there is no such entry"):
        instance.collect(base_dn=unit, disabled_when=[{"subtree": f"ou=nowhere,{unit}"}])


def test_exactly_the_documented_rights_are_what_these_tests_run_with() -> None:
    shown = DOCUMENTED.read_text(encoding="utf-8")

    assert f"aci: {RIGHTS}\n" in shown
    assert f"aci: {IPA_RIGHTS}\n" in shown
    assert f"dn: {WITNESS}\n" in shown
