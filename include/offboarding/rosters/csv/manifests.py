"""Reads the manifests that lie beside a feed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from offboarding.model import Problem
from offboarding.rosters.csv.proof import FeedManifest
from offboarding.rosters.csv.stores import FeedFile, FeedStore

_MOST_BYTES = 1 << 20
"""A manifest is a few lines; whatever is longer is none."""
_FIX = "See whether HR's delivery is complete, and whether manifest of the roster is right."


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestRecord:
    """What a manifest tells of one file."""

    values: Mapping[str, str | int] = field(default_factory=dict[str, "str | int"])
    by: str = ""
    """The manifest's name."""
    problems: Sequence[Problem] = ()
    """Why it tells nothing."""


class Manifests:
    """Those of one feed; each is read once."""

    def __init__(self, manifest: FeedManifest | None, store: FeedStore, encoding: str) -> None:
        self._manifest = manifest
        self._store = store
        self._encoding = encoding
        self._entries: dict[str, Sequence[Mapping[str, str]] | None] = {}

    def told(self, file: FeedFile) -> ManifestRecord:
        """What a file's manifest says of it."""
        if self._manifest is None:
            return ManifestRecord()
        name = self._manifest.name_for(file.name)
        if name not in self._entries:
            self._entries[name] = self._read(self._manifest, file, name)
        entries = self._entries[name]
        if entries is None:
            return _nothing(
                file, name, f"its manifest {name} isn't there: the delivery isn't finished, or path is wrong"
            )
        own = [entry for entry in entries if entry.get("file", file.name) == file.name]
        if len(own) != 1:
            return _nothing(file, name, f"its manifest {name} tells of it {len(own)} times, and once is needed")
        try:
            return ManifestRecord(values=self._manifest.told(own[0]), by=f"the manifest {name}")
        except ValueError as error:
            return _nothing(file, name, f"its manifest {name} holds no number ({error})")

    def missing(self, files: Sequence[FeedFile]) -> Iterator[Problem]:
        """Yield a sentence for each file that a manifest names and the feed lacks; after `told` of them all."""
        known = {file.name for file in files}
        for manifest, entries in self._entries.items():
            for named in {entry["file"] for entry in entries or () if "file" in entry} - known:
                yield Problem(record=manifest, text=f"it names {named}, which is no part of what was read", fix=_FIX)

    def _read(self, manifest: FeedManifest, file: FeedFile, name: str) -> Sequence[Mapping[str, str]] | None:
        found = self._store.beside(file, name)
        if found is None:
            return None
        with self._store.opened(found) as opened:
            text = opened.stream.read(_MOST_BYTES).decode(self._encoding, errors="replace")
        return list(manifest.entries(text.removeprefix("\ufeff")))


def _nothing(file: FeedFile, name: str, text: str) -> ManifestRecord:
    return ManifestRecord(by=name, problems=(Problem(record=file.name, text=text, fix=_FIX),))
