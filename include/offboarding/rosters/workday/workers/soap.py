"""Get_Workers as it goes over the line: the question, and what is read of an answer.

https://learn.microsoft.com/en-us/entra/identity/app-provisioning/workday-integration-reference shows both; the order of
elements is the one of Workday's schema (Human_Resources.xsd), which only who has a tenant is shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

WD = "urn:com.workday/bsvc"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
_SECURITY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
_PLAIN = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText"
NAMESPACES: Mapping[str, str] = {"wd": WD, "env": ENVELOPE}


class NotAnXmlAnswerError(Exception):
    """What came isn't what is asked for. Never leaves the client."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AsOf:
    """What is asked is what is in force on a day, as far as it was entered by a moment: the same on each page."""

    effective: str
    """An XML Schema date with an offset."""
    entered: datetime

    @property
    def entered_text(self) -> str:
        """With its zone: what has none is taken for Pacific time."""
        return self.entered.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkersPage:
    """A part of the answer."""

    workers: Sequence[Any]
    """Elements, as lxml has them."""
    page: int
    pages: int
    total: int


def question(
    as_of: AsOf, page: int, count: int, *, version: str, personal: bool, login: tuple[str, str] | None
) -> bytes:
    """The envelope. `login`: name and password of whoever asks, where no token says it."""
    envelope = Element(f"{{{ENVELOPE}}}Envelope")
    header = SubElement(envelope, f"{{{ENVELOPE}}}Header")
    if login:
        security = SubElement(header, f"{{{_SECURITY}}}Security", {f"{{{ENVELOPE}}}mustUnderstand": "1"})
        token = SubElement(security, f"{{{_SECURITY}}}UsernameToken")
        SubElement(token, f"{{{_SECURITY}}}Username").text = login[0]
        SubElement(token, f"{{{_SECURITY}}}Password", {"Type": _PLAIN}).text = login[1]
    body = SubElement(envelope, f"{{{ENVELOPE}}}Body")
    asked = SubElement(body, f"{{{WD}}}Get_Workers_Request", {f"{{{WD}}}version": version})
    # Whoever is inactive is left out where nothing is said, and with them who left.
    _put(asked, "Request_Criteria", {"Exclude_Inactive_Workers": "false"})
    asked_of = {"As_Of_Effective_Date": as_of.effective, "As_Of_Entry_DateTime": as_of.entered_text}
    _put(asked, "Response_Filter", {**asked_of, "Page": str(page), "Count": str(count)})
    groups = {"Include_Reference": "true", "Include_Personal_Information": str(personal).lower()}
    _put(asked, "Response_Group", {**groups, "Include_Employment_Information": "true"})
    return tostring(envelope, encoding="utf-8", xml_declaration=True)


def _put(parent: Element, name: str, values: Mapping[str, str]) -> None:
    group = SubElement(parent, f"{{{WD}}}{name}")
    for each, value in values.items():
        SubElement(group, f"{{{WD}}}{each}").text = value


def xml_library() -> Any:
    """lxml, by its name since it says nothing of its types; in a function: see interfaces."""
    return import_module("lxml.etree")


def parsed(content: bytes) -> Any:
    """An answer's root. Nothing is fetched for it, and it may define nothing: raises NotAnXmlAnswerError."""
    etree = xml_library()
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise NotAnXmlAnswerError from None
    if root is None or root.getroottree().docinfo.internalDTD is not None:
        raise NotAnXmlAnswerError
    return root


def workers_page(content: bytes, as_of: AsOf) -> WorkersPage:
    """What an answer holds. Raises NotAnXmlAnswerError, too, where it was given as of another day or moment."""
    response = parsed(content).find("env:Body/wd:Get_Workers_Response", NAMESPACES)
    if response is None:
        raise NotAnXmlAnswerError
    by = response.find("wd:Response_Filter", NAMESPACES)
    if by is not None and not _is_as_asked(by, as_of):
        raise NotAnXmlAnswerError
    results = response.find("wd:Response_Results", NAMESPACES)
    names = ("Page", "Total_Pages", "Total_Results")
    numbers = ["" if results is None else results.findtext(f"wd:{name}", "", NAMESPACES) for name in names]
    if not all(number.isdecimal() and len(number) <= 12 for number in numbers):
        raise NotAnXmlAnswerError
    page, pages, total = map(int, numbers)
    workers = response.findall("wd:Response_Data/wd:Worker", NAMESPACES)
    return WorkersPage(workers=workers, page=page, pages=pages, total=total)


def _is_as_asked(by: Any, as_of: AsOf) -> bool:
    """Whether what it says of itself, as far as it does, is what it was asked for."""
    day = by.findtext("wd:As_Of_Effective_Date", as_of.effective, NAMESPACES)
    try:
        entered = datetime.fromisoformat(by.findtext("wd:As_Of_Entry_DateTime", as_of.entered_text, NAMESPACES))
    except ValueError:
        return False
    same = entered.tzinfo is not None and abs((entered - as_of.entered).total_seconds()) < 1
    return same and day[:10] == as_of.effective[:10]


def fault(content: bytes) -> tuple[str, str]:
    """Code and sentence of a SOAP fault; empty where it's none."""
    try:
        found = parsed(content).find("env:Body/env:Fault", NAMESPACES)
    except NotAnXmlAnswerError:
        return "", ""
    if found is None:
        return "", ""
    return found.findtext("faultcode", "?"), found.findtext("faultstring", "")
