"""The credential report: asked for with patience, and read by the names in its header.

It is cached for 4 hours, so it only enriches: deleted users still stand in it, and new ones don't.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from offboarding.model.errors import IncompleteReadError, RetriableError
from offboarding.sources.aws._api.client.failures import CallerIdentity, error_code
from offboarding.sources.aws._api.client.meter import Meter, Purpose

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

WAITS = (0.5, 1.0, 2.0, 4.0, *[8.0] * 7)
"""Seconds between polls: generating throttles, and takes a large account a while. A bit over a minute in all."""

_NOT_READY = frozenset({"ReportNotPresent", "ReportInProgress", "ReportExpired"})
_BUSY = "LimitExceeded"
_NOTHING = frozenset({"", "N/A", "no_information", "not_supported"})
_BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One of a user's two access key slots, in no order of age. It has no key id."""

    active: bool | None
    """None: the report doesn't say."""
    rotated_at: datetime | None
    """With `active` False: there is a key, and it can be switched on again."""
    last_used_at: datetime | None
    """None: never used, or not known yet; a key used seconds ago can still say N/A."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """A user in the report."""

    arn: str
    created_at: datetime
    password: bool | None
    password_last_used_at: datetime | None
    slots: tuple[Slot, ...]
    certificate: bool | None
    """Whether a signing certificate is active."""
    unreadable: str = ""
    """The cell that can't be read, for people; what it would have told is unknown then."""

    @property
    def last_used_at(self) -> datetime | None:
        """The latest use of password or key (never the oldest: an unused second key says nothing)."""
        uses = (self.password_last_used_at, *(slot.last_used_at for slot in self.slots))
        return max((use for use in uses if use is not None), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialReport:
    """An account's users as they were when the report was made."""

    generated_at: datetime
    rows: Mapping[tuple[str, datetime], ReportRow] = field(repr=False)
    """By ARN and creation time: the report has no UserId, and a name can be used again."""
    root: ReportRow | None = None
    """The root user's."""

    def of(self, arn: str, created_at: datetime) -> ReportRow | None:
        """The user's row; None for one made, remade or renamed since."""
        return self.rows.get((arn, created_at.replace(microsecond=0)))


def fetch_report(
    iam: "IAMClient", *, asker: CallerIdentity, meter: Meter, sleep: Callable[[float], object], purpose: Purpose
) -> CredentialReport:
    """Have the report made, unless it is under 4 hours old, and read it. `purpose` is what its two calls count as.

    Raises RetriableError where it isn't ready in time, IncompleteReadError where it can't be read, and botocore's
    ClientError for everything else.
    """
    polling = purpose
    for wait in (*WAITS, None):
        with meter.asking_for(polling):
            complete = _generated(iam)
        polling = Purpose.OVERHEAD
        if complete and (report := _fetched(iam, asker, meter, purpose)):
            return report
        if wait is not None:
            sleep(wait)
    raise RetriableError(f"{asker}: the credential report was not ready after {sum(WAITS):.0f} s. It is tried again")


def _generated(iam: "IAMClient") -> bool:
    from botocore.exceptions import ClientError  # noqa: PLC0415 - see interfaces

    try:
        return iam.generate_credential_report()["State"] == "COMPLETE"
    except ClientError as error:
        if error_code(error) == _BUSY:
            return False
        raise


def _fetched(iam: "IAMClient", asker: CallerIdentity, meter: Meter, purpose: Purpose) -> CredentialReport | None:
    """The report; None where it went stale between the two calls, or is being made by somebody else."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - see interfaces

    try:
        with meter.asking_for(purpose):
            answer = iam.get_credential_report()
    except ClientError as error:
        if error_code(error) in _NOT_READY:
            return None
        raise
    rows = list(parse_report(answer["Content"], str(asker)))
    return CredentialReport(
        generated_at=answer["GeneratedTime"].astimezone(UTC),
        rows={(row.arn, row.created_at): row for row in rows},
        root=next((row for row in rows if row.arn.endswith(":root")), None),
    )


def parse_report(content: bytes, where: str) -> Iterator[ReportRow]:
    """Yield a row for each user, the root user's among them. Columns may come in any order, and more of them.

    Raises IncompleteReadError where a row can't even be told apart: a column is missing, or a creation time is none.
    """
    reader = csv.DictReader(io.StringIO(content.decode("utf-8", "backslashreplace"), newline=""))
    missing = {"arn", "user_creation_time", "user"} - set(reader.fieldnames or ())
    if missing:
        raise IncompleteReadError(f"{where}: the credential report has no column {min(missing)}. Please report it")
    for number, cells in enumerate(reader, start=2):
        yield _row(cells, f"{where}: credential report, line {number}")


def _row(cells: Mapping[str, str | None], where: str) -> ReportRow:
    reading = _Cells(cells)
    created_at = reading.moment("user_creation_time")
    if created_at is None:
        raise IncompleteReadError(f"{where}: column user_creation_time holds no date. Please report it")
    return ReportRow(
        arn=cells["arn"] or "",
        created_at=created_at,
        password=reading.truth("password_enabled"),
        password_last_used_at=reading.moment("password_last_used"),
        slots=tuple(
            Slot(
                active=reading.truth(f"access_key_{number}_active"),
                rotated_at=reading.moment(f"access_key_{number}_last_rotated"),
                last_used_at=reading.moment(f"access_key_{number}_last_used_date"),
            )
            for number in (1, 2)
        ),
        certificate=_either(reading.truth("cert_1_active"), reading.truth("cert_2_active")),
        unreadable=reading.unreadable,
    )


def _either(one: bool | None, other: bool | None) -> bool | None:  # noqa: FBT001 - three values, in no order
    if one or other:
        return True
    return None if one is None or other is None else False


class _Cells:
    """A row's cells; what can't be read is unknown, and remembered."""

    def __init__(self, cells: Mapping[str, str | None]) -> None:
        self._cells = cells
        self.unreadable = ""

    def truth(self, column: str) -> bool | None:
        """Lowercase in real reports; `not_supported` and a missing column are unknown."""
        text = (self._cells.get(column) or "").strip()
        known = _BOOLEANS.get(text.lower())
        if known is None and text not in _NOTHING:
            self.unreadable = f'{column} "{text}" is neither true nor false'
        return known

    def moment(self, column: str) -> datetime | None:
        """Dates end in Z, older ones in +00:00; to the second."""
        text = (self._cells.get(column) or "").strip()
        if text in _NOTHING:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            self.unreadable = f'{column} "{text}" is no date'
            return None
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)
