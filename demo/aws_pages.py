"""Cuts moto's lists into pages as AWS does: `IsTruncated`, `Marker`, at most `MaxItems` entries, or fewer."""

from collections.abc import Mapping
from xml.etree import ElementTree as ET

DEFAULT_PAGE = 100
"""AWS's own, where a call names no MaxItems."""

_NAMESPACE = "https://iam.amazonaws.com/doc/2010-05-08/"
ET.register_namespace("", _NAMESPACE)

_LISTS: Mapping[str, tuple[str, ...]] = {
    "GetAccountAuthorizationDetails": ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"),
    "ListAccessKeys": ("AccessKeyMetadata",),
    "ListGroups": ("Groups",),
    "ListSSHPublicKeys": ("SSHPublicKeys",),
    "ListSigningCertificates": ("Certificates",),
    "ListUsers": ("Users",),
}
"""The paged calls, and the lists that fill their pages, one after the other."""


class Pager:
    """Pages of at most `page_size` entries."""

    def __init__(self, *, page_size: int) -> None:
        self._page_size = page_size

    def without_marker(self, action: str, fields: Mapping[str, str]) -> Mapping[str, str]:
        """The call as moto is asked, which knows no pages."""
        if action not in _LISTS:
            return fields
        return {name: value for name, value in fields.items() if name not in {"Marker", "MaxItems"}}

    def page(self, action: str, xml: str, fields: Mapping[str, str]) -> str:
        """The page of moto's whole answer that was asked for."""
        if action not in _LISTS:
            return xml
        start = int(fields.get("Marker", "0"))
        end = start + min(int(fields.get("MaxItems", DEFAULT_PAGE)), self._page_size)
        root = ET.fromstring(xml)  # noqa: S314 - moto's answer, in this process
        result = root.find(_tag(f"{action}Result"))
        if result is None:
            raise ValueError(f"moto answered {action} without a result")
        total = _keep(result, _LISTS[action], start, end)
        _finish(result, str(end) if end < total else None)
        return ET.tostring(root, encoding="unicode")


def _tag(name: str) -> str:
    return f"{{{_NAMESPACE}}}{name}"


def _keep(result: ET.Element, names: tuple[str, ...], start: int, end: int) -> int:
    """Leave the entries from `start` to `end` of all lists together; returns how many there were."""
    at = 0
    for name in names:
        entries = result.find(_tag(name))
        if entries is None:
            continue
        for entry in list(entries):
            if not start <= at < end:
                entries.remove(entry)
            at += 1
    return at


def _finish(result: ET.Element, marker: str | None) -> None:
    for name in ("IsTruncated", "Marker"):
        if (old := result.find(_tag(name))) is not None:
            result.remove(old)
    ET.SubElement(result, _tag("IsTruncated")).text = "false" if marker is None else "true"
    if marker is not None:
        ET.SubElement(result, _tag("Marker")).text = marker
