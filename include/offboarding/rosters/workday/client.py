"""What Workday is asked: one report, whole, as CSV.

https://github.com/Workday/raas-python shows the report's address and how a refresh token is exchanged.
"""

import base64
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import BinaryIO
from zoneinfo import ZoneInfo

import httpx
from pydantic import Field

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import IncompleteReadError
from offboarding.model.redaction import keep_out
from offboarding.net.service.address import address_of, needed
from offboarding.net.service.answers import Told, object_in, retry_after
from offboarding.net.service.api import HttpApi
from offboarding.rosters.workday.settings import WorkdaySettings

PAGE = "docs/configuration/workday.md"
_PACIFIC = ZoneInfo("America/Los_Angeles")
_FIRST = timezone(timedelta(hours=14))
"""Where each day begins: the Line Islands."""
_TAG = re.compile(r"<[^<>]*>")
_MEGABYTE = 1 << 20


class WorkdayAccess(Told):
    """What a refresh token is exchanged for."""

    access_token: str = Field(min_length=1, repr=False)


class WorkdayApi(HttpApi):
    """One tenant, asked by one connection."""

    system, page = "Workday", PAGE
    renewed_by = "See the connection's login and password, or its refresh token"

    def __init__(self, settings: WorkdaySettings, connection: ConnectionFields, where: str) -> None:
        needed(where, connection, "host", "login", "password")
        self._settings = settings
        self._connection = connection
        self._refresh = str(connection.extra.get("refresh_token") or "")
        base = address_of(where, connection)
        super().__init__(where, settings, connection, base, {"Accept": "text/csv"})

    def fetch(self, into: BinaryIO, as_of: datetime) -> None:
        """Have the report written there, to its told end.

        Raises IncompleteReadError for an answer that doesn't say where it ends, and as `ask`.
        """
        settings, called = self._settings, f"report {self._settings.report}"
        prompts = dict(settings.prompts)
        if settings.effective_prompt:
            prompts[settings.effective_prompt] = effective_date(as_of)
        query = httpx.QueryParams({**prompts, "format": "csv"})
        url = f"ccx/service/customreport2/{settings.report}?{query}"
        most = settings.max_megabytes * _MEGABYTE
        answer = self.ask("GET", url, "inventory", called=called, into=into, most=most)
        if "content-length" not in answer.headers and answer.headers.get("transfer-encoding") != "chunked":
            raise IncompleteReadError(
                f"{self.where}: {called}: its answer doesn't say where it ends, so that nobody knows whether it's"
                " whole. Let nothing on the way take its length out"
            )

    def authorization(self) -> str:
        """As the integration system user, or by a token that is fetched for each request."""
        if not self._refresh:
            pair = f"{self._connection.login}:{self._connection.password}"
            return f"Basic {base64.b64encode(pair.encode()).decode()}"
        called = f"ccx/oauth2/{self._settings.report.partition('/')[0]}/token"
        form = {
            "grant_type": "refresh_token",
            "refresh_token": self._refresh,
            "client_id": self._connection.login,
            "client_secret": self._connection.password,
        }
        answer = self.ask("POST", called, "overhead", called=called, form=form, authorization="")
        access = self.parsed(answer, WorkdayAccess, called)
        keep_out(access.access_token)
        return f"Bearer {access.access_token}"

    def words(self, answer: httpx.Response) -> str:
        """What it says of a refusal, in whichever form."""
        said = object_in(answer)
        reason = said.get("error_description") or said.get("error") or said.get("errors")
        return str(reason) if reason else _TAG.sub(" ", answer.text)

    def seconds_to_wait(self, answer: httpx.Response) -> int | None:
        """As its header says; a minute where there is none."""
        return (retry_after(answer.headers) or 60) if answer.status_code == 429 else None

    def lacking(self, answer: httpx.Response) -> str:
        """Who has to be let at the report."""
        if answer.status_code not in {403, 404}:
            return ""
        return "The user needs to own the report or have it shared, and its security group each domain it reads."


def effective_date(as_of: datetime) -> str:
    """The latest day that it is anywhere by then, as an XML Schema date with Pacific time's offset.

    An integration system user works in Pacific time, and whoever left further east an hour ago is at work there until
    the day has ended on the Pacific coast, too.
    https://learn.microsoft.com/en-us/entra/identity/app-provisioning/workday-termination-lookahead
    """
    day = as_of.astimezone(_FIRST).date()
    offset = datetime(day.year, day.month, day.day, 12, tzinfo=UTC).astimezone(_PACIFIC).strftime("%z")
    return f"{day.isoformat()}{offset[:3]}:{offset[3:]}"
