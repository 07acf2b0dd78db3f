"""Airflow connections, by name: from the environment, else from Airflow itself.

`AIRFLOW_CONN_ID`, JSON or URI, is read without Airflow; only what isn't there is asked of Airflow (a secrets backend,
its database).
"""

import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol, cast
from urllib.parse import parse_qsl, unquote, urlsplit

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import ConfigError

_SPOILED = "it's no URI or JSON, or its port is no number. Write it anew where Airflow has it"
_LIKE_THIS = 'Write an object, {"name": "value"}, or nothing'


class NoConnectionError(ConfigError):
    """There is none of that name, as far as this machine is told."""


def connection(conn_id: str) -> ConnectionFields:
    """An Airflow connection's fields. Raises NoConnectionError where there is none of that name, ConfigError where it
    can't be read.
    """
    value = os.environ.get(f"AIRFLOW_CONN_{conn_id.upper()}")
    # In a task Airflow is asked even so: what it hands out, it masks in the logs.
    if value and not _in_a_task():
        return _from_environment(conn_id, value)
    return _from_airflow(conn_id)


def known(conn_ids: Iterable[str]) -> Iterator[ConnectionFields]:
    """Those of which there is a connection. Raises ConfigError for one that can't be read: nobody knows whose it is."""
    for conn_id in filter(None, dict.fromkeys(conn_ids)):
        try:
            found = connection(conn_id)
        except NoConnectionError:
            continue
        yield found


def _from_environment(conn_id: str, value: str) -> ConnectionFields:
    if not value.lstrip().startswith("{"):
        return _from_uri(conn_id, value)
    try:
        fields = cast("Mapping[str, object]", json.loads(value))
    except json.JSONDecodeError as error:
        # Not `from error`: its text holds what stands in the variable.
        raise ConfigError(f"AIRFLOW_CONN_{conn_id.upper()} is no JSON (character {error.pos}).") from None
    return ConnectionFields(
        conn_id=conn_id,
        host=str(fields.get("host") or ""),
        port=_port(conn_id, fields.get("port")),
        login=str(fields.get("login") or ""),
        password=str(fields.get("password") or ""),
        schema=str(fields.get("schema") or ""),
        extra=_extra(conn_id, fields.get("extra")),
    )


def _from_uri(conn_id: str, uri: str) -> ConnectionFields:
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        raise _unreadable(conn_id, "its host or port is none. Quote what isn't a letter or digit (%5B for [)") from None
    query = dict(parse_qsl(parts.query))
    return ConnectionFields(
        conn_id=conn_id,
        host=unquote(parts.hostname or ""),
        port=port,
        login=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        schema=unquote(parts.path.removeprefix("/")),
        extra=_extra(conn_id, query.pop("__extra__", None)) or query,
    )


def _port(conn_id: str, value: object) -> int | None:
    if not value:
        return None
    if re.fullmatch(r"[0-9]{1,5}", str(value)) is None:
        raise _unreadable(conn_id, "its port is no number. Write one, such as 636, or none")
    return int(str(value))


def _extra(conn_id: str, value: object) -> Mapping[str, object]:
    """Raises ConfigError, which says nothing of what stands there: it may hold a secret."""
    if not value:
        return {}
    try:
        read: object = json.loads(value) if isinstance(value, str) else value
    except ValueError as error:
        place = f" (character {error.pos})" if isinstance(error, json.JSONDecodeError) else ""
        raise _unreadable(conn_id, f"its extra is no JSON{place}. {_LIKE_THIS}") from None
    if not isinstance(read, Mapping):
        raise _unreadable(conn_id, f"its extra is no JSON object. {_LIKE_THIS}")
    return cast("Mapping[str, object]", read)


def _unreadable(conn_id: str, why: str) -> ConfigError:
    return ConfigError(f"The Airflow connection {conn_id} can't be read: {why}.")


def _from_airflow(conn_id: str) -> ConnectionFields:
    # Importing it costs a second, which commands that find all they need in the environment save.
    from airflow.providers.common.compat.sdk import AirflowNotFoundException  # noqa: PLC0415 - it costs a second
    from airflow.sdk import Connection  # noqa: PLC0415 - see interfaces

    try:
        found = Connection.get(conn_id)
    except AirflowNotFoundException as error:
        if _in_a_task():
            raise _no_connection(conn_id) from error
        return _from_metadata_database(conn_id)
    except ValueError:
        # Not `from error`: its text holds what stands there.
        raise _unreadable(conn_id, _SPOILED) from None
    return fields_of(conn_id, found)


def _from_metadata_database(conn_id: str) -> ConnectionFields:
    """Outside a task nobody but we ourselves reads Airflow's database."""
    from airflow.models.connection import Connection  # noqa: PLC0415 - see interfaces
    from airflow.providers.common.compat.sdk import AirflowNotFoundException  # noqa: PLC0415 - it costs a second
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415 - see interfaces

    try:
        return fields_of(conn_id, Connection.get_connection_from_secrets(conn_id))
    except (AirflowNotFoundException, SQLAlchemyError) as error:
        raise _no_connection(conn_id) from error
    except ValueError:
        raise _unreadable(conn_id, _SPOILED) from None


def libpq(fields: ConnectionFields) -> dict[str, str | int]:
    """A connection in libpq's words."""
    options = {name: str(value) for name, value in fields.extra.items() if name.startswith("ssl")}
    return {
        "host": fields.host,
        "port": fields.port or 5432,
        "user": fields.login,
        "password": fields.password,
        "dbname": fields.schema,
        **options,
    }


class AirflowConnection(Protocol):
    """What we take of Airflow's own."""

    host: str | None
    port: int | None
    login: str | None
    password: str | None
    schema: str | None

    @property
    def extra(self) -> str | None:
        """As it's kept."""
        ...

    @property
    def extra_dejson(self) -> dict[str, object]:
        """Its extra, read; nothing where it can't be."""
        ...


def fields_of(conn_id: str, found: AirflowConnection) -> ConnectionFields:
    """A connection that Airflow holds. A field of its extra that a form left empty isn't there. Raises ConfigError
    where the extra can't be read, which Airflow itself takes for none.
    """
    # Airflow masks in its logs what it has read itself.
    extra = _extra(conn_id, found.extra) and found.extra_dejson
    return ConnectionFields(
        conn_id=conn_id,
        host=found.host or "",
        port=found.port,
        login=found.login or "",
        password=found.password or "",
        schema=found.schema or "",
        extra={name: value for name, value in extra.items() if value not in (None, "")},
    )


def _no_connection(conn_id: str) -> NoConnectionError:
    return NoConnectionError(
        f"There is no Airflow connection {conn_id}. Make it (airflow connections add {conn_id} ...), or set"
        f" AIRFLOW_CONN_{conn_id.upper()} in the environment."
    )


def _in_a_task() -> bool:
    return hasattr(sys.modules.get("airflow.sdk.execution_time.task_runner"), "SUPERVISOR_COMMS")
