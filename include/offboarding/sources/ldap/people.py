"""Filters that find some people's accounts by the keys that HR gives (RFC 4515)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ldap3.utils.conv import escape_filter_chars

from offboarding.model import IdentityKey, IdentityKeyKind
from offboarding.sources.ldap.settings import AttributeNames, several


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleSearch:
    """How this directory writes what people are known by."""

    names: AttributeNames
    number_format: str
    mail_domains: tuple[str, ...]
    """The company's own: there `kim+aws@` is `kim@`."""
    by_id: Callable[[str], str]
    """The filter that finds an id, "" for what is none of this directory's."""

    def filters(self, keys: Sequence[IdentityKey], at_once: int) -> Iterator[str]:
        """Yield filters of at most so many comparisons each. Values are compared as the directory's own rules say."""
        wanted = list(dict.fromkeys(comparison for key in keys for comparison in self._comparisons(key) if comparison))
        for at in range(0, len(wanted), at_once):
            yield f"(|{''.join(wanted[at : at + at_once])})"

    def _comparisons(self, key: IdentityKey) -> Iterator[str]:
        if key.kind is IdentityKeyKind.NUMBER:
            bare = (key.raw, key.loose or key.raw)
            written = (*bare, *(self.number_format.replace("{worker_id}", number) for number in bare))
            yield from _equal(several(self.names.number), written)
        elif key.kind is IdentityKeyKind.MAIL:
            attributes = (*self.names.mails, self.names.login, *self.names.other_logins)
            yield from _equal(attributes, (key.raw, key.value))
            yield from self._plus_addresses(attributes, key)
        elif key.kind is IdentityKeyKind.LOGIN:
            yield from _equal((self.names.login, *self.names.other_logins), (key.raw, key.value))
        elif key.kind is IdentityKeyKind.DIRECTORY_ID:
            yield self.by_id(key.raw)

    def _plus_addresses(self, attributes: Sequence[str], key: IdentityKey) -> Iterator[str]:
        for address in dict.fromkeys((key.raw, key.value)):
            local, _, domain = address.rpartition("@")
            if local and "\0" not in address and domain.lower() in self.mail_domains:
                for attribute in attributes:
                    yield f"({attribute}={escape_filter_chars(local)}+*@{escape_filter_chars(domain)})"


def _equal(attributes: Sequence[str], values: Sequence[str]) -> Iterator[str]:
    # Some servers take a value to end at a NUL, however it is escaped: it would find somebody else.
    whole = [value for value in dict.fromkeys(values) if "\0" not in value]
    for attribute in attributes:
        for value in whole:
            yield f"({attribute}={escape_filter_chars(value)})"
