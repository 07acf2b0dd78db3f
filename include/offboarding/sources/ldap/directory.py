"""One directory in one session: the inventory, and a look at some accounts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from offboarding.interfaces import ReadContext
from offboarding.model import AccountRef, Fact, Gap, IdentityKey, ScopeRead, SubjectKind
from offboarding.model.errors import IncompleteReadError
from offboarding.sources.ldap.accounts import ALL_KINDS, Describer, Description, wanted_attributes
from offboarding.sources.ldap.declared import declared_dead
from offboarding.sources.ldap.entry import Entry
from offboarding.sources.ldap.flavor import RIGHTS, Flavor
from offboarding.sources.ldap.flavors import choose
from offboarding.sources.ldap.groups import Rolls, read_rolls
from offboarding.sources.ldap.names import canonical
from offboarding.sources.ldap.people import PeopleSearch
from offboarding.sources.ldap.results import STANDS
from offboarding.sources.ldap.revocation import CertificateJudge
from offboarding.sources.ldap.session import Session
from offboarding.sources.ldap.settings import LdapSettings
from offboarding.sources.ldap.visibility import Seen, seen_credentials, unseen


def survey(session: Session, settings: LdapSettings, context: ReadContext, judge: CertificateJudge) -> "Directory":
    """Find out which directory this is, whether locks can be read, and who is privileged. Raises as `collect`."""
    flavor = choose(session, settings)
    product = flavor.product(settings)
    session.adopt(flavor.says_of_reference, flavor.limits_fix)
    settings = flavor.settle(settings)
    realm = base_id(session, settings, flavor)
    rolls = read_rolls(session, settings, flavor, context.privileged_names)
    describer = Describer(
        source=session.source,
        realm=realm,
        settings=settings,
        flavor=flavor,
        product=product,
        reached_by=session.reached_by,
        reader_dn=canonical(session.reader),
        judge=flavor.judge(session, settings, context.as_of),
        certificate_judge=judge,
        rolls=rolls,
        context=context,
    )
    return Directory(
        session=session,
        realm=realm,
        settings=settings,
        flavor=flavor,
        describer=describer,
        rolls=rolls,
        seen=seen_credentials(session, settings),
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
    rolls: Rolls
    seen: Seen
    """Of kinds of credential. Where none could be, none may look gone."""

    @property
    def kinds(self) -> tuple[SubjectKind, ...]:
        """What a complete read of this directory covers."""
        return tuple(kind for kind in ALL_KINDS if kind is SubjectKind.ACCOUNT or self.seen[kind] is True)

    @property
    def groups(self) -> tuple[str, ...] | None:
        """Guarded groups whose memberships a complete read covers."""
        return self.rolls.dated if self.settings.guarded_groups else None

    def collect(self) -> Iterator[Fact]:
        """Yield all accounts, then what couldn't be told, then that this was all: unless the witness was out of sight,
        by whatever rule may hide others too.
        """
        count = 0
        guards: set[str] = set()
        declared = self._declared(self.settings.base_dn, self.settings.user_filter)
        for entry in self._search(self.settings.base_dn, self.settings.user_filter):
            count += 1
            description = self.describer.describe(entry, declared)
            if description.memberships:
                guards.add(canonical(entry.dn))
            yield from self._facts(description)
            yield from description.unread
        if not count:
            raise self._empty()
        yield from self.gaps()
        yield from self.rolls.strangers(guards, self.realm, self.session.source)
        yield from self._left_out()
        trouble = self._lost_sight()
        yield ScopeRead(
            realm=self.realm,
            scope="",
            kinds=self.kinds,
            groups=None if trouble else self.groups,
            error=f"{self.session.source}: accounts may be hidden, since {trouble}" if trouble else "",
        )

    def collect_for(self, keys: Sequence[IdentityKey], at_once: int) -> Iterator[Fact]:
        """Yield the accounts that bear one of these keys, each once, with its ScopeRead; then what may be hidden.

        Raises IncompleteReadError where nobody can be seen at all.
        """
        seen: set[str] = set()
        wanted = PeopleSearch(
            names=self.settings.attributes,
            number_format=self.settings.number_format,
            mail_domains=self.describer.context.mail_domains,
            by_id=self._by_id,
        )
        for people in wanted.filters(keys, at_once):
            condition = f"(&{self.settings.user_filter}{people})"
            declared = self._declared(self.settings.base_dn, condition)
            for entry in self._search(self.settings.base_dn, condition):
                native_id = self.describer.native_id(entry)
                if native_id not in seen:
                    seen.add(native_id)
                    yield from self._described(entry, declared)
        if not seen and not self._anybody():
            raise self._empty()
        if trouble := self._lost_sight():
            text = f"{self.session.source}: accounts of theirs may be hidden, since {trouble}"
            yield Gap(realm=self.realm, text=text, red=True)

    def detail(self, accounts: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield these accounts as they are, each with its ScopeRead. At most one filter's worth.

        What the base doesn't hold any more is looked for in the whole naming context (it was moved), then at its last
        known DN (it's hidden from searches). Only what is in none of these places, while base entry and witness still
        can be read, is told gone: by its ScopeRead alone.
        """
        self._require_realm(accounts)
        missing = {account.native_id.lower(): account for account in accounts}
        for base in bases(self.session, self.settings.base_dn):
            if missing:
                yield from self._found(base, missing)
        if missing:
            trouble = self._lost_sight()
            for account in missing.values():
                yield from self._last_look(account, trouble)

    def gaps(self) -> Iterator[Gap]:
        """What couldn't be told, once everything has been read."""
        yield from self.describer.gaps()
        yield from self.rolls.gaps(self.realm, self.session.source)
        for said in self.session.passed_over:
            yield Gap(realm=self.realm, text=f"{self.session.source}: {said}", red=False)
        yield from unseen(self.seen, self.settings, realm=self.realm, source=self.session.source)

    def _left_out(self) -> Iterator[ScopeRead]:
        """Yield the ids of what is there and a user_filter of the company's own leaves out, a page at a time."""
        usual = self.flavor.defaults.get("user_filter", LdapSettings.model_fields["user_filter"].default)
        if self.settings.user_filter == usual:
            return
        base, condition = self.settings.base_dn, f"(!{self.settings.user_filter})"
        wanted, size = self.flavor.id_attributes, self.settings.page_size
        for entries in self.session.search(base, condition, wanted, page_size=size):
            ids = tuple(found for entry in entries if (found := self.flavor.native_id(entry)))
            yield ScopeRead(realm=self.realm, scope="", kinds=(), left_out=ids)

    def _anybody(self) -> bool:
        pages = self.session.search(self.settings.base_dn, self.settings.user_filter, ("1.1",), page_size=1)
        return bool(next(pages, None))

    def _empty(self) -> IncompleteReadError:
        return IncompleteReadError(
            f"{self.session.source}: no account below {self.settings.base_dn} meets user_filter, and a directory "
            f"without accounts is none. {STANDS}\n"
            f"  Set base_dn and user_filter, or {self.flavor.right(self.settings.base_dn, self.session.reader)} "
            f"({RIGHTS})."
        )

    def _by_id(self, native_id: str) -> str:
        """The filter that finds an account by an id that HR or another system gives; "" where it's no id of ours."""
        try:
            return self.flavor.id_filter(native_id)
        except IncompleteReadError:
            return ""

    def _declared(self, base: str, condition: str) -> Mapping[str, str]:
        return declared_dead(self.session, self.settings, self.flavor, base, condition)

    def _facts(self, description: Description) -> Iterator[Fact]:
        yield from (description.account,) if description.account else ()
        yield from description.credentials
        yield from description.memberships
        for _, text in description.problems:
            yield Gap(realm=self.realm, text=text, red=True)

    def _search(self, base: str, condition: str) -> Iterator[Entry]:
        """Every entry but the witness: it's ours."""
        wanted = wanted_attributes(self.settings, self.flavor)
        witness = canonical(self.settings.witness or "")
        for entries in self.session.search(base, condition, wanted, page_size=self.settings.page_size):
            for entry in entries:
                if canonical(entry.dn) != witness:
                    yield entry

    def _found(self, base: str, missing: dict[str, AccountRef]) -> Iterator[Fact]:
        condition = f"(|{''.join(self.flavor.id_filter(native_id) for native_id in missing)})"
        declared = self._declared(base, condition)
        for entry in self._search(base, condition):
            if missing.pop(self.describer.native_id(entry), None):
                yield from self._described(entry, declared)

    def _described(self, entry: Entry, declared: Mapping[str, str]) -> Iterator[Fact]:
        """The account's facts, and what of it is complete."""
        description = self.describer.describe(entry, declared)
        yield from self._facts(description)
        unread = {kind for read in description.unread for kind in read.kinds}
        whole = tuple(kind for kind in self.kinds if kind not in unread)
        groups = self.groups if description.account else None
        yield ScopeRead(realm=self.realm, scope=description.native_id, kinds=whole, groups=groups)
        yield from description.unread

    def _last_look(self, account: AccountRef, trouble: str) -> Iterator[Fact]:
        wanted = wanted_attributes(self.settings, self.flavor)
        # "" is the root entry's DN.
        seen = self.session.read(account.label, wanted) if account.label else None
        entry = seen.entry if seen else None
        there = self.flavor.native_id(entry) if entry else ""
        if entry and there == account.native_id.lower():
            yield from self._described(entry, self._declared(entry.dn, self.flavor.id_filter(there)))
            return
        if (seen and seen.denied) or (entry and not there):
            trouble = "an entry stands at its last DN that the reader may not look at: grant read on it"
        yield ScopeRead(
            realm=self.realm,
            scope=account.native_id,
            kinds=ALL_KINDS,
            groups=None if trouble else self.groups,
            error=f"{self.session.source}: account {account.native_id} isn't found, but {trouble}" if trouble else "",
        )

    def _lost_sight(self) -> str:
        """Why absence proves nothing right now, "" where it does."""
        if base_id(self.session, self.settings, self.flavor) != self.realm:
            return "another directory answers now"
        witness = self.settings.witness
        if witness and not self.session.read(witness, self.flavor.id_attributes).entry:
            return f"the reference account {witness} isn't found either: grant the reader read on it ({RIGHTS})"
        return ""

    def _require_realm(self, accounts: Sequence[AccountRef]) -> None:
        strange = next((account.realm for account in accounts if account.realm != self.realm), None)
        if strange:
            raise IncompleteReadError(
                f"{self.session.source}: accounts of directory {strange} were asked for, and {self.settings.base_dn} "
                f"is {self.realm} here. {STANDS}\n  Point the connection at the directory that was read before, or "
                "make the other one a source of its own."
            )


def bases(session: Session, base_dn: str) -> Iterator[str]:
    """Where an account is looked for by its id: at and below the base, then in the naming context that holds that, as
    the root entry names it (RFC 4512 5.1), since it may have been moved.
    """
    yield base_dn
    root = session.read("", ("namingContexts",)).entry
    contexts = root.values("namingContexts") if root else ()
    yield from (dn for dn in contexts if canonical(base_dn).endswith(f",{canonical(dn)}"))


def base_id(session: Session, settings: LdapSettings, flavor: Flavor) -> str:
    """The directory's own id, its base entry's: the realm. IncompleteReadError where that shows none."""
    found = session.read(settings.base_dn, flavor.id_attributes).entry
    native_id = flavor.native_id(found) if found else ""
    if native_id:
        return native_id
    names = " or ".join(flavor.id_attributes)
    missing = f"shows no {names}" if found else "isn't there, or the reader may not see it"
    raise IncompleteReadError(
        f"{session.source}.base_dn: {settings.base_dn} {missing}. {STANDS}\n"
        f"  Set the right base_dn, or {flavor.right(settings.base_dn, session.reader)} ({RIGHTS})."
    )
