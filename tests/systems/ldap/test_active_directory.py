"""What the LDAP source tells of a real Active Directory domain."""

from datetime import UTC, datetime
from uuid import UUID

import ldap3
import pytest
from ldap3.core.exceptions import LDAPInvalidCredentialsResult

from offboarding.model import IdentityKeyKind, Membership, Standing, SubjectKind
from offboarding.sources.ldap.session import opened
from tests.support.certificates import ENDED, ENDS, certificate
from tests.systems.ldap import samba
from tests.systems.ldap.directory import Told, reading
from tests.systems.ldap.samba import BASE, DISABLED, USERS, WITNESS, Domain, password_of

pytestmark = pytest.mark.directories

WORKS, DEAD, UNKNOWN = Standing.WORKS, Standing.DEAD, Standing.UNKNOWN
PAST, FUTURE = "132223104000000000", "157487328000000000"
"""2020-01-01 and 2100-01-18 as FILETIME."""


def test_an_account_in_full(domain: Domain, people: str) -> None:
    domain.add_user("boss", people)
    dn = domain.add_user(
        "alice",
        people,
        displayName="Alice Kim",
        employeeID="10442",
        employeeNumber="E10442",
        mail="alice@corp.example",
        proxyAddresses=["SMTP:alice@corp.example", "smtp:a.kim@corp.example", "X500:/o=corp/cn=alice"],
        userPrincipalName="alice.kim@corp.example",
        manager=f"CN=boss,{people}",
    )

    told = domain.collect()

    account = told.account("alice")
    assert account.native_id == str(UUID(bytes_le=domain.raw(dn, "objectGUID")))
    assert account.realm == str(UUID(bytes_le=domain.raw(BASE, "objectGUID")))
    assert (account.label, account.display_name, account.login) == (dn, "Alice Kim", "alice")
    assert [(key.kind, key.value, key.name) for key in account.keys] == [
        (IdentityKeyKind.LOGIN, "alice", "sAMAccountName"),
        (IdentityKeyKind.LOGIN, "alice.kim@corp.example", "userPrincipalName"),
        (IdentityKeyKind.MAIL, "alice@corp.example", "mail"),
        (IdentityKeyKind.MAIL, "alice@corp.example", "proxyAddresses"),
        (IdentityKeyKind.MAIL, "a.kim@corp.example", "proxyAddresses"),
        (IdentityKeyKind.NUMBER, "10442", "employeeID"),
        (IdentityKeyKind.NUMBER, "E10442", "employeeNumber"),
        (IdentityKeyKind.NAME, "Alice Kim", "displayName"),
        (IdentityKeyKind.DIRECTORY_ID, domain.identifier(dn), "id"),
    ]
    assert account.owner_labels == (f"CN=boss,{people}",)
    assert (account.standing, account.service_like, account.created_by) == (WORKS, False, "")
    assert account.created_at
    assert account.password_set_at
    assert abs((account.password_set_at - account.created_at).total_seconds()) < 5
    assert told.red() == []
    assert [(scope.scope, scope.error, scope.groups) for scope in told.scopes] == [("", "", None)]


def test_disabled_expired_and_locked_told_apart_and_the_server_agrees(domain: Domain, people: str) -> None:
    for login in ("works", "ended", "ending", "never"):
        domain.add_user(login, people)
    domain.add_user("disabled", people, control=DISABLED)
    domain.change(f"CN=ended,{people}", accountExpires=PAST)
    domain.change(f"CN=ending,{people}", accountExpires=FUTURE)
    domain.change(f"CN=never,{people}", accountExpires="0")

    told = domain.collect(base_dn=people)

    logins = ("works", "ended", "ending", "never", "disabled")
    standings = {login: told.account(login).standing for login in logins}
    assert standings == {"works": WORKS, "ended": DEAD, "ending": WORKS, "never": WORKS, "disabled": DEAD}
    assert told.account("disabled").standing_reason == "userAccountControl is 514: disabled (0x2)"
    assert told.account("ended").standing_reason == "accountExpires has passed: 2020-01-01 00:00 UTC"
    assert {login: refusal(domain, login) for login in logins} == {
        "works": "",
        "ended": "data 701",
        "ending": "",
        "never": "",
        "disabled": "data 533",
    }


def refusal(domain: Domain, login: str) -> str:
    """Why the server refuses that account's right password, "" where it takes it."""
    try:
        with domain.bound(f"{login}@corp.example.test", password_of(login)):
            return ""
    except LDAPInvalidCredentialsResult as error:
        return next(part.strip() for part in str(error).split(",") if "data " in part)


def test_a_lockout_is_no_revocation(domain: Domain, people: str) -> None:
    domain.add_user("typist", people)
    domain.change(BASE, lockoutThreshold="2")
    try:
        for _ in range(3):
            with pytest.raises(LDAPInvalidCredentialsResult), domain.bound("typist@corp.example.test", "wrong"):
                pass
        told = domain.collect(base_dn=people)
    finally:
        domain.change(BASE, lockoutThreshold="0")

    account = told.account("typist")
    assert account.standing is WORKS
    assert "lockoutTime is set" in account.standing_reason


def test_when_it_was_used_may_lag(domain: Domain, people: str) -> None:
    domain.add_user("used", people)
    before = datetime.now(UTC)
    assert refusal(domain, "used") == ""

    account = domain.collect(base_dn=people).account("used")

    assert account.last_used_at
    assert abs((account.last_used_at - before).total_seconds()) < 20
    assert account.last_used_exact is False


def test_computers_are_left_out_and_managed_service_accounts_are_workloads(domain: Domain, people: str) -> None:
    domain.add_user("alice", people)
    with domain.admin() as client:
        client.add(f"CN=LAPTOP,{people}", "computer", {"sAMAccountName": "LAPTOP$", "userAccountControl": "4096"})
        client.add(
            f"CN=backup,{people}",
            "msDS-GroupManagedServiceAccount",
            {"sAMAccountName": "backup$", "userAccountControl": "4096", "msDS-ManagedPasswordInterval": "30"},
        )
        client.add(f"CN=Customer,{people}", "contact", {"mail": "someone@else.example"})

    told = domain.collect(base_dn=people)

    assert {account.login: account.service_like for account in told.accounts.values()} == {
        "alice": False,
        "backup$": True,
    }


def test_privileged_by_nested_and_primary_group(domain: Domain, people: str) -> None:
    for login in ("direct", "nested", "primary", "within", "nobody"):
        domain.add_user(login, people)
    inner = domain.add_group("Night shift", people, f"CN=nested,{people}")
    admins = domain.add_group("Cloud admins", people, f"CN=direct,{people}", f"CN=primary,{people}", inner)
    night = domain.add_group("Night primary", people, f"CN=within,{people}")
    with domain.admin() as client:
        client.modify(admins, {"member": [(ldap3.MODIFY_ADD, [night])]})
    # A primary group must be one that lists the account; then it doesn't any more.
    for login, group in (("primary", admins), ("within", night)):
        domain.change(f"CN={login},{people}", primaryGroupID=relative_id(domain, group))

    told = domain.collect(reading(privileged_names=("cloud admins",)), base_dn=people)

    by = {account.login: account.privileged_by for account in told.accounts.values() if account.privileged}
    assert by == dict.fromkeys(("direct", "nested", "primary", "within"), "group Cloud admins")
    assert told.account("nobody").privileged is False


def relative_id(domain: Domain, dn: str) -> str:
    return str(int.from_bytes(domain.raw(dn, "objectSid")[-4:], "little"))


def test_long_attributes_are_put_together_from_their_pieces(domain: Domain, people: str) -> None:
    names = [domain.add_user(f"m{number}", people) for number in range(7)]
    group = domain.add_group("Everybody", people, *names)

    with opened(domain.connection(), source="sources.corp-ad", count=lambda _: None) as session:
        # What a larger server does by itself above 1,500 values: it ends the piece early and says so.
        entry = session.read(group, ("member;range=0-2", "cn")).entry

    assert entry
    assert sorted(entry.values("member")) == sorted(names)
    assert entry.first("cn") == "Everybody"


def test_guarded_groups_yield_who_is_in(domain: Domain, people: str) -> None:
    for login in ("alice", "bob", "carl"):
        domain.add_user(login, people)
    signers = domain.add_group("Release signers", people, f"CN=alice,{people}")
    domain.add_group("Staff", people, f"CN=carl,{people}")
    with domain.admin() as client:
        client.modify(
            signers, {"member": [(ldap3.MODIFY_ADD, [domain.add_group("Nightly", people, f"CN=bob,{people}")])]}
        )
    empty = domain.add_group("Old signers", people)

    facts = list(domain.source(base_dn=people, guarded_groups=["*SIGNERS"]).collect())

    told = Told(facts)
    members = [fact for fact in facts if isinstance(fact, Membership)]
    assert {(fact.group_label, fact.account_native_id) for fact in members} == {
        (signers, told.account(login).native_id) for login in ("alice", "bob")
    }
    (scope,) = told.scopes
    assert len(scope.groups or ()) == 2  # an empty group that can be read is known to be empty
    assert {fact.group_native_id for fact in members} <= set(scope.groups or ())
    assert told.red() == []
    again = list(domain.source(base_dn=people, guarded_groups=[empty, signers]).detail([told.ref("bob")]))
    assert [fact for fact in again if isinstance(fact, Membership)] == [
        fact for fact in members if fact.account_native_id == told.account("bob").native_id
    ]
    assert Told(again).scopes[0].groups == scope.groups


def test_certificates_stand_by_themselves_on_a_disabled_account(domain: Domain, people: str) -> None:
    domain.add_user("gone", people, control=DISABLED, userCertificate=[certificate(), certificate(ends=ENDED)])

    told = domain.collect(base_dn=people)

    assert told.account("gone").standing is DEAD
    assert {(each.kind, each.expires_at, each.standing) for each in told.credentials} == {
        (SubjectKind.CERTIFICATE, ENDS, WORKS),
        (SubjectKind.CERTIFICATE, ENDED, DEAD),
    }
    assert told.scopes[0].kinds == (SubjectKind.ACCOUNT, SubjectKind.CERTIFICATE)


def test_a_value_that_is_no_certificate_is_told(domain: Domain, people: str) -> None:
    domain.add_user("odd", people, userCertificate=[b"no certificate", certificate()])

    told = domain.collect(base_dn=people)
    again = Told(list(domain.source(base_dn=people).detail([told.ref("odd")])))

    assert len(told.credentials) == 1
    (gap,) = told.red()
    assert "a value of userCertificate is no certificate" in gap
    assert [(scope.kinds, bool(scope.error)) for scope in again.scopes] == [
        ((SubjectKind.ACCOUNT,), False),
        ((SubjectKind.CERTIFICATE,), True),
    ]


def test_what_is_declared_dead(domain: Domain, people: str) -> None:
    with domain.admin() as client:
        client.add(f"OU=Left,{people}", "organizationalUnit")
    domain.add_user("works", people)
    domain.add_user("moved", f"OU=Left,{people}")
    domain.add_user("marked", people, description="left 2026")

    declared = [{"subtree": f"ou=left,{people}"}, {"filter": "(description=left *)"}]
    told = domain.collect(base_dn=people, disabled_when=declared)
    again = Told(
        list(domain.source(base_dn=people, disabled_when=declared).detail([told.ref("moved"), told.ref("works")]))
    )

    assert {login: told.account(login).standing for login in ("works", "moved", "marked")} == {
        "works": WORKS,
        "moved": DEAD,
        "marked": DEAD,
    }
    assert told.account("moved").standing_reason == f"declared: subtree ou=left,{people} in disabled_when"
    assert told.account("marked").standing_reason == "declared: filter (description=left *) in disabled_when"
    assert again.account("moved") == told.account("moved")
    assert again.account("works") == told.account("works")


def test_a_hidden_control_is_never_a_working_account(domain: Domain, people: str) -> None:
    dn = domain.add_user("hidden", people)
    domain.add_user("works", people)
    domain.deny(dn, f"(OD;;RP;{USER_ACCOUNT_CONTROL};;{domain.identifier(samba.READER)})")

    told = domain.collect(base_dn=people)

    assert told.account("hidden").standing is UNKNOWN
    assert "userAccountControl can't be read" in told.account("hidden").standing_reason
    assert told.account("works").standing is WORKS
    (gap,) = told.red()
    assert "whether 1 account is disabled can't be read. Grant CN=reader" in gap


USER_ACCOUNT_CONTROL = "bf967a68-0de6-11d0-a285-00aa003049e2"
"""The attribute's schemaIDGUID (MS-ADA3)."""


@pytest.mark.parametrize(
    ("witness", "works"), ((WITNESS, True), (f"CN=reader,{USERS}", False), (f"CN=x,{USERS}", False))
)
def test_a_witness_is_believed_where_there_is_one(domain: Domain, people: str, witness: str, works: bool) -> None:
    domain.add_user("alice", people)
    domain.add_user("gone", people, control=DISABLED)

    told = domain.collect(base_dn=people, witness=witness)

    assert told.account("alice").standing is (WORKS if works else UNKNOWN)
    assert told.account("gone").standing is DEAD
    assert bool(told.red()) is not works


def test_the_forests_other_partitions_are_passed_over(domain: Domain) -> None:
    told = domain.collect()

    with domain.admin() as client:
        client.search(BASE, "(cn=witness)", "SUBTREE", attributes=["cn"])
        references = [uri for each in client.response or () if each["type"] == "searchResRef" for uri in each["uri"]]
    assert references  # the domain does refer to them
    assert [scope.error for scope in told.scopes] == [""]
    assert not any("lies below" in gap.text for gap in told.gaps)
