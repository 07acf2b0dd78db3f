"""The flavor OpenLDAP: entryUUID, and what works by the ppolicy overlay."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from offboarding.model import Gap
from offboarding.sources.ldap.entry import Entry
from offboarding.sources.ldap.flavor import RIGHTS, Flavor
from offboarding.sources.ldap.lockless import WITHOUT_LOCKS, declared_without
from offboarding.sources.ldap.names import canonical
from offboarding.sources.ldap.results import RefusedError
from offboarding.sources.ldap.session import Session
from offboarding.sources.ldap.settings import LdapSettings
from offboarding.sources.ldap.standing import (
    ENDS,
    LOCKED,
    PERMANENT,
    STARTS,
    AccountStanding,
    PasswordPolicy,
    Proof,
    judge,
)
from offboarding.sources.ldap.times import is_permanent_lock
from offboarding.sources.ldap.witness import prove

IN_FORCE = "pwdPolicySubentry"
POLICY_ATTRIBUTES = ("pwdAttribute", "pwdLockout")


class OpenLdap(Flavor):
    """slapd 2.5 or newer."""

    name = "openldap"
    id_attributes = ("entryUUID",)
    lock_attributes = (LOCKED, ENDS, STARTS, IN_FORCE)
    password_set = "pwdChangedTime"
    never_empty = frozenset({"groupofnames", "groupofuniquenames"})

    def right(self, dn: str, reader: str) -> str:
        """A rule of slapd.access(5)."""
        return f'grant `to dn.subtree="{dn}" by dn.exact="{reader}" read`'

    def product(self, settings: LdapSettings) -> str:
        """It need not have locks."""
        return WITHOUT_LOCKS if settings.locks == "none" else self.name

    def judge(self, session: Session, settings: LdapSettings, as_of: datetime) -> "PolicyJudge":
        """Read the witness, or what there is in its place, and get ready to judge entries."""
        if settings.locks == "none":
            proof = declared_without(session, settings.base_dn)
        else:
            proof = prove(session, settings, (LOCKED,), lambda entry: is_permanent_lock(entry.first(LOCKED)))
        return PolicyJudge(session, default=settings.ppolicy_default, proof=proof, as_of=as_of)


@dataclass(slots=True)
class PolicyJudge:
    """Judges entries by the policy in force; reads each policy once, when the first locked entry needs it."""

    session: Session
    default: str | None
    proof: Proof
    as_of: datetime
    _policies: dict[str, PasswordPolicy] = field(default_factory=dict[str, PasswordPolicy])

    def judge(self, entry: Entry) -> AccountStanding:
        """What can be said of this entry's password login."""
        return judge(entry, policy=self._policy(entry), proof=self.proof, as_of=self.as_of)

    def gaps(self, realm: str) -> Iterator[Gap]:
        """What kept it from judging, once every entry has been judged."""
        if not self.proof.readable:
            text = f"{self.session.source}: {self.proof.reason}. {self.proof.fix or self._fix()}"
            yield Gap(realm=realm, text=text, red=True)
        elif self.proof.told:
            yield Gap(realm=realm, text=f"{self.session.source}: {self.proof.told}", red=False)
        for policy in self._policies.values():
            if policy.problem:
                yield Gap(realm=realm, text=f"{self.session.source}: {policy.problem}", red=True)

    def _fix(self) -> str:
        if self.proof.readable is None:
            return (
                "Without one nobody can tell an account that isn't locked from one whose lock we may not read: lock an "
                f"account of nobody's for good ({LOCKED} {PERMANENT}) and name its DN as `witness` ({RIGHTS}). Where "
                "the server has no overlay ppolicy, nobody can be locked: declare `locks: none`"
            )
        names = ",".join(OpenLdap.lock_attributes)
        right = f'to attrs={names} by dn.exact="{self.session.reader}" read'
        return f"Grant `{right}` ({RIGHTS}), or lock the reference account again"

    def _policy(self, entry: Entry) -> PasswordPolicy:
        dn = entry.first(IN_FORCE) or self.default or ""
        # Only a permanent lock asks for it: policies of accounts that nobody locked needn't be read.
        if not is_permanent_lock(entry.first(LOCKED)):
            return PasswordPolicy(label=dn, lockout=None)
        key = canonical(dn)
        if key not in self._policies:
            self._policies[key] = self._read_policy(dn)
        return self._policies[key]

    def _read_policy(self, dn: str) -> PasswordPolicy:
        if not dn:
            problem = (
                f"which policy holds for locked accounts without {IN_FORCE} isn't known: set `ppolicy_default` to what "
                f"cn=config says ({RIGHTS})"
            )
            return PasswordPolicy(label="", lockout=None, problem=problem)
        try:
            found = self.session.read(dn, POLICY_ATTRIBUTES).entry
        except RefusedError as error:
            return PasswordPolicy(label=dn, lockout=None, problem=f"the policy {dn} can't be read ({error})")
        # pwdPolicy must hold pwdAttribute: where it's readable, a missing pwdLockout means FALSE (slapo-ppolicy(5)).
        if found is None or not (found.first("pwdAttribute") or found.first("pwdLockout")):
            right = f'to dn.exact="{dn}" by dn.exact="{self.session.reader}" read'
            return PasswordPolicy(
                label=dn, lockout=None, problem=f"the policy {dn} can't be read: grant `{right}` ({RIGHTS})"
            )
        return PasswordPolicy(label=dn, lockout=found.first("pwdLockout").upper() == "TRUE")
