"""Filters that find some people's accounts by the keys that HR gives (RFC 4515)."""

from collections.abc import Iterator, Sequence

from ldap3.utils.conv import escape_filter_chars

from include.offboarding.model import IdentityKey, KeyKind
from include.offboarding.sources._ldap.settings import AttributeNames, several


def person_filters(
    keys: Sequence[IdentityKey], names: AttributeNames, number_format: str, at_once: int
) -> Iterator[str]:
    """Yield filters of at most so many comparisons each. Values are compared as the directory's own rules say."""
    wanted = list(dict.fromkeys(comparison for key in keys for comparison in _comparisons(key, names, number_format)))
    for at in range(0, len(wanted), at_once):
        yield f"(|{''.join(wanted[at : at + at_once])})"


def _comparisons(key: IdentityKey, names: AttributeNames, number_format: str) -> Iterator[str]:
    if key.kind is KeyKind.NUMBER:
        attributes, values = several(names.number), (key.raw, number_format.replace("{worker_id}", key.raw))
    elif key.kind is KeyKind.MAIL:
        attributes, values = (*names.mails, *names.other_logins), (key.raw, key.value)
    elif key.kind is KeyKind.LOGIN:
        attributes, values = (names.login, *names.other_logins), (key.raw,)
    else:
        return
    for attribute in attributes:
        for value in dict.fromkeys(values):
            yield f"({attribute}={escape_filter_chars(value)})"
