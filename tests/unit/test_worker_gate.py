"""Which workers of a roster can be held."""

import pytest

from offboarding.runs.ingest.gate.workers import WorkerGate
from tests.support.small_company import WORKS, worker


@pytest.mark.parametrize("number", ["10\n42", "10\r42", "10\t42", "\x1b[2J1042", "10\x7f42", "10\x8542", "10\u202842"])
def test_a_number_with_a_control_character_is_no_number_and_costs_its_record(number: str) -> None:
    gate = WorkerGate()

    passed = list(gate.passed([worker("1", WORKS), worker(number, WORKS), worker("2", WORKS)]))

    assert [each.worker_id for each in passed] == ["1", "2"]
    (problem,) = gate.problems
    assert "it holds a control character: the record is left out" in problem.text
