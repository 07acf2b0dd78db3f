"""Accounts that count as dead because the configuration says so (`disabled_when`): the server picks them."""

from collections.abc import Iterable, Mapping

from offboarding.sources.ldap.entry import Entry
from offboarding.sources.ldap.flavor import Flavor
from offboarding.sources.ldap.session import EVERYTHING, Session
from offboarding.sources.ldap.settings import DisabledWhen, LdapSettings


def declared_dead(
    session: Session, settings: LdapSettings, flavor: Flavor, base: str, condition: str
) -> Mapping[str, str]:
    """Why, by native id, for those at and below `base` that meet `condition`. A search for each declaration.

    A filter that names what the schema lacks picks nobody (RFC 4511 4.5.1.7), and so kills nobody. Raises as
    `Session.search`; a subtree that isn't there is an error, since it's a name mistyped or a right that is missing.
    """
    found: dict[str, str] = {}
    for declaration in settings.disabled_when:
        for entry in _picked(session, settings, flavor, declaration, base=base, condition=condition):
            native_id = flavor.native_id(entry)
            if native_id:
                found.setdefault(native_id, f"declared: {declaration.told} in disabled_when")
    return found


def _picked(
    session: Session, settings: LdapSettings, flavor: Flavor, declaration: DisabledWhen, *, base: str, condition: str
) -> Iterable[Entry]:
    where = declaration.subtree or base
    meets = f"(&{condition}{declaration.filter or EVERYTHING})"
    for entries in session.search(where, meets, flavor.id_attributes, page_size=settings.page_size):
        yield from entries
