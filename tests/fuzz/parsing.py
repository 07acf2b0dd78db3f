"""A parser of outside data as it is tried: by seeds, and by what is drawn from them."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

CORPUS = Path(__file__).parent / "corpus"
"""Seeds that parsers of several systems share."""
NIGHT = datetime(2026, 11, 24, 16, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A parser."""

    folder: Path
    """Of its seeds."""
    read: Callable[[bytes], object]
    raises: tuple[type[Exception], ...] = ()

    def try_out(self, data: bytes) -> None:
        """Whatever it raises beside what it may is a defect."""
        with contextlib.suppress(*self.raises):
            self.read(data)

    @property
    def name(self) -> str:
        """Its seeds'."""
        return self.folder.name

    @property
    def seeds(self) -> list[bytes]:
        """In an order of their own."""
        return [path.read_bytes() for path in sorted(self.folder.iterdir())]


def read_text(read: Callable[[str], object]) -> Callable[[bytes], object]:
    return lambda data: read(data.decode("utf-8", "surrogateescape"))


def read_file(read: Callable[..., object]) -> Callable[[bytes], object]:
    def fromread_file(data: bytes) -> None:
        with TemporaryDirectory(prefix="offboarding-fuzz-") as folder:
            path = Path(folder) / "register.yaml"
            path.write_bytes(data)
            read(path, named=True)

    return fromread_file
