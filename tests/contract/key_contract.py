"""What every reader of keys must do (interfaces.KeySource), sources and verifiers alike, against the real thing.

    class TestContract(KeyContract):
        pass

with one fixture: `system`, a real system that holds two keys at least, and by which the suite's people change things
behind our back. A system that is asked over a network, with a login, takes `RemoteKeyContract` in its place.
"""

import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

import pytest
from pydantic import ValidationError
from structlog.testing import capture_logs

from offboarding.interfaces import KeySource, SourceSettings
from offboarding.interfaces.kinds import kind_module
from offboarding.model import KEY_KINDS, Fact, Gap, Key, KeyAccess, ScopeRead, Standing
from offboarding.model.errors import FatalError, OffboardingError, RetriableError

_Kind = TypeVar("_Kind", Key, KeyAccess, ScopeRead, Gap)

THUMBPRINT = re.compile(r"jkt:[A-Za-z0-9_-]{43}")
SECRET_WORDS = ("PRIVATE KEY", "BEGIN OPENSSH")
"""How private keys begin, whatever the system."""


class KeySystem(Protocol):
    """A real system with keys, and what its administrators do to it."""

    room: str
    """"sources" or "verifiers": what messages begin with."""
    kind: str
    """As the configuration has it."""
    name: str
    """What the configuration calls it."""

    @property
    def secrets(self) -> Sequence[str]:
        """What must show nowhere: passwords, tokens, secret values, private members. At least one."""
        ...

    def reader(self) -> KeySource:
        """A new reader of the same part, as a task makes it."""
        ...

    def add(self) -> str:
        """Make one more key. Returns its native id."""
        ...

    def remove(self, native_id: str) -> None:
        """Take a key away: no longer published, deleted, disabled; whatever ends it here."""
        ...

    def forbid(self) -> str:
        """Take the right to see all the keys from our reader. Returns the words by which a person finds the remedy."""
        ...

    def cut_off(self) -> None:
        """From now on an answer or a file ends in its middle."""
        ...


class RemoteKeySystem(KeySystem, Protocol):
    """One that is asked over a network."""

    def refused(self) -> KeySource:
        """A reader whose password, key or token the system refuses."""
        ...

    def unreachable(self) -> KeySource:
        """A reader of a system that nobody answers for."""
        ...


class KeyContract:
    """The suite."""

    def test_there_are_keys_each_told_once(self, system: KeySystem) -> None:
        keys = of(Key, system.reader().collect())

        assert len(keys) >= 2
        assert len({key.native_id for key in keys}) == len(keys)

    def test_one_realm_and_never_our_name_for_it(self, system: KeySystem) -> None:
        facts = list(system.reader().collect())

        (realm,) = {fact.realm for fact in facts}
        assert realm not in ("", system.name)

    def test_nothing_but_keys_access_and_how_complete_it_is(self, system: KeySystem) -> None:
        facts = list(system.reader().collect())

        assert {type(fact) for fact in facts} <= {Key, KeyAccess, ScopeRead, Gap}
        assert {key.kind for key in of(Key, facts)} <= set(KEY_KINDS)

    def test_each_key_is_covered_once_after_it_and_all_access_to_it(self, system: KeySystem) -> None:
        facts = list(system.reader().collect())

        named = {name: key for key in of(Key, facts) for name in (key.native_id, key.name)}
        assert {kind for scope in of(ScopeRead, facts) for kind in scope.kinds} <= set(KEY_KINDS)
        for at, fact in enumerate(facts):
            if isinstance(fact, Key | KeyAccess):
                key = fact if isinstance(fact, Key) else named[fact.key]
                assert [covers(scope, key) for scope in of(ScopeRead, facts[at:])].count(True) == 1
                assert [scope for scope in of(ScopeRead, facts[:at]) if covers(scope, key)] == []

    def test_a_key_says_what_people_and_rules_need(self, system: KeySystem) -> None:
        for key in of(Key, system.reader().collect()):
            assert key.native_id
            assert key.name
            assert key.label
            assert is_sentence(key.carryable_reason), key.carryable_reason
            assert key.standing_reason
            assert key.cache >= timedelta(0)

    def test_material_is_a_thumbprint_or_a_reference_to_itself(self, system: KeySystem) -> None:
        for key in of(Key, system.reader().collect()):
            assert THUMBPRINT.fullmatch(key.material) or key.material == f"ref:{key.realm}/{key.native_id}"

    def test_access_is_to_a_key_that_was_told(self, system: KeySystem) -> None:
        facts = list(system.reader().collect())

        told = {name for key in of(Key, facts) for name in (key.native_id, key.name)}
        for access in of(KeyAccess, facts):
            assert access.key in told
            assert access.principal
            assert access.action
            assert access.reason

    def test_reading_twice_says_the_very_same(self, system: KeySystem) -> None:
        reader = system.reader()
        first = sorted(map(repr, reader.collect()))

        assert sorted(map(repr, reader.collect())) == first
        assert sorted(map(repr, system.reader().collect())) == first

    def test_a_read_that_is_given_up_harms_no_later_one(self, system: KeySystem) -> None:
        reader = system.reader()
        whole = sorted(map(repr, reader.collect()))
        begun = reader.collect()
        next(begun)
        del begun

        assert sorted(map(repr, reader.collect())) == whole

    def test_times_are_in_utc(self, system: KeySystem) -> None:
        facts = list(system.reader().collect())

        moments = [value for fact in facts for value in asdict(fact).values() if isinstance(value, datetime)]
        assert {moment.utcoffset() for moment in moments} <= {timedelta(0)}

    def test_nothing_is_asked_before_the_first_fact_is_wanted(self, system: KeySystem) -> None:
        reader = system.reader()
        reader.collect()

        assert set(asdict(reader.requests).values()) == {0}

    def test_a_new_key_is_seen_and_changes_no_other(self, system: KeySystem) -> None:
        before = {key.native_id: key for key in of(Key, system.reader().collect())}

        new = system.add()

        after = {key.native_id: key for key in of(Key, system.reader().collect())}
        assert after.keys() == {*before, new}
        assert after[new].standing is Standing.WORKS
        assert {key.native_id: key.material for key in after.values() if key.native_id != new} == {
            key.native_id: key.material for key in before.values()
        }
        assert after[new].material not in {key.material for key in before.values()}

    def test_a_key_that_was_taken_away_works_no_more(self, system: KeySystem) -> None:
        before = {key.native_id: key for key in of(Key, system.reader().collect())}
        gone = next(iter(before))
        system.remove(gone)

        facts = list(system.reader().collect())

        after = {key.native_id: key for key in of(Key, facts)}
        assert [scope.error for scope in of(ScopeRead, facts) if covers(scope, before[gone])] == [""]
        assert gone not in after or after[gone].standing is Standing.DEAD
        assert before.keys() - {gone} == after.keys() - {gone}
        assert all(key.standing == before[name].standing for name, key in after.items() if name != gone)

    def test_without_the_right_nothing_is_concluded(self, system: KeySystem) -> None:
        before = of(Key, system.reader().collect())
        remedy = system.forbid()

        facts, said = read_as_far_as_it_goes(system, system.reader())

        assert f"{system.room}.{system.name}" in said
        assert remedy in said
        concludes_nothing(facts, before)

    def test_an_answer_that_is_cut_off_concludes_nothing(self, system: KeySystem) -> None:
        before = of(Key, system.reader().collect())
        system.cut_off()

        facts, said = read_as_far_as_it_goes(system, system.reader())

        assert f"{system.room}.{system.name}" in said
        concludes_nothing(facts, before)

    def test_nothing_secret_is_told(self, system: KeySystem) -> None:
        reader = system.reader()
        with silent_about(system):
            facts = list(reader.collect())

        told = repr(facts) + repr(reader) + repr(vars(reader) if hasattr(reader, "__dict__") else "")
        assert system.secrets
        assert not [secret for secret in system.secrets if secret in told]
        assert not [word for word in SECRET_WORDS if word in told]

    def test_settings_refuse_what_they_do_not_know(self, system: KeySystem) -> None:
        settings = kind_module(system.room, system.kind).Settings

        assert issubclass(settings, SourceSettings)
        assert settings.tells == "keys"
        with pytest.raises(ValidationError) as caught:
            settings.model_validate({"name": "it", "kind": "it", "connection": "it", "acounts": []})
        assert ("acounts",) in [mistake["loc"] for mistake in caught.value.errors()]


class RemoteKeyContract(KeyContract):
    """The suite, for what is asked over a network."""

    def test_it_says_how_often_it_asked(self, system: RemoteKeySystem) -> None:
        reader = system.reader()
        list(reader.collect())

        assert reader.requests.inventory > 0

    def test_a_refused_login_is_a_persons_matter(self, system: RemoteKeySystem) -> None:
        with pytest.raises(FatalError) as caught, silent_about(system):
            list(system.refused().collect())
        assert str(caught.value).startswith(f"{system.room}.{system.name}")

    def test_a_system_that_does_not_answer_is_tried_again(self, system: RemoteKeySystem) -> None:
        with pytest.raises(RetriableError) as caught, silent_about(system):
            list(system.unreachable().collect())
        assert str(caught.value).startswith(f"{system.room}.{system.name}")


@contextmanager
def silent_about(system: KeySystem) -> Generator[None]:
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


def read_as_far_as_it_goes(system: KeySystem, reader: KeySource) -> tuple[list[Fact], str]:
    """What is told, and every sentence about what couldn't be: of the error, the gaps and the scopes."""
    facts, said = list[Fact](), ""
    try:
        with silent_about(system):
            facts.extend(reader.collect())
    except OffboardingError as error:
        said = str(error)
    errors = [scope.error for scope in of(ScopeRead, facts) if scope.error]
    return facts, "\n".join([said, *errors, *(gap.text for gap in of(Gap, facts) if gap.red)])


def concludes_nothing(facts: Sequence[Fact], before: Sequence[Key]) -> None:
    """No kind of key is said to have been read whole, and no key to be dead; what of it is, each key of is told."""
    whole = [scope for scope in of(ScopeRead, facts) if scope.kinds and not scope.error]
    covered = [key.native_id for key in before if any(covers(scope, key) for scope in whole)]
    assert "" not in {scope.scope for scope in whole}
    assert set(covered) <= {key.native_id for key in of(Key, facts)}
    assert len(covered) < len(before)
    assert [key for key in of(Key, facts) if key.standing is Standing.DEAD] == []


def of(kind: type[_Kind], facts: Iterable[Fact] | Iterator[Fact]) -> list[_Kind]:
    """The facts of one kind."""
    return [fact for fact in facts if isinstance(fact, kind)]


def covers(scope: ScopeRead, key: Key) -> bool:
    """Whether it tells how far this key, and who has access to it, was read."""
    return key.kind in scope.kinds and key.name.startswith(scope.scope)


def is_sentence(text: str) -> bool:
    """Whether it begins and ends as one."""
    return bool(text) and text[0] == text[0].upper() and text.endswith(".")
