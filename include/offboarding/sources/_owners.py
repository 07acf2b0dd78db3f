"""Whom a tag, an annotation or a note names as an owner: a mail address, or a login, or a number."""

from collections.abc import Iterator

from offboarding.model import AccountKey, IdentityKeyKind, IdentityKeyOrigin


def owner_keys(value: str, name: str) -> Iterator[AccountKey]:
    """Yield what a text may name, `name` being where it stands. A name or a team's word is nobody's login, and told as
    one.
    """
    for kind in _kinds(value):
        yield AccountKey(kind=kind, value=value, origin=IdentityKeyOrigin.OWNER, name=name)


def _kinds(value: str) -> Iterator[IdentityKeyKind]:
    if "@" in value:
        yield IdentityKeyKind.MAIL
        return
    if any(letter.isdigit() for letter in value) and not any(letter.isspace() for letter in value):
        yield IdentityKeyKind.NUMBER
    yield IdentityKeyKind.LOGIN
