"""Answers: flags first, then what is proposed, then a person at the terminal; without one, the sentence that says
which flag is missing.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from offboarding.config.spelling import nearest
from offboarding.model.errors import ConfigError

FLAG = "--set"
_FLAGS = {"company.time_zone": "--zone"}
"""Those that have one of their own."""


@dataclass(slots=True)
class Answers:
    """What was given on the command line, and whether anybody can be asked."""

    given: Mapping[str, str]
    """`hr.date_format` -> `%d/%m/%Y`; a key without an entry's name counts for any (`statuses.Terminated`)."""
    interactive: bool
    used: set[str] = field(default_factory=set[str])

    def about(self, name: str) -> "EntryAsker":
        """The Asker for one entry."""
        return EntryAsker(self, name)

    def take(self, *keys: str) -> str | None:
        """The first of these that was given."""
        for key in keys:
            if key in self.given:
                self.used.add(key)
                return self.given[key]
        return None

    def ask(
        self, question: str, options: Sequence[str] = (), proposed: str | None = None, *, needed: bool = False
    ) -> str:
        """A person's answer; `needed`: asked again until there is one. Raises ConfigError where they leave."""
        shown = f"\n  {' / '.join(map(repr, options))}" if options else ""
        default = f" [{proposed}]" if proposed else ""
        while True:
            # On the error output: what a pipe takes is the command's own.
            print(f"{question}?{shown}\n>{default} ", end="", file=sys.stderr, flush=True)  # noqa: T201 - a question to whoever sits there
            line = sys.stdin.readline()
            if not line:
                raise ConfigError(f"{question}: nobody answered. Nothing was written.")
            answer = line.strip() or proposed or ""
            if answer in options or not (options or (needed and not answer)):
                return answer


@dataclass(frozen=True, slots=True)
class EntryAsker:
    """A Chooser (interfaces) about one entry of the file."""

    answers: Answers
    name: str

    def choose(
        self,
        key: str,
        question: str,
        options: Sequence[str] = (),
        *,
        proposed: str | None = None,
        confirm: bool = False,
    ) -> str:
        """Flag, proposal or person, in that order. Raises ConfigError that names the flag."""
        given = self.answers.take(f"{self.name}.{key}", key)
        if given is not None:
            return self._checked(key, given, options)
        if self.answers.interactive and (proposed is None or confirm):
            return self.answers.ask(question, options, proposed, needed=proposed is None and not options)
        if proposed is not None:
            return proposed
        which = f": {' or '.join(_shown(option) for option in options if option)}" if options else ""
        raise ConfigError(f"{question}{which}? Nobody can be asked here: say it with {self._flag(key)}...")

    def _flag(self, key: str) -> str:
        path = f"{self.name}.{key}"
        return f"{_FLAGS[path]} " if path in _FLAGS else f"{FLAG} {path}="

    def _checked(self, key: str, given: str, options: Sequence[str]) -> str:
        # An encoding or date format that nobody thought of is the user's to know.
        if options and given not in options and key not in ("encoding", "date_format"):
            near = nearest(given, [option for option in options if option])
            raise ConfigError(f"{FLAG} {self.name}.{key}={given}: that isn't there.{near}")
        return given


def _shown(option: str) -> str:
    return "a tab" if option == "\t" else option
