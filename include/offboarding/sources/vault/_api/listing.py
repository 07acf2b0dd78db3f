"""What is wanted of a list of Vault's, which comes whole in one answer, with more of each than that.

Of a hundred thousand entities that is tens of megabytes, of which little is held, and that on disk.
"""

import json
import re
from collections.abc import Iterator
from typing import BinaryIO

from offboarding.net.service.answers import Told

MOST_MEGABYTES = 256
"""Of an answer: half a million entities."""
_CHUNK = 1 << 16
_LONGEST = 1 << 20
"""Bytes of one text in it."""
_WORD = re.compile(
    rb'(?P<text>"(?:[^"\\]|\\.)*")\s*(?P<colon>:)?|[\[\]{}]|(?P<plain>[^\s\[\]{}:,"]+)|(?P<open>")', re.DOTALL
)
_NAMES = [b"", b'"data"', b'"keys"']
_INFOS, _ALIASES = [b"", b'"data"', b'"key_info"'], b'"aliases"'
_ACCESSOR, _NAME = b'"mount_accessor"', b'"name"'


class ListedName(Told):
    """One of them."""

    name: str


class ListedAlias(Told):
    """As whom an auth method knows an entity."""

    entity: str
    mount_accessor: str
    name: str


def aliases_in(answer: BinaryIO) -> Iterator[ListedAlias]:
    """Yield those of a list of entities. Raises ValueError where it isn't one, is cut off, or tells one in part."""
    within, name, fields, found = list[bytes](), b"", dict[bytes, bytes](), False
    for word in _words(answer):
        if word["colon"]:
            name = word["text"]
            continue
        if word[0] in b"{[":
            within.append(name)
            found = found or within == _INFOS
            fields = {} if _is_alias(within) else fields
        elif word[0] in b"}]":
            if _is_alias(within):
                own = within[3], fields.get(_ACCESSOR, b""), fields.get(_NAME, b"")
                entity, accessor, alias = (json.loads(each) for each in own)
                yield ListedAlias(entity=entity, mount_accessor=accessor, name=alias)
            if not within:
                raise ValueError("more ends in it than begins")
            within.pop()
        elif _is_alias(within):
            fields[name] = word["text"] or b""
        name = b""
    if within or not found:
        raise ValueError("there's no list of entities in it")


def _is_alias(within: list[bytes]) -> bool:
    return len(within) == 6 and within[:3] == _INFOS and within[4] == _ALIASES


def names_in(answer: BinaryIO) -> Iterator[str]:
    """Yield what stands in data.keys of a JSON object. Raises ValueError where that isn't there, or it's cut off."""
    within, name, found = list[bytes](), b"", False
    for word in _words(answer):
        if word["colon"]:
            name = word["text"]
            continue
        if within == _NAMES and word[0] != b"]":
            yield str(json.loads(word["text"] or b""))
        elif word[0] in b"{[":
            within.append(name)
            found = found or (within == _NAMES and word[0] == b"[")
        elif word[0] in b"}]" and within:
            within.pop()
        elif word[0] in b"}]":
            raise ValueError("more ends in it than begins")
        name = b""
    if within or not found:
        raise ValueError("there's no list of names in it")


def _words(answer: BinaryIO) -> Iterator[re.Match[bytes]]:
    """Yield texts, each with the colon behind it, brackets, and what else stands between."""
    rest = b""
    while chunk := answer.read(_CHUNK):
        text, done = rest + chunk, 0
        for word in _WORD.finditer(text):
            if word["open"] or word.end() == len(text):
                break  # it may go on in what comes next
            done = word.end()
            yield word
        rest = text[done:]
        if len(rest) > _LONGEST:
            raise ValueError("a text in it has no end")
    for word in _WORD.finditer(rest):
        if word["open"]:
            raise ValueError("it's cut off")
        yield word
