"""An account is locked by a second connection, and unlocked: on a real OpenLDAP whose reader may write nothing."""

from collections.abc import Generator, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import ldap3
import pytest
from ldap3.core.exceptions import LDAPResponseTimeoutError

from demo import slapd
from offboarding.interfaces import ConnectionFields, Revoker
from offboarding.model import Revocable, Standing, StepSeen, SubjectKind
from offboarding.model.errors import ConfigError, FatalError, OffboardingError, RetriableError, UncertainError
from offboarding.sources.ldap import revoke
from tests.support.revoker import ACCESS, REVOKER, REVOKING, entry_of_revoker
from tests.systems.ldap import directory
from tests.systems.ldap.directory import PEOPLE, PERMANENT, POLICY, READER, REALM, SUFFIX

LOCK = "pwdAccountLockedTime"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[slapd.Server]:
    folder = tmp_path_factory.mktemp("revoking")
    people = (*map(directory.person, ("alice", "bob", "carol", "dave", "erin", "frank")), entry_of_revoker())
    with directory.directory(folder, *people, access=ACCESS) as running:
        yield running


@pytest.fixture
def revoker(server: slapd.Server) -> Revoker:
    return by(server, **REVOKING)


def by(server: slapd.Server, **given: Any) -> Revoker:
    """What is written by these fields of a connection."""
    return revoke.build(directory.settings(), directory.connection(server, **given), directory.connection(server), "")


def thing(server: slapd.Server, login: str) -> Revocable:
    account = directory.collect(server).account(login)
    return Revocable(
        realm=account.realm,
        kind=SubjectKind.ACCOUNT,
        native_id=account.native_id,
        account_native_id=account.native_id,
        login=login,
        product=account.product,
    )


def standing(server: slapd.Server, login: str) -> Standing:
    return directory.collect(server).account(login).standing


def lock_of(server: slapd.Server, login: str, *values: str) -> None:
    """What somebody else writes there."""
    with directory.as_admin(server) as admin:
        admin.modify(f"uid={login},{PEOPLE}", {LOCK: [(ldap3.MODIFY_REPLACE, list(values))]})


def test_an_account_is_locked_and_unlocked_and_the_reader_sees_it(server: slapd.Server, revoker: Revoker) -> None:
    alice = thing(server, "alice")

    before = revoker.before(alice)
    revoker.revoke(alice, before)

    assert before == {LOCK: ""}
    assert revoker.seen(alice, before) is StepSeen.SET
    assert standing(server, "alice") is Standing.DEAD
    with pytest.raises(FatalError, match="somebody changed it since"):
        revoker.revoke(alice, before)

    revoker.undo(alice, before)
    revoker.undo(alice, before)

    assert revoker.seen(alice, before) is StepSeen.BEFORE
    assert standing(server, "alice") is Standing.WORKS


def test_a_lock_after_failed_logins_is_what_stood_before(server: slapd.Server, revoker: Revoker) -> None:
    lock_of(server, "bob", "20261101120000Z")
    bob = thing(server, "bob")

    before = revoker.before(bob)
    revoker.revoke(bob, before)
    assert standing(server, "bob") is Standing.DEAD
    revoker.undo(bob, before)

    assert revoker.before(bob) == before == {LOCK: "20261101120000Z"}


def test_what_somebody_changed_since_is_left_alone(server: slapd.Server, revoker: Revoker) -> None:
    carol = thing(server, "carol")
    before = revoker.before(carol)

    lock_of(server, "carol", "20261102120000Z")

    assert revoker.seen(carol, before) is StepSeen.CHANGED
    for change in (revoker.revoke, revoker.undo):
        with pytest.raises(FatalError, match="somebody changed it since, and nothing was done"):
            change(carol, before)
    assert revoker.before(carol) == {LOCK: "20261102120000Z"}


def test_one_that_is_locked_already_isn_t_ours_to_lock(server: slapd.Server, revoker: Revoker) -> None:
    lock_of(server, "dave", PERMANENT)

    with pytest.raises(FatalError, match="is locked already"):
        revoker.before(thing(server, "dave"))


def test_a_renamed_entry_is_the_same_and_another_of_its_name_is_not(server: slapd.Server, revoker: Revoker) -> None:
    erin = thing(server, "erin")
    with directory.as_admin(server) as admin:
        admin.modify_dn(f"uid=erin,{PEOPLE}", "uid=erin-old")
        admin.add(f"uid=erin,{PEOPLE}", list(directory.PERSON), {"uid": "erin", "cn": "Erin", "sn": "another"})

    revoker.revoke(erin, revoker.before(erin))

    assert standing(server, "erin") is Standing.WORKS
    assert directory.collect(server).accounts[f"uid=erin-old,{PEOPLE}"].standing is Standing.DEAD

    with directory.as_admin(server) as admin:
        admin.delete(f"uid=erin-old,{PEOPLE}")
    with pytest.raises(FatalError, match="isn't there any more"):
        revoker.before(erin)
    assert revoker.seen(erin, {LOCK: ""}) is StepSeen.CHANGED


@pytest.mark.parametrize("login", ["reader", "revoker"])
def test_what_the_checker_logs_in_by_is_never_locked(server: slapd.Server, revoker: Revoker, login: str) -> None:
    told = directory.collect(server).accounts[READER if login == "reader" else REVOKER]
    own = Revocable(
        realm=REALM,
        kind=SubjectKind.ACCOUNT,
        native_id=told.native_id,
        account_native_id=told.native_id,
        login=told.login,
        product=told.product,
    )

    with pytest.raises(FatalError, match="the checker itself logs in by: never locked"):
        revoker.before(own)


def test_the_reader_s_own_login_can_write_nothing(server: slapd.Server) -> None:
    """Were it given to the second connection, the directory would refuse it."""
    frank = thing(server, "frank")
    fields = directory.connection(server)
    reader = revoke.build(directory.settings(), fields, replace(fields, login=REVOKER), "")

    with pytest.raises(FatalError, match=f"{READER} may not write {LOCK}.*Grant it that right alone"):
        reader.revoke(frank, {LOCK: ""})

    assert standing(server, "frank") is Standing.WORKS


def test_the_second_connection_can_write_nothing_else(server: slapd.Server) -> None:
    ldap = ldap3.Server(server.host, port=server.port, get_info=ldap3.NONE)
    given = REVOKING
    with ldap3.Connection(ldap, given["login"], given["password"]) as client:
        assert not client.modify(f"uid=frank,{PEOPLE}", {"mail": [(ldap3.MODIFY_ADD, ["x@corp.example"])]})
        assert client.result["description"] == "insufficientAccessRights"
        assert not client.modify(POLICY, {"pwdLockout": [(ldap3.MODIFY_REPLACE, ["FALSE"])]})
        assert not client.delete(f"uid=frank,{PEOPLE}")
        assert client.search(PEOPLE, "(uid=frank)", attributes=["userPassword"])
        assert client.entries[0].userPassword.values == []


def test_another_directory_than_the_one_that_is_read_is_left_alone(server: slapd.Server, revoker: Revoker) -> None:
    frank = thing(server, "frank")
    other = Revocable(
        realm="7a1e0f6c-0000-4000-8000-000000000009",
        kind=SubjectKind.ACCOUNT,
        native_id=frank.native_id,
        account_native_id=frank.native_id,
        login="frank",
        product=frank.product,
    )

    with pytest.raises(FatalError, match="leads to another directory than the one that is read"):
        revoker.before(other)


@pytest.mark.parametrize(
    ("kind", "product", "says"),
    [
        (SubjectKind.ACCOUNT, "openldap", f"set {LOCK} to {PERMANENT}"),
        (SubjectKind.ACCOUNT, "ad", "disable it (userAccountControl 0x2)"),
        (SubjectKind.ACCOUNT, "389ds", "set nsAccountLock to true"),
        (SubjectKind.ACCOUNT, "freeipa", "set nsAccountLock to true"),
        (SubjectKind.ACCOUNT, "openldap without locks", None),
        (SubjectKind.SSH_KEY, "openldap", None),
        (SubjectKind.CERTIFICATE, "openldap", None),
    ],
)
def test_what_can_be_taken_back(kind: SubjectKind, product: str, says: str | None) -> None:
    about = Revocable(realm=REALM, kind=kind, native_id="x", account_native_id="x", login="x", product=product)

    assert revoke.step(about) == says


def test_nothing_is_contacted_before_it_s_asked() -> None:
    connection = ConnectionFields(conn_id="gone", host="127.0.0.1", port=1, login="cn=x", password="y")
    made = revoke.build(directory.settings(), connection, replace(connection, login="cn=y"), "")

    with pytest.raises(OffboardingError, match="can't be reached"):
        made.before(Revocable(realm=REALM, kind=SubjectKind.ACCOUNT, native_id=REALM, account_native_id="", login=""))


def test_an_account_that_was_moved_out_of_the_base_is_unlocked(tmp_path: Path) -> None:
    people = (directory.person("alice"), directory.person("bob"), entry_of_revoker())
    access = (f'to dn.subtree="{SUFFIX}" attrs=pwdAccountLockedTime by dn.exact="{REVOKER}" write by * break', *ACCESS)
    with directory.directory(tmp_path, *people, access=access) as server:
        settings = directory.settings(base_dn=PEOPLE)
        fields, reader = directory.connection(server, **REVOKING), directory.connection(server)
        made = revoke.build(settings, fields, reader, "")
        with directory.as_admin(server) as admin:
            admin.search(PEOPLE, "(objectClass=*)", "BASE", attributes=["entryUUID"])
            realm = str(admin.entries[0].entryUUID)
        alice, bob = (replace(thing(server, name), realm=realm) for name in ("alice", "bob"))
        before = made.before(alice)
        made.revoke(alice, before)
        with directory.as_admin(server) as admin:
            admin.add(f"ou=left,{SUFFIX}", ["organizationalUnit"], {"ou": "left"})
            for name in ("alice", "bob"):
                admin.modify_dn(f"uid={name},{PEOPLE}", f"uid={name}", new_superior=f"ou=left,{SUFFIX}")

        assert made.called(alice) == (f"uid=alice,ou=left,{SUFFIX}", "alice")
        assert made.seen(alice, before) is StepSeen.SET
        made.undo(alice, before)
        with pytest.raises(FatalError, match=r"account [0-9a-f-]{36} was moved out of base_dn") as refused:
            made.before(bob)
        assert "uid=bob" not in str(refused.value)


def test_what_it_s_called_now_is_told(server: slapd.Server, revoker: Revoker) -> None:
    frank = thing(server, "frank")
    with directory.as_admin(server) as admin:
        admin.modify_dn(f"uid=frank,{PEOPLE}", "uid=break-glass")
    try:
        assert revoker.called(frank) == (f"uid=break-glass,{PEOPLE}", "break-glass")
    finally:
        with directory.as_admin(server) as admin:
            admin.modify_dn(f"uid=break-glass,{PEOPLE}", "uid=frank")


@pytest.mark.parametrize(
    ("login", "reader"),
    [(READER.replace(",", ", "), READER), ("CORP\\reader", "reader@corp.example")],
    ids=["spaces", "two forms of Active Directory's"],
)
def test_one_login_written_twice_is_refused_before_anything_is_sent(login: str, reader: str) -> None:
    second, first = (
        ConnectionFields(conn_id=name, host="::1", port=1, login=name, password="x") for name in (login, reader)
    )

    with pytest.raises(ConfigError, match="who reads must not be able to write"):
        revoke.build(directory.settings(), second, first, "")


def test_one_login_by_the_server_s_word_is_refused(server: slapd.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """As with a name that the directory takes in a DN's place."""
    apart = count()

    def forms(login: str) -> Iterator[str]:
        yield f"{login} {next(apart)}"

    monkeypatch.setattr(revoke, "_forms", forms)
    made, erin = by(server), thing(server, "erin")
    for ask in (made.check, lambda: made.before(erin)):
        with pytest.raises(FatalError, match="are one login by the directory's own word"):
            ask()


@pytest.mark.parametrize(("code", "error"), [(51, RetriableError), (53, FatalError)], ids=["it's busy", "it refuses"])
def test_who_they_are_isn_t_taken_for_unsaid_where_the_server_doesn_t_answer_that(
    revoker: Revoker, monkeypatch: pytest.MonkeyPatch, code: int, error: type[OffboardingError]
) -> None:
    answered(monkeypatch, code)

    with pytest.raises(error, match=f"who connection corp_ldap_revoke logs in as isn't said .result {code}"):
        revoker.check()


def test_a_server_that_doesn_t_know_the_question_is_gone_by_names(
    revoker: Revoker, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered(monkeypatch, 2)

    revoker.check()


def answered(patch: pytest.MonkeyPatch, code: int) -> None:
    """What slapd says only where it's overloaded, or never learned RFC 4532."""
    real = ldap3.Connection.extended

    def extended(self: Any, *given: Any, **named: Any) -> Any:
        done = real(self, *given, **named)
        self.result["result"] = code
        return done

    patch.setattr(ldap3.Connection, "extended", extended)


@pytest.mark.parametrize(
    ("code", "uncertain"),
    [(50, False), (51, False), (53, False), (52, True), (None, True)],
    ids=["it may not", "busy", "unwilling", "the server behind is away", "no answer comes"],
)
def test_only_what_the_server_doesn_t_say_may_have_been_done(
    server: slapd.Server, revoker: Revoker, monkeypatch: pytest.MonkeyPatch, code: int | None, uncertain: bool
) -> None:
    frank = thing(server, "frank")
    before = revoker.before(frank)

    def modify(self: Any, *_: object) -> None:
        if code is None:
            raise LDAPResponseTimeoutError("no response from server")
        self.result = {"result": code, "description": "said by the test"}

    monkeypatch.setattr(ldap3.Connection, "modify", modify)
    with pytest.raises(OffboardingError) as told:
        revoker.revoke(frank, before)

    assert isinstance(told.value, UncertainError) is uncertain


@pytest.mark.parametrize("first", ["", "20261101120000Z"])
def test_a_lock_after_failed_logins_that_comes_between_is_left(
    server: slapd.Server, revoker: Revoker, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    dave = thing(server, "dave")
    lock_of(server, "dave", *filter(None, [first]))
    before, seen = revoker.before(dave), revoke._seen
    theirs = iter(["20261103120000Z"])

    def and_then(*given: Any) -> StepSeen:
        stood = seen(*given)
        for value in theirs:
            lock_of(server, "dave", value)
        return stood

    monkeypatch.setattr(revoke, "_seen", and_then)
    with pytest.raises(FatalError, match="somebody changed it since, and nothing was done"):
        revoker.revoke(dave, before)

    assert revoker.before(dave) == {LOCK: "20261103120000Z"}
