"""How a task ends where it can't be done: an error of ours with its sentence, a defect with its trace."""

from collections.abc import Generator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from offboarding import wiring
from offboarding.model.errors import ConfigError, FatalError, IncompleteReadError, RetriableError
from offboarding_airflow.versions import AirflowTaskTimeout
from offboarding_airflow.work import RedError, RefusedError, at_work

TEXT = "sources.aws 111111111111: denied. Grant sts:AssumeRole"


@pytest.fixture(autouse=True)
def _any_store(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def ready() -> Generator[tuple[SimpleNamespace, None]]:
        yield SimpleNamespace(), None

    monkeypatch.setattr(wiring, "at_work", ready)


def ending_of(error: Exception) -> BaseException:
    with pytest.raises(BaseException, match=str(error)) as ended, at_work():
        raise error
    return ended.value


@pytest.mark.parametrize("error", [FatalError, ConfigError, IncompleteReadError], ids=lambda kind: kind.__name__)
def test_what_a_person_must_mend_leaves_the_process_and_is_not_tried_again(error: type[FatalError]) -> None:
    ended = ending_of(error(TEXT))

    assert isinstance(ended, RefusedError)
    assert (ended.code, str(ended), ended.__cause__) == (1, TEXT, None)


def test_what_may_work_in_a_minute_leaves_it_and_is() -> None:
    ended = ending_of(RetriableError(TEXT))

    assert isinstance(ended, RedError)
    assert not isinstance(ended, RefusedError)


def test_a_task_that_exceeded_its_time_is_not_tried_again() -> None:
    with pytest.raises(RefusedError, match="execution_timeout"), at_work():
        raise AirflowTaskTimeout("Timeout, PID: 1")


def test_a_defect_keeps_its_trace() -> None:
    ended = ending_of(ZeroDivisionError("a defect"))

    assert isinstance(ended, ZeroDivisionError)
    assert ended.__traceback__ is not None
