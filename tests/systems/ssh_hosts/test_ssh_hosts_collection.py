"""A host's file that isn't whole, isn't fresh, or isn't that host's: nothing is concluded from it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from offboarding.model import Account, Gap, ScopeRead
from offboarding.model.errors import ConfigError, FatalError, RetriableError
from offboarding.sources import ssh_hosts
from offboarding.sources._collected.files import propose
from offboarding.sources._collected.lines import CollectionError
from offboarding.sources.ssh_hosts.collection import read_collection
from tests.contract.source_contract import of, refs
from tests.systems.ssh_hosts.written_host import CONTEXT, WrittenHost


@pytest.fixture
def host(tmp_path: Path) -> WrittenHost:
    made = WrittenHost(folder=tmp_path / "collected")
    for login in ("alice", "bob"):
        made.person(login)
    return made


def test_wherever_it_is_cut_it_is_none(host: WrittenHost) -> None:
    body = host.text.encode()

    for length in range(len(body)):
        with pytest.raises(CollectionError):
            read_collection(body[:length])
    assert [user.login for user in read_collection(body).users] == ["alice", "bob", "daemon"]


def test_a_line_that_is_missing_in_between_is_noticed_or_takes_nobody_away(host: WrittenHost) -> None:
    lines = host.text.encode().split(b"\n")

    for at in range(len(lines)):
        try:
            found = read_collection(b"\n".join((*lines[:at], *lines[at + 1 :])))
        except CollectionError:
            continue
        assert len(found.users) == 3


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param(lambda text: text.replace("ssh_hosts 1", "ssh_hosts 2"), "another version of", id="new"),
        pytest.param(lambda text: f"\n{text}", "isn't what collect.sh writes", id="no beginning"),
        pytest.param(lambda text: text.replace("users 3", "users 4"), "tells of 3 users where", id="few"),
        pytest.param(lambda text: text.replace("gids 1001", "gids x"), "line 2", id="no number"),
        pytest.param(lambda text: text.replace("shell there", "shell perhaps"), "isn't as collect.sh", id="word"),
        pytest.param(lambda text: text.replace("odd 0", "even 0"), "isn't as collect.sh writes it", id="strange"),
        pytest.param(lambda text: text.replace("odd 0", "key x"), "isn't as collect.sh writes it", id="out of place"),
        pytest.param(lambda text: text.replace("machine 0", "machine x"), "isn't as collect.sh", id="no machine's id"),
        pytest.param(lambda text: text.replace("name web1\n", ""), "lacks what collect.sh always tells", id="no name"),
    ],
)
def test_what_it_does_not_write_is_none(host: WrittenHost, change: Callable[[str], str], says: str) -> None:
    with pytest.raises(CollectionError, match=says):
        read_collection(change(host.text).encode())


def test_what_stands_in_a_file_of_keys_says_nothing_of_the_host(host: WrittenHost) -> None:
    host.users["alice"].authorize("x", "end", "user mallory:0:0::/:/bin/sh", "\u2028end", "a\rend", "\0")

    found = read_collection(host.text.encode())

    assert [user.login for user in found.users] == ["alice", "bob", "daemon"]
    assert len(found.users[0].files[0].lines) == 6


@pytest.mark.parametrize(
    ("age", "says"),
    [
        pytest.param(timedelta(hours=27), "may be 26 hours old", id="stopped"),
        pytest.param(timedelta(days=-2), "Mend the host's clock", id="of a day to come"),
    ],
)
def test_one_that_is_not_of_today_tells_nothing(host: WrittenHost, age: timedelta, says: str) -> None:
    known = refs(host.source().collect())
    host.at = CONTEXT.as_of - age
    host.write()

    for read in (host.source().collect, lambda: host.source().collect_for([], []), lambda: host.source().detail(known)):
        with pytest.raises(FatalError, match=says):
            list(read())


def test_one_machine_under_two_names_is_refused_under_both(host: WrittenHost) -> None:
    known = refs(host.source().collect())
    twin = WrittenHost(folder=host.folder, name="web2")
    twin.person("carl")

    for each in (host, twin):
        source = each.source(machines=["web1", "web2"])
        for read in (
            source.collect,
            lambda source=source: source.collect_for([], []),
            lambda source=source: source.detail(known),
        ):
            with pytest.raises(FatalError, match="are one machine by their /etc/machine-id"):
                list(read())

    twin.machine = "f" * 32
    twin.write()
    assert of(Account, host.source(machines=["web1", "web2"]).collect())


def test_a_host_that_is_away_costs_itself_alone(host: WrittenHost) -> None:
    settings = ssh_hosts.Settings.model_validate(
        {"name": "linux", "kind": "ssh_hosts", "folder": str(host.folder), "machines": ["web1", "web2"]}
    )
    assert settings.parts() == ("web1", "web2")

    assert of(Account, ssh_hosts.build(settings, None, "web1", CONTEXT).collect())
    with pytest.raises(
        RetriableError, match=r"web2: there is no file web2 in .*Collect it, or take it out of machines"
    ):
        list(ssh_hosts.build(settings, None, "web2", CONTEXT).collect())


def test_another_machine_in_its_place_shows_nobody_gone(host: WrittenHost) -> None:
    known = refs(host.source().collect(), "alice")
    host.machine = "f" * 32
    del host.users["alice"]
    host.write()

    (scope,) = of(ScopeRead, host.source().detail(known))

    assert "another machine than the account was seen on" in scope.error


def test_files_that_nobody_listed_are_red(host: WrittenHost) -> None:
    for name in ("web9", ".web1.new"):
        (host.folder / name).write_text("")

    red = [gap.text for gap in of(Gap, host.source().collect()) if gap.red]

    assert len(red) == 1
    assert "web9 lies in" in red[0]


def test_what_else_lets_users_in_is_said(host: WrittenHost) -> None:
    host.more.append("nss passwd: files sss [NOTFOUND=return]")
    host.users["bob"].settings["authorizedkeyscommand"] = "/usr/bin/sss_ssh_authorizedkeys"
    host.write()

    (gap,) = of(Gap, host.source().collect())

    assert "users that come from sss, and their keys" in gap.text
    assert "keys that AuthorizedKeysCommand tells" in gap.text


def test_a_file_that_is_none_is_a_persons_matter(host: WrittenHost) -> None:
    (host.folder / "web1").unlink()
    (host.folder / "web1").mkdir()

    with pytest.raises(FatalError, match=r"web1 in .* can't be read"):
        list(host.source().collect())


def test_a_first_configuration_names_whose_files_are_there(host: WrittenHost) -> None:
    host.write()
    (host.folder / "notes.txt").write_text("none of ours")

    proposal = propose(str(host.folder), "ssh_hosts")

    assert proposal.settings == {"folder": str(host.folder), "machines": ["web1"]}
    for folder, says in (("nowhere", "can't be listed"), ("empty", "no file there is of a host")):
        host.folder.with_name("empty").mkdir(exist_ok=True)
        with pytest.raises(ConfigError, match=says):
            propose(str(host.folder.with_name(folder)), "ssh_hosts")


def test_a_host_is_listed_once(tmp_path: Path) -> None:
    for hosts in (["web1", "web1"], [], ["../web1"], [""]):
        with pytest.raises(ValueError, match=r"machines"):
            ssh_hosts.Settings.model_validate(
                {"name": "linux", "kind": "ssh_hosts", "folder": str(tmp_path), "machines": hosts}
            )
