"""What kinds share that read a folder of collected files: a machine each, told by a script on that machine; and the
company's own register of whose something is.

Of such a file the first lines say by which script it was written (`offboarding KIND 1`) and of which machine it is
(`machine HEX`); the last is `end`.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator

from offboarding.interfaces import Proposal, ReadContext, Some, SourceSettings
from offboarding.model.errors import ConfigError, FatalError, RetriableError
from offboarding.net import plain_file

HEAD = 4096
"""Bytes in which a file says whose it is."""
LARGEST = 32 * 1024 * 1024
"""Bytes of a machine's file."""
_AHEAD = timedelta(days=1)
"""By which a machine's clock may be wrong before its file counts as none."""
MachineName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]


class CollectionError(ValueError):
    """It isn't what the script writes, or not all of it. A clause with the fix, which repeats nothing of it."""


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

    @property
    def where(self) -> str:
        """How every sentence about it begins."""
        return f"sources.{self.settings.name}: {self.machine}"

    @property
    def _folder(self) -> Path:
        return plain_file.PROJECT / self.settings.folder

    def body(self) -> bytes:
        """All of it. Raises RetriableError where there's none yet, FatalError where it can't be read."""
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

    def need_fresh(self, made_at: datetime) -> None:
        """Raises FatalError where it's too old, or of a moment to come."""
        age, made = self.context.as_of - made_at, f"{made_at:%Y-%m-%d %H:%M} UTC"
        if age > timedelta(hours=self.settings.max_age_hours):
            raise FatalError(
                f"{self.where}: its file is of {made}, and may be {self.settings.max_age_hours:g} hours old. See"
                " whether it's still collected."
            )
        if age < -_AHEAD:
            raise FatalError(f"{self.where}: its file says it's of {made}, which is to come. Mend the host's clock.")

    def need_no_twin(self, machine_id: str) -> None:
        """Two files of one machine would each show what the other tells as gone: raises FatalError."""
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


@dataclass(frozen=True, slots=True)
class OwnerRegister:
    """Whose a thing is that names nobody, as the company's own file says: CSV, the thing's column and then `login`."""

    column: str
    thing: re.Pattern[str]
    called: str
    """What it is, for people: "public key"."""
    any_case: bool = False
    """Things that differ by case alone are one: they're in small letters then."""

    def read(self, where: str, name: str) -> dict[str, tuple[str, ...]]:
        """Each thing with whoever it is said to be of; more than one where lines differ. `name`: its path.

        Raises FatalError where any of it can't be read: whom the missing line names would look like nobody's.
        """
        try:
            body = plain_file.read(plain_file.PROJECT / name, LARGEST)
        except OSError as error:
            said = error.strerror or type(error).__name__
            raise FatalError(
                f"{where}: the register {name} can't be read ({said}). Put it there, and let our user read it."
            ) from error
        if len(body) > LARGEST:
            most = LARGEST // 1024 // 1024
            raise FatalError(f"{where}: the register {name} is larger than {most} MiB. Make it smaller.")
        return self.read_body(where, name, body)

    def read_body(self, where: str, name: str, body: bytes) -> dict[str, tuple[str, ...]]:
        """What such a file says. Raises FatalError."""
        try:
            rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True))
        except (csv.Error, UnicodeDecodeError):
            # Not `from error`: it may hold what stands there.
            raise FatalError(f"{where}: the register {name} isn't CSV in UTF-8. Mend it.") from None
        header = [self.column, "login"]
        if not rows or rows[0] != header:
            raise FatalError(
                f"{where}: the register {name} doesn't begin with {','.join(header)}. Mend its first line."
            )
        found: dict[str, tuple[str, ...]] = {}
        for number, row in enumerate(rows[1:], 2):
            if not row:
                continue
            if len(row) != len(header) or not self.thing.fullmatch(row[0].strip()) or not row[1].strip():
                raise FatalError(
                    f"{where}: row {number} of the register {name} is no {self.called} and login. Mend it."
                )
            thing, login = row[0].strip(), row[1].strip()
            thing = thing.lower() if self.any_case else thing
            found[thing] = tuple(dict.fromkeys((*found.get(thing, ()), login)))
        return found


def framed(body: bytes, kind: str) -> list[bytes]:
    """The lines between the first and the last. Raises CollectionError where those aren't what the script writes."""
    rows, begin = body.split(b"\n"), f"offboarding {kind} "
    if not rows[0].startswith(begin.encode()):
        raise CollectionError("isn't what collect.sh writes. Collect it anew")
    if rows[0] != f"{begin}1".encode():
        raise CollectionError("was written by another version of collect.sh. Put this version's on the machine")
    if rows[-2:] != [b"end", b""]:
        raise CollectionError("was cut off: its last line isn't `end`. Collect it anew")
    return rows[1:-2]


def machine_of(head: bytes) -> str:
    """Which machine the first lines are of; "" where they don't say."""
    lines = (line.split(b" ") for line in head.split(b"\n"))
    return next((line[1].decode("ascii", "replace") for line in lines if line[0] == b"machine" and len(line) == 2), "")


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


def plain(text: str) -> str:
    """What a machine says of itself, fit for a sentence."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:200]


def _is_one(path: Path, kind: str) -> bool:
    try:
        head = plain_file.read(path, HEAD)
    except OSError:
        return False
    return head.startswith(f"offboarding {kind} ".encode()) and bool(machine_of(head))


def _shown(path: Path) -> str:
    return path.name if path.name.isprintable() else repr(path.name.encode("utf-8", "surrogateescape"))
