"""What is printed to be typed is called as this process was."""

import pytest

from offboarding.cli import calling


@pytest.mark.parametrize("called", ["offboarding", ".venv/bin/python -m offboarding"])
def test_a_command_is_called_alike_and_one_that_is_so_already_stays(
    monkeypatch: pytest.MonkeyPatch, called: str
) -> None:
    monkeypatch.setattr(calling, "called_as", lambda: called)

    assert calling.typed("Look: python -m offboarding holds") == f"Look: {called} holds"
    assert calling.typed("(`python -m offboarding holds`)") == f"(`{called} holds`)"
    usage = "Usage: .venv/bin/python -m offboarding [OPTIONS]"
    assert calling.typed(usage) == usage
