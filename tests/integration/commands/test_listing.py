"""attest-people: who gets into a system that nobody can ask is said by a command, and read from the store that is
configured."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest
import yaml

from offboarding import wiring
from offboarding.interfaces import Source
from offboarding.model import Account, IdentityKeyKind
from offboarding.model.errors import FatalError
from offboarding.store.connect import Session
from tests.integration.commands.conftest import Type, connected
from tests.integration.commands.test_custody import SETTINGS

AS_OF = datetime(2026, 11, 25, 16, tzinfo=UTC)
PANEL = {"name": "panel", "kind": "attested", "realm": "press", "owner": "plant-it", "by_word": "login"}
WORDS = ("--reason", "read off its page of users", "--author", "minjun")


@pytest.fixture
def saying(
    typed: Type,
    configured: Path,
    store: Session,
    store_parameters: Mapping[str, str | int],
    monkeypatch: pytest.MonkeyPatch,
) -> Type:
    """Of a configuration that has such a system."""
    del store
    configured.write_text(yaml.safe_dump({**SETTINGS, "sources": [PANEL], "verifiers": []}), encoding="utf-8")
    monkeypatch.setenv("AIRFLOW_CONN_OFFBOARDING_STORE", connected(store_parameters))
    return typed


def read() -> list[Account]:
    """Whom the source tells, made as a night makes it."""
    source = cast("Source", wiring.source(wiring.configured(), "panel", "press", AS_OF))
    return [fact for fact in source.collect() if isinstance(fact, Account)]


def test_what_was_said_is_what_the_source_tells_from_then_on(saying: Type, store: Session) -> None:
    with pytest.raises(FatalError, match="nobody has said yet"):
        read()

    done = saying("attest-people", "panel", "--listed-on", "2026-11-20", "--people", "kim, lee", *WORDS)

    assert (done.code, done.err) == (0, "")
    assert "panel: 2 people get in there on 2026-11-20, by minjun's word." in done.out
    assert [(each.native_id, each.login, [key.kind for key in each.keys]) for each in read()] == [
        ("kim", "kim", [IdentityKeyKind.LOGIN]),
        ("lee", "lee", [IdentityKeyKind.LOGIN]),
    ]
    assert saying("audit", "verify").code == 0

    saying("attest-people", "panel", "--listed-on", "2026-11-21", "--people", "nobody", *WORDS)
    assert read() == []
    assert store.execute("select count(*) from people_list").fetchone() == (2,)


def test_what_is_refused_is_written_nowhere(saying: Type, store: Session) -> None:
    done = saying("attest-people", "panel", "--listed-on", "2026-11-20", "--people", "kim@corp.example", *WORDS)

    assert (done.code, done.out) == (1, "")
    assert "kim@corp.example" not in done.err
    assert store.execute("select count(*) from people_list").fetchone() == (0,)
