"""What is said of a host's users, beside what its sshd itself does with them."""

import shutil
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from offboarding import wiring
from offboarding.config.settings import Company, Settings
from offboarding.model import Account, AccountAction, Credential, Gap, Remedy, Standing, Subject, SubjectKind
from offboarding.model.errors import FatalError
from offboarding.runs.doctor.systems import FAILED, GOOD, Doctor
from offboarding.runs.whole import Readers
from offboarding.sources import ssh_hosts
from offboarding.sources.ssh_hosts.remedy import REMEDIES
from tests.contract.source_contract import of
from tests.support.ssh_host import PASSWORD
from tests.systems.ssh_hosts.host import ReadHost, ssh_host, ssh_host_running

pytestmark = pytest.mark.hosts

__all__ = ["ssh_host", "ssh_host_running"]  # fixtures

WORKS, DEAD, UNKNOWN = Standing.WORKS, Standing.DEAD, Standing.UNKNOWN
PAM = "UsePAM yes"
NOW = datetime.now(UTC)
YESTERDAY = f"{NOW - timedelta(days=2):%Y%m%d}Z"
Doing = Callable[[ReadHost], object]


def nothing(_: ReadHost) -> None:
    return None


def shadow(number: int, value: str) -> Doing:
    return lambda host: host.shadow("alice", number, value)


@pytest.mark.parametrize(
    ("asks", "doing", "options", "standing", "says", "enters"),
    [
        pytest.param([PAM], nothing, "", WORKS, "sshd takes it by /home/alice/.ssh/auth", True, id="no password"),
        pytest.param([PAM], shadow(2, "!"), "", WORKS, "sshd takes it", True, id="a locked one, by PAM"),
        pytest.param(["UsePAM no"], shadow(2, "!"), "", DEAD, "the account is locked", False, id="without PAM"),
        pytest.param(["UsePAM no"], shadow(2, "!!"), "", DEAD, "the account is locked", False, id="as Red Hat does"),
        pytest.param(["UsePAM no"], nothing, "", WORKS, "sshd takes it", True, id="an asterisk without PAM"),
        pytest.param([PAM], shadow(8, "1"), "", DEAD, "the account has expired", False, id="expired, by PAM"),
        pytest.param(["UsePAM no"], shadow(8, "1"), "", DEAD, "the account has expired", False, id="expired"),
        pytest.param([PAM], shadow(8, "90000"), "", WORKS, "sshd takes it", True, id="to expire"),
        pytest.param([PAM], nothing, f'expiry-time="{YESTERDAY}"', DEAD, "its expiry-time is over", False, id="over"),
        pytest.param([PAM], nothing, 'expiry-time="20990101"', WORKS, "limited by expiry-time", True, id="not over"),
        pytest.param([PAM], nothing, 'command="true"', WORKS, "limited by command", True, id="a command"),
        pytest.param(
            [PAM], nothing, "no-such-option", UNKNOWN, "may not know the option", False, id="a strange option"
        ),
        pytest.param([PAM, "DenyUsers bob al*"], nothing, "", DEAD, "DenyUsers keeps it out", False, id="denied"),
        pytest.param([PAM, "DenyUsers bob"], nothing, "", WORKS, "sshd takes it", True, id="another denied"),
        pytest.param([PAM, "DenyUsers alice@192.0.2.9"], nothing, "", UNKNOWN, "DenyUsers may", True, id="from there"),
        pytest.param([PAM, "AllowUsers bob"], nothing, "", DEAD, "AllowUsers keeps it out", False, id="not allowed"),
        pytest.param([PAM, "AllowUsers bob alice"], nothing, "", WORKS, "sshd takes it", True, id="allowed"),
        pytest.param([PAM, "AllowGroups al?ce"], nothing, "", WORKS, "sshd takes it", True, id="a group allowed"),
        pytest.param(
            [PAM, "AllowGroups bob"], nothing, "", DEAD, "AllowGroups keeps it out", False, id="not its group"
        ),
        pytest.param([PAM, "DenyGroups alice"], nothing, "", DEAD, "DenyGroups keeps it out", False, id="its group"),
        pytest.param(
            [PAM, "PubkeyAuthentication no"], nothing, "", DEAD, "PubkeyAuthentication no", False, id="no keys"
        ),
        pytest.param(
            [PAM, "PubkeyAcceptedAlgorithms rsa-sha2-512"],
            nothing,
            "",
            DEAD,
            "doesn't name ssh-ed25519",
            False,
            id="type",
        ),
        pytest.param(
            [PAM, "AuthenticationMethods publickey,password"], nothing, "", UNKNOWN, "more than one", False, id="both"
        ),
        pytest.param(
            [PAM, "AuthenticationMethods password publickey"], nothing, "", WORKS, "sshd takes it", True, id="either"
        ),
        pytest.param([PAM, "AuthenticationMethods password"], nothing, "", DEAD, "doesn't take it", False, id="no way"),
        pytest.param(
            [PAM, "Match User alice", "PubkeyAuthentication no", "Match all"],
            nothing,
            "",
            DEAD,
            "PubkeyAuthentication no",
            False,
            id="matched by name",
        ),
        pytest.param(
            [PAM, "Match Group bob", "PubkeyAuthentication no", "Match all"],
            nothing,
            "",
            WORKS,
            "sshd takes it",
            True,
            id="another's group matched",
        ),
        pytest.param(
            [PAM, "Match Address 192.0.2.0/24", "PubkeyAuthentication no", "Match all"],
            nothing,
            "",
            UNKNOWN,
            "(Match Address 192.0.2.0/24)",
            True,
            id="matched by address",
        ),
        pytest.param(
            [PAM],
            lambda host: host.do("chmod o+w /home/alice"),
            "",
            UNKNOWN,
            "StrictModes may refuse",
            False,
            id="others may write its home",
        ),
        pytest.param(
            [PAM, "StrictModes no"],
            lambda host: host.do("chmod o+w /home/alice"),
            "",
            WORKS,
            "sshd takes it",
            True,
            id="which nobody minds",
        ),
        pytest.param(
            [PAM],
            lambda host: host.do("sed -i '/^alice/s,/bin/sh,/no/such,' /etc/passwd"),
            "",
            DEAD,
            "its shell /no/such isn't there",
            False,
            id="no such shell",
        ),
        pytest.param(
            [PAM],
            lambda host: host.do("sed -i '/^alice/s,/bin/sh,/usr/sbin/nologin,' /etc/passwd"),
            "",
            UNKNOWN,
            "gets no shell",
            False,
            id="nologin",
        ),
        pytest.param(
            [PAM, "AuthorizedKeysFile /etc/ssh/keys/%u"],
            lambda host: host.do("mkdir -p /etc/ssh/keys; mv /home/alice/.ssh/authorized_keys /etc/ssh/keys/alice"),
            "",
            WORKS,
            "by /etc/ssh/keys/alice line 1",
            True,
            id="elsewhere",
        ),
        pytest.param(
            [PAM],
            lambda host: host.do("echo 'account required pam_access.so' >> /etc/pam.d/sshd"),
            "",
            UNKNOWN,
            "PAM asks pam_access.so too",
            True,
            id="PAM asks more",
        ),
    ],
)
def test_a_key_is_worth_what_sshd_does_with_it(
    ssh_host: ReadHost, asks: list[str], doing: Doing, options: str, standing: Standing, says: str, enters: bool
) -> None:
    ssh_host.person("alice")
    ssh_host.authorize("alice", f"{options} {ssh_host.key('laptop')}".strip())
    doing(ssh_host)
    ssh_host.configure(*asks)

    told, reason = ssh_host.credential()

    assert told is standing, reason
    assert says in reason
    assert ssh_host.lets_in_by_key("alice", "laptop") is enters


@pytest.mark.parametrize(
    ("asks", "doing", "standing", "says", "enters"),
    [
        pytest.param([PAM], nothing, WORKS, "sshd takes its password", True, id="a password"),
        pytest.param(["UsePAM no"], nothing, WORKS, "sshd takes its password", True, id="without PAM"),
        pytest.param([PAM], lambda host: host.do("usermod --lock alice"), DEAD, "locked (!)", False, id="locked"),
        pytest.param([PAM], shadow(2, "*"), DEAD, "no password (*)", False, id="none"),
        pytest.param([PAM], shadow(2, "x"), UNKNOWN, "isn't known here (other)", False, id="nobody knows what"),
        pytest.param([PAM], shadow(8, "1"), DEAD, "the account has expired", False, id="expired"),
        pytest.param([PAM, "DenyUsers alice"], nothing, UNKNOWN, "the console and su may", False, id="denied by sshd"),
        pytest.param(
            [PAM, "PasswordAuthentication no", "KbdInteractiveAuthentication no"],
            nothing,
            UNKNOWN,
            "sshd doesn't take it (PasswordAuthentication no), and the console and su may",
            False,
            id="keys alone",
        ),
        pytest.param(
            [PAM, "PasswordAuthentication no", "KbdInteractiveAuthentication yes"],
            nothing,
            WORKS,
            "sshd takes its password",
            True,
            id="asked for by PAM",
        ),
        pytest.param(
            ["UsePAM no", "PasswordAuthentication no", "KbdInteractiveAuthentication yes"],
            nothing,
            UNKNOWN,
            "PasswordAuthentication no",
            False,
            id="asked for by nobody",
        ),
        pytest.param([PAM], shadow(2, ""), UNKNOWN, "PermitEmptyPasswords no", False, id="an empty one"),
        pytest.param(
            [PAM],
            lambda host: [host.shadow("alice", 5, "30"), host.shadow("alice", 7, "3")],
            UNKNOWN,
            "older than /etc/shadow allows",
            False,
            id="aged out",
        ),
        pytest.param(
            [PAM, "AuthorizedKeysCommand /bin/true", "AuthorizedKeysCommandUser nobody"],
            shadow(2, "!"),
            UNKNOWN,
            "AuthorizedKeysCommand may let it in",
            False,
            id="locked, and others decide",
        ),
        pytest.param(
            [PAM],
            lambda host: host.do("usermod --lock alice; sed -i '1i Auth sufficient pam_permit.so' /etc/pam.d/sshd"),
            UNKNOWN,
            "locked (!); pam_permit.so may let it in",
            True,
            id="locked, and PAM takes others",
        ),
    ],
)
def test_a_password_is_worth_what_sshd_does_with_it(
    ssh_host: ReadHost, asks: list[str], doing: Doing, standing: Standing, says: str, enters: bool
) -> None:
    ssh_host.person("alice", password=PASSWORD)
    doing(ssh_host)
    ssh_host.configure(*asks)

    told, reason = ssh_host.account("alice")

    assert told is standing, reason
    assert says in reason
    assert ssh_host.lets_in_by_password("alice") is enters


# Its words as they were when it didn't say the line.
OLDER_SSHD = """\
mount -t tmpfs tmpfs /usr/local/sbin
cat > /usr/local/sbin/sshd <<'SSHD'
#!/bin/sh
{ /usr/sbin/sshd "$@" 2>&1 >&3 | sed "s/ on line [0-9]*//" >&2; } 3>&1
SSHD
chmod 755 /usr/local/sbin/sshd
"""


def test_an_older_sshd_tells_its_conditions_too(ssh_host: ReadHost) -> None:
    ssh_host.person("alice")
    ssh_host.authorize("alice", ssh_host.key("laptop"))
    ssh_host.configure(PAM, "Match Address 192.0.2.0/24", "PubkeyAuthentication no", "Match all")

    ssh_host.do(OLDER_SSHD)
    try:
        standing, reason = ssh_host.credential()
    finally:
        ssh_host.do("umount /usr/local/sbin")

    assert standing is UNKNOWN
    assert "(Match Address 192.0.2.0/24)" in reason


def test_a_link_tells_nothing_that_its_user_may_not_read(ssh_host: ReadHost) -> None:
    ssh_host.person("alice", password=PASSWORD)
    ssh_host.do("ln -s /etc/shadow /home/alice/.ssh/authorized_keys")
    ssh_host.configure(PAM)

    collected = ssh_host.collect().read_text("utf-8")
    (gap,) = [gap for gap in of(Gap, ssh_host.facts()) if gap.red]

    assert "$6$" not in collected
    assert "/home/alice/.ssh/authorized_keys of 64401/alice isn't checked: the user may not read it" in gap.text


@pytest.mark.parametrize(
    ("made", "says"),
    [
        pytest.param("mkfifo", "it is no plain file", id="a pipe that nobody writes to"),
        pytest.param("mkdir", "it is no plain file", id="a folder"),
        pytest.param("yes '# nothing' | head -c 300000 >", "larger than 262144 bytes", id="large"),
    ],
)
def test_what_is_no_file_of_keys_is_not_checked(ssh_host: ReadHost, made: str, says: str) -> None:
    ssh_host.person("alice")
    ssh_host.do(f"{made} /home/alice/.ssh/authorized_keys")

    (gap,) = [gap for gap in of(Gap, ssh_host.facts()) if gap.red]

    assert says in gap.text


def test_no_secret_leaves_the_host(ssh_host: ReadHost) -> None:
    ssh_host.person("alice", password=PASSWORD)
    ssh_host.authorize("alice", ssh_host.key("laptop"), (ssh_host.folder / "laptop").read_text("ascii"))
    ssh_host.do("usermod --lock alice; echo 'old:$1$canary$hash:64500:64500::/:/bin/sh' >> /etc/passwd")
    for line in ("account [success=ok default=bad] pam_mysql.so passwd=canary", "auth optional a.so passwd=canary \\"):
        ssh_host.do('printf "%s\\n" "$1" >> /etc/pam.d/sshd', line)

    collected = ssh_host.collect().read_text("utf-8")

    secrets = ("$6$", "$1$", "canary", PASSWORD, (ssh_host.folder / "laptop").read_text("ascii").splitlines()[1])
    assert not [secret for secret in secrets if secret in collected]
    assert "0123456789abcdef0123456789abcdef" not in collected
    assert "THE PRIVATE HALF" in repr(list(ssh_host.source().collect()))


HOSTILE = ("$(id)", "a'b", 'a"b', "a\\b", "a b", "*", "%s", "é", "a;b", "`id`")


def test_whatever_a_user_is_called_they_are_told(ssh_host: ReadHost) -> None:
    for login in HOSTILE:
        ssh_host.person(login)
        ssh_host.authorize(login, ssh_host.key(f"key-{HOSTILE.index(login)}"))
    ssh_host.configure(PAM)

    facts = ssh_host.facts()

    assert set(HOSTILE) <= {account.login for account in of(Account, facts)}
    assert len(of(Credential, facts)) == len(HOSTILE)


def test_a_file_without_an_end_and_one_of_another_s(ssh_host: ReadHost) -> None:
    key = ssh_host.key("laptop")
    ssh_host.person("alice")
    ssh_host.person("bob")
    ssh_host.do('printf "%s" "$1" > /home/alice/.ssh/authorized_keys', key)
    ssh_host.do('printf "# end\\nend\\n%s\\r\\n" "$1" > /home/bob/.ssh/authorized_keys2', key)
    ssh_host.configure(PAM)

    found = of(Credential, ssh_host.facts())

    assert [each.account_native_id.partition("/")[2] for each in found] == ["alice", "bob"]
    assert ssh_host.lets_in_by_key("alice", "laptop")
    assert ssh_host.lets_in_by_key("bob", "laptop")


def test_a_session_outlives_what_is_shut(ssh_host: ReadHost) -> None:
    ssh_host.person("alice", password=PASSWORD)
    ssh_host.configure(PAM)
    command = [*ssh_host.enter(), "setpriv", "--reuid", "64401", "--clear-groups", "sleep", "60"]
    session = subprocess.Popen(command)
    try:
        time.sleep(0.3)
        ssh_host.do("usermod --lock --expiredate 1 alice")
        assert ssh_host.account("alice")[0] is WORKS
    finally:
        session.terminate()
        session.wait()
    assert ssh_host.account("alice") == (DEAD, "the account has expired (/etc/shadow)")


def action(ssh_host: ReadHost, kind: SubjectKind) -> AccountAction:
    facts = ssh_host.facts()
    (account,) = (each for each in of(Account, facts) if each.login not in ("root", "sshd", "nobody"))
    native_id = of(Credential, facts)[0].native_id if kind is SubjectKind.SSH_KEY else account.native_id
    subject = Subject(kind=kind, native_id=native_id, label="", account_label=account.label)
    return AccountAction(remedy=Remedy.DISABLE, kind="ssh_hosts", account=account, subject=subject)


@pytest.mark.parametrize("login", ["alice", "a b"])
def test_what_a_ticket_says_of_a_user_is_typed(ssh_host: ReadHost, login: str) -> None:
    ssh_host.person(login, password=PASSWORD)
    ssh_host.authorize(login, ssh_host.key("laptop"))
    ssh_host.configure(PAM)
    shut, _, undo = (
        step.partition("\n")[2] for step in REMEDIES[Remedy.DISABLE](action(ssh_host, SubjectKind.ACCOUNT))
    )

    ssh_host.do(shut)
    assert not ssh_host.lets_in_by_key(login, "laptop")
    assert not ssh_host.lets_in_by_password(login)
    assert (ssh_host.account(login)[0], ssh_host.credential()[0]) == (DEAD, DEAD)

    ssh_host.do(undo)
    assert ssh_host.lets_in_by_key(login, "laptop")
    assert ssh_host.lets_in_by_password(login)
    assert (ssh_host.account(login)[0], ssh_host.credential()[0]) == (WORKS, WORKS)


def test_what_a_ticket_says_of_a_key_is_typed(ssh_host: ReadHost) -> None:
    ssh_host.person("alice")
    lines = [f'command="echo \\"#x\\" \\\\n" {ssh_host.key("laptop")}', "# a comment", "", ssh_host.key("other")]
    ssh_host.authorize("alice", *lines)
    ssh_host.configure(PAM)
    told = action(ssh_host, SubjectKind.SSH_KEY)
    take, _, undo = (step.partition("\n")[2] for step in REMEDIES[Remedy.DISABLE](told))
    file = "/home/alice/.ssh/authorized_keys"

    ssh_host.do(take.replace("FILE", file))
    assert ssh_host.do(f"cat {file}") == "".join(f"{line}\n" for line in lines[1:])
    assert ssh_host.do(f"stat -c %U {file}").strip() == "alice"
    assert not ssh_host.lets_in_by_key("alice", "laptop")
    assert ssh_host.lets_in_by_key("alice", "other")

    ssh_host.do(undo.replace("FILE", file))
    assert ssh_host.lets_in_by_key("alice", "laptop")


def test_without_root_it_tells_nothing(ssh_host: ReadHost) -> None:
    path = ssh_host.collect(by=("setpriv", "--reuid", "65534", "--clear-groups", "sh"), status=1)

    assert path.read_text("utf-8").endswith("refused it was not run as root\nend\n")
    with pytest.raises(FatalError, match=r"not run as root \(docs/permissions/ssh_hosts.md\)"):
        list(ssh_host.source().collect())


@pytest.mark.parametrize("shell", [("dash",), ("bash", "--posix"), ("busybox", "sh")], ids=" ".join)
def test_every_shell_tells_the_same(ssh_host: ReadHost, shell: tuple[str, ...]) -> None:
    if shutil.which(shell[0]) is None:
        pytest.skip(f"there is no {shell[0]}")
    ssh_host.person("alice", password=PASSWORD)
    ssh_host.authorize("alice", "# a comment", ssh_host.key("laptop"))
    ssh_host.configure(PAM, "Match Address 192.0.2.0/24", "PubkeyAuthentication no")

    tellings = [ssh_host.collect(by=each).read_text("utf-8") for each in (("sh",), shell)]

    first, second = (
        [line for line in each.splitlines() if not line.startswith(("at ", "running "))] for each in tellings
    )
    assert first == second


def test_doctor_asks_each_host_by_itself(ssh_host: ReadHost) -> None:
    ssh_host.person("alice")
    ssh_host.authorize("alice", ssh_host.key("laptop"))
    own = ssh_hosts.Settings.model_validate(
        {"name": "linux", "kind": "ssh_hosts", "folder": str(ssh_host.collect().parent), "machines": ["web1", "db1"]}
    )
    company = Company(time_zone="Asia/Seoul", mail_domains=("corp.example",))
    settings = Settings(company=company, rosters=(), sources=()).model_copy(update={"sources": (own,)})
    readers = Readers(
        roster=wiring.roster,
        source=wiring.source,
        parts=lambda settings, at: lambda source: wiring.parts(settings, source, at),
        trackers=lambda _: {},
    )

    found = {each.part: each for each in Doctor(settings=settings, readers=readers, as_of=NOW, session=None).run()}

    assert (found["web1"].state, found["db1"].state) == (GOOD, FAILED)
    assert dict(found["web1"].counts)["accounts"] == 2
    assert "there is no file db1" in found["db1"].missing[0]
