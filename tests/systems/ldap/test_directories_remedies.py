"""What a ticket says is to be typed does what it says, in Active Directory and 389-ds."""

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from demo import slapd
from offboarding.model import Account, Remedy, Standing, Subject, SubjectKind
from tests.support import cases, unpacked
from tests.systems.ldap import dirsrv
from tests.systems.ldap.dirsrv import Instance
from tests.systems.ldap.samba import Domain

pytestmark = pytest.mark.directories


def steps(account: Account, tool: str) -> list[str]:
    """The commands that shut this account: from the tool's name at the start of a line to the step's end."""
    subject = Subject(kind=SubjectKind.ACCOUNT, native_id=account.native_id, label=account.label)
    told = cases.steps(Remedy.DISABLE, "ldap", account, subject)
    return [step[step.index(f"\n{tool}") + 1 :] for step in told if f"\n{tool}" in step]


def test_a_domain_account_is_disabled_and_enabled(domain: Domain, people: str) -> None:
    domain.add_user("alice", people)
    account = domain.collect(base_dn=people).account("alice")
    disable, enable = steps(account, "samba-tool")

    standings: list[Standing] = []
    for step in (disable, enable):
        # The same tool on the domain's own file, since nobody types a password here.
        words = shlex.split(step)
        at = words.index("-H")
        words[at : at + 4] = ["-H", str(domain.folder / "private/sam.ldb")]
        unpacked.DIRECTORIES.run(words)
        standings.append(domain.collect(base_dn=people).account("alice").standing)

    assert standings == [Standing.DEAD, Standing.WORKS]


def test_a_389ds_account_is_locked_and_unlocked(instance: Instance, unit: str, tmp_path: Path) -> None:
    instance.add_person("alice", unit)
    account = instance.collect(base_dn=unit).account("alice")
    secret = tmp_path / "password"
    secret.write_text(dirsrv.ADMIN_PASSWORD)

    let_in: list[bool] = []
    for step in steps(account, "ldapmodify"):
        typed = step.replace("ldapmodify", ldapmodify(), 1).replace(" -W ", f" -y {shlex.quote(str(secret))} ")
        environment = slapd.find_program().environment() | {
            "ADMIN_DN": dirsrv.ADMIN,
        }
        done = subprocess.run(["bash", "-c", typed], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        let_in.append(instance.binds("alice", unit))

    assert let_in == [False, True]


def ldapmodify() -> str:
    """Where it lies."""
    beside = slapd.UNPACKED / "usr/bin/ldapmodify"
    found = str(beside) if beside.exists() else shutil.which("ldapmodify")
    assert found, "ldapmodify isn't there: scripts/slapd.sh unpacks it"
    return shlex.quote(found)
