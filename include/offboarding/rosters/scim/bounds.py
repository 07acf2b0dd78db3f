"""What a push may hold, before anything is made of it; and what Entra ID writes otherwise than RFC 7644 has it."""

import json
from collections.abc import Iterator, Mapping
from typing import cast

from scim2_models import InvalidFilterException, InvalidSyntaxException, InvalidValueException

LARGEST_BODY = 1_000_000
LONGEST_VALUE = 1_000
"""Of what is kept."""
LONGEST_TEXT = 100_000
"""Of what is dropped: a photo, say."""
LONGEST_EXPRESSION = 500
"""A filter, or a path."""
DEEPEST, MOST_OPERATIONS, MOST_VALUES = 12, 100, 1_000
MOST_FIELDS, MOST_MAILS = 20, 20
"""Of a query, and of a user."""

_MANAGER = "manager"


def checked_body(body: bytes) -> bytes:
    """The body of a push, as we read it. Raises InvalidSyntaxException or InvalidValueException."""
    try:
        value = cast("object", json.loads(body))
    except (ValueError, RecursionError):
        # Its text would say what stands there.
        raise InvalidSyntaxException(detail="The body is no JSON, or nested too deeply.") from None
    if not isinstance(value, dict):
        raise InvalidSyntaxException(detail="The body is no object.")
    pushed = cast("dict[str, object]", value)
    for text in _texts(pushed):
        _check(text)
    return json.dumps(_unfolded(pushed)).encode()


def check_expression(text: str) -> None:
    """Raise InvalidFilterException for one that takes long to read."""
    if len(text) > LONGEST_EXPRESSION:
        raise InvalidFilterException(detail=f"A filter or a path has at most {LONGEST_EXPRESSION} characters.")
    _check(text)


def _check(text: str) -> None:
    if "\0" in text:
        raise InvalidValueException(detail="A value holds a NUL character.")
    if len(text) > LONGEST_TEXT:
        raise InvalidValueException(detail=f"A value has more than {LONGEST_TEXT} characters.")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidValueException(detail="A value is no text in Unicode.") from None


def _texts(value: object, depth: int = 0) -> Iterator[str]:
    """Every text within, names too."""
    if depth > DEEPEST:
        raise InvalidSyntaxException(detail="The body is nested too deeply.")
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        parts = cast("Mapping[str, object] | list[object]", value)
        if len(parts) > MOST_VALUES:
            raise InvalidValueException(detail=f"There are more than {MOST_VALUES} values in one.")
        for part in parts:
            yield from _texts(part, depth + 1)
            if isinstance(parts, Mapping):
                yield from _texts(parts[cast("str", part)], depth + 1)


def _unfolded(pushed: dict[str, object]) -> dict[str, object]:
    """The same, of a PATCH with what Entra ID writes as RFC 7644 has it."""
    name = next((key for key in pushed if key.casefold() == "operations"), None)
    operations = pushed.get(name) if name else None
    if name is None or not isinstance(operations, list):
        return pushed
    listed = cast("list[object]", operations)
    if len(listed) > MOST_OPERATIONS:
        raise InvalidValueException(detail=f"A PATCH has at most {MOST_OPERATIONS} operations.")
    return {**pushed, name: [each for operation in listed for each in _operations(operation)]}


def _operations(operation: object) -> Iterator[object]:
    """An operation without a path whose names hold filters is one for each of these."""
    if not isinstance(operation, dict):
        yield operation
        return
    own = cast("dict[str, object]", operation)
    path, value = own.get("path"), own.get("value")
    if isinstance(path, str) and path:
        check_expression(path)
        yield {**own, "value": _of_manager(path, value)} if "value" in own else own
        return
    if not isinstance(value, dict):
        yield own
        return
    values = {name: _of_manager(name, each) for name, each in cast("dict[str, object]", value).items()}
    filtered = {name: each for name, each in values.items() if "[" in name}
    for name, each in filtered.items():
        check_expression(name)
        yield {**own, "path": name, "value": each}
    plain = {name: each for name, each in values.items() if name not in filtered}
    if plain or not filtered:
        yield {**own, "value": plain}


def _of_manager(path: str, value: object) -> object:
    """Entra ID tells the manager as an id alone."""
    if path.rpartition(":")[2] == _MANAGER and isinstance(value, str):
        return {"value": value} if value else None
    return value
