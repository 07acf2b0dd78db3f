"""One directory in one session: the inventory, and a look at some accounts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ldap3.utils.conv import escape_filter_chars

from include.offboarding.errors import IncompleteReadError
from include.offboarding.interfaces import ReadContext
from include.offboarding.model import AccountRef, Fact, Gap, ScopeRead, SubjectKind
from include.offboarding.sources._ldap.accounts import Describer, wanted_attributes
from include.offboarding.sources._ldap.entry import Entry
from include.offboarding.sources._ldap.flavors import Flavor, choose
from include.offboarding.sources._ldap.groups import Privileges, read_privileges
from include.offboarding.sources._ldap.names import canonical
from include.offboarding.sources._ldap.results import STANDS
from include.offboarding.sources._ldap.session import Session
from include.offboarding.sources._ldap.settings import LdapSettings

BOTH_KINDS = (SubjectKind.ACCOUNT, SubjectKind.SSH_KEY)


def survey(session: Session, settings: LdapSettings, context: ReadContext) -> "Directory":
    """Find out which directory this is, whether locks can be read, and who is privileged. Raises as `collect`."""
    flavor = choose(session, settings)
    realm = _base_id(session, settings, flavor)
    groups_dn = settings.groups_dn or settings.base_dn
    privileges = read_privileges(session, groups_dn, context.privileged_names, page_size=settings.page_size)
    judge = flavor.judge(session, settings, context.as_of)
    describer = Describer(
        source=session.source,
        realm=realm,
        settings=settings,
        flavor=flavor,
        judge=judge,
        privileges=privileges,
        context=context,
    )
    return Directory(
        session=session,
        realm=realm,
        settings=settings,
        flavor=flavor,
        describer=describer,
        privileges=privileges,
        keys_readable=_keys_readable(session, settings),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """A directory that has been surveyed."""

    session: Session
    realm: str
    """The base entry's own id."""
    settings: LdapSettings
    flavor: Flavor
    describer: Describer
    privileges: Privileges
    keys_readable: bool
    """At least one SSH key could be seen; else their absence tells nothing, and no key may look gone."""

    @property
    def kinds(self) -> tuple[SubjectKind, ...]:
        """What a complete read of this directory covers."""
        return BOTH_KINDS if self.keys_readable else (SubjectKind.ACCOUNT,)

    def collect(self) -> Iterator[Fact]:
        """Yield all accounts, then what couldn't be told, then that this was all: unless the witness was out of sight,
        by whatever rule may hide others too.
        """
        count = 0
        for entry in self._search(self.settings.base_dn, self.settings.user_filter):
            count += 1
            yield from self.describer.facts(entry)
        if not count:
            raise IncompleteReadError(
                f"{self.session.source}: no account below {self.settings.base_dn} meets user_filter, and a directory "
                f"without accounts is none. {STANDS}\n"
                f'  Set base_dn and user_filter, or grant `by dn.exact="{self.session.reader}" read` on the accounts '
                "(docs/permissions/ldap.md)."
            )
        yield from self.gaps()
        trouble = self._lost_sight()
        yield ScopeRead(
            realm=self.realm,
            scope="",
            kinds=self.kinds,
            error=f"{self.session.source}: accounts may be hidden, since {trouble}" if trouble else "",
        )

    def detail(self, accounts: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield these accounts as they are, each with its ScopeRead. At most one filter's worth.

        What the base doesn't hold any more is looked for in the whole naming context (it was moved), then at its last
        known DN (it's hidden from searches). Only what is in none of these places, while base entry and witness still
        can be read, is told gone: by its ScopeRead alone.
        """
        self._require_realm(accounts)
        missing = {account.native_id.lower(): account for account in accounts}
        for base in dict.fromkeys((self.settings.base_dn, *self._context_above())):
            if missing:
                yield from self._found(base, missing)
        if missing:
            trouble = self._lost_sight()
            for account in missing.values():
                yield from self._last_look(account, trouble)

    def gaps(self) -> Iterator[Gap]:
        """What couldn't be told, once everything has been read."""
        yield from self.describer.judge.gaps(self.realm)
        yield from self.privileges.gaps(self.realm, self.session.source)
        if not self.keys_readable:
            name = self.settings.attributes.ssh_keys
            text = (
                f"{self.session.source}: no {name} is visible anywhere: either nobody has an SSH key here, or the "
                f"reader may not see them. Give the witness one, and grant read on {name} (docs/permissions/ldap.md)"
            )
            yield Gap(realm=self.realm, text=text, red=False)

    def _search(self, base: str, condition: str) -> Iterator[Entry]:
        """Every entry but the witness: it's ours."""
        wanted = wanted_attributes(self.settings, self.flavor)
        witness = canonical(self.settings.witness or "")
        for entries in self.session.search(base, condition, wanted, page_size=self.settings.page_size):
            for entry in entries:
                if canonical(entry.dn) != witness:
                    yield entry

    def _found(self, base: str, missing: dict[str, AccountRef]) -> Iterator[Fact]:
        condition = "".join(self.flavor.id_filter(escape_filter_chars(native_id)) for native_id in missing)
        for entry in self._search(base, f"(|{condition})"):
            if missing.pop(self.describer.native_id(entry), None):
                yield from self._described(entry)

    def _described(self, entry: Entry) -> Iterator[Fact]:
        """The account's facts, and what of it is complete. Beside a key that we can't read, none may look gone."""
        native_id = self.describer.native_id(entry)
        unread = ""
        for fact in self.describer.facts(entry):
            yield fact
            unread = fact.text if isinstance(fact, Gap) else unread
        if unread:
            yield ScopeRead(realm=self.realm, scope=native_id, kinds=(SubjectKind.ACCOUNT,))
            yield ScopeRead(realm=self.realm, scope=native_id, kinds=(SubjectKind.SSH_KEY,), error=unread)
        else:
            yield ScopeRead(realm=self.realm, scope=native_id, kinds=self.kinds)

    def _context_above(self) -> tuple[str, ...]:
        """The naming context that holds the base, asked of the root entry (RFC 4512 5.1)."""
        root = self.session.read("", ("namingContexts",)).entry
        base = canonical(self.settings.base_dn)
        contexts = root.values("namingContexts") if root else ()
        return tuple(dn for dn in contexts if base.endswith(f",{canonical(dn)}"))

    def _last_look(self, account: AccountRef, trouble: str) -> Iterator[Fact]:
        wanted = wanted_attributes(self.settings, self.flavor)
        # "" is the root entry's DN.
        seen = self.session.read(account.label, wanted) if account.label else None
        entry = seen.entry if seen else None
        there = entry.first(self.flavor.id_attribute).lower() if entry else ""
        if entry and there == account.native_id.lower():
            yield from self._described(entry)
            return
        if (seen and seen.denied) or (entry and not there):
            trouble = "an entry stands at its last DN that the reader may not look at: grant read on it"
        yield ScopeRead(
            realm=self.realm,
            scope=account.native_id,
            kinds=BOTH_KINDS,
            error=f"{self.session.source}: account {account.native_id} isn't found, but {trouble}" if trouble else "",
        )

    def _lost_sight(self) -> str:
        """Why absence proves nothing right now, "" where it does."""
        if _base_id(self.session, self.settings, self.flavor) != self.realm:
            return "another directory answers now"
        witness = self.settings.witness
        if witness and not self.session.read(witness, (self.flavor.id_attribute,)).entry:
            return f"the witness {witness} isn't found either: grant the reader read on it (docs/permissions/ldap.md)"
        return ""

    def _require_realm(self, accounts: Sequence[AccountRef]) -> None:
        strange = next((account.realm for account in accounts if account.realm != self.realm), None)
        if strange:
            raise IncompleteReadError(
                f"{self.session.source}: accounts of directory {strange} were asked for, and {self.settings.base_dn} "
                f"is {self.realm} here. {STANDS}\n  Point the connection at the directory that was read before, or "
                "make the other one a source of its own."
            )


def _base_id(session: Session, settings: LdapSettings, flavor: Flavor) -> str:
    found = session.read(settings.base_dn, (flavor.id_attribute,)).entry
    native_id = found.first(flavor.id_attribute).lower() if found else ""
    if native_id:
        return native_id
    missing = f"shows no {flavor.id_attribute}" if found else "isn't there, or the reader may not see it"
    raise IncompleteReadError(
        f"{session.source}.base_dn: {settings.base_dn} {missing}. {STANDS}\n"
        f'  Set the right base_dn, or grant `to dn.subtree="{settings.base_dn}" by dn.exact="{session.reader}" read` '
        "(docs/permissions/ldap.md)."
    )


def _keys_readable(session: Session, settings: LdapSettings) -> bool:
    """Whether any SSH key can be seen: the witness's, else anybody's."""
    name = settings.attributes.ssh_keys
    if settings.witness:
        witness = session.read(settings.witness, (name,)).entry
        if witness and witness.raw(name):
            return True
    for entries in session.search(settings.base_dn, f"({name}=*)", (name,), page_size=1):
        if any(entry.raw(name) for entry in entries):
            return True
        break
    return False
