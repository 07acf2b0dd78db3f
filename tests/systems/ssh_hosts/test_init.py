"""What `init` proposes."""

from pathlib import Path

from tests.support.typed import BERLIN, GERMAN, Type, configured, feed, own_logs, target, typed, written
from tests.systems.ssh_hosts.written_host import WrittenHost

__all__ = ["configured", "own_logs", "target", "typed"]


def test_a_folder_of_hosts_is_called_by_its_kind_and_needs_no_connection(
    typed: Type, target: Path, tmp_path: Path
) -> None:
    host = WrittenHost(folder=tmp_path / "hosts")
    host.person("alice")

    done = typed("init", "--roster", feed(tmp_path, GERMAN), *BERLIN, "--source", f"ssh_hosts={host.folder}")

    assert (done.code, done.err) == (0, "")
    (source,) = written(target)["sources"]
    assert source == {"name": "ssh-hosts", "kind": "ssh_hosts", "folder": str(host.folder), "machines": ["web1"]}
