"""A second login with the one right that docs/revocation.md asks for: in Active Directory and in 389-ds."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from offboarding.model import Account, Revocable, Standing, StepSeen, SubjectKind
from offboarding.model.errors import FatalError
from offboarding.sources.ldap import revoke
from tests.support import dirsrv, samba
from tests.support.dirsrv import Instance
from tests.support.samba import Domain, password_of

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
        stood = seen(*given)  # pyright: ignore[reportArgumentType]
        domain.change(dn, **{CONTROL: str(0x10200)})
        return stood

    monkeypatch.setattr(revoke, "_seen", and_then)

    with pytest.raises(FatalError, match="somebody changed it since, and nothing was done"):
        made.revoke(alice, before)

    assert domain.raw(dn, CONTROL) == str(0x10200).encode()


def test_a_389ds_account_is_locked_and_unlocked(instance: Instance, unit: str) -> None:
    dn = instance.add_person("alice", unit)
    login = instance.add_person("revoker", unit)
    writer = instance.connection(conn_id="corp_ds_revoke", login=login, password=dirsrv.password_of("revoker"))
    made = revoke.build(dirsrv.settings(), writer, instance.connection(), "")
    instance.change(dirsrv.SUFFIX, aci=acis(instance, MAY_SEE.format(login=login)))
    alice = thing(instance.collect().account("alice"))
    before = made.before(alice)
    assert before == {LOCK: ""}

    with pytest.raises(FatalError, match=f"may not write {LOCK} .*Grant it that right alone"):
        made.revoke(alice, before)
    instance.change(unit, aci=MAY_LOCK.format(login=login))
    made.revoke(alice, before)
    made.revoke(alice, before)

    assert made.seen(alice, before) is StepSeen.SET
    assert (instance.collect().account("alice").standing, instance.binds("alice", unit)) == (DEAD, False)

    made.undo(alice, before)

    assert (instance.collect().account("alice").standing, instance.binds("alice", unit)) == (WORKS, True)
    gone = replace(alice, native_id=f"{'0' * 8}-{'0' * 8}-{'0' * 8}-{'0' * 8}")
    with pytest.raises(FatalError, match="isn't there any more"):
        made.before(gone)
    assert dn


def acis(instance: Instance, more: str) -> list[str]:
    """The suffix's own, and one more."""
    with instance.admin() as client:
        client.search(dirsrv.SUFFIX, "(objectClass=*)", "BASE", attributes=["aci"])
        held: Mapping[str, list[bytes]] = (client.response or [])[0]["raw_attributes"]
    return [*(value.decode() for value in held["aci"]), more]
