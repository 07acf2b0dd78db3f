"""The one room that knows Airflow connections: settings -> ready objects.

A connection is looked for in the environment (`AIRFLOW_CONN_ID`, JSON or URI) first, without Airflow; only what isn't
there is asked of Airflow (a secrets backend, its database).
"""

import hashlib
import json
import os
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Protocol, cast
from urllib.parse import parse_qsl, unquote, urlsplit

import structlog
from psycopg import OperationalError

from include.offboarding import notifiers as notifying
from include.offboarding.config import (
    DEFAULT_PATH,
    STORE_CONNECTION,
    Loaded,
    StoreChoice,
    kind_module,
    load,
    project_folder,
)
from include.offboarding.errors import ConfigError, OffboardingError, RetriableError
from include.offboarding.interfaces import (
    ConnectionFields,
    ReadContext,
    Reader,
    Roster,
    SourceSettings,
    Tracker,
    VerifierSettings,
)
from include.offboarding.settings import Settings
from include.offboarding.store import embedded
from include.offboarding.store.connect import Session, opened
from include.offboarding.store.trial import trial

EMBEDDED_FOLDER = "OFFBOARDING_EMBEDDED_FOLDER"

log = structlog.get_logger("offboarding.wiring")
notifiers = notifying.build  # who is told at once; nobody where the configuration names none


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
        log.error(text)  # noqa: TRY400 - the sentence; the trace follows
        raise RetriableError(text) from error
    except OffboardingError as error:
        log.error(str(error))  # noqa: TRY400 - the sentence; the trace follows, since it's raised again
        raise


def moment(told: str | None) -> datetime | None:
    """A moment from a DAG's param, else from OFFBOARDING_AS_OF. Raises ConfigError where it has no zone."""
    if not (text := told or os.environ.get("OFFBOARDING_AS_OF")):
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"as_of: {text!r} is no moment, such as 2026-11-25T01:30:00+09:00") from error
    if at.tzinfo is None:
        raise ConfigError(f"as_of: {text!r} names no zone. Write it so: {text}+09:00")
    return at.astimezone(UTC)


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
    yield _libpq(fields)


def embedded_folder(loaded: Loaded | StoreChoice) -> Path:
    """Where `store: embedded` keeps its data: beside the project, one folder a configuration file.

    `OFFBOARDING_EMBEDDED_FOLDER` names another place than .offboarding, for a project that can't be written to.
    """
    parent = Path(os.environ.get(EMBEDDED_FOLDER) or project_folder() / ".offboarding")
    path = loaded.path.resolve()
    if path == project_folder() / DEFAULT_PATH:
        return parent / path.stem
    # Two files may have the same name, and their findings nothing in common.
    return parent / f"{path.stem}-{hashlib.sha256(os.fsencode(path)).hexdigest()[:8]}"


def roster(settings: Settings, name: str, as_of: datetime) -> Roster:
    """A ready roster."""
    own = settings.roster(name)
    fields = connection(own.connection) if own.connection else None
    return cast("Roster", kind_module("rosters", own.kind).build(own, fields, read_context(settings, as_of)))


def source(settings: Settings, name: str, part: str, as_of: datetime) -> Reader:
    """One part of a ready source or verifier."""
    own = settings.source(name)
    fields = connection(own.connection) if own.connection else None
    return cast("Reader", _reader_module(own).build(own, fields, part, read_context(settings, as_of)))


def parts(settings: Settings, own: SourceSettings, as_of: datetime) -> tuple[str, ...]:
    """What of a source is to be read today: as configured, or as the system itself tells where its kind can ask."""
    discover = getattr(_reader_module(own), "discover", None)
    if discover is None:
        return own.parts()
    return cast("tuple[str, ...]", discover(own, connection(own.connection), read_context(settings, as_of)))


def _reader_module(own: SourceSettings) -> ModuleType:
    return kind_module("verifiers" if isinstance(own, VerifierSettings) else "sources", own.kind)


def asker_of_parts(settings: Settings, as_of: datetime) -> Callable[[SourceSettings], tuple[str, ...]]:
    """What `pipeline.find_parts` asks each source by."""
    return lambda own: parts(settings, own, as_of)


def tracker(settings: Settings) -> tuple[str, Tracker] | None:
    """The tracker's name, and the ready tracker; None where the configuration has none."""
    if not settings.trackers:
        return None
    own = settings.trackers[0]
    return own.name, cast("Tracker", kind_module("trackers", own.kind).build(own, connection(own.connection)))


def read_context(settings: Settings, as_of: datetime) -> ReadContext:
    """What readers are told."""
    return ReadContext(
        as_of=as_of,
        default_zone=settings.company.time_zone,
        mail_domains=(*settings.company.mail_domains, *settings.company.mail_aliases),
        service_patterns=settings.company.service_patterns,
        privileged_names=settings.policy.privileged,
    )


def connection(conn_id: str) -> ConnectionFields:
    """An Airflow connection's fields. Raises ConfigError where there is none of that name."""
    told = os.environ.get(f"AIRFLOW_CONN_{conn_id.upper()}")
    # In a task Airflow is asked even so: what it hands out, it masks in the logs.
    if told and not _in_a_task():
        return _from_environment(conn_id, told)
    return _from_airflow(conn_id)


def _from_environment(conn_id: str, told: str) -> ConnectionFields:
    if not told.lstrip().startswith("{"):
        return _from_uri(conn_id, told)
    try:
        fields = cast("Mapping[str, object]", json.loads(told))
    except json.JSONDecodeError as error:
        # Not `from error`: its text holds what stands in the variable.
        raise ConfigError(f"AIRFLOW_CONN_{conn_id.upper()} is no JSON (character {error.pos}).") from None
    port = fields.get("port")
    return ConnectionFields(
        conn_id=conn_id,
        host=str(fields.get("host") or ""),
        port=int(str(port)) if port else None,
        login=str(fields.get("login") or ""),
        password=str(fields.get("password") or ""),
        schema=str(fields.get("schema") or ""),
        extra=_extra(fields.get("extra")),
    )


def _from_uri(conn_id: str, uri: str) -> ConnectionFields:
    parts = urlsplit(uri)
    query = dict(parse_qsl(parts.query))
    return ConnectionFields(
        conn_id=conn_id,
        host=unquote(parts.hostname or ""),
        port=parts.port,
        login=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        schema=unquote(parts.path.removeprefix("/")),
        extra=_extra(query.pop("__extra__", None)) or query,
    )


def _extra(told: object) -> Mapping[str, object]:
    if not told:
        return {}
    return cast("Mapping[str, object]", json.loads(told) if isinstance(told, str) else told)


def _from_airflow(conn_id: str) -> ConnectionFields:
    # Importing it costs a second, which commands that find all they need in the environment save.
    from airflow.sdk import Connection  # noqa: PLC0415
    from airflow.sdk.exceptions import AirflowNotFoundException  # noqa: PLC0415

    try:
        found = Connection.get(conn_id)
    except AirflowNotFoundException as error:
        if _in_a_task():
            raise _no_connection(conn_id) from error
        return _from_metadata_database(conn_id)
    return _fields(conn_id, found)


def _from_metadata_database(conn_id: str) -> ConnectionFields:
    """Outside a task nobody but we ourselves reads Airflow's database."""
    from airflow.models.connection import Connection  # noqa: PLC0415
    from airflow.sdk.exceptions import AirflowNotFoundException  # noqa: PLC0415
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

    try:
        return _fields(conn_id, Connection.get_connection_from_secrets(conn_id))
    except (AirflowNotFoundException, SQLAlchemyError) as error:
        raise _no_connection(conn_id) from error


class _AirflowConnection(Protocol):
    host: str | None
    port: int | None
    login: str | None
    password: str | None
    schema: str | None

    @property
    def extra_dejson(self) -> dict[str, object]: ...


def _fields(conn_id: str, found: _AirflowConnection) -> ConnectionFields:
    return ConnectionFields(
        conn_id=conn_id,
        host=found.host or "",
        port=found.port,
        login=found.login or "",
        password=found.password or "",
        schema=found.schema or "",
        extra=found.extra_dejson,
    )


def _no_connection(conn_id: str) -> ConfigError:
    return ConfigError(
        f"There is no Airflow connection {conn_id}. Make it (airflow connections add {conn_id} ...), or set"
        f" AIRFLOW_CONN_{conn_id.upper()} in the environment."
    )


def _in_a_task() -> bool:
    return hasattr(sys.modules.get("airflow.sdk.execution_time.task_runner"), "SUPERVISOR_COMMS")


def _libpq(fields: ConnectionFields) -> dict[str, str | int]:
    options = {name: str(value) for name, value in fields.extra.items() if name.startswith("ssl")}
    return {
        "host": fields.host,
        "port": fields.port or 5432,
        "user": fields.login,
        "password": fields.password,
        "dbname": fields.schema,
        **options,
    }
