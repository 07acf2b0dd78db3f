"""Settings -> ready objects, with the Airflow connections that they name."""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from functools import partial
from types import ModuleType
from typing import cast

import structlog
from psycopg import OperationalError
from pydantic import BaseModel

from offboarding.config import loading
from offboarding.config.loading import (
    Loaded,
    StoreChoice,
    load,
    store_choice,
)
from offboarding.config.schedules import schedules as schedules
from offboarding.config.settings import STORE_CONNECTION, Settings, connections_of
from offboarding.interfaces import (
    ConnectionFields,
    MessageQueue,
    Notifier,
    NotifierSettings,
    Pager,
    Pagers,
    PagerSettings,
    ReadContext,
    Reader,
    Revoker,
    Roster,
    RosterSettings,
    SourceSettings,
    Tracker,
    Trackers,
    TrackerSettings,
    VerifierSettings,
)
from offboarding.interfaces.kinds import kind_module, kind_part
from offboarding.model import StatedPeople
from offboarding.model.errors import ConfigError, OffboardingError, RetriableError
from offboarding.net import destinations
from offboarding.store import embedded, people_lists
from offboarding.store.connect import Session, bound_statements, only_look, opened
from offboarding.store.pushed import PushedUsersStore
from offboarding.store.trial import trial
from offboarding.wiring.connections import connection, known, libpq
from offboarding.wiring.embedding import EMBEDDED_FOLDER as EMBEDDED_FOLDER
from offboarding.wiring.embedding import embedded_folder
from offboarding.wiring.moments import moment as moment

log = structlog.get_logger("offboarding.wiring")


def configured() -> Settings:
    """The configuration's settings. Raises ConfigError that lists every mistake."""
    return load().settings


@contextmanager
def at_work() -> Generator[tuple[Loaded, Session]]:
    """The configuration and a session on the store, for one task. An error of ours is its last line in the log."""
    try:
        loaded = load()
        with store(loaded) as session:
            yield loaded, session
    except OperationalError as error:
        text = f"store: PostgreSQL went away meanwhile: {' '.join(str(error).split())}. The task is tried again."
        log.error(text)  # noqa: TRY400 - the sentence alone
        raise RetriableError(text) from error
    except OffboardingError as error:
        log.error(str(error))  # noqa: TRY400 - the sentence alone
        raise


@contextmanager
def looking() -> Generator[tuple[StoreChoice, Session]]:
    """Which store it is, and a session on it that only looks, for a page that somebody looks at.

    Raises ConfigError where none is configured, another of our errors where it can't be used now.
    """
    with _kept() as (choice, session):
        only_look(session)
        yield choice, session


@contextmanager
def pushed(roster: str) -> Generator[PushedUsersStore]:
    """What was pushed to us for a roster, on a session of its own. Raises as `looking`."""
    with _kept() as (_, session):
        bound_statements(session)
        yield PushedUsersStore(session=session, roster=roster)


def stated(realm: str, day: date) -> StatedPeople | None:
    """Who gets into a system by a person's word, on a day. Raises as `looking`."""
    with _kept() as (_, session):
        return people_lists.newest(session, realm, day)


@contextmanager
def _kept() -> Generator[tuple[StoreChoice, Session]]:
    choice = store_choice()
    try:
        with store(choice) as session:
            yield choice, session
    except OperationalError as error:
        raise RetriableError(f"store: PostgreSQL went away meanwhile: {' '.join(str(error).split())}.") from error


@contextmanager
def store(loaded: Loaded | StoreChoice) -> Generator[Session]:
    """A session on the store that the configuration names. Raises ConfigError where it names none that exists."""
    with _store_parameters(loaded) as parameters, opened(parameters) as session:
        yield session


@contextmanager
def trial_store(loaded: Loaded | StoreChoice) -> Generator[Session]:
    """A session on an empty schema in the same database, gone afterwards. Raises as `store`."""
    with _store_parameters(loaded) as parameters, trial(parameters) as session:
        yield session


@contextmanager
def _store_parameters(loaded: Loaded | StoreChoice) -> Generator[Mapping[str, str | int]]:
    """What libpq takes, for as long as the server is there."""
    choice = loaded.choice if isinstance(loaded, Loaded) else loaded
    if choice.store == "embedded":
        with embedded.server(embedded_folder(loaded)) as server:
            yield server.connection_kwargs()
        return
    try:
        fields = connection(STORE_CONNECTION)
    except ConfigError as error:
        raise ConfigError(
            f"There is no store: make the Airflow connection {STORE_CONNECTION} (PostgreSQL 15 or newer), or for a"
            f" first trial write `store: embedded` in {loaded.path}."
        ) from error
    destinations.check_store(
        fields.conn_id, choice.store or destinations.StoreSettings(), fields.host, fields.extra.get("sslmode")
    )
    yield libpq(fields)


def roster(settings: Settings, name: str, as_of: datetime) -> Roster:
    """A ready roster."""
    own = settings.roster(name)
    module = kind_module("rosters", own.kind)
    return cast("Roster", module.build(own, _connected("rosters", own, module), read_context(settings, as_of)))


def source(settings: Settings, name: str, part: str, as_of: datetime) -> Reader:
    """One part of a ready source or verifier."""
    own = settings.source(name)
    module = _reader_module(own)
    return cast("Reader", module.build(own, _connected(_room(own), own, module), part, read_context(settings, as_of)))


def revoker(settings: Settings, name: str, part: str) -> Revoker:
    """What may write into one part of a source, by its second connection. Raises ConfigError where it has none, or that
    logs in as the first one does, or as any other: one server has many names.
    """
    own = settings.source(name)
    module, where = kind_part(_room(own), own.kind, "revoke"), f"{_room(own)}.{own.name}"
    if module is None or not own.revoke_connection:
        raise ConfigError(f"{where}: there is no revoke_connection: nothing may be shut there, or opened again.")
    reader = _connected(_room(own), own, _reader_module(own))
    writer = connection(own.revoke_connection)
    assert reader is not None, "a source that is written into is one that is read by a connection"
    for other in (reader, *known(conn_id for _, conn_id in connections_of(settings))):
        if writer.login and _login(writer) == _login(other):
            raise ConfigError(
                f"{where}: connection {writer.conn_id} logs in as {other.conn_id} does: who reads must not be able to"
                " write. Give it a login of its own."
            )
    destinations.check(where, writer.conn_id, own, _reader_module(own).destinations(own, writer))
    return cast("Revoker", module.build(own, writer, reader, part))


def logins(settings: Settings) -> frozenset[str]:
    """Return the login of every connection that the configuration names, second ones too; none where nothing may be
    revoked. Raises ConfigError for a connection that can't be read.
    """
    if settings.policy.revocation is None:
        return frozenset()
    writers = (source.revoke_connection or "" for source in settings.sources)
    conn_ids = (*(conn_id for _, conn_id in connections_of(settings)), *writers)
    return frozenset(each.login for each in known(conn_ids) if each.login)


def _login(fields: ConnectionFields) -> str:
    """However it's written: case and blanks make no other one."""
    return "".join(fields.login.split()).casefold()


def parts(settings: Settings, own: SourceSettings, as_of: datetime) -> tuple[str, ...]:
    """What of a source is to be read today: as configured, or as the system itself tells where its kind can ask."""
    module = _reader_module(own)
    discover = getattr(module, "discover", None)
    if discover is None:
        return own.parts()
    fields = _connected(_room(own), own, module)
    return cast("tuple[str, ...]", discover(own, fields, read_context(settings, as_of)))


def _room(own: SourceSettings) -> str:
    return "verifiers" if isinstance(own, VerifierSettings) else "sources"


def _reader_module(own: SourceSettings) -> ModuleType:
    return kind_module(_room(own), own.kind)


def _connected(
    room: str, own: RosterSettings | SourceSettings | TrackerSettings | PagerSettings, module: ModuleType
) -> ConnectionFields | None:
    """The connection that an entry names, if it leads where the entry lets it; None where it names none."""
    return _allowed(f"{room}.{own.name}", own, module, own.connection) if own.connection else None


def _allowed(where: str, own: BaseModel, module: ModuleType, conn_id: str) -> ConnectionFields:
    fields = connection(conn_id)
    # A kind that never uses a connection itself (files of this machine) tells of none; tests hold the others to it.
    if leads := getattr(module, "destinations", None):
        assert isinstance(own, destinations.Pinned), "an entry says where its connection may lead"
        destinations.check(where, fields.conn_id, own, leads(own, fields))
    return fields


def asker_of_parts(settings: Settings, as_of: datetime) -> Callable[[SourceSettings], tuple[str, ...]]:
    """What `pipeline.find_parts` asks each source by."""
    return lambda own: parts(settings, own, as_of)


def trackers(settings: Settings) -> Trackers:
    """Each tracker, by its name; its connection is looked for when it's made."""
    return {own.name: partial(_tracker, own) for own in settings.telling}


def _tracker(own: TrackerSettings) -> Tracker:
    module = kind_module("trackers", own.kind)
    return cast("Tracker", module.build(own, _connected("trackers", own, module)))


def pagers(settings: Settings) -> Pagers:
    """Each pager, as `trackers`."""
    return {own.name: partial(_pager, own) for own in settings.pagers}


def _pager(own: PagerSettings) -> Pager:
    module = kind_module("pagers", own.kind)
    return cast("Pager", module.build(own, _connected("pagers", own, module)))


def notifiers(settings: Settings) -> tuple[Notifier, ...]:
    """Who is told at once, ready; nobody where the configuration names none."""
    return tuple(_notifier(own) for own in settings.notifiers)


def told_at_once() -> tuple[Notifier, ...]:
    """The same, whatever else is wrong in the file. Raises ConfigError where it names some, and no entry is good."""
    return tuple(_notifier(own) for own in loading.notifiers())


def _notifier(own: NotifierSettings) -> Notifier:
    """Its connection is looked for when it tells something: one that can't be used keeps no other back."""
    module = kind_module("notifiers", own.kind)
    connected = partial(_allowed, f"notifiers.{own.name}", own, module, own.connection)
    return cast("Notifier", module.build(own, connected))


def queue(settings: Settings) -> MessageQueue | None:
    """The ready queue of departures by message; None where the configuration has none."""
    own = settings.messages
    if own is None:
        return None
    module = kind_module("queues", own.kind)
    fields = connection(own.connection) if own.connection else None
    if fields:
        destinations.check("messages", fields.conn_id, own, module.destinations(own, fields))
    return cast("MessageQueue", module.build(own, fields))


def read_context(settings: Settings, as_of: datetime) -> ReadContext:
    """What readers are told."""
    return ReadContext(
        as_of=as_of,
        default_zone=settings.company.time_zone,
        mail_domains=(*settings.company.mail_domains, *settings.company.mail_aliases),
        service_patterns=settings.company.service_patterns,
        privileged_names=settings.policy.privileged,
        pushed=pushed,
        stated=stated,
    )
