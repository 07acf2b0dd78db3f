"""A second login with the one right that docs/revocation.md asks for: in Active Directory and in 389-ds."""

from collections.abc import Generator
from dataclasses import replace

import pytest

from offboarding.interfaces import Revoker
from offboarding.model import Account, Revocable, Standing, StepSeen, SubjectKind
from offboarding.model.errors import FatalError
from offboarding.sources.ldap import revoke
from tests.systems.ldap import dirsrv, samba
from tests.systems.ldap.dirsrv import Instance
from tests.systems.ldap.samba import Domain, password_of

pytestmark = pytest.mark.directories

WORKS, DEAD = Standing.WORKS, Standing.DEAD
CONTROL, LOCK = "userAccountControl", "nsAccountLock"
CONTROL_GUID = "bf967a68-0de6-11d0-a285-00aa003049e2"
"""schemaIDGUID of userAccountControl (MS-ADA3)."""
MAY_LOCK = (
    '(targetattr="nsAccountLock")(version 3.0; acl "offboarding revokes"; allow (read, search, compare, write)'
    ' userdn="ldap:///{login}";)'
)
MAY_SEE = (
    '(targetattr="objectClass || nsUniqueId || uid")(version 3.0; acl "offboarding finds";'
    ' allow (read, search, compare) userdn="ldap:///{login}";)'
)


def thing(account: Account) -> Revocable:
    return Revocable(
        realm=account.realm,
        kind=SubjectKind.ACCOUNT,
        native_id=account.native_id,
        account_native_id=account.native_id,
        login=account.login,
        product=account.product,
    )


def test_a_domain_account_is_disabled_and_enabled_by_its_old_value(domain: Domain, people: str) -> None:
    # 0x10000: its password never expires. That bit is nobody's to lose.
    dn = domain.add_user("alice", people, control=0x10200)
    domain.add_user("revoker", people)
    login = "revoker@corp.example.test"
    writer = domain.connection(conn_id="corp_ad_revoke", login=login, password=password_of("revoker"))
    made = revoke.build(samba.settings(), writer, domain.connection(), "")
    alice = thing(domain.collect().account("alice"))
    before = made.before(alice)

    with pytest.raises(FatalError, match=rf"{login} may not write {CONTROL} .*Grant it that right alone"):
        made.revoke(alice, before)
    domain.deny(people, f"(OA;CI;RPWP;{CONTROL_GUID};;{domain.identifier(f'CN=revoker,{people}')})")
    made.revoke(alice, before)
    with pytest.raises(FatalError, match="somebody changed it since"):
        made.revoke(alice, before)

    assert before == {CONTROL: str(0x10200)}
    assert made.seen(alice, before) is StepSeen.SET
    assert domain.collect().account("alice").standing is DEAD
    with pytest.raises(FatalError, match="is locked already"):
        made.before(alice)

    made.undo(alice, before)
    made.undo(alice, before)

    assert (domain.raw(dn, CONTROL), domain.collect().account("alice").standing) == (str(0x10200).encode(), WORKS)
    domain.change(dn, **{CONTROL: str(0x202)})
    for change in (made.revoke, made.undo):
        with pytest.raises(FatalError, match="somebody changed it since, and nothing was done"):
            change(alice, before)
    for own in ("revoker", "reader"):
        with pytest.raises(FatalError, match="the checker itself logs in by: never locked"):
            made.before(thing(domain.collect().account(own)))


def test_who_was_quicker_in_a_domain_is_left_alone(
    domain: Domain, people: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look and the change: the old value is taken off in the same request, and isn't there any more."""
    dn = domain.add_user("alice", people)
    admin = domain.connection(login=samba.ADMIN, password=samba.ADMIN_PASSWORD)
    made = revoke.build(samba.settings(), admin, domain.connection(), "")
    alice = thing(domain.collect().account("alice"))
    before = made.before(alice)
    seen = revoke._seen

    def and_then(*given: object) -> StepSeen:
        stood = seen(*given)  # pyrefly: ignore[bad-argument-type]
        domain.change(dn, **{CONTROL: str(0x10200)})
        return stood

    monkeypatch.setattr(revoke, "_seen", and_then)

    with pytest.raises(FatalError, match="somebody changed it since, and nothing was done"):
        made.revoke(alice, before)

    assert domain.raw(dn, CONTROL) == str(0x10200).encode()


@pytest.fixture
def held(instance: Instance) -> Generator[list[str]]:
    """What the suffix grants, and grants again afterwards."""
    with instance.admin() as client:
        client.search(dirsrv.SUFFIX, "(objectClass=*)", "BASE", attributes=["aci"])
        values: list[bytes] = (client.response or [])[0]["raw_attributes"]["aci"]
    own = [value.decode() for value in values]
    yield own
    instance.change(dirsrv.SUFFIX, aci=own)


def test_a_389ds_account_is_locked_and_unlocked(instance: Instance, unit: str, held: list[str]) -> None:
    instance.add_person("alice", unit)
    # What it once refused to somebody 389-ds may go on refusing for a moment, so that one is refused, and another let.
    sees, locks = (instance.add_person(name, unit) for name in ("sees", "locks"))
    instance.change(dirsrv.SUFFIX, aci=[*held, *(MAY_SEE.format(login=login) for login in (sees, locks))])
    instance.change(unit, aci=MAY_LOCK.format(login=locks))
    alice = thing(instance.collect().account("alice"))
    made, refused = revoker(instance, locks, "locks"), revoker(instance, sees, "sees")
    before = made.before(alice)
    assert before == {LOCK: ""}

    with pytest.raises(FatalError, match=f"may not write {LOCK} .*Grant it that right alone") as told:
        refused.revoke(alice, before)
    # 389-ds names the entry: "Insufficient 'write' privilege to the 'nsAccountLock' attribute of entry 'uid=alice...".
    assert "uid=alice" not in str(told.value)
    made.revoke(alice, before)
    with pytest.raises(FatalError, match="somebody changed it since"):
        made.revoke(alice, before)

    assert made.seen(alice, before) is StepSeen.SET
    assert (instance.collect().account("alice").standing, instance.binds("alice", unit)) == (DEAD, False)
    # As `ipa user-disable` writes it: somebody else's word.
    instance.change(f"uid=alice,{unit}", nsAccountLock="TRUE")
    assert made.seen(alice, before) is StepSeen.CHANGED
    instance.change(f"uid=alice,{unit}", nsAccountLock="true")

    made.undo(alice, before)

    assert (instance.collect().account("alice").standing, instance.binds("alice", unit)) == (WORKS, True)
    gone = replace(alice, native_id=f"{'0' * 8}-{'0' * 8}-{'0' * 8}-{'0' * 8}")
    with pytest.raises(FatalError, match="isn't there any more"):
        made.before(gone)


def revoker(instance: Instance, login: str, name: str) -> Revoker:
    writer = instance.connection(conn_id="corp_ds_revoke", login=login, password=dirsrv.password_of(name))
    return revoke.build(dirsrv.settings(), writer, instance.connection(), "")
