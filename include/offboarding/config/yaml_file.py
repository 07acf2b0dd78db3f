"""A YAML file that people write: read whole, or a sentence that says which file, which line and what to do."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, cast

import yaml
from pydantic import BeforeValidator

from offboarding.model.errors import ConfigError
from offboarding.model.texts import defect, is_storable

MOST_BYTES = 16 << 20
MOST_NODES = 1_000_000
"""Keys and values, each alias counted as all that it stands for."""


class _Loader(yaml.SafeLoader):
    """Refuses a key that stands twice, which YAML would silently take the last of; and what the store can't hold."""

    def construct_scalar(self, node: yaml.ScalarNode | yaml.MappingNode) -> str:
        value = str(super().construct_scalar(node))
        if not is_storable(value):
            problem = "a value holds a NUL or half a character, which can't be kept. Take it out"
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
        return value

    def compose_mapping_node(self, anchor: dict[Any, yaml.Node]) -> yaml.MappingNode:
        node = super().compose_mapping_node(anchor)
        seen: set[object] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if (key.tag, key.value) in seen:
                    raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} stands twice", key.start_mark)
                seen.add((key.tag, key.value))
        return node


def _constructed(path: Path, text: str) -> object:
    """What the text says, unless its aliases stand for more than a person writes: ten lines of them may be billions."""
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        if _weight(node, {}) > MOST_NODES:
            raise ConfigError(f"{path}: its aliases (*name) stand for more than {MOST_NODES:,} values. Write them out.")
        return cast("object", cast("Any", loader).construct_document(node))
    finally:
        loader.dispose()


def _weight(node: yaml.Node, known: dict[int, int]) -> int:
    """How many values a node stands for, each alias counted as what it names; one within itself is endless."""
    if id(node) in known:
        return known[id(node)]
    known[id(node)] = MOST_NODES + 1
    inner: list[yaml.Node] = []
    if isinstance(node, yaml.MappingNode):
        inner = [each for pair in node.value for each in pair]
    elif isinstance(node, yaml.SequenceNode):
        inner = list(node.value)
    known[id(node)] = 1 + sum(_weight(each, known) for each in inner)
    return known[id(node)]


def read(path: Path, *, absent: str) -> object:
    """What the file holds; None for nothing. `absent`: what to do where it can't be read. Raises ConfigError."""
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
        text = raw.decode("utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: can't be read ({error.strerror}). {absent}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8 (at byte {error.start}). Save it as UTF-8.") from error
    if len(raw) > MOST_BYTES:
        raise ConfigError(f"{path}: is larger than {MOST_BYTES >> 20} MB. Look at what it is.")
    try:
        return _constructed(path, text)
    except RecursionError as error:
        raise ConfigError(f"{path}: is nested too deeply. Look at what it is.") from error
    except yaml.MarkedYAMLError as error:
        where = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise ConfigError(f"{path}: {where}{error.problem or error.context}") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: is no YAML: {' '.join(str(error).split())}") from error
    except ValueError as error:
        # What looks like a day and is none, such as 2025-02-31.
        raise ConfigError(f"{path}: a value can't be read: {error}. Put it in quotes, or mend it.") from error


def mapping(path: Path, held: object, *, empty: str) -> dict[str, object]:
    """What the file holds, as keys and values. Raises ConfigError, which says what to do where it is none."""
    if not isinstance(held, dict):
        raise ConfigError(f"{path}: {empty}")
    return {str(key): value for key, value in cast("dict[object, object]", held).items()}


def _day(value: object) -> object:
    """YAML reads 2026-12-31 as a day by itself; in quotes it's a text that must be one."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise ValueError(f"{value!r} is no day, such as 2026-12-31") from error
    if isinstance(value, datetime) or not isinstance(value, date):
        raise ValueError(f"{value!s} is no day, such as 2026-12-31")  # noqa: TRY004 - pydantic tells ValueErrors
    return value


def short_enough(text: str) -> str:
    """Return what is compared in the store, where it can be. Raises ValueError where it is too long for an index."""
    if why := defect(text):
        raise ValueError(f"cannot be kept, since {why}")
    return text


Day = Annotated[date, BeforeValidator(_day)]
"""A day in such a file, as a field of a pydantic model."""
