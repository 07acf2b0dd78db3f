"""The stores of older releases go on with today's code: nothing is lost, nothing is told twice.

Each was left by a release (kept.py); the last is left by today's code.
"""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from offboarding.runs import pipeline
from offboarding.store import embedded, recorded
from offboarding.store.connect import Session, opened
from offboarding.store.events import broken_at
from offboarding.store.migrate import checksum, migrations
from tests.integration.commands.conftest import Type, configured, connected, own_logs, typed
from tests.support.database import cloned
from tests.support.listed_tracker import ListedTracker
from tests.support.memory import Folder
from tests.support.watching import hour
from tests.upgrades import kept
from tests.upgrades.house import House
from tests.upgrades.kept import Kept

__all__ = ["configured", "own_logs", "typed"]  # fixtures

PROJECT = Path(__file__).parents[2]
RELEASES = kept.kept()
TODAY = "today"


@pytest.fixture(scope="module", params=[each.tag for each in RELEASES] + [TODAY])
def release(request: pytest.FixtureRequest, store_server: embedded.EmbeddedServer, in_memory: Folder) -> Kept:
    """Of each release; and what would be kept of one today."""
    if request.param == TODAY:
        return kept.write(store_server, TODAY, in_memory("today"))
    (found,) = (each for each in RELEASES if each.tag == request.param)
    return found


@pytest.fixture
def restored(release: Kept, store_server: embedded.EmbeddedServer) -> Iterator[dict[str, str | int]]:
    """As it was left: nothing of today's has opened it."""
    with cloned(store_server, "template0") as name:
        kept.restore(store_server, release.dump, name)
        yield store_server.connection_kwargs(dbname=name)


@dataclass(frozen=True, slots=True)
class Upgraded:
    """The company, its store by today's schema, and its tracker."""

    house: House
    tracker: ListedTracker

    @property
    def session(self) -> Session:
        """On its store."""
        return self.house.session


@pytest.fixture
def upgraded(release: Kept, restored: dict[str, str | int]) -> Iterator[Upgraded]:
    """Opened by today's code."""
    with opened(restored) as session:
        yield Upgraded(*release.house(session))


def states(session: Session) -> dict[str, str]:
    return {str(key): str(state) for key, state in session.execute("select finding_key, state from finding").fetchall()}


@pytest.mark.slow
def test_nothing_is_lost_by_the_migrations(release: Kept, upgraded: Upgraded) -> None:
    assert states(upgraded.session) == release.findings
    assert set(release.findings.values()) == {"unverified", "held", "open", "excepted", "resolved"}


@pytest.mark.slow
def test_the_record_holds(upgraded: Upgraded) -> None:
    assert broken_at(upgraded.session) is None
    assert recorded.troubles(upgraded.session) == []


@pytest.mark.slow
def test_everything_can_be_read(
    release: Kept, restored: dict[str, str | int], typed: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_OFFBOARDING_STORE", connected(restored))
    listed = {line["key"] for line in typed("findings", "--state", "all", "--format", "jsonl").lines}

    assert listed == release.findings.keys()
    for key in release.findings:
        assert typed("explain", key).code == 0
    for words in COMMANDS:
        done = typed(*words.split())
        assert (done.code, done.err) == (0, ""), words


COMMANDS = (
    "audit verify",
    "worker hr:1042",
    "links",
    "link list",
    "runs",
    "holds --all",
    "custody",
    "notice list",
    "departure list",
    "acknowledge list",
    "upcoming",
)


@pytest.mark.slow
def test_the_next_night_tells_nothing_twice(upgraded: Upgraded) -> None:
    house, tracker = upgraded.house, upgraded.tracker
    before, stood = {each.ref.ref: (each.draft.title, each.state) for each in tracker.tickets}, states(house.session)

    hour(house, hours=6)
    told = house.night()

    assert told.failed == ()
    assert {each.ref.ref: (each.draft.title, each.state) for each in tracker.tickets} == before
    assert states(house.session) == stood
    assert broken_at(house.session) is None
    assert recorded.troubles(house.session) == []
    pipeline.report(house.session, house.settings, told.run)


@pytest.mark.slow
def test_what_waits_goes_on_waiting_until_it_is_let_through(upgraded: Upgraded) -> None:
    house = upgraded.house
    waiting = house.night().run

    house.guard = {}
    house.release(waiting.run_id)

    assert set(states(house.session).values()) == {"unverified", "open", "excepted", "resolved"}
    titles = [each.draft.title for each in upgraded.tracker.tickets]
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize("release", RELEASES, ids=lambda each: each.tag)
def test_no_migration_of_a_release_was_edited(release: Kept) -> None:
    """Whoever installed that release has applied them as they were, and is refused by any other."""
    now = {number: checksum(text) for number, text in migrations().items()}

    assert {number: now.get(number) for number in release.migrations} == dict(release.migrations)


def test_each_release_has_a_store_that_is_kept() -> None:
    """Of those that git knows here, of which a shallow clone knows none: by the schema that the release came with."""
    tags = _git("tag", "--list", "v*")
    came_with = {tag: _git("ls-tree", "--name-only", f"{tag}:include/offboarding/store/migrations") for tag in tags}
    numbers = {
        tag: sorted(int(name[:4]) for name in names if name.endswith(".sql")) for tag, names in came_with.items()
    }
    kept_of = {each.tag: sorted(each.migrations) for each in RELEASES}

    assert {tag: kept_of.get(tag) for tag in tags} == numbers, "make keep, at that tag (docs/wheel.md)"


def _git(*words: str) -> list[str]:
    done = subprocess.run(["git", *words], cwd=PROJECT, capture_output=True, text=True, check=False)
    return done.stdout.split()
