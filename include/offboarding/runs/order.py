"""The order of a night, told once: the DAG makes tasks of these steps, and `whole.py` calls one after the other.

Before the first there is a run, and what there is to read has been found.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Call = Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A function of the pipeline, called once, or for each roster or part of a source."""

    after: tuple[str, ...] = ()
    """Names of the steps that have ended before."""
    goes_on: bool = False
    """Whatever failed before; else it isn't begun where one of those before it failed."""


NIGHT: Mapping[str, Step] = {
    "read_roster": Step(),
    "collect": Step(),
    "correlate": Step(after=("read_roster", "collect"), goes_on=True),
    "detail": Step(after=("correlate",)),
    "evaluate": Step(after=("detail",), goes_on=True),
    "guard": Step(after=("evaluate",)),
    "ticket": Step(after=("guard",)),
    "alert": Step(after=("guard",)),
    "ask_queue": Step(),
    "report": Step(after=("ticket", "alert", "ask_queue"), goes_on=True),
}
"""By name, each after those that it waits for."""


def walk(work: Mapping[str, Sequence[Call]], went_well: Callable[[str, Call], bool]) -> None:
    """Call what a night has to do, one after the other; `went_well` does it, and says whether it failed.

    A step for which there is no work stands in nobody's way.
    """
    failed: set[str] = set()
    for name, step in NIGHT.items():
        begun = step.goes_on or failed.isdisjoint(step.after)
        # Each call is made, whatever became of the one before it.
        said = [went_well(name, call) for call in work.get(name, ())] if begun else [False]
        if not all(said):
            failed.add(name)
