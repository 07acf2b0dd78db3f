"""A standby has lines and sessions of its own, and its word on logins isn't taken."""

from pathlib import Path

import pytest

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import FatalError
from offboarding.sources import postgres_logins
from offboarding.store import embedded
from tests.support.memory import Folder
from tests.systems.postgres_logins.logins import CONTEXT


def test_it_is_refused(in_memory: Folder) -> None:
    folder: Path = in_memory("standby")
    with embedded.server(folder, durable=False) as server:
        data = server.data
    (data / "standby.signal").touch()

    with embedded.server(folder, durable=False) as server:
        with server.connect(autocommit=True) as owner:
            assert owner.execute("select pg_is_in_recovery()").fetchone() == (True,)
        fields = server.connection_kwargs()
        connection = ConnectionFields(
            conn_id="pg_main",
            host=str(fields["host"]),
            port=5432,
            login=str(fields["user"]),
            schema=str(fields["dbname"]),
        )
        given = {"name": "pg-main", "kind": "postgres_logins", "connection": "pg_main", "cluster": "main"}
        source = postgres_logins.build(postgres_logins.Settings.model_validate(given), connection, "", CONTEXT)

        with pytest.raises(FatalError, match="this is a standby"):
            list(source.collect())
