"""A first configuration of a directory, from what it shows its reader."""

import re
from collections.abc import Iterator

from offboarding.interfaces import Chooser, ConnectionFields, Proposal
from offboarding.model import counted
from offboarding.model.errors import ConfigError, FatalError, OffboardingError, RetriableError
from offboarding.sources.ldap.flavor import RIGHTS, Flavor
from offboarding.sources.ldap.flavors import choose
from offboarding.sources.ldap.lockless import sign_of_locks
from offboarding.sources.ldap.session import Session, opened
from offboarding.sources.ldap.settings import LdapSettings

_PRIVILEGED = re.compile(r"\broot\b|operators?\b|enterprise key|schema|superuser|\bdba\b|sysop", re.IGNORECASE)
"""Beside what `policy.privileged` names anyway (*admin*, wheel, sudo)."""
_GUARDED = re.compile(
    r"sign(er|ers|ing)|vault|\bhsm\b|\bkms\b|\bpki\b|secret|release-?keys?|key-?(holders?|custod)", re.IGNORECASE
)
_PAGE = 500
_MOST_GROUPS = 10_000


def propose(where: str, connection: ConnectionFields, asker: Chooser) -> Proposal:
    """Base, policy, witness, and groups by their names. A directory that can't be reached, or shows its reader too
    little, needs its base from the user.

    Raises ConfigError where something has to be said, FatalError where the certificate or the login is refused.
    """
    del where
    try:
        with opened(connection, source="init", count=lambda _: None) as session:
            try:
                return _looked_at(session, connection.conn_id, asker)
            except ConfigError:
                raise
            except FatalError as error:
                return _unseen(error, asker)
    except RetriableError as error:
        return _unseen(error, asker)


def _unseen(error: OffboardingError, asker: Chooser) -> Proposal:
    base = asker.choose("base_dn", f"{error}\nThe DN below which accounts lie", proposed=None)
    return Proposal(settings={"base_dn": base}, notes=("It couldn't be looked at: run doctor.",))


def _looked_at(session: Session, conn_id: str, asker: Chooser) -> Proposal:
    contexts = naming_contexts(session)
    proposed = contexts[0] if len(contexts) == 1 else None
    base = asker.choose("base_dn", "The DN below which accounts lie", contexts or (), proposed=proposed)
    settings = LdapSettings(name="init", kind="ldap", connection=conn_id, base_dn=base)
    flavor = choose(session, settings)
    groups = _groups(session, base, flavor)
    values: dict[str, object] = {"base_dn": base}
    visible = counted(len(groups), "group is", "groups are")
    notes = [f"The server says that it is {flavor.name}; {visible} visible below {base}."]
    if flavor.name == "openldap":
        values |= _openldap(session, base, asker, notes)
    guarded = [name for name in groups if _GUARDED.search(name)]
    if guarded:
        values["guarded_groups"] = guarded
        notes.append("guarded_groups: by their names alone; take out those that guard no key.")
    return Proposal(settings=values, notes=notes, privileged=[name for name in groups if _PRIVILEGED.search(name)])


def naming_contexts(session: Session) -> list[str]:
    """Naming contexts (RFC 4512 5.1); of Active Directory the domain alone."""
    root = session.read("", ("namingContexts", "defaultNamingContext")).entry
    if root is None:
        return []
    default = root.first("defaultNamingContext")
    return [default] if default else list(root.values("namingContexts"))


def _groups(session: Session, base: str, flavor: Flavor) -> list[str]:
    """Their names, sorted."""
    names: set[str] = set()
    try:
        for page in session.search(base, flavor.group_filter, ("cn",), page_size=_PAGE):
            names |= {entry.first("cn") for entry in page} - {""}
            if len(names) > _MOST_GROUPS:
                break
    except FatalError:
        # Groups that may not be searched are told by doctor, with the right that is missing.
        return []
    return sorted(names, key=str.lower)


def _openldap(session: Session, base: str, asker: Chooser, notes: list[str]) -> dict[str, object]:
    """That nobody can be locked; else the default policy, which only cn=config knows for certain, and the witness."""
    if not sign_of_locks(session, base):
        locks = asker.choose(
            "locks",
            "The server has no overlay ppolicy, so nobody's password can be locked: none says so; read, that it can",
            ("none", "read"),
            proposed="none",
            confirm=True,
        )
        if locks == "none":
            notes.append(
                "locks: none: the server announces no password policy, so accounts work until their entries go, or "
                f"disabled_when picks them ({RIGHTS})."
            )
            return {"locks": "none"}
    values: dict[str, object] = {}
    policies = list(_dns(session, base, "(objectClass=pwdPolicy)"))
    if policies:
        policy = asker.choose(
            "ppolicy_default",
            "Which password policy holds by default (olcPPolicyDefault); nothing where none does",
            ["", *policies],
            proposed=policies[0] if len(policies) == 1 else None,
        )
        values |= {"ppolicy_default": policy} if policy else {}
    witnesses = [dn for dn in _dns(session, base, "(pwdAccountLockedTime=000001010000Z)") if "witness" in dn.lower()]
    question = "An account locked for good, which proves that locks can be read; nothing where there is none"
    witness = asker.choose("witness", question, proposed=witnesses[0] if witnesses else "", confirm=not witnesses)
    if witness:
        values["witness"] = witness
    else:
        notes.append(f"No reference account (witness): until there is one, nobody's lock can be read ({RIGHTS}).")
    return values


def _dns(session: Session, base: str, condition: str) -> Iterator[str]:
    try:
        for page in session.search(base, condition, ("1.1",), page_size=_PAGE):
            yield from (entry.dn for entry in page)
    except OffboardingError:
        # Not to be searched by this reader: then it can't be proposed.
        return
