"""What `init` proposes."""

import json
from pathlib import Path

import pytest

from tests.support.typed import BERLIN, GERMAN, Type, configured, feed, own_logs, target, typed, written

__all__ = ["configured", "own_logs", "target", "typed"]


def test_projects_at_pypi_are_said_by_name_and_whose_users_are_in_a_register(
    typed: Type, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_INDEX", json.dumps({"conn_type": "http", "host": "index.corp.example"}))
    words = ("--source", "pypi_projects=index", "--set", "index.realm=corp")

    done = typed(
        "init", "--roster", feed(tmp_path, GERMAN), *BERLIN, *words, "--set", "index.projects=corp-shop corp-pay"
    )

    assert (done.code, done.err) == (0, "")
    (source,) = written(target)["sources"]
    assert (source["realm"], source["projects"]) == ("corp", ["corp-shop", "corp-pay"])
    assert "register_file" in target.read_text("utf-8")
