"""A folder of collected files: what a user may write of it, and how one of its files is read."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import Field, field_validator

from offboarding.interfaces import Proposal, ReadContext, Some, SourceSettings
from offboarding.model import RequestCounts
from offboarding.model.errors import ConfigError, FatalError, RetriableError
from offboarding.net import plain_file
from offboarding.sources._collected.lines import CollectedMachine, CollectionError, machine_of

HEAD = 4096
"""Bytes in which a file says whose it is."""
LARGEST = 32 * 1024 * 1024
"""Bytes of a machine's file."""
_AHEAD = timedelta(days=1)
"""By which a machine's clock may be wrong before its file counts as none."""
MachineName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]

_Machine = TypeVar("_Machine", bound=CollectedMachine)


class CollectedSettings(SourceSettings):
    """Machines, a collected file each. `hosts` is where a connection may lead, of which there is none."""

    connection: str = Field(default="", description="None: files of this machine are read.")
    folder: str = Field(min_length=1, description="A folder of this machine; a relative path begins at the project.")
    machines: Some[MachineName] = Field(description="Each read by a task of its own, from the file of its name.")
    max_age_hours: float = Field(default=26, gt=0, description="How old a host's file may be.")

    @field_validator("machines")
    @classmethod
    def _named_once(cls, machines: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(machines)) < len(machines):
            raise ValueError("a machine is listed twice")
        return machines

    def parts(self) -> tuple[str, ...]:
        """The machines."""
        return self.machines


@dataclass(frozen=True, slots=True)
class MachineFile:
    """Of one machine, in its folder."""

    settings: CollectedSettings
    machine: str
    """As the configuration calls it."""
    context: ReadContext
    _asked: Counter[str] = field(default_factory=Counter[str])

    @property
    def requests(self) -> RequestCounts:
        """Reads so far."""
        return RequestCounts(**self._asked)

    @property
    def where(self) -> str:
        """How every sentence about it begins."""
        return f"sources.{self.settings.name}: {self.machine}"

    @property
    def _folder(self) -> Path:
        return plain_file.PROJECT / self.settings.folder

    def read(self, purpose: str, read_collection: Callable[[bytes], _Machine]) -> _Machine:
        """The machine that it tells, taken apart.

        Raises RetriableError where there's no file yet, FatalError where it can't be read, isn't whole, is too old, or
        is of another listed machine as well.
        """
        self._asked[purpose] += 1
        try:
            found = read_collection(self._body())
        except CollectionError as error:
            raise FatalError(f"{self.where}: its file {error}.") from error
        assert found.made_at is not None, "a collection says when it was made"
        self._need_fresh(found.made_at)
        self._need_no_twin(found.machine)
        return found

    def _body(self) -> bytes:
        name, folder = self.machine, self.settings.folder
        try:
            body = plain_file.read(self._folder / name, LARGEST)
        except FileNotFoundError as error:
            why = "Collect it, or take it out of machines"
            raise RetriableError(f"{self.where}: there is no file {name} in {folder}. {why}.") from error
        except OSError as error:
            said = error.strerror or type(error).__name__
            raise FatalError(
                f"{self.where}: {name} in {folder} can't be read ({said}). Let our user read it"
                f" (docs/permissions/{self.settings.kind}.md)."
            ) from error
        if len(body) > LARGEST:
            raise FatalError(f"{self.where}: its file is larger than {LARGEST // 1024 // 1024} MiB. Collect it anew.")
        return body

    def _need_fresh(self, made_at: datetime) -> None:
        age, made = self.context.as_of - made_at, f"{made_at:%Y-%m-%d %H:%M} UTC"
        if age > timedelta(hours=self.settings.max_age_hours):
            raise FatalError(
                f"{self.where}: its file is of {made}, and may be {self.settings.max_age_hours:g} hours old. See"
                " whether it's still collected."
            )
        if age < -_AHEAD:
            raise FatalError(f"{self.where}: its file says it's of {made}, which is to come. Mend the host's clock.")

    def _need_no_twin(self, machine_id: str) -> None:
        """Two files of one machine would each show what the other tells as gone."""
        for other in self.settings.machines:
            if other == self.machine:
                continue
            try:
                head = plain_file.read(self._folder / other, HEAD)
            except OSError:
                continue  # its own task says so
            if machine_of(head) == machine_id:
                raise FatalError(
                    f"{self.where}: it and {other} are one machine by their /etc/machine-id. If they were made of one"
                    " image, give each its own (systemd-machine-id-setup); else mend the collection."
                )

    def unlisted(self) -> Iterator[str]:
        """Yield a clause for each file of the folder that no machine is listed for; the first machine's task alone."""
        if self.machine != self.settings.machines[0]:
            return
        try:
            paths = sorted(self._folder.iterdir())
        except OSError as error:
            yield f"{self.settings.folder} can't be listed ({error.strerror}): let our user do that"
            return
        for path in paths:
            if path.name not in self.settings.machines and not path.name.startswith("."):
                lies = f"{_shown(path)} lies in {self.settings.folder}"
                yield f"{lies} and isn't among machines: list it or take it out"


def propose(where: str, kind: str, *notes: str) -> Proposal:
    """The machines of a folder, by files that the kind's script wrote. Raises ConfigError where there's none."""
    folder = plain_file.PROJECT / where
    try:
        machines = [path.name for path in sorted(folder.iterdir()) if _is_one(path, kind)]
    except OSError as error:
        raise ConfigError(
            f"{where}: the folder can't be listed ({error.strerror}). Collect hosts' files there."
        ) from error
    if not machines:
        raise ConfigError(f"{where}: no file there is of a host. Collect them first (docs/permissions/{kind}.md).")
    return Proposal(settings={"folder": where, "machines": machines}, notes=notes)


def _is_one(path: Path, kind: str) -> bool:
    try:
        head = plain_file.read(path, HEAD)
    except OSError:
        return False
    return head.startswith(f"offboarding {kind} ".encode()) and bool(machine_of(head))


def _shown(path: Path) -> str:
    return path.name if path.name.isprintable() else repr(path.name.encode("utf-8", "surrogateescape"))
