"""Whether credentials can be seen at all: where none of a kind is, the absence of one tells nothing."""

from collections.abc import Iterator, Mapping, Sequence

from offboarding.model import Gap, SubjectKind
from offboarding.sources.ldap.entry import Entry
from offboarding.sources.ldap.flavor import RIGHTS
from offboarding.sources.ldap.results import RefusedError
from offboarding.sources.ldap.session import Session
from offboarding.sources.ldap.settings import LdapSettings, several

Seen = Mapping[SubjectKind, bool | str]
"""Whether one could be seen of each kind, or why that couldn't be asked."""


def seen_credentials(session: Session, settings: LdapSettings) -> Seen:
    """The witness's, else anybody's. Raises as `Session.read`."""
    attributes = {kind: names for kind, (_, names) in _attributes(settings).items()}
    wanted = tuple(name for names in attributes.values() for name in names)
    witness = session.read(settings.witness, wanted).entry if settings.witness else None
    return {
        kind: (witness is not None and any(map(witness.raw, names))) or _anybody_has(session, settings, names)
        for kind, names in attributes.items()
    }


def unseen(seen: Seen, settings: LdapSettings, *, realm: str, source: str) -> Iterator[Gap]:
    """Yield what is to be said of the kinds of which none could be seen."""
    for kind, (what, names) in _attributes(settings).items():
        name, standing = " or ".join(names), seen[kind]
        if isinstance(standing, str):
            text = f"{source}: whether any {name} is visible can't be asked ({standing})"
            yield Gap(realm=realm, text=text, red=True)
        elif not standing:
            text = (
                f"{source}: no {name} is visible anywhere: either nobody has {what} here, or the reader may not see "
                f"any. Give the reference account (`witness`) one, and grant read on {name} ({RIGHTS})"
            )
            yield Gap(realm=realm, text=text, red=False)


def _attributes(settings: LdapSettings) -> Mapping[SubjectKind, tuple[str, tuple[str, ...]]]:
    """What people call it, and where it stands."""
    return {
        SubjectKind.SSH_KEY: ("an SSH key", several(settings.attributes.ssh_keys)),
        SubjectKind.CERTIFICATE: ("a certificate", (settings.attributes.certificates,)),
    }


def _anybody_has(session: Session, settings: LdapSettings, names: Sequence[str]) -> bool | str:
    """Or why that can't be asked."""
    condition = f"(|{''.join(f'({name}=*)' for name in names)})"
    try:
        first = next(session.search(settings.base_dn, condition, names, page_size=1), list[Entry]())
    except RefusedError as error:
        return str(error)
    return any(entry.raw(name) for entry in first for name in names)
