"""What a push may hold, before anything is made of it; and what Entra ID writes otherwise than RFC 7644 has it."""

import json
from collections.abc import Iterator, Mapping
from typing import cast

from scim2_models import InvalidFilterException, InvalidSyntaxException, InvalidValueException

from offboarding.rosters.scim.paths import USER

LARGEST_BODY = 1_000_000
LONGEST_VALUE = 1_000
"""Of what is kept."""
LONGEST_TEXT = 100_000
"""Of what is dropped: a photo, say."""
LONGEST_KEY = 2_000
"""In bytes, of what users are found by: an index of PostgreSQL's takes 2,704."""
LONGEST_EXPRESSION = 500
"""A filter, or a path."""
LARGEST_SEARCH = 5_000
DEEPEST, MOST_OPERATIONS, MOST_VALUES = 12, 100, 2_000
"""Operations as they are carried out; values of the whole body, names too."""
MOST_FIELDS, MOST_MAILS = 20, 20
"""Of a query, and of a user."""

_MANAGER = "manager"


def checked_body(body: bytes) -> bytes:
    """The body of a push, as we read it. Raises InvalidSyntaxException or InvalidValueException."""
    try:
        value = cast("object", json.loads(body, object_pairs_hook=_named_once))
    except (ValueError, RecursionError):
        # Its text would say what stands there.
        raise InvalidSyntaxException(detail="The body is no JSON, or nested too deeply.") from None
    if not isinstance(value, dict):
        raise InvalidSyntaxException(detail="The body is no object.")
    pushed = cast("dict[str, object]", value)
    for number, each in enumerate(_values(pushed)):
        if number > MOST_VALUES:
            raise InvalidValueException(detail=f"A body has at most {MOST_VALUES} values and names.")
        if isinstance(each, str):
            _check(each)
    return json.dumps(_unfolded(pushed)).encode()


def check_search(body: bytes) -> None:
    """Raise InvalidFilterException for a search that takes long to read."""
    if len(body) > LARGEST_SEARCH:
        raise InvalidFilterException(detail=f"A search has at most {LARGEST_SEARCH} bytes.")
    for each in _values(cast("object", json.loads(body))):
        if isinstance(each, str):
            check_expression(each)


def _named_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object. Case makes no other name (RFC 7643, section 2.1), nor does the schema of users before it."""
    names = {_plain(name) for name, _ in pairs}
    if len(names) != len(pairs):
        raise InvalidSyntaxException(detail="An attribute stands there twice.")
    return dict(pairs)


def _plain(name: str) -> str:
    return name.casefold().removeprefix(f"{USER.casefold()}:")


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


def _values(value: object, depth: int = 0) -> Iterator[object]:
    """Every value within, names too."""
    if depth > DEEPEST:
        raise InvalidSyntaxException(detail="The body is nested too deeply.")
    yield value
    if isinstance(value, dict | list):
        parts = cast("Mapping[str, object] | list[object]", value)
        for part in parts:
            yield from _values(part, depth + 1)
            if isinstance(parts, Mapping):
                yield from _values(parts[cast("str", part)], depth + 1)


def _unfolded(pushed: dict[str, object]) -> dict[str, object]:
    """The same, of a PATCH with what Entra ID writes as RFC 7644 has it."""
    named = {key.casefold(): key for key in pushed}
    name = named.get("operations")
    operations = pushed[name] if name else None
    if name is None or not isinstance(operations, list):
        if "emails" in named:
            _check_mails(pushed[named["emails"]])
        return pushed
    found = [each for operation in cast("list[object]", operations) for each in _operations(operation)]
    if len(found) > MOST_OPERATIONS:
        raise InvalidValueException(detail=f"A PATCH has at most {MOST_OPERATIONS} operations.")
    return {**pushed, name: found}


def _operations(operation: object) -> Iterator[object]:
    """An operation without a path whose names hold filters is one for each of these."""
    if not isinstance(operation, dict):
        yield operation
        return
    own = {key.casefold(): each for key, each in cast("dict[str, object]", operation).items()}
    path, value = own.get("path"), own.get("value")
    if isinstance(path, str) and path:
        check_expression(path)
        yield {**own, "value": _told(path, value)} if "value" in own else own
        return
    if not isinstance(value, dict):
        yield own
        return
    values = {name: _told(name, each) for name, each in cast("dict[str, object]", value).items()}
    filtered = {name: each for name, each in values.items() if "[" in name}
    for name, each in filtered.items():
        check_expression(name)
        yield {**own, "path": name, "value": each}
    plain = {name: each for name, each in values.items() if name not in filtered}
    if plain or not filtered:
        yield {**own, "value": plain}


def _told(path: str, value: object) -> object:
    if _plain(path) == "emails":
        _check_mails(value)
    return _of_manager(path, value)


def _check_mails(value: object) -> None:
    if isinstance(value, list) and len(cast("list[object]", value)) > MOST_MAILS:
        raise InvalidValueException(detail=f"A user has at most {MOST_MAILS} mails.")


def _of_manager(path: str, value: object) -> object:
    """Entra ID tells the manager as an id alone."""
    if path.rpartition(":")[2] == _MANAGER and isinstance(value, str):
        return {"value": value} if value else None
    return value
