"""What may lie among collected files in place of one: nothing outside is read, and nobody waits for ever."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from demo.ssh_authority import SshAuthority, SshIdentity
from offboarding.verifiers._collected import folder as collected
from tests.support.collected import put
from tests.systems.ssh.files import read, verifier

pytestmark = pytest.mark.slow

Record = Callable[[str, object], None]
CA = SshAuthority(seed="ca").line
LAPTOP = SshIdentity(seed="laptop", comment="alice").line
TRUSTED = "web1/etc/ssh/trusted_user_ca_keys"
LOGIN = "web1/home/deploy/.ssh/authorized_keys"


@pytest.fixture
def web(tmp_path: Path) -> Path:
    folder = tmp_path / "web"
    put(folder, TRUSTED, CA)
    put(folder, LOGIN, LAPTOP)
    (tmp_path / "shadow").write_text(f"{SshIdentity(seed='outside').line}\nroot:SECRET:1::::::\n", encoding="utf-8")
    return folder


def to_outside(place: Path, outside: Path) -> None:
    place.symlink_to(outside)


def to_outside_by_steps(place: Path, outside: Path) -> None:
    (place.parent / "step").symlink_to(outside)
    place.symlink_to("step")


def upwards(place: Path, outside: Path) -> None:
    place.symlink_to(os.path.relpath(outside, place.parent))


def to_shadow(place: Path, outside: Path) -> None:
    del outside
    place.symlink_to("/etc/shadow")


def to_a_device(place: Path, outside: Path) -> None:
    del outside
    place.symlink_to("/dev/zero")


def to_our_own_memory(place: Path, outside: Path) -> None:
    del outside
    place.symlink_to("/proc/self/environ")


def in_a_circle(place: Path, outside: Path) -> None:
    del outside
    (place.parent / "other").symlink_to(place.name)
    place.symlink_to("other")


def a_pipe(place: Path, outside: Path) -> None:
    del outside
    os.mkfifo(place)


LIES = (to_outside, to_outside_by_steps, upwards, to_shadow, to_a_device, to_our_own_memory, in_a_circle, a_pipe)


@pytest.mark.parametrize("lie", LIES)
def test_what_is_no_file_of_the_folder(lie: Any, web: Path, tmp_path: Path, record_property: Record) -> None:
    (web / LOGIN).unlink()
    lie(web / LOGIN, tmp_path / "shadow")
    record_property("attacks", 1)

    keys, said, error = read(verifier(web))

    record_property("silent", int(not any(LOGIN in each for each in said)))
    assert any(LOGIN in each for each in said)
    assert "couldn't be read whole" in error
    assert "SECRET" not in "".join(said)
    assert all("outside" not in str(key) for key in keys.values())


@pytest.mark.parametrize("lie", LIES)
def test_a_manifest_that_is_no_file_of_the_folder(lie: Any, web: Path, tmp_path: Path, record_property: Record) -> None:
    """A named pipe in its place kept a night waiting for ever."""
    lie(web / "MANIFEST", tmp_path / "shadow")
    record_property("attacks", 1)

    _, said, error = read(verifier(web, manifest="MANIFEST"))

    record_property("silent", int(not any("MANIFEST" in each for each in said)))
    assert any("MANIFEST" in each for each in said)
    assert "couldn't be read whole" in error
    assert "SECRET" not in "".join(said)


def test_a_file_that_becomes_a_link_once_it_was_looked_at(
    web: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Record
) -> None:
    opening = os.open

    def swapped(path: Path, flags: int) -> int:
        if str(path).endswith(LOGIN):
            (web / LOGIN).unlink()
            (web / LOGIN).symlink_to(tmp_path / "shadow")
        return opening(path, flags)

    monkeypatch.setattr(collected.os, "open", swapped)
    record_property("attacks", 1)

    _, said, _ = read(verifier(web))

    record_property("silent", int(not said))
    assert any(f"{LOGIN} became a link that leads out of the folder" in each for each in said)
