"""The credential report as AWS gives it: made on request, late, frozen for 4 hours, and without a newline at its end.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
"""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from moto.iam.models import AccessKey, SigningCertificate, User

REPORT_LIFETIME = timedelta(hours=4)

COLUMNS = (
    "user",
    "arn",
    "user_creation_time",
    "password_enabled",
    "password_last_used",
    "password_last_changed",
    "password_next_rotation",
    "mfa_active",
    "access_key_1_active",
    "access_key_1_last_rotated",
    "access_key_1_last_used_date",
    "access_key_1_last_used_region",
    "access_key_1_last_used_service",
    "access_key_2_active",
    "access_key_2_last_rotated",
    "access_key_2_last_used_date",
    "access_key_2_last_used_region",
    "access_key_2_last_used_service",
    "cert_1_active",
    "cert_1_last_rotated",
    "cert_2_active",
    "cert_2_last_rotated",
)
"""The 22 that AWS sends (its page describes a 23rd)."""

_NO_KEY = ("false", "N/A", "N/A", "N/A", "N/A")
_NO_CERTIFICATE = ("false", "N/A")


class ReportState(StrEnum):
    """What GenerateCredentialReport answers."""

    STARTED = "STARTED"
    INPROGRESS = "INPROGRESS"
    COMPLETE = "COMPLETE"


class ReportError(Exception):
    """What GetCredentialReport answers where it has no report: an AWS error code and its HTTP status."""

    def __init__(self, code: str, status: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


@dataclass(slots=True, kw_only=True)
class AccountReport:
    """One account's report through its life."""

    polls: int
    """How many calls find a report that was begun still in progress."""
    content: str = ""
    made_at: datetime | None = None
    _pending: str = ""
    _pending_at: datetime | None = None
    _polls_left: int = 0

    def generate(self, render: "RenderReport", now: datetime) -> ReportState:
        """What the call answers; a report under 4 hours old is complete, whatever has happened since."""
        if self.made_at is not None and now - self.made_at < REPORT_LIFETIME:
            return ReportState.COMPLETE
        if self._pending_at is None:
            self._pending, self._pending_at, self._polls_left = render(), now, self.polls
            return ReportState.STARTED
        if self._polls_left > 0:
            self._polls_left -= 1
            return ReportState.INPROGRESS
        self.content, self.made_at, self._pending_at = self._pending, self._pending_at, None
        return ReportState.COMPLETE

    def get(self, now: datetime) -> tuple[str, datetime]:
        """The report and when it was made. Raises ReportError where there is none."""
        if self._pending_at is not None:
            raise ReportError("ReportInProgress", 404, "Credential report generation is in progress")
        if self.made_at is None:
            raise ReportError("ReportNotPresent", 410, "No report exists. Use GenerateCredentialReport")
        if now - self.made_at >= REPORT_LIFETIME:
            raise ReportError("ReportExpired", 410, "The most recent credential report has expired")
        return self.content, self.made_at


class RenderReport:
    """Writes an account's report as it is now."""

    def __init__(
        self, account_id: str, opened_at: datetime, users: Iterable[User], passwords: Mapping[str, datetime]
    ) -> None:
        self._account_id = account_id
        self._opened_at = opened_at
        self._users = users
        self._passwords = passwords

    def __call__(self) -> str:
        """The CSV text."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerow(self._root())
        writer.writerows(self._row(user) for user in self._users)
        return out.getvalue().removesuffix("\n")

    def _root(self) -> tuple[str, ...]:
        name, arn = "<root_account>", f"arn:aws:iam::{self._account_id}:root"
        password = ("not_supported", "no_information", "not_supported", "not_supported", "true")
        return (name, arn, _stamp(self._opened_at), *password, *_NO_KEY, *_NO_KEY, *_NO_CERTIFICATE, *_NO_CERTIFICATE)

    def _row(self, user: User) -> tuple[str, ...]:
        keys = [_key(key) for key in user.access_keys[:2]]
        keys += [_NO_KEY] * (2 - len(keys))
        mfa = "true" if user.mfa_devices else "false"
        signing = [_certificate(certificate) for certificate in user.signing_certificates.values()][:2]
        signing += [_NO_CERTIFICATE] * (2 - len(signing))
        made = _stamp(user.create_date.replace(tzinfo=UTC))
        return (user.name, user.arn, made, *self._password(user), mfa, *keys[0], *keys[1], *signing[0], *signing[1])

    def _password(self, user: User) -> tuple[str, str, str, str]:
        if not user.password:
            return ("false", "N/A", "N/A", "N/A")
        used: datetime | None = user.password_last_used
        last_used = "no_information" if used is None else _stamp(used.replace(tzinfo=UTC))
        return ("true", last_used, _stamp(self._passwords[user.id]), "N/A")


def _key(key: AccessKey) -> tuple[str, str, str, str, str]:
    """A slot; an inactive key keeps its dates."""
    used = key.last_used
    active = "true" if key.status == "Active" else "false"
    rotated = _stamp(key.create_date.replace(tzinfo=UTC))
    if used is None:
        return (active, rotated, "N/A", "N/A", "N/A")
    return (active, rotated, _stamp(used.timestamp.replace(tzinfo=UTC)), used.region, used.service)


def _certificate(certificate: SigningCertificate) -> tuple[str, str]:
    """A slot of signing certificates."""
    return ("true" if certificate.status == "Active" else "false", _stamp(certificate.upload_date.replace(tzinfo=UTC)))


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
