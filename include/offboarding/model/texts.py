"""What the store can hold of a text that somebody else wrote: no NUL, no half of a character, no index row too long.

A text that is only shown stays, with what can't be held made visible. One that is compared and too long is compared by
its hash. One that tells who somebody is, and can't be held as it is, is left out (`runs/ingest/gate`).
"""

import hashlib
import re
import unicodedata

INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff"
    "\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Default_Ignorable_Code_Point (Unicode's DerivedCoreProperties.txt): soft hyphens, spaces without width, marks of
direction, selectors of variants. A caseless comparison of identifiers leaves them out (Unicode, 3.13, D147).
"""
LONGEST_KEY = 256
"""Characters of an identity key as it is compared: an index row holds two of them, of four bytes a character."""
LONGEST_ID = 1_000
"""Bytes of a native id or a worker id: an index row (2,704 bytes) holds two."""
LONGEST_LABEL = 2_000
"""Bytes of what things are called, which is compared now and then."""
LONGEST_TEXT = 20_000
"""Bytes of a sentence."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""Controls, line ends among them."""
_SHOWN = 64
"""Characters of a long text that stand before its hash, for people."""


def is_storable(text: str) -> bool:
    """Whether it can be held as it is, however long."""
    if "\0" in text:
        return False
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_blank(text: str) -> bool:
    """Whether nothing of it is left when it is compared: white space and invisible characters, or nothing at all."""
    if text.isascii():
        return not text.strip()
    return not INVISIBLE.sub("", unicodedata.normalize("NFKC", INVISIBLE.sub("", text))).split()


def illegible(text: str) -> str:
    """Why a text that a person typed cannot be taken, as a sentence without a subject; "" where it can."""
    if not is_storable(text):
        return "holds a NUL or half a character, which cannot be stored. Remove it"
    if text.strip() and is_blank(text):
        return "holds invisible characters only. Write what is meant, or leave it out"
    return ""


def defect(text: str, longest: int = LONGEST_ID) -> str:
    """Why it can't be an id, as a clause; "" where it can."""
    if text and is_blank(text):
        return "nothing of it is visible"
    if "\0" in text:
        return "it holds a NUL"
    if not is_storable(text):
        return "it is no Unicode text"
    size = len(text.encode())
    return f"it is {size} bytes long, more than {longest}" if size > longest else ""


def defect_of_number(worker_id: str) -> str:
    """Why it can't be a worker's number, as a clause; "" where it can. Numbers stand in subjects, titles and logs."""
    return defect(worker_id) or ("it holds a control character" if _CONTROL.search(worker_id) else "")


def visible(text: str) -> str:
    """The text, with a NUL and halves of characters written out as escapes."""
    if is_storable(text):
        return text
    return text.encode(errors="backslashreplace").decode().replace("\0", "\\x00")


def printable(text: str) -> str:
    """The text on one line, for a terminal, a subject or a log: control characters and line ends are spelled out."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def label(text: str) -> str:
    """What something is called, as it is held: equal where the same is written."""
    shown = visible(text)
    return shown if len(shown.encode()) <= LONGEST_LABEL else by_hash(shown)


def sentence(text: str) -> str:
    """What is told to people, as it is held."""
    shown = visible(text)
    return shown if len(shown) <= LONGEST_TEXT // 4 else f"{shown[: LONGEST_TEXT // 4 - 1]}…"


KeyRow = tuple[str, str, str, str, str, str]
"""Of an identity key, an account's or a worker's: the normal form second, the loose one third, as written last."""


def held_keys(rows: list[KeyRow]) -> list[KeyRow]:
    """The same, with what is too long for an index by its hash."""
    for row in rows:
        if len(row[1]) + len(row[5]) > LONGEST_KEY:
            return [(a, _held(value), _held(loose), b, c, _held(raw)) for a, value, loose, b, c, raw in rows]
    return rows


def _held(text: str) -> str:
    return text if len(text) <= LONGEST_KEY else by_hash(text)


def by_hash(text: str) -> str:
    """How a text begins, and the hash of all of it: equal where the text is."""
    digest = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
    return f"{text[:_SHOWN]}…sha256:{digest}"
