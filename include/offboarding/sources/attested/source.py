"""The source that the kind builds: the newest list of one system, read anew for each call."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from offboarding.interfaces import ReadContext
from offboarding.model import (
    Account,
    AccountKey,
    AccountRef,
    Fact,
    Gap,
    IdentityKey,
    IdentityKeyKind,
    IdentityKeyOrigin,
    RequestCounts,
    ScopeRead,
    Standing,
    SubjectKind,
    counted,
)
from offboarding.model.errors import FatalError
from offboarding.sources._bearers import borne
from offboarding.sources.attested.lists import GivenList, newest
from offboarding.sources.attested.settings import AttestedSettings

_ACCOUNT = SubjectKind.ACCOUNT
_CALLED = ("login", "mail", "account", "number")
_KINDS = {"login": IdentityKeyKind.LOGIN, "mail": IdentityKeyKind.MAIL, "number": IdentityKeyKind.NUMBER}


class AttestedSystem:
    """Who gets into one system, by somebody's word, as a `Source`."""

    def __init__(self, settings: AttestedSettings, context: ReadContext) -> None:
        self._settings = settings
        self._context = context
        self._where = f"sources.{settings.name}"
        self._realm = settings.system
        self._asked = Counter[str]()

    @property
    def requests(self) -> RequestCounts:
        """Lists so far."""
        return RequestCounts(**self._asked)

    def collect(self) -> Iterator[Fact]:
        """Yield everybody on the newest list, and one ScopeRead of the realm at the end.

        Raises RetriableError where there's no list yet, FatalError where it can't be read.
        """
        given = self._given("inventory")
        yield from self._gaps(given)
        yield from self._accounts(given)
        yield self._scope(given, "", error=self._not_whole(given))

    def collect_for(self, keys: Sequence[IdentityKey], known: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield what may be one of these people's and isn't known yet. Raises as `collect`."""
        given = self._given("inventory")
        yield ScopeRead(realm=self._realm, scope="", kinds=())
        yield from self._gaps(given)
        yield from borne(self._accounts(given), keys, known)
        if error := self._not_whole(given):
            raise FatalError(error)

    def detail(self, accounts: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield these as the newest list has them, each with a ScopeRead; one that isn't on it, by that alone.

        Raises as `collect`.
        """
        if not accounts:
            return
        given = self._given("detail")
        yield from self._gaps(given)
        there = {account.native_id: account for account in self._accounts(given)}
        for ref in accounts:
            account = there.get(ref.native_id)
            if account:
                yield account
            yield self._scope(given, ref.native_id, error="" if account else self._not_whole(given))

    def _given(self, purpose: str) -> GivenList:
        self._asked[purpose] += 1
        return newest(self._settings, self._context)

    def _scope(self, given: GivenList, scope: str, *, error: str) -> ScopeRead:
        return ScopeRead(realm=self._realm, scope=scope, kinds=(_ACCOUNT,), error=error, attested_at=given.given_at)

    def _accounts(self, given: GivenList) -> Iterator[Account]:
        """Yield each, but of whom the list says two things."""
        for native_id, said in given.people.rows.items():
            if native_id not in given.people.twice:
                yield self._account(given, native_id, said)

    def _account(self, given: GivenList, native_id: str, said: Mapping[str, str]) -> Account:
        headings = self._settings.columns.named
        return Account(
            realm=self._realm,
            native_id=native_id,
            label=next(said[name] for name in _CALLED if said.get(name)),
            login=said.get("login", ""),
            keys=tuple(
                AccountKey(
                    kind=kind, value=said[name], origin=IdentityKeyOrigin.ATTRIBUTE, name=headings.get(name, name)
                )
                for name, kind in _KINDS.items()
                if said.get(name)
            ),
            standing=Standing.UNKNOWN,
            standing_reason=f"{self._listed(given)}, and nobody can ask the system",
            attested_at=given.given_at,
            reached_by=self._settings.owner,
            has_own_login=False,
        )

    def _listed(self, given: GivenList) -> str:
        """By which list somebody gets in, and whose."""
        if given.author:
            return f"it's on the list of {given.day}, by {given.author}'s word"
        return f"it's on the list of {given.day} that {self._settings.owner} gave"

    def _not_whole(self, given: GivenList) -> str:
        """Why there may be others than are told; "" where these are all."""
        people, sentences = given.people, list[str]()
        if people.nobody:
            rows = counted(len(people.nobody), "row")
            sentences.append(f"{rows} of the list of {given.day} can't be read, such as row {people.nobody[0]}")
        if people.twice:
            who = counted(len(people.twice), "account")
            row = next(iter(people.twice.values()))
            sentences.append(f"the list of {given.day} says two things of {who}, such as in row {row}")
        if not sentences:
            return ""
        return f"{self._where}: {', and '.join(sentences)}. Nobody is gone while that is so: mend the list."

    def _gaps(self, given: GivenList) -> Iterator[Gap]:
        own = self._settings
        again = given.day + timedelta(days=own.ask_again_days)
        # Told by days alone, so that it's the same every night and stays acknowledged.
        if self._context.as_of > given.given_at + timedelta(days=own.ask_again_days):
            text = f"the list of {given.day} was to be asked for again by {again}: ask {own.owner} for a new one"
            text += f", and say it: attest-people {own.name}" if own.by_word else ""
            yield Gap(realm=self._realm, text=f"{self._where}: {text}", red=True)
        for wrong in given.wrong:
            yield Gap(realm=self._realm, text=f"{self._where}: {wrong}", red=True)
        text = f"attested by {own.owner}, and never checked: whether whoever is on the list gets in, and who else does"
        yield Gap(realm=self._realm, text=f"{self._where}: {text}", red=False)
