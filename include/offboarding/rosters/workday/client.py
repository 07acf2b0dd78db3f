"""What Workday is asked: one report, whole, as CSV.

https://github.com/Workday/raas-python shows the report's address.
"""

import base64
from datetime import datetime
from typing import BinaryIO

import httpx

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import FatalError, IncompleteReadError
from offboarding.net.service.asking import AnswerTooLargeError
from offboarding.rosters.workday._api.tenant import WorkdayTenant, effective_date
from offboarding.rosters.workday.settings import WorkdaySettings

PAGE = "docs/configuration/workday.md"
_MEGABYTE = 1 << 20


class WorkdayApi(WorkdayTenant):
    """One tenant's reports."""

    page = PAGE

    def __init__(self, settings: WorkdaySettings, connection: ConnectionFields, where: str) -> None:
        self._settings = settings
        tenant = settings.report.partition("/")[0]
        super().__init__(settings, connection, where, tenant, {"Accept": "text/csv"})

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
        try:
            answer = self.ask("GET", url, "inventory", called=called, into=into, most=most)
        except AnswerTooLargeError as error:
            raise FatalError(f"{error}; if that's right, raise max_megabytes") from error
        if "content-length" not in answer.headers and answer.headers.get("transfer-encoding") != "chunked":
            raise IncompleteReadError(
                f"{self.where}: {called}: its answer doesn't say where it ends, so that nobody knows whether it's"
                " whole. Let nothing on the way take its length out"
            )

    def authorization(self) -> str:
        """As the integration system user, or by a token that is fetched for each request."""
        if self.refresh:
            return self.bearer()
        pair = f"{self.connection.login}:{self.connection.password}"
        return f"Basic {base64.b64encode(pair.encode()).decode()}"

    def lacking(self, answer: httpx.Response) -> str:
        """Who has to be let at the report."""
        if answer.status_code not in {403, 404}:
            return ""
        return "The user needs to own the report or have it shared, and its security group each domain it reads."
