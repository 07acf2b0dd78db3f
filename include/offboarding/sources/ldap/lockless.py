"""Whether an OpenLDAP locks anybody: what it says of the overlay ppolicy to whoever may bind (slapo-ppolicy(5)).

The overlay's module brings the control and the schema along, so a server without both has no lock. With them, only
cn=config tells whether a database uses it.
"""

from offboarding.sources.ldap.flavor import RIGHTS
from offboarding.sources.ldap.results import RefusedError
from offboarding.sources.ldap.session import Session
from offboarding.sources.ldap.standing import ENDS, LOCKED, STARTS, Proof

WITHOUT_LOCKS = "openldap without locks"
"""Decides what a ticket says is to be typed there."""
_CONTROL = "1.3.6.1.4.1.42.2.27.8.5.1"
"""Password policy request (draft-behera-ldap-password-policy 6.1)."""
_CONFIG = "cn=config"


def declared_without(session: Session, base: str) -> Proof:
    """What `locks: none` is worth, by what the directory shows. Raises as `Session.read`."""
    sign = sign_of_locks(session, base)
    if not sign:
        return Proof(
            readable=True,
            reason="the entry is there, and this directory is declared to have no locks",
            told="locks: none is declared: every account here counts as working as long as its entry is there, unless "
            "disabled_when picks it",
        )
    return Proof(
        readable=None,
        reason=f"locks: none is declared, but {sign}",
        fix="The declaration isn't believed: take it off and name a reference account (`witness`); or, where no "
        f"database uses the overlay ppolicy, grant {session.reader} read on {_CONFIG}, which says so ({RIGHTS})",
    )


def sign_of_locks(session: Session, base: str) -> str:
    """What shows that an account may be locked, a clause; "" where the server can lock nobody. Raises as
    `Session.read`.
    """
    if shown := _shown(session, base):
        return shown
    root = session.read("", ("supportedControl", "subschemaSubentry")).entry
    controls = root.values("supportedControl") if root else ()
    if not root or not controls:
        return "its root entry doesn't show which controls it knows"
    if _CONTROL in controls:
        return "" if _configured(session) is False else f"it announces the control of password policies ({_CONTROL})"
    subschema = session.read(root.first("subschemaSubentry") or "cn=Subschema", ("attributeTypes",)).entry
    knows = subschema is None or any(f"'{LOCKED}'" in text for text in subschema.values("attributeTypes"))
    return f"its schema knows {LOCKED}, or can't be read" if knows and _configured(session) is not False else ""


def _shown(session: Session, base: str) -> str:
    """By any entry that bears what only the overlay heeds."""
    condition = f"(|{''.join(f'({name}=*)' for name in (LOCKED, ENDS, STARTS))})"
    try:
        found = next(session.search(base, condition, ("1.1",), page_size=1), None)
    except RefusedError as error:
        return f"whether any entry is locked can't be asked ({error})"
    return f"{found[0].dn} bears a lock" if found else ""


def _configured(session: Session) -> bool | None:
    """Whether any database uses the overlay; None where cn=config doesn't tell us."""
    condition = "(|(objectClass=olcDatabaseConfig)(objectClass=olcPPolicyConfig))"
    try:
        entries = session.whole(_CONFIG, condition, ("objectClass",))
    except RefusedError:
        return None
    classes = {name.lower() for entry in entries for name in entry.values("objectClass")}
    return "olcppolicyconfig" in classes if "olcdatabaseconfig" in classes else None
