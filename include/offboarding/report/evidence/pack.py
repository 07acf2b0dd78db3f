"""A pack: tables of one moment, a manifest with the hash of each file, and a signature over that."""

import os
import shutil
import tempfile
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

from offboarding.model.errors import FatalError
from offboarding.report.evidence.drawing import Draws
from offboarding.report.evidence.files import PackedFile, as_json, packed, packed_table
from offboarding.report.evidence.signing import PackKey
from offboarding.store import audits, events
from offboarding.store.connect import Session
from offboarding.store.events import Head
from offboarding.store.reading.evidence import TABLES, EvidenceNight, evidence, last_night, one_look, purges

FORMAT = 1
"""Of the manifest: another number, where a reader of this one would misread it."""
_BESIDES = ("README.txt", "verify.py")
"""What the columns are, as docs/evidence.md tells them, and what checks a pack."""
_NAMING = {"leavers": "name", "things": "label", "findings": "subject_label"}
"""The column of each table that calls people or their things by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPeriod:
    """From the beginning of its first day to the end of its last, by the company's clock."""

    first: date
    last: date
    zone: str

    @property
    def begins(self) -> datetime:
        """The first day's midnight."""
        return datetime.combine(self.first, time(), ZoneInfo(self.zone))

    @property
    def ends(self) -> datetime:
        """The midnight after the last day."""
        return datetime.combine(self.last + timedelta(days=1), time(), ZoneInfo(self.zone))

    def days(self, come: date) -> Iterator[date]:
        """Each of its days that has come by then: one that hasn't is no night that was missed."""
        last = min(self.last, come)
        return (self.first + timedelta(days=number) for number in range((last - self.first).days + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class PackBasis:
    """What the store doesn't know of a pack."""

    version: str
    made_on: date
    """The day when it's made, by the company's clock."""
    with_names: bool
    """Whether people and their things are called by name; else by ids alone."""
    retention_days: int
    policy: Mapping[str, object]
    """The settings, as of now; without anything secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """What was written."""

    files: Sequence[PackedFile]
    head: Head
    is_over: bool
    """Whether the last night was after the period's end."""
    as_of: datetime
    broken_at: int | None
    troubles: Sequence[str]
    """What stood otherwise than the record says, as `audit verify` finds it: a pack with any never verifies."""
    signed: bool

    def rows(self, name: str) -> int:
        """Of a table."""
        return next(file.rows or 0 for file in self.files if file.name == f"{name}.jsonl")


def write_pack(session: Session, period: AuditPeriod, about: PackBasis, folder: Path, signer: PackKey | None) -> Packed:
    """A new folder, whole or not at all. Raises FatalError where it's there already, or nothing has been checked."""
    with _new(folder) as under, one_look(session):
        night, head = last_night(session), events.head(session)
        if night is None or head is None:
            raise FatalError("no night has ended yet, so that there is no evidence of anything.")
        packing = _Packing(session=session, period=period, about=about, folder=under, night=night, head=head)
        return packing.whole(signer)


@dataclass(frozen=True, kw_only=True)
class _Packing:
    session: Session
    period: AuditPeriod
    about: PackBasis
    folder: Path
    night: EvidenceNight
    head: Head

    def whole(self, signer: PackKey | None) -> Packed:
        tables = [each for name in TABLES for each in self._table(name)]
        tables += packed_table(
            self.folder, "days", ("day", "runs"), self.draws.days(self.period.days(self.about.made_on))
        )
        tables += packed_table(self.folder, "populations", self.draws.POPULATIONS, self.draws.populations())
        tables += packed_table(self.folder, "sample", self.draws.SAMPLE, self.draws.sample())
        policy = packed(self.folder / "policy.json", f"{as_json(self.about.policy, indent=2)}\n".encode())
        besides = [packed(self.folder / name, (files(__package__ or "") / name).read_bytes()) for name in _BESIDES]
        found = sorted((*tables, policy, *besides), key=lambda file: file.name)
        broken, troubles = events.broken_at(self.session), self._troubles()
        manifest = f"{as_json(self._manifest(found, broken, troubles, signer), indent=2)}\n".encode()
        packed(self.folder / "manifest.json", manifest)
        if signer:
            packed(self.folder / "manifest.sig", signer.sign(manifest))
        return Packed(
            files=found,
            head=self.head,
            is_over=self._is_over,
            as_of=self.night.as_of,
            broken_at=broken,
            troubles=troubles,
            signed=signer is not None,
        )

    @cached_property
    def draws(self) -> Draws:
        return Draws(self.head.hash, self.period.zone)

    @property
    def _is_over(self) -> bool:
        return self.night.as_of >= self.period.ends

    def _table(self, name: str) -> tuple[PackedFile, ...]:
        with evidence(self.session, name, self.night, begins=self.period.begins, ends=self.period.ends) as table:
            columns, rows = self.draws.watched(name, table.columns, table.rows)
            unnamed = () if self.about.with_names or name not in _NAMING else (columns.index(_NAMING[name]),)
            return packed_table(self.folder, name, columns, (_without(row, unnamed) for row in rows))

    def _troubles(self) -> Sequence[str]:
        looks = audits.looks_broken(self.session)
        return [*audits.otherwise(self.session), *audits.runs_otherwise(self.session), *([looks] if looks else [])]

    def _manifest(
        self, found: Sequence[PackedFile], broken: int | None, troubles: Sequence[str], signer: PackKey | None
    ) -> Mapping[str, object]:
        forgotten = purges(self.session)
        return {
            "format": FORMAT,
            "version": self.about.version,
            "made_on": self.about.made_on,
            "period": {"from": self.period.first, "to": self.period.last, "zone": self.period.zone}
            | {"begins": self.period.begins, "ends": self.period.ends},
            "period_is_over": self._is_over,
            "last_night": asdict(self.night),
            "record": {
                "events": self.head.seq,
                "hash": self.head.hash,
                "is_whole": broken is None and not troubles,
                "broken_at": broken,
                "stands_otherwise": troubles,
            },
            "names": self.about.with_names,
            "retention": {
                "days": self.about.retention_days,
                "words_of_decisions_forgotten": forgotten.words,
                "last_forgotten_at": forgotten.last_at,
                "what": "Of whoever left longer ago than these days names, labels, reasons and reads' messages may"
                " have been forgotten; ids, states, times and the record never are.",
            },
            "sample": "The first of each population by SHA-256 over the lines: record hash, population, control, id.",
            "signed_by": signer and {"algorithm": "Ed25519", "public_key_sha256": signer.fingerprint},
            "files": {
                file.name: {"sha256": file.sha256, "bytes": file.octets}
                | ({} if file.rows is None else {"rows": file.rows})
                for file in found
            },
        }


def _without(row: tuple[object, ...], places: Sequence[int]) -> tuple[object, ...]:
    return tuple("" if place in places else value for place, value in enumerate(row)) if places else row


@contextmanager
def _new(folder: Path) -> Generator[Path]:
    """A folder beside it that takes its name once all went well; only its owner reads it."""
    if os.path.lexists(folder):
        raise FatalError(f"{folder} is there already, and evidence is never written over. Name another folder.")
    try:
        under = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    except OSError as error:
        raise FatalError(f"{folder.parent}: {error.strerror}. Name a folder in one that may be written to.") from error
    try:
        yield under
        under.rename(folder)
    except OSError as error:
        raise FatalError(f"{folder}: {error.strerror}. Nothing was left there.") from error
    finally:
        shutil.rmtree(under, ignore_errors=True)
