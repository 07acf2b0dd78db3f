"""What `init` proposes."""

from pathlib import Path

from tests.support.typed import BERLIN, GERMAN, Type, configured, feed, own_logs, target, typed, written
from tests.systems.openvpn_clients.written_openvpn import WrittenVpn

__all__ = ["configured", "own_logs", "target", "typed"]


def test_a_folder_of_openvpn_servers_is_told_where_what_was_issued_may_lie(
    typed: Type, target: Path, tmp_path: Path
) -> None:
    server = WrittenVpn(folder=tmp_path / "servers")
    server.person("alice")

    done = typed("init", "--roster", feed(tmp_path, GERMAN), *BERLIN, "--source", f"openvpn_clients={server.folder}")

    assert (done.code, done.err) == (0, "")
    (source,) = written(target)["sources"]
    assert (source["kind"], source["machines"]) == ("openvpn_clients", ["vpn1"])
    assert "issued_folders" in target.read_text("utf-8")
