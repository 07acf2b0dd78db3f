"""Distinguished names (RFC 4514): the same one, however it was typed."""

import re

_UNTIDY = re.compile(r'[\\+;"]|\s[\s,=]|[,=]\s')
_PART = re.compile(
    r"\s*+((?:[^=\\,+;\s]|\s++(?!=))++)\s*+=\s*+((?:\\.|[^\\,+;])*+)([,+;]|$)",
    re.DOTALL,
)
"""Possessive: whoever may write a DN may write a hundred thousand spaces."""
_ESCAPE = re.compile(rb"\\([0-9A-Fa-f]{2})|\\(.)", re.DOTALL)
_SPECIAL = re.compile(r'[,+"\\<>;=]')


def tidy(dn: str) -> str:
    r"""The DN as OpenLDAP writes those of entries: no spaces around separators, single ones inside values, special
    characters as `\2C`, the parts of a multi-valued RDN in order. Case is kept. What can't be parsed stays.

    A DN in an attribute (manager) comes as it was typed; after this it equals the entry's own but for case.
    """
    dn = dn.strip()
    if not _UNTIDY.search(dn):
        return dn
    rdns: list[list[str]] = [[]]
    at = 0
    while at < len(dn):
        part = _PART.match(dn, at)
        if part is None:
            return dn
        rdns[-1].append(f"{part[1]}={_tidy_value(part[2])}")
        if part[3] in {",", ";"}:
            rdns.append([])
        at = part.end()
    return ",".join("+".join(sorted(rdn, key=str.lower)) for rdn in rdns)


def canonical(dn: str) -> str:
    """The form to compare DNs in: tidy, and without case, as names and directory strings mostly compare."""
    return tidy(dn).lower()


def leaf_value(dn: str, attribute: str) -> str:
    """The value of that attribute in the DN's first RDN, "" where it isn't there."""
    prefix = f"{attribute.lower()}="
    first = tidy(dn).split(",", 1)[0]
    parts = (part for part in first.split("+") if part.lower().startswith(prefix))
    return next((_unescaped(part[len(prefix) :]) for part in parts), "")


def _tidy_value(typed: str) -> str:
    kept = typed.rstrip()
    # A trailing space that is escaped belongs to the value.
    if (len(kept) - len(kept.rstrip("\\"))) % 2:
        kept += " "
    value = re.sub(r"\s+", " ", _unescaped(kept))
    escaped = _SPECIAL.sub(lambda special: f"\\{ord(special[0]):02X}", value)
    if escaped[:1] in {" ", "#"}:
        escaped = f"\\{ord(escaped[0]):02X}{escaped[1:]}"
    return f"{escaped[:-1]}\\20" if escaped.endswith(" ") else escaped


def _unescaped(value: str) -> str:
    raw = _ESCAPE.sub(lambda found: bytes.fromhex(found[1].decode()) if found[1] else found[2], value.encode())
    return raw.decode("utf-8", "backslashreplace")
