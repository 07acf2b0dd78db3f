"""What the LDAP source tells of a real slapd."""

import hashlib
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import ldap3
import pytest

from demo import slapd
from offboarding.config.policy import Policy
from offboarding.config.settings import Company, Settings
from offboarding.interfaces import SourceSettings
from offboarding.model import IdentityKeyKind, Membership, ScopeRead, Standing, SubjectKind
from offboarding.model.errors import IncompleteReadError
from offboarding.runs import pipeline
from offboarding.sources.ldap.names import canonical, tidy
from offboarding.store.connect import Session
from offboarding.store.rows import SourceOutcome
from tests.support.certificates import ENDED, ENDS, STARTS, certificate
from tests.support.night import rows_of
from tests.systems.ldap.directory import (
    ADMIN,
    FINGERPRINT,
    KEY,
    LAX_POLICY,
    PEOPLE,
    PERMANENT,
    POLICY,
    READER,
    REALM,
    SUFFIX,
    WITNESS,
    Told,
    as_admin,
    collect,
    connection,
    directory,
    entry,
    frame,
    look_again,
    person,
    reading,
    source,
)

BOTH = (SubjectKind.ACCOUNT, SubjectKind.SSH_KEY)
DOCUMENTED = Path(__file__).parents[3] / "docs/permissions/ldap.md"


def test_an_account_in_full(tmp_path: Path) -> None:
    alice = person(
        "alice",
        displayName="Alice Kim",
        employeeNumber="10442",
        mail=["alice@corp.example", "a.kim@corp.example"],
        sshPublicKey=f"{KEY} alice@laptop",
        manager=f"UID=Bob ,  ou=People,{SUFFIX}",
        seeAlso=f"cn=Doe\\, John,{PEOPLE}",
        entryUUID="ABCDEF00-0000-4000-8000-00000000000A",
        createTimestamp="20200102030405Z",
        creatorsName=f"uid=bob,{PEOPLE}",
        pwdChangedTime="20260101000000.5Z",
        pwdLastSuccess="20261120010203.123456Z",
    )
    with directory(tmp_path, alice) as server:
        told = collect(server)

    account = told.account("alice")
    assert (account.realm, account.native_id) == (REALM, "abcdef00-0000-4000-8000-00000000000a")
    assert (account.label, account.display_name) == (f"uid=alice,{PEOPLE}", "Alice Kim")
    assert {(key.kind, key.value, key.name) for key in account.keys} == {
        (IdentityKeyKind.LOGIN, "alice", "uid"),
        (IdentityKeyKind.MAIL, "alice@corp.example", "mail"),
        (IdentityKeyKind.MAIL, "a.kim@corp.example", "mail"),
        (IdentityKeyKind.NUMBER, "10442", "employeeNumber"),
        (IdentityKeyKind.NAME, "Alice Kim", "displayName"),
        (IdentityKeyKind.SSH_KEY, FINGERPRINT, "sshPublicKey"),
    }
    assert account.owner_labels == (f"UID=Bob,ou=People,{SUFFIX}", f"cn=Doe\\2C John,{PEOPLE}")
    assert (account.created_at, account.created_by) == (datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC), f"uid=bob,{PEOPLE}")
    assert account.password_set_at == datetime(2026, 1, 1, 0, 0, 0, 500000, tzinfo=UTC)
    assert account.last_used_at == datetime(2026, 11, 20, 1, 2, 3, 123456, tzinfo=UTC)
    assert (account.standing, account.service_like) == (Standing.WORKS, False)
    (key,) = told.credentials
    assert (key.kind, key.native_id, key.account_native_id) == (SubjectKind.SSH_KEY, FINGERPRINT, account.native_id)
    assert key.label == f"ssh-ed25519 {FINGERPRINT} (alice@laptop)"
    assert told.scopes == [ScopeRead(realm=REALM, scope="", kinds=BOTH)]


def test_a_manager_equals_the_entrys_own_dn_but_for_case(tmp_path: Path) -> None:
    names = ("Doe, John", "#1", 'a "b" <c>;=+', "back\\slash", "Jürgen", "a#b")
    dns = ["cn=" + "".join(f"\\{byte:02x}" for byte in name.encode()) + f",{PEOPLE}" for name in names]
    people = [entry(dn, ("inetOrgPerson",), cn=name, sn="x") for dn, name in zip(dns, names, strict=True)]
    with directory(tmp_path, *people) as server:
        told = collect(server)

    assert set(told.accounts) >= {tidy(dn) for dn in dns}
    assert all(tidy(label) == label for label in told.accounts)


def test_the_entry_that_the_connection_logs_in_by_is_the_checkers_own(tmp_path: Path) -> None:
    with directory(tmp_path, entry(f"uid=bob,{PEOPLE}", ("account",), uid="bob")) as server:
        told = [Told(list(source(connection(server, login=login)).collect())) for login in (READER, spaced(READER))]

    for each in told:
        assert [dn for dn, account in each.accounts.items() if account.is_reader] == [READER]


def spaced(dn: str) -> str:
    """The same DN, typed otherwise."""
    return dn.upper().replace(",", ", ")


def test_2500_people_arrive_in_three_pages(crowded: slapd.Server) -> None:
    reader = source(connection(crowded), page_size=1000)

    told = Told(list(reader.collect()))

    assert {account.login for account in told.accounts.values()} == {"", *(f"p{number:04}" for number in range(2500))}
    assert told.scopes[0].scope == ""
    # Root entry, base entry, witness twice (its lock, what it holds), one for any SSH key, one for any certificate,
    # three pages; base and witness once more.
    assert (reader.requests.inventory, reader.requests.detail, reader.requests.overhead) == (11, 0, 1)


def test_memory_stays_with_the_page(crowded: slapd.Server) -> None:
    def peak(page_size: int) -> int:
        tracemalloc.start()
        for _ in source(connection(crowded), page_size=page_size, user_filter="(uid=p0*)").collect():
            pass
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    peak(1000)  # imports and caches
    # A thousand accounts both times: were they kept, a smaller page would change nothing.
    assert peak(50) < peak(1000) / 2


def test_a_server_that_truncates_is_no_directory_of_25(limited: slapd.Server) -> None:
    told = []
    with pytest.raises(IncompleteReadError) as error:
        told.extend(source(connection(limited), page_size=10).collect())

    assert not [fact for fact in told if isinstance(fact, ScopeRead)]
    assert str(error.value).startswith(f"sources.corp-ldap: {SUFFIX}: size limit after ")
    assert "(result 4 sizeLimitExceeded)" in str(error.value)
    assert f'limits dn.exact="{READER}" size=unlimited' in str(error.value)


def test_ldap3s_own_paging_truncates_that_server_silently(limited: slapd.Server) -> None:
    """Why we don't use it: should this fail one day, docs/decisions/0010 can be reconsidered."""
    ldap = ldap3.Server(limited.host, port=limited.port, get_info=ldap3.NONE)
    with ldap3.Connection(ldap, READER, connection(limited).password, raise_exceptions=True) as client:
        found = client.extend.standard.paged_search(SUFFIX, "(uid=p*)", paged_size=10, generator=False)

    assert 0 < len(found) < 40


@pytest.mark.parametrize(
    ("changes", "text"),
    (
        (
            {"base_dn": f"ou=nowhere,{SUFFIX}"},
            f"base_dn: ou=nowhere,{SUFFIX} isn't there, or the reader may not see it",
        ),
        ({"user_filter": "(uid=nobody)"}, "no account below dc=corp,dc=example meets user_filter"),
        ({"user_filter": "(uid=witness)"}, "no account below dc=corp,dc=example meets user_filter"),
    ),
)
def test_nothing_found_is_never_an_empty_directory(tmp_path: Path, changes: dict[str, Any], text: str) -> None:
    with directory(tmp_path, person("alice")) as server, pytest.raises(IncompleteReadError) as error:
        collect(server, **changes)

    assert text in str(error.value)
    assert "Set " in str(error.value)


def test_entries_that_a_rule_hides_are_no_empty_directory(tmp_path: Path) -> None:
    hidden = (f'to dn.subtree="{PEOPLE}" by * none', f'to dn.exact="{READER}" by anonymous auth by * none')
    with directory(tmp_path, person("alice"), access=hidden) as server, pytest.raises(IncompleteReadError) as error:
        collect(server, witness=None)

    assert f'grant `to dn.subtree="{SUFFIX}" by dn.exact="{READER}" read`' in str(error.value)

    assert connection(server).password not in str(error.value)


def test_a_referral_fails_the_read_and_is_named(tmp_path: Path) -> None:
    elsewhere = entry(
        f"ou=sales,{SUFFIX}",
        ("referral", "extensibleObject"),
        ou="sales",
        ref="ldap://sales.corp.example/ou=sales,dc=corp",
    )
    with directory(tmp_path, person("alice"), elsewhere) as server, pytest.raises(IncompleteReadError) as error:
        collect(server)

    assert "refers to ldap://sales.corp.example/ou=sales,dc=corp" in str(error.value)
    assert "make a source of its own" in str(error.value)


def test_the_base_itself_may_lie_elsewhere(tmp_path: Path) -> None:
    with directory(tmp_path, person("alice"), access=()) as server, as_admin(server) as admin:
        admin.add(
            f"ou=sales,{SUFFIX}",
            ["referral", "extensibleObject"],
            {"ou": "sales", "ref": "ldap://sales.corp.example/ou=sales,dc=corp"},
            controls=[("2.16.840.1.113730.3.4.2", True, None)],
        )
        with pytest.raises(IncompleteReadError, match=r"refers to ldap://sales\.corp\.example"):
            collect(server, base_dn=f"ou=sales,{SUFFIX}")


def test_locks_policies_and_ends(tmp_path: Path) -> None:
    people = (
        person("works"),
        person("locked", pwdAccountLockedTime=PERMANENT),
        person("lax", pwdAccountLockedTime=PERMANENT, pwdPolicySubentry=LAX_POLICY),
        person("typo", pwdAccountLockedTime="20261124160000Z"),
        person("ended", pwdEndTime="20261101000000Z"),
        person("ending", pwdEndTime="20991101000000Z"),
        person("gone-policy", pwdAccountLockedTime=PERMANENT, pwdPolicySubentry=f"cn=gone,{SUFFIX}"),
    )
    with directory(tmp_path, *people) as server:
        told = collect(server)
        # The server agrees, where it can be asked today.
        binds = {login: _binds(server, login) for login in ("works", "locked", "lax", "ended", "ending")}

    assert {login: told.account(login).standing for login in ("works", "locked", "lax", "typo", "ended", "ending")} == {
        "works": Standing.WORKS,
        "locked": Standing.DEAD,
        "lax": Standing.WORKS,
        "typo": Standing.WORKS,
        "ended": Standing.DEAD,
        "ending": Standing.WORKS,
    }
    assert binds == {"works": True, "locked": False, "lax": True, "ended": False, "ending": True}
    assert told.account("gone-policy").standing is Standing.UNKNOWN
    assert (
        told.account("locked").standing_reason == f"pwdAccountLockedTime {PERMANENT} under {POLICY} (pwdLockout TRUE)"
    )
    (gap,) = told.red()
    assert f"the policy cn=gone,{SUFFIX} can't be read: grant `to dn.exact=" in gap


def _binds(server: slapd.Server, login: str) -> bool:
    ldap = ldap3.Server(server.host, port=server.port, get_info=ldap3.NONE)
    client = ldap3.Connection(ldap, f"uid={login},{PEOPLE}", f"{login}'s own", receive_timeout=10)
    bound = client.bind()
    client.unbind()
    return bound


def test_a_policy_that_a_rule_hides_or_nobody_named(tmp_path: Path) -> None:
    people = (person("locked", pwdAccountLockedTime=PERMANENT), person("works"))
    with directory(tmp_path, *people, access=(f'to dn.exact="{POLICY}" by * none',)) as server:
        hidden, unnamed = collect(server), collect(server, ppolicy_default=None)

    for told, text in ((hidden, f"the policy {POLICY} can't be read"), (unnamed, "set `ppolicy_default`")):
        assert told.account("locked").standing is Standing.UNKNOWN
        assert told.account("works").standing is Standing.WORKS
        (gap,) = told.red()
        assert text in gap


def test_hidden_locks_are_never_working_accounts(tmp_path: Path) -> None:
    people = (person("locked", pwdAccountLockedTime=PERMANENT), person("ended", pwdEndTime="20261101000000Z"))
    with directory(tmp_path, *people, access=("to attrs=pwdAccountLockedTime by * none",)) as server:
        told = collect(server)

    assert told.account("locked").standing is Standing.UNKNOWN
    assert f"the reference account {WITNESS} doesn't read as locked" in told.account("locked").standing_reason
    assert told.account("ended").standing is Standing.DEAD
    (gap,) = told.red()
    assert "Grant `to attrs=pwdAccountLockedTime," in gap
    assert f'by dn.exact="{READER}" read`' in gap
    assert told.scopes[0].error == ""


@pytest.mark.parametrize(
    ("witness", "text"),
    (
        (None, "no reference account (`witness`) is configured. Without one nobody can tell"),
        (f"uid=alice,{PEOPLE}", "doesn't read as locked. Grant"),
        (f"uid=nobody,{PEOPLE}", "can't be read. Grant"),
    ),
)
def test_without_a_good_witness_nothing_is_said_to_work(tmp_path: Path, witness: str | None, text: str) -> None:
    with directory(tmp_path, person("alice"), person("locked", pwdAccountLockedTime=PERMANENT)) as server:
        told = collect(server, witness=witness)

    assert {account.standing for account in told.accounts.values() if account.login != "locked"} - {Standing.DEAD} == {
        Standing.UNKNOWN
    }
    assert told.account("locked").standing is Standing.DEAD
    (gap,) = told.red()
    assert text in gap


def test_the_witness_is_ours_and_no_account(tmp_path: Path) -> None:
    with directory(tmp_path, person("alice")) as server:
        told = collect(server, witness=f"UID=Witness,  {PEOPLE.upper()}")

    assert [account.login for account in told.accounts.values() if account.login] == ["alice"]
    assert told.account("alice").standing is Standing.WORKS


def test_an_ssh_key_that_is_none_is_told_and_the_account_still_stands(tmp_path: Path) -> None:
    private = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA"
    with directory(tmp_path, person("alice", sshPublicKey=[KEY, private, f"{KEY} again"])) as server:
        told = collect(server)
        again = Told(list(source(connection(server)).detail([told.ref("alice")])))

    account = told.account("alice")
    assert [credential.native_id for credential in told.credentials] == [FINGERPRINT]
    assert len(told.red()) == 2  # each of its lines
    assert f"account {account.native_id}: a value of sshPublicKey is no SSH public key" in told.red()[0]
    assert "b3Blbn" not in "".join(told.red())
    # Beside a key that couldn't be read, none may look gone.
    complete = [scope.kinds for scope in again.scopes if not scope.error]
    assert complete == [(SubjectKind.ACCOUNT,)]
    assert [scope.kinds for scope in again.scopes if scope.error] == [(SubjectKind.SSH_KEY,)]


def test_a_key_stands_by_itself_on_a_locked_account(tmp_path: Path) -> None:
    with directory(tmp_path, person("alice", sshPublicKey=KEY, pwdAccountLockedTime=PERMANENT)) as server:
        told = collect(server)

    assert told.account("alice").standing is Standing.DEAD
    assert [credential.standing for credential in told.credentials] == [Standing.WORKS]
    assert "a locked password doesn't stop it" in told.credentials[0].standing_reason


@pytest.mark.parametrize("access", ((), ("to attrs=sshPublicKey by * none",)))
def test_where_no_key_can_be_seen_none_may_look_gone(tmp_path: Path, access: tuple[str, ...]) -> None:
    people = [person("alice", sshPublicKey=KEY)] if access else [person("alice")]
    with directory(tmp_path, *people, access=access) as server:
        told = collect(server)

    assert told.scopes == [ScopeRead(realm=REALM, scope="", kinds=(SubjectKind.ACCOUNT,))]
    assert any("no sshPublicKey is visible anywhere" in gap.text and not gap.red for gap in told.gaps)


def test_the_witness_proves_that_keys_can_be_seen(tmp_path: Path) -> None:
    with directory(tmp_path, person("alice")) as server:
        with as_admin(server) as admin:
            admin.modify(WITNESS, {"sshPublicKey": [(ldap3.MODIFY_ADD, [KEY])]})
        told = collect(server)

    assert told.scopes == [ScopeRead(realm=REALM, scope="", kinds=BOTH)]
    assert told.credentials == []


def test_workloads(tmp_path: Path) -> None:
    others = (
        person("svc-backup"),
        entry(f"uid=printer,{PEOPLE}", ("account", "simpleSecurityObject"), uid="printer", userPassword="x"),
        entry(f"cn=nameless,{PEOPLE}", ("person",), cn="nameless", sn="n", userPassword="x"),
        person("two", uid=["a-second", "two"]),
    )
    with directory(tmp_path, person("alice"), *others) as server:
        told = collect(server, reading(service_patterns=("SVC-*",)))

    like = {account.label: account.service_like for account in told.accounts.values()}
    assert like == {
        READER: True,
        f"uid=alice,{PEOPLE}": False,
        f"uid=svc-backup,{PEOPLE}": True,
        f"uid=printer,{PEOPLE}": True,
        f"cn=nameless,{PEOPLE}": False,
        f"uid=two,{PEOPLE}": False,
    }
    assert told.accounts[f"cn=nameless,{PEOPLE}"].login == ""
    assert [key.value for key in told.account("two").keys if key.kind is IdentityKeyKind.LOGIN] == ["two", "a-second"]


def group(name: str, *, kind: str = "groupOfNames", **attributes: str | list[str]) -> str:
    return entry(f"cn={name},ou=groups,{SUFFIX}", (kind,), cn=name, **attributes)


def test_privileged_by_group_nested_posix_or_primary(tmp_path: Path) -> None:
    posix = {"uidNumber": "1", "homeDirectory": "/", "gidNumber": "1"}
    people = [person(login) for login in ("alice", "bob", "carl", "dora", "erin")]
    people.append(
        entry(f"uid=gil,{PEOPLE}", ("account", "posixAccount"), uid="gil", cn="g", **(posix | {"gidNumber": "27"}))
    )
    groups = (
        group("Admins", member=[f"UID=alice , {PEOPLE}", f"cn=night,ou=groups,{SUFFIX}"]),
        group("night", member=[f"uid=bob,{PEOPLE}", f"cn=Admins,ou=groups,{SUFFIX}"]),
        group("unique-admins", kind="groupOfUniqueNames", uniqueMember=[f"uid=carl,{PEOPLE}#'0101'B"]),
        group("sudo-admins", kind="posixGroup", gidNumber="27", memberUid=["dora"]),
        group("staff", member=[f"uid=erin,{PEOPLE}"]),
    )
    with directory(tmp_path, *people, *groups) as server:
        told = collect(server, reading(privileged_names=("*admins",)))

    assert {
        account.login: (account.privileged, account.privileged_by)
        for account in told.accounts.values()
        if account.login
    } == {
        "alice": (True, "group Admins"),
        "bob": (True, "group Admins"),
        "carl": (True, "group unique-admins"),
        "dora": (True, "group sudo-admins"),
        "erin": (False, ""),
        "gil": (True, "group sudo-admins"),
    }


@pytest.mark.parametrize(
    ("access", "text", "red"),
    (
        ((f'to dn.subtree="ou=groups,{SUFFIX}" by * none',), "no group is visible", False),
        (("to attrs=member by * none",), "shows no member, and must have one", True),
    ),
)
def test_hidden_groups_leave_it_open_who_is_privileged(
    tmp_path: Path, access: tuple[str, ...], text: str, red: bool
) -> None:
    groups = (group("admins", member=f"uid=alice,{PEOPLE}"),)
    with directory(tmp_path, person("alice"), *groups, access=access) as server:
        told = collect(server, reading(privileged_names=("admins",)))

    assert told.account("alice").privileged is None
    assert any(text in gap.text and gap.red is red for gap in told.gaps)


def test_groups_that_are_not_where_they_should_be(tmp_path: Path) -> None:
    with directory(tmp_path, person("alice")) as server:
        told = collect(server, reading(privileged_names=("admins",)), groups_dn=f"ou=none,{SUFFIX}")

    assert told.account("alice").privileged is None
    assert any("groups can't be read" in text for text in told.red())


def test_exactly_the_documented_rights_are_enough(tmp_path: Path) -> None:
    shown = DOCUMENTED.read_text(encoding="utf-8").split("```\n")[1]
    limits, rule = shown.strip().split("\n", 1)
    assert limits == f'limits dn.exact="{READER}" size=unlimited time=unlimited'
    people = (
        person("alice", sshPublicKey=KEY, employeeNumber="7", mail="a@corp.example", pwdLastSuccess="20261120010203Z"),
        person("locked", pwdAccountLockedTime=PERMANENT),
        group("admins", member=f"uid=alice,{PEOPLE}"),
    )
    context = reading(privileged_names=("admins",))
    with directory(tmp_path / "all", *people) as server:
        everything = collect(server, context)
    with directory(
        tmp_path / "documented", *people, readers=(), access=(rule.removeprefix("access ").replace("\n", ""),)
    ) as server:
        told = collect(server, context)

    assert told.red() == everything.red() == []
    for login in ("alice", "locked"):
        mine, theirs = told.account(login), everything.account(login)
        assert (mine.keys, mine.standing, mine.privileged) == (theirs.keys, theirs.standing, theirs.privileged)
        assert mine.last_used_at == theirs.last_used_at
        assert mine.created_by == theirs.created_by == ADMIN
    assert told.scopes == everything.scopes == [ScopeRead(realm=REALM, scope="", kinds=BOTH)]


def test_frame_and_names_are_what_the_tests_think() -> None:
    assert len(frame()) == 8
    assert canonical(WITNESS) == WITNESS


def test_certificates_on_a_locked_account(tmp_path: Path) -> None:
    values = [certificate(), certificate(ends=ENDED)]
    alice = person("alice", pwdAccountLockedTime=PERMANENT, **{"userCertificate;binary": values})
    with directory(tmp_path, alice, person("bob", sshPublicKey=KEY)) as server:
        told = collect(server)
        again = look_again(server, told.ref("alice"))

    account = told.account("alice")
    assert account.standing is Standing.DEAD
    found = [each for each in told.credentials if each.kind is SubjectKind.CERTIFICATE]
    assert {(each.native_id, each.standing, each.expires_at, each.created_at) for each in found} == {
        (hashlib.sha256(values[0]).hexdigest(), Standing.WORKS, ENDS, STARTS),
        (hashlib.sha256(values[1]).hexdigest(), Standing.DEAD, ENDED, STARTS),
    }
    assert {each.label for each in found} == {"certificate 1234ABCD by Corp CA"}
    assert "Alice Kim" not in repr(told.credentials)
    assert told.scopes == [ScopeRead(realm=REALM, scope="", kinds=(*BOTH, SubjectKind.CERTIFICATE))]
    assert again.credentials == found
    assert told.red() == []


def test_what_is_declared_dead_is_dead_and_says_so(tmp_path: Path) -> None:
    left = entry(f"ou=left,{SUFFIX}", ("organizationalUnit",), ou="left")
    moved = entry(f"uid=moved,ou=left,{SUFFIX}", ("inetOrgPerson",), uid="moved", cn="m", sn="m")
    people = (person("works"), person("marked", employeeType="left"), person("locked", pwdAccountLockedTime=PERMANENT))
    declared = [{"subtree": f"OU=Left, {SUFFIX}"}, {"filter": "(employeeType=left)"}, {"filter": "(uid=locked)"}]
    with directory(tmp_path, *people, left, moved) as server:
        told = collect(server, disabled_when=declared)
        again = look_again(server, *(told.ref(login) for login in ("works", "moved")), disabled_when=declared)

    assert told.account("works").standing is Standing.WORKS
    reasons = {login: told.account(login).standing_reason for login in ("moved", "marked", "locked")}
    assert reasons == {
        "moved": f"declared: subtree OU=Left, {SUFFIX} in disabled_when",
        "marked": "declared: filter (employeeType=left) in disabled_when",
        # What the server itself refuses is the better reason.
        "locked": f"pwdAccountLockedTime {PERMANENT} under {POLICY} (pwdLockout TRUE)",
    }
    assert {told.account(login).standing for login in reasons} == {Standing.DEAD}
    assert [again.account(login) for login in ("works", "moved")] == [
        told.account(login) for login in ("works", "moved")
    ]


def test_members_that_are_no_accounts_here_are_counted(tmp_path: Path) -> None:
    signers = group("signers", member=[f"uid=alice,{PEOPLE}", f"uid=gone,{PEOPLE}", f"cn=x,ou=groups,{SUFFIX}"])
    others = (group("x", member=f"uid=elsewhere,{PEOPLE}"),)
    with directory(tmp_path, person("alice"), signers, *others) as server:
        told = collect(server, guarded_groups=["signers"])

    (gap,) = [gap for gap in told.gaps if "whose account isn't read here" in gap.text]
    assert gap.text.startswith(f"sources.corp-ldap: cn=signers,ou=groups,{SUFFIX} has 2 members whose")
    assert not gap.red


def test_a_declared_subtree_that_is_not_there_is_no_empty_one(tmp_path: Path) -> None:
    with directory(tmp_path, person("alice")) as server, pytest.raises(IncompleteReadError, match="no such entry"):
        collect(server, disabled_when=[{"subtree": f"ou=nowhere,{SUFFIX}"}])


def test_guarded_groups_are_named_by_pattern_or_dn_and_dated(tmp_path: Path) -> None:
    people = [person(login) for login in ("alice", "bob", "carl", "dora")]
    groups = (
        group("release-signers", member=[f"uid=alice,{PEOPLE}", f"cn=night,ou=groups,{SUFFIX}"]),
        group("night", member=f"uid=bob,{PEOPLE}"),
        group("vault", kind="posixGroup", gidNumber="27", memberUid=["carl"]),
        group("staff", member=f"uid=dora,{PEOPLE}"),
    )
    guarded = ["*-SIGNERS", f"cn=vault,ou=*,{SUFFIX}"]
    with directory(tmp_path, *people, *groups) as server:
        facts = list(source(connection(server), guarded_groups=guarded).collect())
        told = Told(facts)
        again = list(source(connection(server), guarded_groups=guarded).detail([told.ref("bob"), told.ref("dora")]))

    members = [fact for fact in facts if isinstance(fact, Membership)]
    ids = {told.account(login).native_id: login for login in ("alice", "bob", "carl", "dora")}
    assert {(ids[each.account_native_id], each.group_label) for each in members} == {
        ("alice", f"cn=release-signers,ou=groups,{SUFFIX}"),
        ("bob", f"cn=release-signers,ou=groups,{SUFFIX}"),
        ("carl", f"cn=vault,ou=groups,{SUFFIX}"),
    }
    assert told.scopes[0].groups is not None
    assert {each.group_native_id for each in members} == set(told.scopes[0].groups)
    assert [each for each in again if isinstance(each, Membership)] == [
        each for each in members if ids[each.account_native_id] == "bob"
    ]
    assert {scope.groups for scope in Told(again).scopes} == {told.scopes[0].groups}


@pytest.mark.parametrize(
    ("access", "guarded", "text"),
    (
        (("to attrs=member by * none",), ["signers"], "group signers shows no member, and must have one"),
        ((), ["singers"], "no group at dc=corp,dc=example is called singers"),
        ((f'to dn.subtree="ou=groups,{SUFFIX}" by * none',), ["signers"], "no group is visible"),
    ),
)
def test_a_guarded_group_that_cannot_be_read_is_red(
    tmp_path: Path, access: tuple[str, ...], guarded: list[str], text: str
) -> None:
    groups = group("signers", member=f"uid=alice,{PEOPLE}")
    with directory(tmp_path, person("alice"), groups, access=access) as server:
        facts = list(source(connection(server), guarded_groups=guarded).collect())

    assert not [fact for fact in facts if isinstance(fact, Membership)]
    assert Told(facts).scopes[0].groups == ()
    (red,) = Told(facts).red()
    assert text in red


# --- what somebody may write on their own entry -----------------------------------------------------------------------


def test_what_one_entry_holds_costs_itself_alone(tmp_path: Path, store: Session, record_property: Any) -> None:
    """Through the real server and the whole way into the store, twice, and once more when it was set back."""
    version_5 = certificate().replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x04", 1)
    hostile: dict[str, dict[str, Any]] = {
        "comment": {"sshPublicKey": f"{KEY} k\0im"},
        "mail": {"mail": "m" * 8_192 + "@corp.example"},
        "cn": {"cn": "K\0im"},
        "display": {"displayName": "K\0im"},
        "number": {"employeeNumber": "10\x00442"},
        "issuer": {"userCertificate;binary": certificate(issuer="Corp\0CA")},
        "version": {"userCertificate;binary": version_5},
        "telephone": {"description": "\0" * 3},
    }
    people = [person(login, **values) for login, values in hostile.items()]
    record_property("hostile values", len(hostile))
    with directory(tmp_path, *people, person("alice", mail="alice@corp.example")) as server:
        settings = Settings(
            company=Company(time_zone="Asia/Seoul", mail_domains=("corp.example",)),
            rosters=(),
            sources=(SourceSettings(name="corp-ldap", kind="ldap", connection="corp_ldap"),),
            policy=Policy(),
        )

        def night(caller: str) -> SourceOutcome:
            run = pipeline.open_run(store, settings, caller=caller, as_of=None)
            return pipeline.collect(store, settings, run, settings.sources[0], "", source(connection(server)))

        told = [night("one"), night("two")]
        with as_admin(server) as admin:
            admin.modify(f"uid=mail,{PEOPLE}", {"mail": [(ldap3.MODIFY_REPLACE, ["m@corp.example"])]})
        told.append(night("three"))

    record_property("sources_lost", sum(each.status == "failed" for each in told))
    # Alice, and the witness, who is nobody's here.
    assert [(each.status, each.accounts) for each in told] == [("partial", len(hostile) + 2)] * 3
    gaps = [text for text, red in told[1].gaps if red and "no certificate" not in text]
    assert len(gaps) == 1
    assert "what employeeNumber holds can't be kept" in gaps[0]
    assert [text for text, red in told[1].gaps if red and "no certificate" in text]


@pytest.mark.parametrize("narrowed", ["(&(objectClass=person)(!(uid=spare)))", "(&(objectClass=person)(mail=*))"])
def test_what_user_filter_leaves_out_from_now_on_is_not_gone_until_the_directory_has_it_no_more(
    tmp_path: Path, store: Session, narrowed: str
) -> None:
    settings = Settings(
        company=Company(time_zone="Asia/Seoul", mail_domains=("corp.example",)),
        rosters=(),
        sources=(SourceSettings(name="corp-ldap", kind="ldap", connection="corp_ldap"),),
        policy=Policy(),
    )
    alice = person("alice", mail="alice@corp.example", sshPublicKey=KEY)
    people = [alice, person("spare", sshPublicKey=KEY), person("other")]
    with directory(tmp_path, *people) as server:

        def night(caller: str, **changes: Any) -> list[tuple[Any, ...]]:
            run = pipeline.open_run(store, settings, caller=caller, as_of=None)
            reader = source(connection(server), page_size=2, **changes)
            told = pipeline.collect(store, settings, run, settings.sources[0], "", reader)
            assert told.status == "complete"
            asked = (
                "select a.login, a.last_seen_at is not null, a.gone_at is not null, count(c.gone_at) from account a"
                " left join credential c using (account_pk) where a.login <> 'witness' group by 1, 2, 3 order by 1"
            )
            return rows_of(store, asked)

        assert ("spare", False, False, 0) in night("one")
        for caller in ("two", "three"):
            assert ("spare", True, False, 0) in night(caller, user_filter=narrowed)
        with as_admin(server) as admin:
            admin.delete(f"uid=spare,{PEOPLE}")
        assert ("spare", False, True, 1) in night("four", user_filter=narrowed)
        assert ("alice", False, False, 0) in night("five")
