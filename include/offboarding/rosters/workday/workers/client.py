"""What Workday is asked: every worker, by Get_Workers of Human_Resources, page by page."""

from collections.abc import Iterator
from xml.sax.saxutils import escape

import httpx

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import RetriableError
from offboarding.model.redaction import keep_out
from offboarding.rosters.workday._api.tenant import WorkdayTenant
from offboarding.rosters.workday.workers.settings import WorkdayWorkersSettings
from offboarding.rosters.workday.workers.soap import (
    AsOf,
    NotAnXmlAnswerError,
    WorkersPage,
    fault,
    question,
    workers_page,
)

PAGE = "docs/configuration/workday_workers.md"
_CALLED = "Get_Workers"
_NOT_ALLOWED = "not authorized"


class WorkdayWorkersApi(WorkdayTenant):
    """One tenant's workers."""

    page = PAGE

    def __init__(self, settings: WorkdayWorkersSettings, connection: ConnectionFields, where: str) -> None:
        super().__init__(settings, connection, where, settings.tenant, {"Accept": "text/xml"})
        self._settings = settings
        keep_out(escape(connection.password))
        self.total = 0
        """How many there are, as the first page says."""

    def workers(self, as_of: AsOf, *, personal: bool) -> Iterator[list[object]]:
        """Yield every worker, page by page, as {"worker": the element}.

        Pages go by numbers, of what was in force and entered by one moment: so nobody comes or goes between two.
        Raises RetriableError where their number changes all the same, and as `ask`.
        """
        page = self._page(as_of, 1, personal=personal)
        self.total, pages = page.total, page.pages
        yield [{"worker": worker} for worker in page.workers]
        for number in range(2, pages + 1):
            page = self._page(as_of, number, personal=personal)
            if (page.page, page.pages, page.total) != (number, pages, self.total):
                raise RetriableError(f"{self.where}: {_CALLED}: the list changed as it was read. Try again")
            yield [{"worker": worker} for worker in page.workers]

    def _page(self, as_of: AsOf, number: int, *, personal: bool) -> WorkersPage:
        own = self._settings
        login = None if self.refresh else (self._user(), self.connection.password)
        asked = question(as_of, number, own.page_size, version=own.version, personal=personal, login=login)
        url = f"ccx/service/{own.tenant}/Human_Resources/{own.version}"
        answer = self.ask("POST", url, "inventory", called=_CALLED, xml=asked)
        try:
            return workers_page(answer.content, as_of)
        except NotAnXmlAnswerError:
            raise self.no_answer(_CALLED) from None

    def _user(self) -> str:
        login = self.connection.login
        return login if "@" in login else f"{login}@{self._settings.tenant}"

    def authorization(self) -> str:
        """The API client's; an integration system user is named in the question."""
        return self.bearer() if self.refresh else ""

    def words(self, answer: httpx.Response) -> str:
        """The sentence of a fault, or what else it says."""
        return fault(answer.content)[1] or super().words(answer)

    def may_pass(self, answer: httpx.Response) -> bool:
        """A fault comes with 500, whatever it is of: only one of the server's own may pass."""
        code, sentence = fault(answer.content)
        return super().may_pass(answer) and "Client" not in code and _NOT_ALLOWED not in sentence

    def shuts_out(self, answer: httpx.Response) -> bool:
        """401, or a fault that says so."""
        return super().shuts_out(answer) or "authenticationError" in fault(answer.content)[0]

    def lacking(self, answer: httpx.Response) -> str:
        """What the user's security group has to be given."""
        if answer.status_code != 403 and _NOT_ALLOWED not in fault(answer.content)[1]:
            return ""
        return "The user's security group needs Get on the domains of Get_Workers."
