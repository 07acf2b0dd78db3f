"""What every source must do (interfaces.Source), against the real thing.

    class TestContract(SourceContract):
        pass

with one fixture: `system`, a real system in which alice, bob and carl have an account each, alice with one working
credential at least of each kind that the system has, and by which the suite's people change things behind our back.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

import pytest
from pydantic import ValidationError
from structlog.testing import capture_logs

from offboarding.interfaces import Source, SourceSettings, kinds
from offboarding.model import (
    CREDENTIAL_KINDS,
    Account,
    AccountRef,
    Credential,
    Fact,
    Gap,
    IdentityKey,
    IdentityKeyKind,
    ScopeRead,
    Standing,
    SubjectKind,
)
from offboarding.model.errors import FatalError, OffboardingError, RetriableError

PEOPLE = ("alice", "bob", "carl")
MANY = 20
"""More accounts, so many that a request for each would show."""

SOUGHT_KINDS = (IdentityKeyKind.LOGIN, IdentityKeyKind.MAIL, IdentityKeyKind.NUMBER, IdentityKeyKind.DIRECTORY_ID)

_Kind = TypeVar("_Kind", Account, Credential, ScopeRead, Gap)


class System(Protocol):
    """A real system, and what its administrators do to it."""

    name: str
    """What the configuration calls the source."""

    @property
    def secrets(self) -> Sequence[str]:
        """What must show nowhere: the reader's password, the people's."""
        ...

    def source(self) -> Source:
        """A new reader, as a task makes it."""
        ...

    def refused(self) -> Source:
        """A reader whose password or key the system refuses."""
        ...

    def unreachable(self) -> Source:
        """A reader of a system that nobody answers for."""
        ...

    def add(self, *logins: str) -> None:
        """Make accounts, each with a credential of each kind."""
        ...

    def remove(self, login: str) -> None:
        """Delete an account."""
        ...

    def rename(self, login: str, new: str) -> None:
        """Give an account another login and label; the system's own id stays."""
        ...

    def switch_off(self, login: str) -> None:
        """Take every way in from an account that the system can take."""
        ...

    def forbid_inventory(self) -> str:
        """Take the right to see who there is from our reader. Returns the words by which a person finds the remedy."""
        ...

    def forbid_detail(self, login: str) -> str:
        """Take a right that a look at this account needs. Returns the words by which a person finds the remedy."""
        ...


class SourceContract:
    """The suite."""

    def test_the_inventory_names_everyone_once(self, system: System) -> None:
        accounts = of(Account, system.source().collect())

        assert set(PEOPLE) <= {account.login for account in accounts}
        assert len({account.native_id for account in accounts}) == len(accounts)
        assert len({account.label for account in accounts}) == len(accounts)

    def test_one_realm_and_never_our_name_for_it(self, system: System) -> None:
        facts = list(system.source().collect())
        facts += system.source().detail(refs(facts))

        (realm,) = {fact.realm for fact in facts}
        assert realm not in ("", system.name)

    def test_each_kind_is_covered_once_after_all_of_it(self, system: System) -> None:
        facts = list(system.source().collect())

        covered = [kind for scope in of(ScopeRead, facts) if not scope.scope for kind in scope.kinds]
        assert SubjectKind.ACCOUNT in covered
        assert len(set(covered)) == len(covered)
        for at, fact in enumerate(facts):
            if isinstance(fact, ScopeRead):
                assert not {kind_of(later) for later in facts[at:]} & set(fact.kinds)

    def test_credentials_of_the_inventory_are_covered_and_somebodys(self, system: System) -> None:
        facts = list(system.source().collect())

        told = of(Credential, facts)
        covered = {kind for scope in of(ScopeRead, facts) for kind in scope.kinds}
        assert {credential.kind for credential in told} <= covered & set(CREDENTIAL_KINDS)
        assert {each.account_native_id for each in told} <= {each.native_id for each in of(Account, facts)}

    def test_reading_twice_says_the_very_same(self, system: System) -> None:
        reader = system.source()
        first = sorted(map(repr, reader.collect()))

        assert sorted(map(repr, reader.collect())) == first
        assert sorted(map(repr, system.source().collect())) == first

    def test_a_read_that_is_given_up_harms_no_later_one(self, system: System) -> None:
        reader = system.source()
        whole = sorted(map(repr, reader.collect()))
        begun = reader.collect()
        next(begun)
        del begun

        assert sorted(map(repr, reader.collect())) == whole

    def test_an_account_says_what_people_and_correlation_need(self, system: System) -> None:
        facts = list(system.source().collect())

        for account in of(Account, facts):
            assert account.label
            assert account.standing_reason
            logins = {key.value for key in account.keys if key.kind is IdentityKeyKind.LOGIN}
            assert not account.login or account.login in logins

    def test_times_are_in_utc(self, system: System) -> None:
        facts = list(system.source().collect())
        facts += system.source().detail(refs(facts))

        moments = [value for fact in facts for value in asdict(fact).values() if isinstance(value, datetime)]
        assert moments
        assert {moment.utcoffset() for moment in moments} == {timedelta(0)}

    def test_a_second_look_tells_of_those_it_was_asked_about(self, system: System) -> None:
        known = refs(system.source().collect(), "alice", "carl")

        facts = list(system.source().detail(known))

        ids = {ref.native_id for ref in known}
        assert {about(fact) for fact in facts if not isinstance(fact, Gap)} == ids
        assert {scope.scope for scope in of(ScopeRead, facts) if not scope.error} == ids

    def test_a_second_look_finds_every_credential_that_works(self, system: System) -> None:
        facts = list(system.source().detail(refs(system.source().collect(), "alice")))

        told = of(Credential, facts)
        assert told
        assert len({(each.kind, each.native_id) for each in told}) == len(told)
        for credential in told:
            assert credential.standing is Standing.WORKS
            assert credential.label
            assert credential.standing_reason

    def test_an_accounts_facts_come_before_what_covers_them(self, system: System) -> None:
        facts = list(system.source().detail(refs(system.source().collect(), *PEOPLE)))

        for at, fact in enumerate(facts):
            if isinstance(fact, ScopeRead):
                later = {kind_of(each) for each in facts[at:] if about(each) == fact.scope}
                assert not later & set(fact.kinds)

    def test_a_second_look_never_covers_what_it_did_not_read(self, system: System) -> None:
        facts = list(system.source().detail(refs(system.source().collect(), *PEOPLE)))

        told = {account.native_id for account in of(Account, facts)}
        covered = {scope.scope for scope in of(ScopeRead, facts) if SubjectKind.ACCOUNT in scope.kinds}
        assert covered == told, "an account that is covered and not told of is gone"

    def test_a_second_look_says_of_an_account_what_the_inventory_said(self, system: System) -> None:
        inventory = list(system.source().collect())
        facts = list(system.source().detail(refs(inventory)))

        assert set(map(repr, of(Account, facts))) <= set(map(repr, of(Account, inventory)))
        said_before = {(each.kind, each.native_id) for each in of(Credential, inventory)}
        assert said_before <= {(each.kind, each.native_id) for each in of(Credential, facts)}

    def test_a_second_look_twice_says_the_very_same(self, system: System) -> None:
        known = refs(system.source().collect())

        first, second = (sorted(map(repr, system.source().detail(known))) for _ in range(2))
        assert first == second

    def test_nobody_to_look_at_costs_nothing(self, system: System) -> None:
        reader = system.source()

        assert list(reader.detail([])) == []
        assert set(asdict(reader.requests).values()) == {0}

    def test_a_deleted_account_is_shown_gone_by_its_scope_alone(self, system: System) -> None:
        known = refs(system.source().collect(), "alice", "bob")
        gone = known[0].native_id
        system.remove("alice")

        facts = list(system.source().detail(known))

        (scope,) = [fact for fact in facts if about(fact) == gone]
        assert isinstance(scope, ScopeRead)
        assert not scope.error
        assert SubjectKind.ACCOUNT in scope.kinds
        assert gone not in {account.native_id for account in of(Account, system.source().collect())}

    def test_another_account_of_the_same_login_is_somebody_else(self, system: System) -> None:
        known = refs(system.source().collect(), "alice")
        system.remove("alice")
        system.add("alice")

        facts = list(system.source().detail(known))

        assert of(Account, facts) == []
        assert of(Credential, facts) == []
        (new,) = refs(system.source().collect(), "alice")
        assert new.native_id != known[0].native_id

    def test_a_renamed_account_keeps_its_id(self, system: System) -> None:
        (before,) = refs(system.source().collect(), "alice")
        held = of(Credential, system.source().detail([before]))
        system.rename("alice", "akim")

        (after,) = refs(system.source().collect(), "akim")
        facts = list(system.source().detail([before]))

        assert (after.realm, after.native_id) == (before.realm, before.native_id)
        assert after.label != before.label
        assert {each.native_id for each in of(Credential, facts)} == {each.native_id for each in held}

    def test_what_was_switched_off_works_no_more(self, system: System) -> None:
        known = refs(system.source().collect(), "alice", "bob")
        system.switch_off("alice")

        inventory = {account.login: account for account in of(Account, system.source().collect())}
        facts = list(system.source().detail(known))

        assert inventory["alice"].standing is Standing.DEAD
        assert inventory["bob"].standing is Standing.WORKS
        for fact in (*of(Account, facts), *of(Credential, facts)):
            works = about(fact) == known[1].native_id
            assert fact.standing is (Standing.WORKS if works else Standing.DEAD)

    def test_more_accounts_are_no_more_requests(self, system: System) -> None:
        few = requests_for(system, lambda reader: reader.collect())
        system.add(*(f"more{number:02}" for number in range(MANY)))
        many = requests_for(system, lambda reader: reader.collect())

        assert many.inventory == few.inventory > 0
        assert many.detail == few.detail == 0

    def test_a_second_look_pays_for_those_it_looks_at(self, system: System) -> None:
        system.add(*(f"more{number:02}" for number in range(MANY)))
        known = refs(system.source().collect(), "alice")

        asked = requests_for(system, lambda reader: reader.detail(known))

        assert 0 < asked.detail < MANY
        assert asked.inventory == 0

    def test_some_people_alone_are_told_each_with_its_own_scope(self, system: System) -> None:
        facts = list(system.source().collect_for(sought("alice", "carl"), []))

        everyone = refs(system.source().collect(), "alice", "carl")
        assert {account.login for account in of(Account, facts)} == {"alice", "carl"}
        assert {scope.scope for scope in of(ScopeRead, facts) if scope.kinds} == {ref.native_id for ref in everyone}
        for account in of(Account, facts):
            after = [fact for fact in facts[facts.index(account) + 1 :] if about(fact) == account.native_id]
            scopes = of(ScopeRead, after)
            assert any(SubjectKind.ACCOUNT in scope.kinds and not scope.error for scope in scopes)
            assert facts.count(account) == 1

    def test_some_people_alone_never_stand_for_the_whole(self, system: System) -> None:
        for keys in (sought("alice"), sought("nobody"), []):
            facts = list(system.source().collect_for(keys, []))

            assert [scope.kinds for scope in of(ScopeRead, facts) if not scope.scope] == [()]
            assert {scope.realm for scope in of(ScopeRead, facts)} == {refs(system.source().collect())[0].realm}

    def test_whoever_nobody_knows_is_no_error(self, system: System) -> None:
        facts = list(system.source().collect_for(sought("nobody", "no one else"), []))

        assert of(Account, facts) == of(Credential, facts) == []
        assert not [scope for scope in of(ScopeRead, facts) if scope.error]

    @pytest.mark.parametrize(
        "typed", ("*", "al*", "*)(uid=*", "alice)(|(uid=*", "\\2a", "(", ")", "\0", "alice\0", "%", "_")
    )
    def test_what_is_typed_is_no_pattern(self, system: System, typed: str) -> None:
        keys = [replace(key, raw=typed, value=typed, kind=kind) for key in sought("x") for kind in SOUGHT_KINDS]

        assert of(Account, system.source().collect_for(keys, [])) == []

    def test_some_people_are_found_in_whatever_case(self, system: System) -> None:
        facts = system.source().collect_for([replace(key, raw="Alice") for key in sought("alice")], [])

        assert [account.login for account in of(Account, facts)] == ["alice"]

    def test_who_is_known_already_is_told_as_a_whole_read_tells_or_not_at_all(self, system: System) -> None:
        inventory = list(system.source().collect())

        facts = list(system.source().collect_for(sought("alice"), refs(inventory, "alice")))

        assert set(map(repr, of(Account, facts))) <= set(map(repr, of(Account, inventory)))

    def test_more_accounts_are_no_more_requests_for_some_people(self, system: System) -> None:
        few = requests_for(system, lambda reader: reader.collect_for(sought("alice"), []))
        system.add(*(f"more{number:02}" for number in range(MANY)))
        many = requests_for(system, lambda reader: reader.collect_for(sought("alice"), []))

        assert many == few
        assert few.detail == 0
        assert few.inventory <= requests_for(system, lambda reader: reader.collect()).inventory + 1

    def test_without_the_right_to_see_who_there_is_nobody_is_said_to_have_nothing(self, system: System) -> None:
        remedy = system.forbid_inventory()
        said, facts = "", list[Fact]()

        with silent_about(system):
            try:
                facts.extend(system.source().collect_for(sought("alice"), []))
            except FatalError as error:
                said = str(error)

        said += "".join(gap.text for gap in of(Gap, facts) if gap.red)
        assert of(Account, facts) == []
        assert remedy in said

    def test_without_the_right_to_see_who_there_is_nothing_is_concluded(self, system: System) -> None:
        remedy = system.forbid_inventory()
        facts: list[Fact] = []
        said = ""

        with silent_about(system):
            try:
                facts.extend(system.source().collect())
            except FatalError as error:
                said = str(error)

        said += "".join(scope.error for scope in of(ScopeRead, facts))
        assert f"sources.{system.name}" in said
        assert remedy in said
        assert not [scope for scope in of(ScopeRead, facts) if not scope.error]

    def test_what_may_not_be_looked_at_is_not_checked_and_says_which_right_is_missing(self, system: System) -> None:
        known = refs(system.source().collect(), "alice")
        remedy = system.forbid_detail("alice")

        facts = list(system.source().detail(known))

        refused = [scope for scope in of(ScopeRead, facts) if scope.error]
        assert refused
        assert {scope.scope for scope in refused} == {known[0].native_id}
        for scope in refused:
            assert f"sources.{system.name}" in scope.error
            assert remedy in scope.error
            assert not {kind_of(fact) for fact in facts} & set(scope.kinds)
        read = {kind for scope in of(ScopeRead, facts) if not scope.error for kind in scope.kinds}
        assert not read & {kind for scope in refused for kind in scope.kinds}

    def test_a_refused_login_is_a_persons_matter(self, system: System) -> None:
        known = refs(system.source().collect(), "alice")

        for read in (
            lambda: system.refused().collect(),
            lambda: system.refused().collect_for(sought("alice"), known),
            lambda: system.refused().detail(known),
        ):
            with pytest.raises(FatalError) as caught, silent_about(system):
                list(read())
            assert str(caught.value).startswith(f"sources.{system.name}")

    def test_a_system_that_does_not_answer_is_tried_again(self, system: System) -> None:
        known = refs(system.source().collect(), "alice")

        for read in (
            lambda: system.unreachable().collect(),
            lambda: system.unreachable().collect_for(sought("alice"), known),
            lambda: system.unreachable().detail(known),
        ):
            with pytest.raises(RetriableError) as caught, silent_about(system):
                list(read())
            assert str(caught.value).startswith(f"sources.{system.name}")

    def test_nothing_secret_is_told_and_nobody_is_named_in_logs(self, system: System) -> None:
        reader = system.source()
        with silent_about(system), capture_logs() as logs:
            inventory = list(reader.collect())
            facts = [*inventory, *reader.detail(refs(inventory))]
            facts += system.source().collect_for(sought(*PEOPLE), [])

        told = repr(facts) + repr(reader)
        assert not [secret for secret in system.secrets if secret in told]
        named = {text for account in of(Account, inventory) for text in (account.login, account.label) if text}
        assert not [name for name in named if any(name in str(value) for log in logs for value in log.values())]

    def test_settings_refuse_what_they_do_not_know(self, system: System) -> None:
        settings = settings_of(system.source())

        assert issubclass(settings, SourceSettings)
        with pytest.raises(ValidationError) as caught:
            settings.model_validate({"name": "it", "kind": "it", "connection": "it", "acounts": []})
        assert ("acounts",) in [mistake["loc"] for mistake in caught.value.errors()]


@contextmanager
def silent_about(system: System) -> Generator[None]:
    """Within, neither a log nor an error of ours holds a secret."""
    with capture_logs() as logs:
        try:
            yield
        except OffboardingError as error:
            chain = repr(error) + repr(error.__cause__)
            assert not [secret for secret in system.secrets if secret in chain]
            raise
        finally:
            assert not [secret for secret in system.secrets if secret in repr(logs)]


def of(kind: type[_Kind], facts: Sequence[Fact] | Iterator[Fact]) -> list[_Kind]:
    """The facts of one kind."""
    return [fact for fact in facts if isinstance(fact, kind)]


def error_of(facts: Sequence[Fact]) -> str:
    """Why a read says that it didn't see all of it; "" where it did."""
    (scope,) = (scope for scope in of(ScopeRead, facts) if not scope.scope)
    return scope.error


def wrong(looked: Sequence[Fact]) -> set[str]:
    """What scopes say went wrong."""
    return {scope.error for scope in of(ScopeRead, looked) if scope.error}


def refs(facts: Sequence[Fact] | Iterator[Fact], *logins: str) -> list[AccountRef]:
    """What the store would ask about again: these logins in their order, else everyone."""
    found = {
        account.login: AccountRef(
            realm=account.realm, native_id=account.native_id, label=account.label, login=account.login
        )
        for account in of(Account, facts)
    }
    return [found[login] for login in logins] if logins else list(found.values())


def detail(source: Source, facts: Sequence[Fact] | Iterator[Fact], *logins: str) -> list[Fact]:
    """A second look at these logins of an inventory, else at everyone."""
    return list(source.detail(refs(facts, *logins)))


def sought(*logins: str) -> list[IdentityKey]:
    """What HR knows these people by: the login alone."""
    return [
        IdentityKey(
            kind=IdentityKeyKind.LOGIN,
            value=login,
            loose="",
            space="",
            origin="current",
            name=IdentityKeyKind.LOGIN.value,
            raw=login,
        )
        for login in logins
    ]


def about(fact: Fact) -> str | None:
    """The native id of the account that a fact is about; None for what is said of the whole."""
    if isinstance(fact, Account):
        return fact.native_id
    if isinstance(fact, Credential):
        return fact.account_native_id
    return fact.scope if isinstance(fact, ScopeRead) else None


def kind_of(fact: Fact) -> SubjectKind | None:
    """The kind that a ScopeRead would cover."""
    if isinstance(fact, Account):
        return SubjectKind.ACCOUNT
    return fact.kind if isinstance(fact, Credential) else None


def requests_for(system: System, read: Callable[[Source], Iterator[Fact]]):
    """What a new reader has asked at the end of a read."""
    reader = system.source()
    list(read(reader))
    return reader.requests


def settings_of(source: Source) -> type[SourceSettings]:
    """Those of its kind."""
    packages = (kinds.kind_module("sources", kind) for kind in kinds.kinds("sources"))
    own = [each for each in packages if f"{type(source).__module__}.".startswith(f"{each.__name__}.")]
    return max(own, key=lambda each: len(each.__name__)).Settings


class LoginsAlone:
    """Before SourceContract: accounts that hold no credentials, and let people in by themselves."""

    def test_a_second_look_finds_every_credential_that_works(self, system: System) -> None:
        """There is nothing but the login itself."""
        known = refs(system.source().collect(), "alice")

        facts = list(system.source().detail(known))

        assert of(Credential, facts) == []
        assert [account.has_own_login for account in of(Account, facts)] == [True]


class ListsAlone:
    """Before SourceContract: lists that a person gave, which show nobody in and nobody out."""

    def test_a_second_look_finds_every_credential_that_works(self, system: System) -> None:
        """Nobody tells of any."""
        facts = list(system.source().detail(refs(system.source().collect(), "alice")))

        assert of(Credential, facts) == []
        (account,) = of(Account, facts)
        assert account.attested_at is not None
        assert not account.has_own_login

    def test_what_was_switched_off_works_no_more(self, system: System) -> None:
        """Nor is anything said to work: of whoever is on it nothing is known, and of whoever isn't, either."""
        system.switch_off("alice")

        facts = list(system.source().collect())

        assert {account.login for account in of(Account, facts)} == {"bob", "carl"}
        assert {account.standing for account in of(Account, facts)} == {Standing.UNKNOWN}
        assert all(scope.attested_at for scope in of(ScopeRead, facts))
