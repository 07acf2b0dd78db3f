"""A folder of collected files, as it's read."""

import hashlib
import os
import stat
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path

from offboarding.model.errors import FatalError
from offboarding.net import plain_file
from offboarding.verifiers._collected.manifest import CollectionManifest, ManifestError, read_manifest, too_old
from offboarding.verifiers._collected.private import holds_private_key
from offboarding.verifiers._collected.settings import Collection

"""The folder that holds `include/`; relative paths start there, whatever the worker's own folder is."""

LARGEST = 8 * 1024 * 1024
"""Bytes. A larger file isn't read."""
MOST_OF_A_HOST = 256 * 1024 * 1024
"""Bytes of what one host's folder holds, the smallest files first: a file of holes costs nothing to make."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectedFile:
    """A file that was asked for."""

    path: str
    """Below the folder, with slashes."""
    body: bytes = field(repr=False)
    private: bool
    """A private key stands in it."""

    @property
    def host(self) -> str:
        """The path's first folder; "" for a file right in the folder, which is everybody's."""
        first, slash, _ = self.path.partition("/")
        return first if slash else ""


class Folder:
    """A folder under way: what was wrong with it is known once `files` has ended."""

    def __init__(self, collection: Collection, where: str, as_of: datetime) -> None:
        self.problems: list[str] = []
        """Sentences; any of them means that not everything was read."""
        self.alarms: list[str] = []
        """Sentences on private keys: a red gap each, and no reason to doubt the rest."""
        self.read = 0
        """Files."""
        self._collection = collection
        self._where = where
        self._as_of = as_of
        self._root = plain_file.PROJECT / collection.folder
        self._seen: set[str] = set()
        self._unwanted: list[str] = []
        self._unlisted: list[str] = []

    def files(self, wanted: Callable[[str], bool]) -> Iterator[CollectedFile]:
        """Yield the files whose path is wanted, in the order of their paths; the others are searched for private keys.

        Raises FatalError where the folder can't be listed at all.
        """
        self._need_folder()
        manifest = self._manifest()
        paths = sorted(self._paths())
        beyond = self._beyond(paths)
        for path in paths:
            if path == self._collection.manifest:
                continue
            self._seen.add(path)
            if path in beyond:
                most = MOST_OF_A_HOST // 1024 // 1024
                self.problem(path, f"was not read: smaller files of its folder hold {most} MiB already. Take it out")
                continue
            body = self._body(path, wanted=wanted(path))
            if body is None:
                continue
            private = holds_private_key(body)
            if private:
                self.alarms.append(self._alarm(path))
            if not wanted(path):
                self._unwanted.append(path)
                continue
            self._check(path, body, manifest)
            yield CollectedFile(path=path, body=body, private=private)
        self._check_missing(manifest)

    def problem(self, path: str, text: str) -> None:
        """Note what was wrong with a file: a clause with its fix."""
        self.problems.append(f"{self._where}: {path} {text}.")

    def notes(self) -> Iterator[str]:
        """Sentences on what was left out, and is no reason to act tonight."""
        if self._unwanted:
            yield f"{self._where}: {_several(self._unwanted)} met no pattern: not looked at, but for private keys."
        if self._unlisted:
            yield f"{self._where}: {_several(self._unlisted)} not in {self._collection.manifest}: they count even so."
        if not self._collection.manifest:
            yield f"{self._where}: there is no manifest, so a collection that has stopped isn't noticed."

    def _need_folder(self) -> None:
        try:
            next(self._root.iterdir(), None)
        except OSError as error:
            raise FatalError(
                f"{self._where}: the folder {self._collection.folder} can't be listed ({error.strerror}). Collect the"
                " files there, and let our user read them."
            ) from error

    def _paths(self) -> Iterator[str]:
        """Every file's path. Links to folders aren't followed, and said."""

        def unlisted(error: OSError) -> None:
            self.problem(self._below(str(error.filename)), f"can't be listed ({error.strerror}). Let our user read it")

        for top, folders, names in os.walk(self._root, onerror=unlisted):
            for name in list(folders):
                place = f"{top}/{name}"
                if name.startswith(".."):
                    # Where Kubernetes keeps what it mounts; the files beside it are links into it.
                    folders.remove(name)
                elif Path(place).is_symlink():
                    self.problem(
                        self._below(place), "is a link to a folder, which isn't followed. Collect what it holds"
                    )
            for path in (self._below(f"{top}/{name}") for name in names):
                if path.isprintable():
                    yield path
                else:
                    self._seen.add(path)
                    shown = path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
                    self.problem(repr(shown), "has a name that isn't plain UTF-8. Name it otherwise")

    def _beyond(self, paths: Sequence[str]) -> set[str]:
        """Return the largest files of each host whose files hold more than they may."""
        sizes = sorted((min(self._size(path), LARGEST), path) for path in paths)
        held, beyond = Counter[str](), set[str]()
        for size, path in sizes:
            host = path.partition("/")[0] if "/" in path else ""
            held[host] += size
            if held[host] > MOST_OF_A_HOST:
                beyond.add(path)
        return beyond

    def _size(self, path: str) -> int:
        with suppress(OSError):
            return (self._root / path).stat().st_size
        return 0  # what is wrong with it is said when it is opened

    def _below(self, place: str) -> str:
        return os.path.relpath(place, self._root)

    def _body(self, path: str, *, wanted: bool) -> bytes | None:
        opened = self._opened(path)
        if opened is None:
            return None
        body, _ = opened
        self.read += 1
        if wanted and len(body) > LARGEST:
            self.problem(path, f"is larger than {LARGEST // 1024 // 1024} MiB, and not read. Take it out, or split it")
            return None
        return body

    def _opened(self, path: str) -> tuple[bytes, datetime] | None:
        """The first LARGEST bytes and one more, and when they were written; None where it's no file of this folder."""
        place = self._root / path
        try:
            if not self._within(place.resolve(strict=True)):
                self.problem(path, "is a link that leads out of the folder. Collect the file itself")
                return None
            # Without waiting: a named pipe would keep us for good.
            with os.fdopen(os.open(place, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
                found = os.fstat(file.fileno())
                if not stat.S_ISREG(found.st_mode):
                    self.problem(path, "is no plain file. Take it out of the folder")
                    return None
                # What was opened, and not what lay there a moment before: it may have become a link since.
                if not self._within(Path(f"/proc/self/fd/{file.fileno()}").resolve()):
                    self.problem(path, "became a link that leads out of the folder. Collect the file itself")
                    return None
                return file.read(LARGEST + 1), datetime.fromtimestamp(found.st_mtime, UTC)
        except (OSError, RuntimeError) as error:
            why = getattr(error, "strerror", None) or "its links lead in a circle"
            self.problem(path, f"can't be read ({why}). Let our user read it, or collect it anew")
            return None

    def _within(self, place: Path) -> bool:
        return place.is_relative_to(self._root.resolve())

    def _check(self, path: str, body: bytes, manifest: CollectionManifest | None) -> None:
        listed = manifest.digests.get(path) if manifest else None
        proved = listed is not None and listed == hashlib.sha256(body).hexdigest()
        if manifest and listed is None:
            self._unlisted.append(path)
        elif listed is not None and not proved:
            self.problem(
                path, f"isn't what {self._collection.manifest} lists: cut off, or changed since. Collect it anew"
            )
        elif not body.strip() and not proved:
            self.problem(path, "is empty, so presumed cut off. Collect it anew, or prove it by a manifest")

    def _manifest(self) -> CollectionManifest | None:
        name = self._collection.manifest
        if name is None:
            return None
        opened = self._opened(name)
        if opened is None:
            return None
        try:
            manifest = read_manifest(*opened)
        except ManifestError as error:
            self.problem(name, str(error))
            return None
        old = too_old(manifest, self._as_of, self._collection.max_age_hours)
        if old:
            self.problem(name, old)
        return manifest

    def _check_missing(self, manifest: CollectionManifest | None) -> None:
        for path in sorted(manifest.digests.keys() - self._seen if manifest else ()):
            self.problem(path, f"is in {self._collection.manifest} and not there. Collect it anew")
        for pattern in self._collection.expected:
            if not any(fits(path, pattern) for path in self._seen):
                self.problem(pattern, "is expected, and there is no such file. Collect it, or take it out of expected")

    def _alarm(self, path: str) -> str:
        return (
            f"{self._where}: THE PRIVATE HALF OF A KEY LIES IN {path}: whoever reads these files has it. Nothing of"
            " it is kept here. Take it out of the folder and out of the collection, and replace the key."
        )


def fits(path: str, pattern: str) -> bool:
    """Whether a path is meant. A pattern without a slash is of the name alone; `*` goes over slashes too."""
    return fnmatchcase(path if "/" in pattern else path.rpartition("/")[2], pattern)


def _several(paths: list[str]) -> str:
    """Files, named up to three."""
    more = len(paths) - 3
    return ", ".join(paths[:3]) + (f" and {more} more" if more > 0 else "")
