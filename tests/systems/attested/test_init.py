"""What `init` proposes."""

from pathlib import Path

from tests.support.typed import BERLIN, GERMAN, Type, configured, feed, own_logs, target, typed, written
from tests.systems.attested.lists import ListedSystem

__all__ = ["configured", "own_logs", "target", "typed"]


def test_a_folder_of_lists_is_asked_which_system_and_whom(typed: Type, target: Path, tmp_path: Path) -> None:
    portal = ListedSystem(folder=tmp_path / "lists")
    portal.person("alice")
    words = ("init", "--roster", feed(tmp_path, GERMAN), *BERLIN, "--source", f"attested={portal.folder}")

    refused = typed(*words)
    done = typed(*words, "--set", "attested.realm=bank", "--set", "attested.owner=finance")

    assert "--set attested.realm=" in refused.err
    assert (done.code, done.err) == (0, "")
    (source,) = written(target)["sources"]
    assert (source["realm"], source["owner"], source["folder"]) == ("bank", "finance", str(portal.folder))
    assert source["columns"] == {"account": "User ID", "login": "Login", "mail": "E-Mail"}
    assert "Nobody checks what stands on a list" in target.read_text("utf-8")
