"""What is read of a worker's element: what stands at paths of it, and what its flags come to."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, cast

from offboarding.rosters._records.spoiled import RESTRICTED
from offboarding.rosters.workday.workers.settings import COLUMNS, RESCINDED, STATUS
from offboarding.rosters.workday.workers.soap import NAMESPACES, xml_library

_STATUS_DATA = "wd:Worker_Data/wd:Employment_Data/wd:Worker_Status_Data"
_TRUE = ("1", "true")
_MAY_LACK = frozenset(path for path in COLUMNS.values() if isinstance(path, str))
"""What may be there for nobody, and is known to be in Workday's schema."""


class BadPathError(Exception):
    """What isn't an XPath. Never leaves the roster: it becomes a ConfigError."""


class WorkerPaths:
    """XPaths from wd:Worker on, made ready once."""

    def __init__(self, paths: Iterable[str]) -> None:
        """Raises BadPathError, which says which."""
        etree = xml_library()
        self._found: dict[str, Any] = {}
        for path in paths:
            try:
                self._found[path] = etree.XPath(path, namespaces=dict(NAMESPACES))
            except etree.XPathError as error:
                raise BadPathError(f"{path!r} is no XPath ({error})") from error
        self._xpath_error = etree.XPathError

    def fields(self, worker: Any, on: date) -> dict[str, str]:
        """By path; one that leads nowhere isn't there, unless Workday's schema has it."""
        fields: dict[str, str] = {}
        for path, find in self._found.items():
            value = status_of(worker, on) if path == STATUS else self._value(find, worker)
            if value is not None or path in _MAY_LACK:
                fields[path] = value or ""
        return fields

    def _value(self, find: Any, worker: Any) -> str | None:
        """The first that it leads to; None for nothing."""
        try:
            found: Any = find(worker)
        except self._xpath_error:  # such as an unknown prefix, which only shows once it's used
            return None
        if isinstance(found, list):
            several = cast("list[Any]", found)
            return text_of(several[0]) if several else None
        return text_of(found)


def text_of(found: Any) -> str:
    """Of an element its text, of an attribute or a function's result itself."""
    text = getattr(found, "text", found)
    return str(text) if text is not None else ""


def number_of(worker: Any) -> str:
    """Workday's own id of a profile, which nobody edits; "" for none."""
    return worker.findtext("wd:Worker_Reference/wd:ID[@wd:type='WID']", "", NAMESPACES) or worker.findtext(
        "wd:Worker_Data/wd:Worker_ID", "", NAMESPACES
    )


def status_of(worker: Any, on: date) -> str:
    """A word for what the flags come to; RESTRICTED where they may not be seen, or a termination's day may not.

    A hire to come isn't active either, and is no leaver. Of somebody terminated without a day nobody knows whether it's
    one to come, since it's asked ahead.
    https://learn.microsoft.com/en-us/entra/identity/app-provisioning/workday-integration-reference
    """
    data: Any = worker.find(_STATUS_DATA, NAMESPACES)
    if data is None or not _flag(data, "Active"):
        return RESTRICTED
    if _is(data, "Hire_Rescinded"):
        return RESCINDED
    if _is(data, "Terminated"):
        return _ended(data)
    if _is(data, "Active"):
        leaves = data.findall("wd:Leave_Status_Data", NAMESPACES)
        return "On Leave" if any(_is(each, "On_Leave") for each in leaves) else "Active"
    return "Future" if _flag(data, "Hire_Date")[:10] > on.isoformat() else "Inactive"


def _ended(data: Any) -> str:
    if not _flag(data, "Termination_Date"):
        return RESTRICTED
    return "Retired" if _is(data, "Retired") else "Terminated"


def _flag(data: Any, name: str) -> str:
    return (data.findtext(f"wd:{name}", "", NAMESPACES) or "").strip()


def _is(data: Any, name: str) -> bool:
    return _flag(data, name) in _TRUE


def worker_in(row: object) -> Any:
    """The element of a row."""
    return cast("Mapping[str, Any]", row)["worker"]
