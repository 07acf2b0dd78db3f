"""Names in a list of Vault's, wherever the answer is cut as it comes."""

import io
import json
from typing import Any

import pytest

from offboarding.sources._vault import listing
from offboarding.sources._vault.listing import names_in

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


@pytest.mark.parametrize(
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
