"""Years of nights within seconds: the real pipeline on a real store, whose clock stands where a test puts it.

Reads are dated by the database. The session looks for `now()` and `clock_timestamp()` in a schema of the test's own
first, where they are the real ones shifted to the night that is replayed: a key is seen dead "the longest cache apart"
by the scenario's own dates. Defaults of columns (when a row of the outbox or a verdict was written) go by the real
clock; nothing here reads them.
"""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar, cast
from zoneinfo import ZoneInfo

from offboarding import wiring
from offboarding.config.policy import Policy
from offboarding.config.settings import Company, Settings
from offboarding.custody.register import Register
from offboarding.interfaces import (
    ReadContext,
    Reader,
    RosterSettings,
    SourceSettings,
    Tells,
    TrackerSettings,
    VerifierSettings,
)
from offboarding.runs import pipeline
from offboarding.store import reading
from offboarding.store.connect import SCHEMA, Session
from offboarding.store.findings import give_verdict
from offboarding.store.reading import key_views
from offboarding.store.rows import Run
from tests.support.office import Feed, HeardTracker
from tests.support.red import why_red

NIGHTLY_AT = time(1, 30)
"""`policy.nightly` by default, in the company's zone."""
_CLOCK = """
create schema replay;
create function replay.clock_timestamp() returns timestamptz language sql volatile as
    $$ select pg_catalog.clock_timestamp() + pg_catalog.current_setting('replay.shift')::interval $$;
create function replay.now() returns timestamptz language sql stable as
    $$ select pg_catalog.now() + pg_catalog.current_setting('replay.shift')::interval $$;
"""

Standing = set[tuple[str, str, str]]
"""Open findings: rule, worker id ("" for nobody's), what it's about."""
NOTHING: Standing = set()


class KeySettings(SourceSettings):
    """Where keys and secrets lie."""

    tells: ClassVar[Tells] = "keys"


class TrailSettings(SourceSettings):
    """What an audit trail recorded."""

    tells: ClassVar[Tells] = "events"


def accounts(name: str, kind: str = "ldap") -> SourceSettings:
    """A source that tells who has accounts."""
    return SourceSettings(name=name, kind=kind, connection="none", id_space="hr", login_realm="corp")


def secrets(name: str = "secrets", kind: str = "aws_secrets") -> KeySettings:
    """A source that tells of shared secrets."""
    return KeySettings(name=name, kind=kind, connection="none")


def trail(name: str = "trail") -> TrailSettings:
    """An audit trail."""
    return TrailSettings(name=name, kind="aws_cloudtrail", connection="none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A night, or a departure's run, as it ended."""

    run: Run
    screen: str
    """What the report said."""
    red: tuple[str, ...]
    calls: tuple[str, ...]
    """What the tracker heard."""

    @property
    def first_line(self) -> str:
        """Below the report's title."""
        return " ".join(self.screen.splitlines()[1].split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """From the chained record of findings."""

    opened_at: Mapping[str, datetime]
    """Rule -> when it said it for the first time."""
    resolved_at: datetime | None
    """When the last finding was seen dead, or judged; None: something stands."""


@dataclass(slots=True, kw_only=True)
class Replay:
    """A company whose feeds and systems lie in a test's hands, with the policy as it comes."""

    session: Session
    tracker: HeardTracker
    zone: str
    hr: Feed = field(default_factory=Feed)
    sources: list[SourceSettings] = field(default_factory=list[SourceSettings])
    verifiers: list[VerifierSettings] = field(default_factory=list[VerifierSettings])
    readers: dict[str, Callable[[str, ReadContext], Reader]] = field(default_factory=dict[str, Any])
    """By the source's or verifier's name: its reader of a part, made for each night."""
    register: Mapping[str, object] = field(default_factory=dict[str, object])
    """What custody.yaml says."""

    def __post_init__(self) -> None:
        self.session.execute(_CLOCK)
        self.session.execute(f"set search_path = replay, {SCHEMA}, pg_temp, pg_catalog")

    def reads(self, settings: SourceSettings, reader: Reader | Callable[[str, ReadContext], Reader]) -> None:
        """From the next night on this is read, too."""
        (self.verifiers if isinstance(settings, VerifierSettings) else self.sources).append(
            settings  # pyrefly: ignore[bad-argument-type]
        )
        made = cast("Callable[[str, ReadContext], Reader]", reader if callable(reader) else lambda *_: reader)
        self.readers[settings.name] = made

    @property
    def settings(self) -> Settings:
        """The configuration, whose defaults are the product's own."""
        hr = {"name": "hr", "kind": "csv", "coverage": "full", "id_space": "hr", "login_realm": "corp"}
        return (
            Settings(
                company=Company(time_zone=self.zone, mail_domains=("corp.example",)),
                rosters=(),
                sources=(),
                policy=Policy(queue="secops"),
            )
            .model_copy(
                update={
                    "rosters": (RosterSettings.model_validate(hr),),
                    "sources": tuple(self.sources),
                    "verifiers": tuple(self.verifiers),
                    "trackers": (TrackerSettings(name="secops", kind="roundup", connection="none"),),
                }
            )
            .with_register(Register.model_validate(self.register))
        )

    def night(self, day: date) -> Told:
        """The night that follows this day. Raises what any read raises."""
        settings = self.settings
        run = self._begun(pipeline.open_run, settings, datetime.combine(day + timedelta(days=1), NIGHTLY_AT))
        pipeline.find_parts(self.session, settings, run, lambda source: source.parts())
        self._read(settings, run, lambda: None)
        screen = io.StringIO()
        with redirect_stdout(screen):
            pipeline.report(self.session, settings, run)
        # Logs go to the same screen, ahead of it.
        return self._told(run, "Night of" + screen.getvalue().partition("\nNight of")[2])

    def departure(self, at: datetime, *words: str) -> Told:
        """These people, at this moment in the company's zone. Raises FatalError where the run is red."""
        settings = self.settings
        run = self._begun(pipeline.open_departure, settings, at)
        self._read(settings, run, lambda: pipeline.find_people(self.session, settings, run, words))
        pipeline.report_departure(self.session, run)
        return self._told(run, "")

    def _begun(self, begin: Callable[..., Run], settings: Settings, at: datetime) -> Run:
        as_of = at.replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC)
        self.tracker.calls.clear()
        shift = as_of - datetime.now(UTC)
        self.session.execute("select set_config('replay.shift', %s, false)", (f"{shift.total_seconds()} s",))
        return begin(self.session, settings, caller=f"at {at}", as_of=as_of)

    def _read(self, settings: Settings, run: Run, find_people: Callable[[], object]) -> None:
        """The tasks between a run's first and its report, in the DAGs' order."""
        session = self.session
        self.hr.summary = None
        pipeline.read_roster(session, settings, run, settings.roster("hr"), self.hr)
        find_people()
        for source, part, reader in self._parts(settings, run):
            pipeline.collect(session, settings, run, source, part, reader)
        pipeline.correlate(session, settings, run)
        for source, part, reader in self._parts(settings, run):
            pipeline.detail(session, settings, run, source, part, reader)
        pipeline.evaluate(session, settings, run)
        pipeline.guard(session, settings, run)
        pipeline.ticket(session, settings, run, {"secops": lambda: self.tracker})

    def _parts(self, settings: Settings, run: Run) -> Iterator[tuple[SourceSettings, str, Reader]]:
        context = wiring.read_context(settings, run.as_of)
        for source in settings.readers:
            for part in source.parts():
                yield source, part, self.readers[source.name](part, context)

    def _told(self, run: Run, screen: str) -> Told:
        red = why_red(reading.night(self.session, run.run_id))
        return Told(run=run, screen=screen, red=red, calls=tuple(self.tracker.calls))

    # --- what came of it ---------------------------------------------------------------------------------------------

    def open(self) -> Standing:
        """What was told to somebody and stands."""
        return self._findings("open")

    def all(self) -> Standing:
        """Whatever was ever found."""
        return self._findings("open", "resolved", "held", "unverified", "excepted")

    def why_closed(self, rule: str) -> set[str]:
        """What is said of the findings of a rule that are closed."""
        return {each.why for each in reading.findings(self.session, rule=rule, state="resolved")}

    def evidence(self, rule: str) -> str:
        """Every sentence of a rule's findings."""
        rows = self.session.execute("select evidence from finding where rule = %s order by finding_key", (rule,))
        return "\n".join(line for (lines,) in rows for line in cast("list[str]", lines))

    def severities(self) -> dict[str, str]:
        """Rule -> severity of what is open, one a rule."""
        rows = self.session.execute("select rule, severity from finding where state = 'open'")
        return {str(rule): str(severity) for rule, severity in rows}

    def judge(self, rule: str) -> None:
        """A person says what an event was."""
        for (key,) in self.session.execute("select finding_key from finding where rule = %s", (rule,)).fetchall():
            give_verdict(self.session, str(key), reason="reported to the police", author="analyst")

    def attest(self, name: str, until: date) -> None:
        """A person saw that a key nobody can be asked about is dead; their word counts to the end of this day."""
        end = datetime.combine(until + timedelta(days=1), time(), ZoneInfo(self.zone))
        key = key_views.unasked(key_views.key_called(self.session, name))
        key_views.attest(self.session, key, reason="the old one is refused", author="analyst", until=end)

    def measured(self, rules: Iterable[str]) -> Measured:
        """When these rules' findings began and ended, by the record of every change. Each must have found something."""
        rows = self.session.execute(
            "select f.rule, min(e.at) filter (where e.to_state = 'open'),"
            " case when bool_and(f.state = 'resolved') then max(e.at) filter (where e.to_state = 'resolved') end"
            " from finding f join finding_event e using (finding_key) where f.rule = any(%s) group by f.rule",
            (list(rules),),
        ).fetchall()
        opened = {str(rule): cast("datetime", at) for rule, at, _ in rows}
        assert opened.keys() == set(rules)
        ends = [cast("datetime | None", end) for _, _, end in rows]
        return Measured(opened_at=opened, resolved_at=None if None in ends else max(end for end in ends if end))

    def _findings(self, *states: str) -> Standing:
        rows = self.session.execute(
            "select f.rule, coalesce(w.worker_id, ''), f.subject_label from finding f"
            " left join person p using (person_uid) left join worker w on w.worker_pk = p.shown_worker_pk"
            " where f.state = any(%s)",
            (list(states),),
        ).fetchall()
        found = {(str(rule), str(worker), str(label)) for rule, worker, label in rows}
        assert len(found) == len(rows), "two findings that can't be told apart"
        return found
