"""How a table's cells are broken where there is little room."""

import pytest

from offboarding.cli.output import Column, table

DN = "uid=mjkim,ou=people,dc=corp,dc=example"
ARN = "arn:aws:iam::222222222222:user/minjun.kim"


@pytest.mark.parametrize(
    ("cell", "room", "shown"),
    [
        pytest.param(DN, 20, ["uid=mjkim,ou=people,", "dc=corp,dc=example"], id="after a comma"),
        pytest.param(ARN, 30, ["arn:aws:iam::222222222222:", "user/minjun.kim"], id="after a colon"),
        pytest.param(f"of {DN}", 38, ["of", DN], id="a word that fits a line stays whole"),
        pytest.param([f"corp: {ARN}", "two"], 60, [f"corp: {ARN}", "two"], id="lines of ours"),
        pytest.param("이름 이름", 4, ["이름", "이름"], id="wide characters"),
        pytest.param("abcdefghij", 4, ["abcd", "efgh", "ij"], id="nothing to break at"),
    ],
)
def test_an_id_is_broken_between_its_parts(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    cell: str | list[str],
    room: int,
    shown: list[str],
) -> None:
    monkeypatch.setenv("COLUMNS", str(room))

    table([Column(name="x")], [[cell]])

    assert [line.rstrip() for line in capsys.readouterr().out.splitlines()[2:]] == shown
