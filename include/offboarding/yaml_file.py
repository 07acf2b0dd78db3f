"""A YAML file that people write: read whole, or a sentence that says which file, which line and what to do."""

from pathlib import Path
from typing import Any, cast

import yaml

from include.offboarding.errors import ConfigError


class _Loader(yaml.SafeLoader):
    """Refuses a key that stands twice, which YAML would silently take the last of."""

    def compose_mapping_node(self, anchor: dict[Any, yaml.Node]) -> yaml.MappingNode:
        node = super().compose_mapping_node(anchor)
        seen: set[object] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if (key.tag, key.value) in seen:
                    raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} stands twice", key.start_mark)
                seen.add((key.tag, key.value))
        return node


def read(path: Path, *, absent: str) -> object:
    """What the file holds; None for nothing. `absent`: what to do where it can't be read. Raises ConfigError."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: can't be read ({error.strerror}). {absent}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8 (at byte {error.start}). Save it as UTF-8.") from error
    try:
        return cast("object", yaml.load(text, Loader=_Loader))  # noqa: S506 - a SafeLoader
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
