"""One tenant, asked by one connection: as an integration system user, or as an API client with a refresh token.

https://github.com/Workday/raas-python shows how a refresh token is exchanged.
"""

import re
from abc import ABC
from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import httpx
from pydantic import Field

from offboarding.interfaces import ConnectionFields
from offboarding.model.redaction import keep_out
from offboarding.net.service.address import address_of, needed
from offboarding.net.service.answers import Told, object_in
from offboarding.net.service.api import HttpApi
from offboarding.net.service.budget import HttpBudget
from offboarding.rosters._records.days import FIRST_ZONE

DATED = re.compile(r"(\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:\d{2})")
"""A day with an offset (XML Schema's date) is the day that stands there, and no instant."""
_PACIFIC = ZoneInfo("America/Los_Angeles")
_TAG = re.compile(r"<[^<>]*>")


class WorkdayAccess(Told):
    """What a refresh token is exchanged for."""

    access_token: str = Field(min_length=1, repr=False)


class WorkdayTenant(HttpApi, ABC):
    """What is the same of each service of a tenant's."""

    system = "Workday"
    renewed_by = "See the connection's login and password, or its refresh token"

    def __init__(
        self, settings: HttpBudget, connection: ConnectionFields, where: str, tenant: str, headers: Mapping[str, str]
    ) -> None:
        needed(where, connection, "host", "login", "password")
        self.connection = connection
        self.refresh = str(connection.extra.get("refresh_token") or "")
        self._tenant = tenant
        super().__init__(where, settings, connection, address_of(where, connection), headers)

    def bearer(self) -> str:
        """A token for the API client, fetched for each request and kept nowhere."""
        called = f"ccx/oauth2/{self._tenant}/token"
        form = {
            "grant_type": "refresh_token",
            "refresh_token": self.refresh,
            "client_id": self.connection.login,
            "client_secret": self.connection.password,
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


def effective_date(as_of: datetime) -> str:
    """The latest day that it is anywhere by then, as an XML Schema date with Pacific time's offset.

    An integration system user works in Pacific time, and whoever left further east an hour ago is at work there until
    the day has ended on the Pacific coast, too.
    https://learn.microsoft.com/en-us/entra/identity/app-provisioning/workday-termination-lookahead
    """
    day = as_of.astimezone(FIRST_ZONE).date()
    offset = datetime(day.year, day.month, day.day, 12, tzinfo=UTC).astimezone(_PACIFIC).strftime("%z")
    return f"{day.isoformat()}{offset[:3]}:{offset[3:]}"
