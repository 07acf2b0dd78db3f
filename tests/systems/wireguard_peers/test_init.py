"""What `init` proposes."""

from pathlib import Path

from tests.support.typed import BERLIN, GERMAN, Type, configured, feed, own_logs, target, typed, written
from tests.systems.wireguard_peers.written_wireguard import WrittenServer

__all__ = ["configured", "own_logs", "target", "typed"]


def test_a_folder_of_wireguard_servers_is_asked_whose_the_peers_are(typed: Type, target: Path, tmp_path: Path) -> None:
    server = WrittenServer(folder=tmp_path / "servers")
    server.person("alice")

    done = typed("init", "--roster", feed(tmp_path, GERMAN), *BERLIN, "--source", f"wireguard_peers={server.folder}")

    assert (done.code, done.err) == (0, "")
    (source,) = written(target)["sources"]
    assert (source["kind"], source["machines"]) == ("wireguard_peers", ["vpn1"])
    assert "A peer has no name" in target.read_text("utf-8")
