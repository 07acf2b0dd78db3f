"""The check's own check: kills of code that is broken on purpose, each of which must be found out."""

from dataclasses import dataclass
from typing import Literal

from tests.support.killing.broken import Fault
from tests.support.killing.drawing import Again, Kill
from tests.support.killing.relays import When
from tests.support.killing.scenes import Stage
from tests.support.killing.tasks import Task

OPENED = ("POST issue/@poe", "POST issue/@poe/")
SPOKEN = ("GET issue?", "GET msg?", "POST msg/@poe", "POST msg/@poe/")
""""How does it stand", and then a comment."""
SAID = (*SPOKEN, "GET issue/", "PATCH issue/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A fault, and a kill that brings it out."""

    fault: Fault
    task: Task
    requests: tuple[str, ...]
    """It's killed about the last of these, where they first come one after the other."""
    when: When
    found: Literal["duplicates", "lost"]
    again: Again = "where it was"

    def sentences(self, stage: Stage) -> tuple[str, ...]:
        """What is found of it: nothing, where the check is worth nothing."""
        sentences: tuple[str, ...] = getattr(stage.play(self._kill(stage), self.fault), self.found)
        return sentences

    def _kill(self, stage: Stage) -> Kill:
        heard = [request.replace("/offb/rest/data/", "") for request in stage.scenes[self.task].trap.requests]
        length = len(self.requests)
        last = next(
            nth
            for nth in range(length, len(heard) + 1)
            if all(map(str.startswith, heard[nth - length : nth], self.requests))
        )
        return Kill(task=self.task, place="tracker", nth=last, of=len(heard), when=self.when, again=self.again)


CONTROLS = (
    Control(fault=Fault.OPENS_UNASKED, task="ticket", requests=OPENED, when="after", found="duplicates"),
    Control(fault=Fault.SAYS_TWICE, task="verify", requests=SAID, when="after", found="duplicates"),
    Control(fault=Fault.MARKS_FIRST, task="ticket", requests=OPENED, when="before", found="lost"),
    Control(fault=Fault.MARKS_FIRST, task="verify", requests=SPOKEN, when="before", found="lost"),
    Control(
        fault=Fault.LEAVES_TO_FIRST,
        task="due",
        requests=("GET issue?",),
        when="before",
        found="lost",
        again="an hour later",
    ),
)
