"""Buttons from tasks to the pages. What Airflow keeps of them in a run: test_whole_runs.py."""

from types import SimpleNamespace

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.serialization.serialized_objects import DagSerialization

from offboarding_airflow import links
from tests.support.source_tree import PROJECT

TOLD = SimpleNamespace(dag_id="offboarding_nightly", run_id="scheduled__2026-11-25T00:00:00+09:00 a/b?c#d")


@pytest.mark.parametrize(
    ("dag", "task", "names"),
    [
        ("nightly", "ticket", {"Tonight", "Findings and tickets"}),
        ("nightly", "end", {"Tonight"}),
        ("verify", "open.tell_open", {"Findings and tickets"}),
        ("verify", "due.tell_due", {"Findings and tickets"}),
        ("departure", "tell", {"Findings and tickets"}),
        ("release", "ask", {"What waits"}),
    ],
)
def test_airflows_api_server_knows_them_without_our_code(dag: str, task: str, names: set[str]) -> None:
    read = DagBag(dag_folder=PROJECT / "dags" / f"offboarding_{dag}.py").dags[f"offboarding_{dag}"]

    known = DagSerialization.from_dict(DagSerialization.to_dict(read)).get_task(task)

    assert set(known.extra_links) == names


def test_a_run_s_name_is_a_step_of_the_address_whatever_it_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "page", lambda: "https://airflow.corp.example/below")

    url = links.NightLink().get_link(None, ti_key=TOLD)

    below = "https://airflow.corp.example/below/offboarding/runs/offboarding_nightly/"
    assert url == f"{below}scheduled__2026-11-25T00%3A00%3A00%2B09%3A00%20a%2Fb%3Fc%23d"


def test_where_airflow_has_no_address_there_is_no_link(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "page", str)

    told = [each().get_link(None, ti_key=TOLD) for each in (links.NightLink, links.TicketsLink, links.HeldLink)]

    assert told == ["", "", ""]
