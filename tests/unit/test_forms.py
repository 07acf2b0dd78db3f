"""Which decisions there are, and what a form asks for."""

import inspect
from collections.abc import Iterator
from typing import Annotated

import pytest
from pydantic import Field

from include.offboarding.errors import ConfigError
from include.offboarding.forms import kinds
from include.offboarding.forms.fields import Reason
from include.offboarding.forms.kinds import Desk, Ids, decision


@pytest.fixture
def own_kinds(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a test declares is gone after it."""
    kinds.every()
    monkeypatch.setattr(kinds, "_KINDS", dict(kinds.every()))
    kinds.every.cache_clear()
    yield
    kinds.every.cache_clear()


@pytest.mark.usefixtures("own_kinds")
def test_a_new_decision_is_one_function() -> None:
    @decision("room burn")
    def burn(desk: Desk, *, room: Annotated[str, Field(title="Room", description="Which.")], reason: Reason) -> Ids:
        """It's burnt."""
        return {"room": room, "author": desk.author, "words": len(reason)}

    assert "room burn" in kinds.schemas()["decision"]["enum"]
    assert kinds.schemas()["room"] == {
        "title": "Room",
        "type": ["null", "string"],
        "description": "Which. For: room burn.",
    }
    assert kinds.every()["room burn"].decide is burn


@pytest.mark.usefixtures("own_kinds")
def test_a_field_means_one_thing() -> None:
    @decision("clock stop")
    def stop(desk: Desk, *, run: Annotated[str, Field(title="Run", description="Another.")]) -> Ids:
        """Never."""
        return {"run": run, "author": desk.author}

    del stop
    with pytest.raises(ConfigError, match=r"run means something else in clock stop than in accept-read"):
        kinds.schemas()


@pytest.mark.parametrize("name", kinds.every())
def test_every_decision_says_what_it_is_and_asks_why(name: str) -> None:
    kind = kinds.every()[name]

    assert inspect.getdoc(kind.decide)
    assert "reason" in kind.fields.model_fields or name == "link revoke"
    assert "author" not in kind.fields.model_fields
