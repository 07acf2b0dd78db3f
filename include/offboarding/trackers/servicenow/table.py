"""ServiceNow's Table API: answers as models, errors as ours."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from offboarding.model.errors import FatalError
from offboarding.net.service.answers import number_in
from offboarding.net.service.asking import PATIENCE_SECONDS, WHERE_IT_LEADS, Asker, check, in_short, not_its_answer
from offboarding.trackers.servicenow.text import as_kept

FIXES = {
    400: "Compare table and fields in the configuration with ServiceNow's",
    401: "Check login and password of the connection (without a login: an API key), and the instance's access policies",
    403: "Give the user what writes to this table (itil for incident and sc_task, snc_internal), and look which data"
    " policy or mandatory field it names: more of a ticket's fields are set by `fields`",
    404: "Check that the record is there and shown to the user, and the connection's host",
}
MOST = 100
"""Records with one key: that many would be a defect."""
_SYS_ID = re.compile(r"[0-9a-f]{32}")

Fields = Mapping[str, str]
Answer = TypeVar("Answer", bound=BaseModel)


class FieldValue(BaseModel):
    """A field, both ways."""

    value: str | None = ""
    display_value: str | None = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRecord:
    """A record of a table that extends task."""

    fields: Mapping[str, FieldValue]

    def field(self, name: str) -> str:
        """What it holds, "" where it isn't there or isn't shown."""
        found = self.fields.get(name)
        return as_kept(found.value or "") if found else ""

    @property
    def sys_id(self) -> str:
        """ServiceNow's own id."""
        return self.field("sys_id")

    @property
    def number(self) -> str:
        """As people call it, such as INC0010023."""
        return self.field("number")

    @property
    def state(self) -> str:
        """Its number."""
        return self.field("state")

    @property
    def work_notes(self) -> str:
        """All of them, the newest first: a journal's value is what it shows."""
        found = self.fields.get("work_notes")
        return (found.display_value or "") if found else ""


class OneRecord(BaseModel):
    """A record."""

    result: Mapping[str, FieldValue]


class Records(BaseModel):
    """Some of them."""

    result: Sequence[Mapping[str, FieldValue]]


class TableApi:
    """What we ask of an instance, of one table."""

    def __init__(self, where: str, table: str, client: httpx.Client) -> None:
        self._where = where
        self._table = table
        self._asker = Asker(where, client, patience=PATIENCE_SECONDS)
        self._known: dict[tuple[str, str], str] = {}
        self.end = self._asker.end

    def bearing(self, key: str) -> list[TaskRecord]:
        """Records with this correlation id, the oldest first. Raises FatalError where one isn't shown to us.

        ServiceNow leaves out of a query what it doesn't know, a field for one: so each is looked at. Rules of access
        take records out of what was found; X-Total-Count still counts them.
        """
        found, total = self._query(self._table, f"correlation_id={key}^ORDERBYsys_created_on^ORDERBYnumber")
        if len(found) < min(total, MOST):
            raise FatalError(
                f"{self._where}: {self._table} holds a record with the correlation id {key} that isn't shown to the"
                " user: none is opened beside it. Let the user read it (all records that it made), or take the id off"
            )
        return [each for each in found if each.field("correlation_id") == key]

    def record(self, sys_id: str) -> TaskRecord:
        """One that is there. Raises FatalError."""
        return self._one("GET", f"{self._table}/{sys_id}", None)

    def look(self, sys_id: str) -> TaskRecord | None:
        """One that may not be there."""
        path = f"{self._table}/{sys_id}"
        response = self._asker.ask("GET", path, parameters=_BOTH)
        return None if response.status_code == 404 else self._record("GET", path, response)

    def create(self, fields: Fields) -> TaskRecord:
        """Make one, as it is then."""
        return self._one("POST", self._table, fields)

    def patch(self, sys_id: str, changes: Fields) -> TaskRecord:
        """Change one, as it is then."""
        return self._one("PATCH", f"{self._table}/{sys_id}", changes)

    def group(self, name: str) -> str:
        """The sys_id of a group, by it or its name. Raises FatalError for one that isn't there."""
        if found := self._named("sys_user_group", "name", name):
            return found
        raise FatalError(
            f"{self._where}: ServiceNow shows no group {name!r}. Name it in groups, or let the user read sys_user_group"
        )

    def user(self, name: str) -> str:
        """The sys_id of somebody who works there, by it or their User ID; "" for nobody."""
        return self._named("sys_user", "user_name", name)

    def _named(self, table: str, field: str, name: str) -> str:
        if _SYS_ID.fullmatch(name):
            return name
        if (table, name) not in self._known:
            found, _ = self._query(table, f"{field}={name.replace('^', '')}^active=true")
            ids = [each.sys_id for each in found if each.field(field) == name]
            if len(ids) != 1:
                return ""
            self._known[table, name] = ids[0]
        return self._known[table, name]

    def _query(self, table: str, query: str) -> tuple[list[TaskRecord], int]:
        """What is shown of it, and how many there are; no more than are shown where nobody counts them."""
        asked = {**_BOTH, "sysparm_query": query, "sysparm_limit": str(MOST)}
        response = self._asker.ask("GET", table, parameters=asked)
        found = [TaskRecord(fields=each) for each in self._parsed("GET", table, response, Records).result]
        counted = number_in(response.headers, "x-total-count")
        return found, len(found) if counted is None else counted

    def _one(self, method: str, path: str, fields: Fields | None) -> TaskRecord:
        return self._record(method, path, self._asker.ask(method, path, parameters=_BOTH, body=fields))

    def _record(self, method: str, path: str, response: httpx.Response) -> TaskRecord:
        return TaskRecord(fields=self._parsed(method, path, response, OneRecord).result)

    def _parsed(self, method: str, path: str, response: httpx.Response, answer: type[Answer]) -> Answer:
        self._check(method, path, response)
        try:
            return answer.model_validate_json(response.content)
        except ValidationError as error:
            # Not `from error`: it holds what was answered. An instance that sleeps answers a page.
            raise FatalError(
                f"{self._where}: {method} {path}: not ServiceNow's answer ({not_its_answer(error)}). {WHERE_IT_LEADS};"
                " an instance that hibernates is to be woken"
            ) from None

    def _check(self, method: str, path: str, response: httpx.Response) -> None:
        check(f"{self._where}: {method} {path}", response, _reason(response), FIXES)


_BOTH = {"sysparm_display_value": "all", "sysparm_exclude_reference_link": "true"}
"""Each field's value, and what it shows."""


def _reason(response: httpx.Response) -> str:
    """What ServiceNow says, in short."""
    try:
        error = response.json()["error"]
        return in_short(f"{error['message']}: {error['detail'] or ''}".rstrip(": "))
    except (ValueError, KeyError, TypeError, RecursionError):
        return in_short(response.text)
