"""What a host's file says of a user, where no sshd needs to be asked: test_ssh_hosts.py asks one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from demo.linux_host import PAM, WrittenUser, key_line
from offboarding.model import Account, Gap, IdentityKeyKind, ScopeRead, Standing, SubjectKind
from offboarding.sources.ssh_hosts.admission import asked_by
from offboarding.sources.ssh_hosts.pam import PamAccount, others_than_shadow, pam_account
from tests.contract.source_contract import of, refs
from tests.systems.ssh_hosts.written_host import CONTEXT, WrittenHost

WORKS, DEAD, UNKNOWN = Standing.WORKS, Standing.DEAD, Standing.UNKNOWN


@pytest.fixture
def host(tmp_path: Path) -> WrittenHost:
    return WrittenHost(folder=tmp_path / "collected")


@pytest.mark.parametrize(
    ("change", "standing", "says"),
    [
        pytest.param(lambda _: None, WORKS, "sshd takes its password", id="as it comes"),
        pytest.param(lambda user: user.settings.clear(), UNKNOWN, "sshd -T tells nothing", id="sshd says nothing"),
        pytest.param(lambda user: user.settings.update(refuseconnection="yes"), UNKNOWN, "RefuseConnection", id="shut"),
        pytest.param(lambda user: setattr(user, "password", "missing - - - -"), UNKNOWN, "missing", id="no line"),
        pytest.param(lambda user: setattr(user, "there", "missing"), DEAD, "isn't there", id="no shell"),
    ],
)
def test_a_password(host: WrittenHost, change: Callable[[WrittenUser], object], standing: Standing, says: str) -> None:
    change(host.person("alice"))

    account = host.account("alice")

    assert account.standing is standing
    assert says in account.standing_reason


def test_a_user_of_whom_sshd_says_nothing_is_dead_once_expired_by_pam_and_by_sshd(host: WrittenHost) -> None:
    alice = host.person("alice")
    alice.password = "set 20000 99999 - 1"
    alice.settings.clear()

    assert host.account("alice").standing is DEAD


@pytest.mark.parametrize(
    ("option", "standing"),
    [
        pytest.param("without-password", DEAD, id="keys alone"),
        pytest.param("prohibit-password", DEAD, id="keys alone, as it's called now"),
        pytest.param("yes", WORKS, id="anyhow"),
    ],
)
def test_root_s_password(host: WrittenHost, option: str, standing: Standing) -> None:
    root = host.person("root")
    root.uid, root.settings["permitrootlogin"] = 0, option

    account = host.account("root")

    # The console takes it all the same.
    assert account.standing is (UNKNOWN if standing is DEAD else WORKS)
    assert (account.privileged, account.privileged_by, account.service_like) == (True, "uid 0", True)


@pytest.mark.parametrize(
    ("option", "line", "standing"),
    [
        pytest.param("no", "", DEAD, id="no"),
        pytest.param("forced-commands-only", "", DEAD, id="a key without a command"),
        pytest.param("forced-commands-only", 'command="/bin/backup" ', WORKS, id="one with it"),
        pytest.param("prohibit-password", "", WORKS, id="keys"),
    ],
)
def test_root_s_key(host: WrittenHost, option: str, line: str, standing: Standing) -> None:
    root = host.person("root")
    root.uid, root.settings["permitrootlogin"] = 0, option
    root.authorize(f"{line}{key_line(7)}")

    (key,) = host.credentials("root")

    assert key.standing is standing


@pytest.mark.parametrize(
    ("accepted", "standing"),
    [
        pytest.param("ssh-*,ecdsa-*", WORKS, id="a pattern that fits"),
        pytest.param("ecdsa-*,rsa-sha2-???", DEAD, id="patterns of others"),
        pytest.param("!ssh-dss,ecdsa-*", UNKNOWN, id="one that takes some away"),
    ],
)
def test_an_older_sshd_tells_patterns_of_algorithms(host: WrittenHost, accepted: str, standing: Standing) -> None:
    host.person("alice").settings["pubkeyacceptedkeytypes"] = accepted

    (key,) = host.credentials("alice")

    assert key.standing is standing


def test_a_key_that_stands_twice_is_as_alive_as_the_livelier(host: WrittenHost) -> None:
    host.person("alice").authorize(f'expiry-time="20200101Z" {key_line(7)}', key_line(7))

    (key,) = host.credentials("alice")

    assert (key.standing, key.expires_at) == (WORKS, None)
    assert "line 2" in key.standing_reason


def test_an_authority_is_no_key_of_theirs(host: WrittenHost) -> None:
    host.person("alice").authorize(f"cert-authority {key_line(7)}", key_line(7))

    authority, key = host.credentials("alice")

    assert (authority.standing, authority.fingerprint) == (WORKS, "")
    assert authority.label.startswith("cert-authority ssh-ed25519 SHA256:")
    assert authority.native_id != key.native_id
    borne = [each.value for each in host.account("alice").keys if each.kind is IdentityKeyKind.SSH_KEY]
    assert borne == [key.native_id]


def test_an_option_s_value_is_told_nowhere(host: WrittenHost) -> None:
    host.person("alice").authorize(f'from="10.0.0.7",command="x --token hunter2" {key_line(7)} laptop')

    (key,) = host.credentials("alice")

    assert key.standing_reason.endswith("line 1, limited by from, command")
    assert key.label.endswith("(laptop)")
    assert "hunter2" not in repr(list(host.source().collect()))


def test_a_line_that_is_no_key_costs_its_account_alone(host: WrittenHost) -> None:
    host.person("alice").authorize(key_line(7), "ssh-ed25519 AAAA!!", "-----BEGIN OPENSSH PRIVATE KEY-----")
    host.person("bob")
    host.write()

    facts = list(host.source().collect())
    again = list(host.source().detail(refs(iter(facts), "alice", "bob")))

    assert len([gap for gap in of(Gap, facts) if gap.red]) == 2
    assert "PRIVATE" not in repr(facts)
    for told in (facts, again):
        errors = [scope for scope in of(ScopeRead, told) if scope.error]
        assert {(scope.scope, scope.kinds) for scope in errors} == {("1001/alice", (SubjectKind.SSH_KEY,))}
    whole = {scope.scope: scope.kinds for scope in of(ScopeRead, again) if not scope.error}
    assert whole == {"1001/alice": (SubjectKind.ACCOUNT,), "1002/bob": (SubjectKind.ACCOUNT, SubjectKind.SSH_KEY)}


def test_where_sshd_says_nothing_no_key_is_gone(host: WrittenHost) -> None:
    daemon = host.person("backup")
    daemon.uid, daemon.shell, daemon.password = 34, "/usr/sbin/nologin", "none 20000 99999 - -"
    for user in (host.person("alice"), daemon):
        user.settings, user.files = {}, ["unsettled"]
    host.person("bob")
    host.write()

    facts = list(host.source().collect())
    again = list(host.source().detail(refs(iter(facts), "alice", "backup")))

    assert {account.login for account in of(Account, facts)} == {"alice", "backup", "bob"}
    assert len([gap for gap in of(Gap, facts) if gap.red and "sshd -T doesn't tell where they lie" in gap.text]) == 2
    for told in (facts, again):
        errors = [scope for scope in of(ScopeRead, told) if scope.error]
        assert {scope.scope for scope in errors} == {"1002/alice", "34/backup"}
        assert {scope.kinds for scope in errors} == {(SubjectKind.SSH_KEY,)}
    assert {scope.kinds for scope in of(ScopeRead, again) if not scope.error} == {(SubjectKind.ACCOUNT,)}


def test_a_private_key_among_them_is_red(host: WrittenHost) -> None:
    alice = host.person("alice")
    alice.files = [alice.files[0], "private"]
    host.write()

    (gap,) = [gap for gap in of(Gap, list(host.source().collect())) if gap.red]

    assert "THE PRIVATE HALF OF A KEY LIES IN /home/alice/.ssh/authorized_keys" in gap.text


def test_a_session_outlives_a_lock(host: WrittenHost) -> None:
    alice = host.person("alice")
    alice.password = "locked 20000 99999 - 1"
    assert host.account("alice").standing is DEAD

    host.more.append(f"running {alice.uid}")
    account = host.account("alice")
    assert account.standing is WORKS
    assert "a session of it is still open" in account.standing_reason

    host.person("toor").uid = alice.uid
    assert host.account("alice").standing is UNKNOWN


def test_a_workload_s_processes_are_no_session(host: WrittenHost) -> None:
    service = host.person("svc-shop")
    service.password = "locked 20000 99999 - 1"
    host.more.append(f"running {service.uid}")

    account = host.account("svc-shop")

    assert (account.standing, account.service_like) == (DEAD, True)


def test_the_system_s_own_users_are_told_once_something_lets_them_in(host: WrittenHost) -> None:
    daemon = host.person("backup")
    daemon.uid, daemon.shell, daemon.password, daemon.files = 34, "/usr/sbin/nologin", "none 20000 99999 - -", []
    host.write()
    assert of(Account, host.source().collect()) == []

    daemon.authorize(key_line(7))
    account = host.account("backup")
    assert (account.service_like, account.standing) == (True, DEAD)
    (key,) = host.credentials("backup")
    assert (key.standing, "gets no shell" in key.standing_reason) == (UNKNOWN, True)


def test_who_is_privileged(host: WrittenHost) -> None:
    host.person("alice").gids = "1001 27"
    host.person("bob")

    alice, bob = host.account("alice"), host.account("bob")

    assert (alice.privileged, alice.privileged_by) == (True, "group sudo")
    assert (bob.privileged, bob.privileged_by) == (None, "")


@pytest.mark.parametrize(
    ("keyword", "gids", "standing"),
    [
        pytest.param("allowgroups", "1001 9999", UNKNOWN, id="a group without a name may be allowed"),
        pytest.param("denygroups", "1001 9999", UNKNOWN, id="or denied"),
        pytest.param("denygroups", "1001 27", WORKS, id="in no such group"),
        pytest.param("allowgroups", "1001 27", DEAD, id="in none that is allowed"),
    ],
)
def test_groups_that_nobody_named(host: WrittenHost, keyword: str, gids: str, standing: Standing) -> None:
    alice = host.person("alice")
    alice.gids, alice.settings[keyword] = gids, "staff"

    (key,) = host.credentials("alice")

    assert key.standing is standing


@pytest.mark.parametrize(
    ("condition", "asks"),
    [
        ("User alice", {"user"}),
        ("all", {"all"}),
        ("user=alice address 10.0.0.0/8", {"user", "address"}),
        ('exec "test -f /x user" group staff', {"exec", "group"}),
        ("invalid-user host *.example", {"invalid-user", "host"}),
    ],
)
def test_what_a_match_asks_for(condition: str, asks: set[str]) -> None:
    assert asked_by(condition) == asks


DEBIAN, UNASKED = PamAccount(asks_shadow=True, others=()), PamAccount(asks_shadow=False, others=())


@pytest.mark.parametrize(
    ("lines", "is_read_as"),
    [
        pytest.param(PAM, DEBIAN, id="Debian's"),
        pytest.param(
            [
                ("sshd", "account required pam_sepermit.so"),
                ("sshd", "account include password-auth"),
                ("password-auth", "account required pam_unix.so"),
                ("password-auth", "account sufficient pam_localuser.so"),
            ],
            PamAccount(asks_shadow=True, others=("pam_sepermit.so",)),
            id="Red Hat's",
        ),
        pytest.param([("other", "account required pam_unix.so")], DEBIAN, id="of no service in particular"),
        pytest.param(
            [("sshd", "account sufficient pam_permit.so"), *PAM],
            UNASKED,
            id="let in before",
        ),
        pytest.param([("sshd", "account required pam_permit.so")], UNASKED, id="nobody asks"),
        pytest.param([("sshd", "account optional pam_unix.so")], UNASKED, id="in vain"),
        pytest.param([("sshd", "@include common-account")], None, id="a file that isn't there"),
        pytest.param([("sshd", "@include sshd")], None, id="one that includes itself"),
        pytest.param([("sshd", "account required \\")], None, id="a line that goes on"),
        pytest.param([], None, id="nothing"),
    ],
)
def test_what_pam_asks(lines: list[tuple[str, str]], is_read_as: PamAccount | None) -> None:
    assert pam_account(list(lines), "sshd") == is_read_as


def test_a_locked_password_where_pam_may_take_another(host: WrittenHost) -> None:
    alice = host.person("alice")
    alice.password = "locked 20000 99999 - -"
    assert host.account("alice").standing is DEAD

    host.more.append("pam sshd auth sufficient pam_sss.so")
    account = host.account("alice")
    assert account.standing is UNKNOWN
    assert account.standing_reason == "its password is locked (!); pam_sss.so may let it in all the same"

    alice.settings["usepam"] = "no"
    assert host.account("alice").standing is DEAD


UNIX = ("sshd", "auth sufficient pam_unix.so")


@pytest.mark.parametrize(
    ("lines", "others"),
    [
        pytest.param(PAM, (), id="Debian's"),
        pytest.param(
            [
                ("sshd", "auth substack password-auth"),
                ("password-auth", "auth required pam_env.so"),
                ("password-auth", "auth [default=1 ignore=ignore success=ok] pam_localuser.so"),
                ("password-auth", "auth sufficient pam_unix.so"),
                ("password-auth", "auth sufficient pam_sss.so"),
                ("password-auth", "auth required pam_deny.so"),
            ],
            ("pam_sss.so",),
            id="Red Hat's with SSSD",
        ),
        pytest.param([UNIX, ("sshd", "AUTH Sufficient pam_permit.so")], ("pam_permit.so",), id="whoever comes"),
        pytest.param(
            [("sshd", "auth [success=1 default=ignore] pam_succeed_if.so"), UNIX],
            ("pam_succeed_if.so",),
            id="past the password",
        ),
        pytest.param([UNIX, ("sshd", "account required pam_krb5.so")], (), id="of whom it knows already"),
        pytest.param([("sshd", "auth required pam_permit.so")], None, id="nobody asks for a password"),
        pytest.param([UNIX, ("sshd", "unread")], None, id="a line that isn't understood"),
        pytest.param([("sshd", "account required pam_unix.so")], None, id="nothing told"),
    ],
)
def test_who_but_shadow_takes_passwords(lines: list[tuple[str, str]], others: tuple[str, ...] | None) -> None:
    assert others_than_shadow(list(lines), "sshd") == others


def test_the_day_is_the_night_s(host: WrittenHost) -> None:
    host.person("alice").password = f"set 20000 99999 - {(CONTEXT.as_of - datetime(1970, 1, 1, tzinfo=UTC)).days}"
    host.write()

    for at, standing in ((CONTEXT.as_of, WORKS), (CONTEXT.as_of.replace(day=25, hour=0), DEAD)):
        (alice,) = of(Account, host.source(replace(CONTEXT, as_of=at)).collect())
        assert alice.standing is standing
