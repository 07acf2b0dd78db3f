"""A second look at some accounts: as they are, moved, hidden, or gone."""

from pathlib import Path

import pytest

from offboarding.model import AccountRef, ScopeRead, Standing, SubjectKind
from offboarding.model.errors import IncompleteReadError
from tests.systems.ldap.directory import (
    KEY,
    PEOPLE,
    PERMANENT,
    REALM,
    SUFFIX,
    WITNESS,
    Told,
    as_admin,
    collect,
    connection,
    directory,
    entry,
    look_again,
    person,
    source,
)

BOTH = (SubjectKind.ACCOUNT, SubjectKind.SSH_KEY)
GONE = (*BOTH, SubjectKind.CERTIFICATE)
"""With an account goes everything on it."""


def test_what_is_there_and_nothing_else(tmp_path: Path) -> None:
    people = (person("alice", sshPublicKey=KEY), person("bob", pwdAccountLockedTime=PERMANENT), person("carl"))
    with directory(tmp_path, *people) as server:
        before = collect(server)
        reader = source(connection(server))
        told = Told(list(reader.detail([before.ref("bob"), before.ref("alice")])))

    assert {account.login for account in told.accounts.values()} == {"alice", "bob"}
    assert told.account("bob") == before.account("bob")
    assert told.credentials == before.credentials
    assert {scope.scope for scope in told.scopes} == {before.ref("alice").native_id, before.ref("bob").native_id}
    assert all(scope.kinds == BOTH and not scope.error for scope in told.scopes)
    assert (reader.requests.inventory, reader.requests.overhead) == (0, 1)
    assert reader.requests.detail > 0


def test_nobody_is_asked_about_nobody(tmp_path: Path) -> None:
    with directory(tmp_path, person("alice")) as server:
        reader = source(connection(server))

        assert list(reader.detail([])) == []
        assert reader.requests.detail == 0


def test_more_accounts_than_one_filter_holds(tmp_path: Path) -> None:
    with directory(tmp_path, *(person(f"p{number}", sshPublicKey=KEY) for number in range(120))) as server:
        before = collect(server)
        refs = [before.ref(f"p{number}") for number in range(120)]
        told = look_again(server, *refs)

    assert sorted(scope.scope for scope in told.scopes) == sorted(ref.native_id for ref in refs)


def test_renamed_and_moved_keeps_its_id(tmp_path: Path) -> None:
    other = entry(f"ou=leavers,{SUFFIX}", ("organizationalUnit",), ou="leavers")
    with directory(tmp_path, person("alice", sshPublicKey=KEY), other) as server:
        before = collect(server)
        with as_admin(server) as admin:
            admin.modify_dn(f"uid=alice,{PEOPLE}", "uid=akim", new_superior=f"ou=leavers,{SUFFIX}")
        told = look_again(server, before.ref("alice"))
        # Even where it was moved out of what we look at.
        outside = look_again(server, _below_people(server, before.ref("alice")), base_dn=PEOPLE)

    moved = told.account("akim")
    assert moved.native_id == before.ref("alice").native_id
    assert moved.label == f"uid=akim,ou=leavers,{SUFFIX}"
    assert told.scopes == [ScopeRead(realm=REALM, scope=moved.native_id, kinds=BOTH)]
    assert outside.account("akim").native_id == moved.native_id


def _below_people(server: object, ref: AccountRef) -> AccountRef:
    """The same account, as a source whose base is ou=people knows it."""
    realm = next(iter(collect(server, base_dn=PEOPLE, witness=WITNESS, user_filter="(objectClass=*)").scopes)).realm  # pyrefly: ignore[bad-argument-type]
    return AccountRef(realm=realm, native_id=ref.native_id, label=ref.label, login=ref.login)


def test_a_deleted_account_is_gone(tmp_path: Path) -> None:
    with directory(tmp_path, person("alice", sshPublicKey=KEY), person("bob", sshPublicKey=KEY)) as server:
        before = collect(server)
        with as_admin(server) as admin:
            admin.delete(f"uid=alice,{PEOPLE}")
        told = look_again(server, before.ref("alice"), before.ref("bob"))

    assert set(told.accounts) == {f"uid=bob,{PEOPLE}"}
    gone = before.ref("alice").native_id
    assert [scope for scope in told.scopes if scope.scope == gone] == [ScopeRead(realm=REALM, scope=gone, kinds=GONE)]


def test_somebody_new_at_the_old_dn_is_another_account(tmp_path: Path) -> None:
    with directory(tmp_path, person("alice", sshPublicKey=KEY), person("bob", sshPublicKey=KEY)) as server:
        before = collect(server)
        with as_admin(server) as admin:
            admin.delete(f"uid=alice,{PEOPLE}")
            admin.add(f"uid=alice,{PEOPLE}", ["inetOrgPerson"], {"cn": "Another Alice", "sn": "A"})
        told = look_again(server, before.ref("alice"))

    assert told.accounts == {}
    assert [(scope.scope, scope.error) for scope in told.scopes] == [(before.ref("alice").native_id, "")]


@pytest.mark.parametrize(
    ("access", "why"),
    (
        # Hidden, and its being there is disclosed (slapd.access(5), disclose).
        ((f'to dn.exact="uid=alice,{PEOPLE}" by * disclose',), "may not look at"),
        # Its id can't be read or searched for.
        ((f'to dn.exact="uid=alice,{PEOPLE}" attrs=entryUUID by * none',), "may not look at"),
        # The witness is out of sight as well, so the absence proves nothing.
        ((f'to dn.subtree="{PEOPLE}" by * none',), f"the reference account {WITNESS} isn't found either"),
    ),
)
def test_a_hidden_account_is_not_gone(tmp_path: Path, access: tuple[str, ...], why: str) -> None:
    people = (person("alice", sshPublicKey=KEY), person("bob", sshPublicKey=KEY))
    with directory(tmp_path / "before", *people) as server:
        ref = collect(server).ref("alice")
    with directory(tmp_path / "after", *people, access=access) as server:
        told = look_again(server, ref)

    assert told.accounts == {}
    (scope,) = told.scopes
    assert (scope.scope, scope.kinds) == (ref.native_id, GONE)
    assert why in scope.error


def test_another_directory_at_the_same_address_concludes_nothing(tmp_path: Path) -> None:
    elsewhere = AccountRef(
        realm="aaaaaaaa-0000-4000-8000-000000000001",
        native_id="aaaaaaaa-0000-4000-8000-000000000002",
        label=f"uid=alice,{PEOPLE}",
        login="alice",
    )
    with directory(tmp_path, person("alice")) as server, pytest.raises(IncompleteReadError) as error:
        look_again(server, elsewhere)

    assert "accounts of directory aaaaaaaa-0000-4000-8000-000000000001 were asked for" in str(error.value)


def test_an_id_that_is_none_would_look_gone(tmp_path: Path) -> None:
    odd = AccountRef(realm=REALM, native_id="*", label="", login="")
    with directory(tmp_path, person("alice")) as server, pytest.raises(IncompleteReadError, match="no entryUUID"):
        look_again(server, odd)


def test_a_witness_without_a_lock_leaves_it_open(tmp_path: Path) -> None:
    with directory(tmp_path, person("alice"), person("bob")) as server:
        before = collect(server)
        told = look_again(server, before.ref("alice"), witness=f"uid=bob,{PEOPLE}")

    assert told.account("alice").standing is Standing.UNKNOWN
    assert any("doesn't read as locked" in text for text in told.red())
