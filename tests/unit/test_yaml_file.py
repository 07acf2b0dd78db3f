"""YAML that a person didn't write by hand: refused in a sentence, at once."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from offboarding.config import yaml_file
from offboarding.model.errors import ConfigError

Record = Callable[[str, object], None]
NINE = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12))
BOMBS = {
    "aliases": (f"a0: &a0 [x]\n{NINE}\n", "its aliases (*name) stand for more than 1,000,000 values"),
    "merged": ("a0: &a0 {x: [&y [1, *y]]}\nb: {<<: *a0}\n", "stand for more than"),
    "within-itself": ("a: &a [*a]\n", "stand for more than"),
    "nested": ("[" * 5000 + "]" * 5000, "nested too deeply"),
    "nested-mappings": ("{a: " * 5000 + "1" + "}" * 5000, "nested too deeply"),
    "huge": ("x" * (yaml_file.MOST_BYTES + 1), "larger than 16 MB"),
}


@pytest.mark.parametrize(("text", "said"), BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_one_sentence(text: str, said: str, tmp_path: Path, record_property: Record) -> None:
    path = tmp_path / "custody.yaml"
    path.write_text(text, encoding="utf-8")
    record_property("attacks", 1)
    began = time.monotonic()

    with pytest.raises(ConfigError) as error:
        yaml_file.read(path, absent="")

    record_property("silent", 0)
    assert str(error.value).startswith(f"{path}: ")
    assert said in str(error.value)
    assert time.monotonic() - began < 30


def test_an_alias_is_welcome(tmp_path: Path) -> None:
    path = tmp_path / "custody.yaml"
    path.write_text("a: &a {x: [1, 2]}\nb: *a\nc: {<<: *a, y: 3}\n", encoding="utf-8")

    assert yaml_file.read(path, absent="") == {"a": {"x": [1, 2]}, "b": {"x": [1, 2]}, "c": {"x": [1, 2], "y": 3}}
    path.write_text("", encoding="utf-8")
    assert yaml_file.read(path, absent="") is None


@pytest.mark.parametrize("written", ["a\\0b", "\\0", "\\ud800"])
@pytest.mark.parametrize("where", ['key: "{}"', '"{}": value', 'list: [x, {{y: "{}"}}]'])
def test_what_the_store_cant_hold_is_told_by_its_line(
    tmp_path: Path, written: str, where: str, record_property: Record
) -> None:
    """Such as a reason in exceptions.yaml, which every night writes down."""
    path = tmp_path / "exceptions.yaml"
    path.write_text(f"first: 1\n{where.format(written)}\n", encoding="utf-8")
    record_property("hostile values", 1)

    with pytest.raises(ConfigError, match=r"line 2: a value holds a NUL or half a character"):
        yaml_file.read(path, absent="")
