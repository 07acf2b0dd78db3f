"""What every audit trail must do (interfaces.Trail), against the real thing.

    class TestContract(TrailContract):
        pass

with one fixture: `system`, a real trail in which two people have read a secret each, and by which the suite's people do
more.
"""

from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

import pytest
from pydantic import ValidationError
from structlog.testing import capture_logs

from offboarding.interfaces import SourceSettings, Trail
from offboarding.interfaces.kinds import kind_module
from offboarding.model import ActionKind, AuditEvent, Fact, Gap, ScopeRead
from offboarding.model.errors import FatalError, OffboardingError, RetriableError

_Kind = TypeVar("_Kind", AuditEvent, ScopeRead, Gap)

LONG = timedelta(days=20)


class TrailSystem(Protocol):
    """A real trail, and what its people do."""

    kind: str
    name: str
    """What the configuration calls the source."""
    now: datetime
    """The system's own clock."""

    @property
    def secrets(self) -> Sequence[str]:
        """What must show nowhere: the reader's password, what requests and answers held. At least one."""
        ...

    def trail(self) -> Trail:
        """A new reader, as a task makes it."""
        ...

    def read_a_secret(self, at: datetime) -> str:
        """Have somebody read a secret's value. Returns the event's id."""
        ...

    def try_in_vain(self, at: datetime) -> str:
        """Have somebody try to read a secret's value, and be refused. Returns the event's id."""
        ...

    def forbid(self) -> str:
        """Take the right to read the trail. Returns the words by which a person finds the remedy."""
        ...

    def cut_off(self) -> None:
        """From now on an answer or a file ends in its middle."""
        ...

    def refused(self) -> Trail:
        """A reader whose password or key the system refuses."""
        ...

    def unreachable(self) -> Trail:
        """A reader of a system that nobody answers for."""
        ...


class TrailContract:
    """The suite."""

    def test_there_are_events_each_told_once(self, system: TrailSystem) -> None:
        events = of(AuditEvent, system.trail().events(None))

        assert len(events) >= 2
        assert len({(event.event_id, event.object) for event in events}) == len(events)

    def test_one_realm_and_never_our_name_for_it(self, system: TrailSystem) -> None:
        (realm,) = {fact.realm for fact in system.trail().events(None)}

        assert realm not in ("", system.name)

    def test_nothing_but_events_and_how_complete_it_is(self, system: TrailSystem) -> None:
        facts = list(system.trail().events(None))

        assert {type(fact) for fact in facts} <= {AuditEvent, ScopeRead, Gap}
        (scope,) = of(ScopeRead, facts)
        assert (scope.scope, scope.kinds, scope.error) == ("", (), "")
        assert of(AuditEvent, facts[facts.index(scope) :]) == []

    def test_an_event_says_who_did_what_to_what(self, system: TrailSystem) -> None:
        for event in of(AuditEvent, system.trail().events(None)):
            assert event.event_id
            assert event.action.count(":") == 1
            assert event.object
            assert event.object_realm
            assert event.actor_label
            assert event.actor or event.actor_keys
            assert event.at.utcoffset() == timedelta(0)

    def test_reading_twice_says_the_very_same(self, system: TrailSystem) -> None:
        trail = system.trail()
        first = sorted(map(repr, trail.events(None)))

        assert sorted(map(repr, trail.events(None))) == first
        assert sorted(map(repr, system.trail().events(None))) == first

    def test_a_read_that_is_given_up_harms_no_later_one(self, system: TrailSystem) -> None:
        trail = system.trail()
        whole = sorted(map(repr, trail.events(None)))
        begun = trail.events(None)
        next(begun)
        del begun

        assert sorted(map(repr, trail.events(None))) == whole

    def test_a_later_read_tells_what_is_new_and_leaves_out_what_is_old(self, system: TrailSystem) -> None:
        old = system.read_a_secret(system.now - LONG)
        new = system.read_a_secret(system.now - timedelta(hours=1))

        told = {event.event_id for event in of(AuditEvent, system.trail().events(system.now - timedelta(days=1)))}

        assert new in told
        assert old not in told
        assert old in {event.event_id for event in of(AuditEvent, system.trail().events(None))}

    def test_what_was_delivered_late_is_not_missed(self, system: TrailSystem) -> None:
        since = system.now - timedelta(days=1)
        late = system.read_a_secret(since - timedelta(minutes=10))

        assert late in {event.event_id for event in of(AuditEvent, system.trail().events(since))}

    def test_what_was_refused_is_told_as_failed(self, system: TrailSystem) -> None:
        done = system.read_a_secret(system.now - timedelta(hours=2))
        tried = system.try_in_vain(system.now - timedelta(hours=3))

        found = {event.event_id: event for event in of(AuditEvent, system.trail().events(None))}

        assert (found[done].deed, found[done].failed) == (ActionKind.READ, False)
        assert tried not in found or found[tried].failed

    def test_how_far_back_it_goes_is_said_where_it_does_not_go_all_the_way(self, system: TrailSystem) -> None:
        first, later = (of(Gap, system.trail().events(since)) for since in (None, system.now - timedelta(days=1)))

        (gap,) = [gap for gap in first if "proves nothing" in gap.text]
        assert not gap.red
        assert [gap for gap in later if "proves nothing" in gap.text] == []

    def test_without_the_right_nothing_is_concluded(self, system: TrailSystem) -> None:
        remedy = system.forbid()

        facts, said = read_as_far_as_it_goes(system)

        assert f"sources.{system.name}" in said
        assert remedy in said
        assert [scope for scope in of(ScopeRead, facts) if not scope.error] == []

    def test_an_answer_that_is_cut_off_concludes_nothing(self, system: TrailSystem) -> None:
        system.cut_off()

        facts, said = read_as_far_as_it_goes(system)

        assert f"sources.{system.name}" in said
        assert [scope for scope in of(ScopeRead, facts) if not scope.error] == []

    def test_nothing_is_asked_before_the_first_fact_is_wanted(self, system: TrailSystem) -> None:
        trail = system.trail()
        trail.events(None)

        assert set(asdict(trail.requests).values()) == {0}

    def test_it_says_how_often_it_asked(self, system: TrailSystem) -> None:
        trail = system.trail()
        list(trail.events(None))

        assert trail.requests.inventory > 0

    def test_nothing_secret_is_told(self, system: TrailSystem) -> None:
        trail = system.trail()
        with silent_about(system):
            facts = list(trail.events(None))

        told = repr(facts) + repr(trail) + repr(vars(trail))
        assert system.secrets
        assert not [secret for secret in system.secrets if secret in told]

    def test_a_refused_login_is_a_persons_matter(self, system: TrailSystem) -> None:
        with pytest.raises(FatalError) as caught, silent_about(system):
            list(system.refused().events(None))
        assert str(caught.value).startswith(f"sources.{system.name}")

    def test_a_system_that_does_not_answer_is_tried_again(self, system: TrailSystem) -> None:
        with pytest.raises(RetriableError) as caught, silent_about(system):
            list(system.unreachable().events(None))
        assert str(caught.value).startswith(f"sources.{system.name}")

    def test_settings_refuse_what_they_do_not_know(self, system: TrailSystem) -> None:
        settings = kind_module("sources", system.kind).Settings

        assert issubclass(settings, SourceSettings)
        assert settings.tells == "events"
        with pytest.raises(ValidationError) as caught:
            settings.model_validate({"name": "it", "kind": "it", "connection": "it", "acounts": []})
        assert ("acounts",) in [mistake["loc"] for mistake in caught.value.errors()]


@contextmanager
def silent_about(system: TrailSystem) -> Generator[None]:
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


def read_as_far_as_it_goes(system: TrailSystem) -> tuple[list[Fact], str]:
    """What is told, and every sentence about what couldn't be."""
    facts, said = list[Fact](), ""
    try:
        with silent_about(system):
            facts.extend(system.trail().events(None))
    except OffboardingError as error:
        said = str(error)
    return facts, "\n".join([said, *(scope.error for scope in of(ScopeRead, facts))])


def of(kind: type[_Kind], facts: Iterable[Fact]) -> list[_Kind]:
    """The facts of one kind."""
    return [fact for fact in facts if isinstance(fact, kind)]
