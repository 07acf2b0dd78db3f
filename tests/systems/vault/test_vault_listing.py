"""Names and aliases in a list of Vault's, wherever the answer is cut as it comes."""

import io
import json
from typing import Any

import pytest

from offboarding.sources.vault._api import listing
from offboarding.sources.vault._api.listing import aliases_in, names_in
from tests.support.variants import some_of

HOSTILE = ['"keys":["root"]', "]}", "\\", 'a\\"b', "김민준", "data", "keys", ""]
LIST: dict[str, Any] = {
    "request_id": "7e2e",
    "lease_duration": 0,
    "renewable": False,
    "keys": ["not these"],
    "data": {
        "key_info": {name: {"name": name, "keys": ["nor these"], "aliases": [{"name": name}]} for name in HOSTILE},
        "keys": HOSTILE,
    },
    "wrap_info": None,
    "auth": {"keys": ["nor these"]},
}


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 1 << 16])
@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("colon", [":", " \n: "])
def test_names_and_nothing_else_are_yielded(
    monkeypatch: pytest.MonkeyPatch, size: int, indent: int | None, colon: str
) -> None:
    monkeypatch.setattr(listing, "_CHUNK", size)

    assert [*names_in(io.BytesIO(json.dumps(LIST, indent=indent, separators=(",", colon)).encode()))] == HOSTILE


def test_a_list_of_nobody_is_one() -> None:
    assert [*names_in(io.BytesIO(b'{"data":{"keys":[]}}'))] == []


def test_what_is_cut_off_anywhere_is_no_list() -> None:
    whole = json.dumps(LIST).encode()
    for end in range(len(whole)):
        with pytest.raises(ValueError, match=r"."):
            list(names_in(io.BytesIO(whole[:end])))


@some_of(
    3,
    "body",
    [
        b"<html>",
        b"[]",
        b"{}",
        b'{"data":{}}',
        b'{"data":{"keys":null}}',
        b'{"data":{"keys":{"a":"b"}}}',
        b'{"keys":["a"]}',
        b'{"data":{"keys":["a",1]}}',
        b'{"data":{"keys":["a",null]}}',
        b'{"data":{"keys":[["a"]]}}',
        b'{"data":{"keys":["\\x"]}}',
        b'{"data":{"keys":["\xff"]}}',
        b'{"data":{"keys":["a"]}}}',
        b'{"data":{"keys":"' + b"a" * (3 << 20) + b'"}}',
    ],
)
def test_what_is_no_list_of_names_is_told(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        list(names_in(io.BytesIO(body)))


# --- aliases ----------------------------------------------------------------------------------------------------------

OTHERS = {"name": "not this", "mount_accessor": "nor this"}
ENTITIES: dict[str, Any] = {
    **OTHERS,
    "data": {
        "key_info": {
            name: {
                **OTHERS,
                "metadata": OTHERS,
                "aliases": [
                    {"id": "a1", "metadata": OTHERS, "mount_accessor": f"m{number}", "name": name, "custom": [OTHERS]},
                    {"name": f"{name}2", "local": False, "mount_accessor": "m"},
                ],
            }
            for number, name in enumerate(HOSTILE)
        }
        | {"none": {"aliases": []}, "null": {"aliases": None}},
        "keys": HOSTILE,
    },
    "auth": {"key_info": {"x": {"aliases": [OTHERS]}}},
}
THEIRS = [each for number, name in enumerate(HOSTILE) for each in ((name, f"m{number}", name), (name, "m", f"{name}2"))]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 1 << 16])
@pytest.mark.parametrize("indent", [None, 2])
def test_aliases_and_nothing_else_are_yielded(monkeypatch: pytest.MonkeyPatch, size: int, indent: int | None) -> None:
    monkeypatch.setattr(listing, "_CHUNK", size)

    found = aliases_in(io.BytesIO(json.dumps(ENTITIES, indent=indent).encode()))

    assert [(each.entity, each.mount_accessor, each.name) for each in found] == THEIRS


def test_entities_that_nobody_logged_in_as_are_a_list() -> None:
    assert [*aliases_in(io.BytesIO(b'{"data":{"key_info":{},"keys":[]}}'))] == []


def test_entities_that_are_cut_off_anywhere_are_no_list() -> None:
    whole = json.dumps(ENTITIES).encode()
    for end in range(len(whole)):
        with pytest.raises(ValueError, match=r"."):
            list(aliases_in(io.BytesIO(whole[:end])))


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"{}",
        b"[]",
        b'{"data":{"keys":["a"]}}',
        b'{"data":{"key_info":null}}',
        b'{"data":{"key_info":{}}}}',
        b'{"data":{"key_info":{"a":{"aliases":[{"name":"x"}]}}}}',
        b'{"data":{"key_info":{"a":{"aliases":[{"mount_accessor":"m"}]}}}}',
        b'{"data":{"key_info":{"a":{"aliases":[{"mount_accessor":"m","name":null}]}}}}',
        b'{"data":{"key_info":{"a":{"aliases":[{"mount_accessor":{},"name":"x"}]}}}}',
    ],
)
def test_what_tells_no_aliases_is_no_list(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        list(aliases_in(io.BytesIO(body)))
