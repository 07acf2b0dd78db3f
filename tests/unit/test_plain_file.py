"""Files whose path is configured, and which somebody else may replace."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from offboarding.net import plain_file

Record = Callable[[str, object], None]


def test_a_file_is_read_up_to_its_bound(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")

    assert plain_file.read(tmp_path / "a", 5) == b"12345"
    assert plain_file.read(tmp_path / "a", 3) == b"1234"


def test_a_pipe_or_a_device_keeps_nobody(tmp_path: Path, record_property: Record) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "zeros").symlink_to("/dev/zero")
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "zeros", "folder"):
        record_property("attacks", 1)
        with pytest.raises(OSError, match=r"no plain file|Is a directory"):
            plain_file.read(tmp_path / name, 10)
        record_property("silent", 0)
