"""An OpenLDAP that locks nobody is declared so, and believed only where it shows nothing else."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from demo import slapd
from offboarding.model import AccountAction, Remedy, Standing, Subject, SubjectKind
from offboarding.model.errors import ConfigError
from offboarding.sources.ldap.remedy import REMEDIES
from tests.systems.ldap.directory import (
    PEOPLE,
    PERSON,
    READER,
    READER_PASSWORD,
    REALM,
    SUFFIX,
    Told,
    collect,
    directory,
    entry,
    look_again,
    person,
    settings,
)

PLAIN: dict[str, Any] = {"ppolicy_default": None, "witness": None, "locks": "none"}
FRAME = (
    entry(SUFFIX, ("domain",), dc="corp", entryUUID=REALM),
    entry(PEOPLE, ("organizationalUnit",), ou="people"),
    entry(READER, ("organizationalRole", "simpleSecurityObject"), cn="reader", userPassword=READER_PASSWORD),
    entry(f"ou=left,{SUFFIX}", ("organizationalUnit",), ou="left"),
)
"""Without what the overlay brings along."""


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Generator[slapd.Server]:
    """OpenLDAP as it comes."""
    folder = tmp_path_factory.mktemp("plain")
    gone = entry(f"uid=gone,ou=left,{SUFFIX}", PERSON, uid="gone", cn="Gone", sn="gone")
    ldif = folder / "all.ldif"
    ldif.write_text("\n".join([*FRAME, person("mjkim"), gone]), encoding="ascii")
    own = slapd.Settings(
        suffix=SUFFIX, admin_dn=f"cn=admin,{SUFFIX}", admin_password="x", ldif=ldif, readers=(READER,), ppolicy=False
    )
    with slapd.running(folder / "slapd", own) as server:
        yield server


def standing(told: Told, login: str) -> Standing:
    return told.account(login).standing


def test_where_nothing_speaks_against_it_accounts_work(plain: slapd.Server) -> None:
    told = collect(plain, **PLAIN)
    again = look_again(plain, told.ref("mjkim"), **PLAIN)

    for read in (told, again):
        assert standing(read, "mjkim") is Standing.WORKS
        reason = read.account("mjkim").standing_reason
        assert reason == "the entry is there, and this directory is declared to have no locks"
        assert read.red() == []
        assert any("locks: none is declared" in gap.text for gap in read.gaps)


def test_what_is_declared_dead_is_dead(plain: slapd.Server) -> None:
    told = collect(plain, **PLAIN, disabled_when=[{"subtree": f"ou=left,{SUFFIX}"}])

    assert (standing(told, "gone"), standing(told, "mjkim")) == (Standing.DEAD, Standing.WORKS)


def test_undeclared_it_says_what_to_declare(plain: slapd.Server) -> None:
    undeclared: dict[str, Any] = PLAIN | {"locks": "read"}
    told = collect(plain, None, **undeclared)

    assert standing(told, "mjkim") is Standing.UNKNOWN
    (gap,) = told.red()
    assert "declare `locks: none`" in gap


@pytest.mark.parametrize(
    ("access", "sign"),
    [
        pytest.param((), "bears a lock", id="the frame's witness is locked"),
        pytest.param(("to attrs=pwdAccountLockedTime by * none",), "announces the control", id="hidden"),
    ],
)
def test_a_directory_that_shows_locks_is_not_believed_to_have_none(
    tmp_path: Path, access: tuple[str, ...], sign: str
) -> None:
    with directory(tmp_path, person("mjkim"), access=access) as server:
        told = collect(server, **PLAIN)

    assert standing(told, "mjkim") is Standing.UNKNOWN
    (gap,) = (text for text in told.red() if "locks: none is declared, but" in text)
    assert sign in gap
    assert "isn't believed" in gap


@pytest.mark.parametrize(("overlay", "expected"), [(True, Standing.UNKNOWN), (False, Standing.WORKS)])
def test_of_a_control_that_is_announced_the_configuration_says_whether_it_is_used(
    tmp_path: Path, overlay: bool, expected: Standing
) -> None:
    ldif = tmp_path / "all.ldif"
    ldif.write_text("\n".join([*FRAME, person("mjkim")]), encoding="ascii")
    own = slapd.Settings(
        suffix=SUFFIX,
        admin_dn=f"cn=admin,{SUFFIX}",
        admin_password="x",
        ldif=ldif,
        readers=(READER,),
        config_readers=(READER,),
        default_policy_dn=f"cn=default,{SUFFIX}" if overlay else None,
    )
    with slapd.running(tmp_path / "slapd", own) as server:
        told = collect(server, **PLAIN)

    assert standing(told, "mjkim") is expected


def test_a_lock_that_is_seen_counts_whatever_was_declared(tmp_path: Path) -> None:
    with directory(tmp_path, person("mjkim"), person("locked", pwdEndTime="20200101000000Z")) as server:
        told = collect(server, **PLAIN)

    assert (standing(told, "locked"), standing(told, "mjkim")) == (Standing.DEAD, Standing.UNKNOWN)


@pytest.mark.parametrize("also", [{"witness": f"uid=witness,{PEOPLE}"}, {"ppolicy_default": f"cn=default,{SUFFIX}"}])
def test_it_goes_with_nothing_that_says_otherwise(also: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="nobody is locked, and witness or ppolicy_default that somebody is"):
        settings(**(PLAIN | also))


def test_other_directories_always_have_locks(plain: slapd.Server) -> None:
    with pytest.raises(ConfigError, match="389ds always has locks"):
        collect(plain, **PLAIN, flavor="389ds", base_dn=SUFFIX)


def test_its_remedy_is_one_that_can_be_followed(plain: slapd.Server) -> None:
    account = collect(plain, **PLAIN).account("mjkim")
    subject = Subject(kind=SubjectKind.ACCOUNT, native_id=account.native_id, label=account.label)

    steps = "\n".join(
        REMEDIES[Remedy.DISABLE](AccountAction(remedy=Remedy.DISABLE, kind="ldap", account=account, subject=subject))
    )

    assert "delete: userPassword" in steps
    assert "pwdAccountLockedTime" not in steps
