"""What a reader of the demo sees of Airflow's output."""

import pytest

from demo.own_lines import OwnLines

TIME = "2026-11-25T13:11:35.907820Z"


def shown(text: str) -> list[str]:
    lines = OwnLines()
    return [own for line in text.splitlines() for own in lines.feed(line)]


@pytest.mark.parametrize(
    ("text", "expected"),
    (
        pytest.param(
            f"{TIME} [info     ] source read                    [offboarding.collect] accounts=3 loc=x.py:8 source=aws",
            ["source read  accounts=3 source=aws"],
            id="an entry, its time and place left out",
        ),
        pytest.param(
            f"{TIME} [warning  ] two rows\nare bad [offboarding.rosters] loc=x.py:9 rows=2",
            ["! two rows\nare bad  rows=2"],
            id="an entry over two lines",
        ),
        pytest.param(f"{TIME} [info     ] read [offboarding.report]", ["read"], id="an entry without fields"),
        pytest.param(
            f"{TIME} [info     ] read [offboarding.report] loc=x.py:1\nNight of\n  Read  hr 412\nDagRun failed",
            ["read", "Night of", "  Read  hr 412"],
            id="what our task prints",
        ),
        pytest.param(
            f"{TIME} [info     ] read [offboarding.a] loc=x.py:1\n::group::details\n1\n2\n::endgroup::\nafter",
            ["read", "  [details: in the log]", "after"],
            id="details are folded",
        ),
        pytest.param(
            f"{TIME} [error    ] Task failed with exception     [task] loc=task_runner.py:1676\nTraceback\n  File x",
            [],
            id="a trace is Airflow's",
        ),
        pytest.param("You might need to install graphviz", [], id="what stands before any entry"),
        pytest.param(
            f"{TIME} [warning  ] Could not import graphviz. \nYou might\ninstall. [py.warnings] category=UserWarning",
            [],
            id="another's entry over several lines",
        ),
    ),
)
def test_our_lines_are_shown_and_no_others(text: str, expected: list[str]) -> None:
    assert shown(text) == expected
