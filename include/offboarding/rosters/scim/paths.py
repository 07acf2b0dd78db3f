"""Attributes of a SCIM user, by the names that a configuration gives them (RFC 7644, section 3.10).

Only these are kept of a user: what says nothing of who works here (a phone, an address, a photo, a password) has no
name.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from offboarding.model.pushing import Resource
from offboarding.rosters._records.words import choice

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
ACTIVE = "active"
_CORE = (
    *(
        "userName",
        "externalId",
        "displayName",
        ACTIVE,
        "title",
        "userType",
        "preferredLanguage",
        "locale",
        "timezone",
    ),
)
_ENTERPRISE = ("employeeNumber", "costCenter", "organization", "division", "department")
_COMPLEX = {"name": ("formatted", "givenName", "familyName", "middleName"), "emails": ("value",), "manager": ("value",)}
_NAMES = (
    *(*_CORE, *_ENTERPRISE, "name.givenName", "name.familyName", "name.formatted", "emails.value"),
    *('emails[type eq "work"].value', "manager.value"),
)
_PATH = re.compile(
    r"(?:(?P<schema>urn:[A-Za-z0-9][A-Za-z0-9:._-]*):)?(?P<attribute>[A-Za-z][\w-]*)"
    r'(?:\[type eq "(?P<type>[\w-]+)"\])?(?:\.(?P<sub>[A-Za-z]\w*))?',
    re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributePath:
    """Where a value stands in what is kept of a user."""

    schema: str
    attribute: str
    sub: str = ""
    type: str = ""
    """Of several values: work, home, ...; "" for the primary one, else the first."""

    @property
    def place(self) -> str:
        """The attribute itself, as `PushedUsers.attributes` names it."""
        return self.attribute if self.schema == USER else f"{self.schema}:{self.attribute}"

    @property
    def is_active(self) -> bool:
        """Whether it's SCIM's own `active`, by its whole name too: what the provider says, and not HR."""
        return self.place == ACTIVE

    def value(self, resource: Resource) -> str:
        """Of a user; "" where there is none."""
        own = resource if self.schema == USER else _object(resource.get(self.schema))
        found = own.get(self.attribute)
        if isinstance(found, list):
            found = self._chosen(cast("Sequence[object]", found))
        if self.sub:
            found = _object(found).get(self.sub)
        if isinstance(found, bool):
            return str(found).lower()
        return found if isinstance(found, str) else ""

    def placed(self, value: str) -> dict[str, object]:
        """A record of this value alone."""
        found: object = {self.sub: value} if self.sub else value
        if self.attribute == "emails":
            found = [{self.sub: value, "primary": True, **({"type": self.type} if self.type else {})}]
        own: dict[str, object] = {self.attribute: found}
        return own if self.schema == USER else {self.schema: own}

    def _chosen(self, values: Sequence[object]) -> object:
        wanted = [each for each in map(_object, values) if not self.type or self._is_of_type(each)]
        return next((each for each in wanted if each.get("primary") is True), wanted[0] if wanted else None)

    def _is_of_type(self, value: Resource) -> bool:
        return str(value.get("type") or "").casefold() == self.type.casefold()


def attribute_path(text: str) -> AttributePath:
    """The path of a name such as `employeeNumber`, `emails[type eq "work"].value` or `urn:corp:hr:2.0:User:lastDay`.

    Raises ValueError for what isn't kept of a user.
    """
    found = _PATH.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no attribute of a SCIM user.{choice(text, _NAMES)}")
    attribute, sub, kind = found["attribute"], found["sub"] or "", found["type"] or ""
    home = ENTERPRISE if attribute in (*_ENTERPRISE, "manager") else USER
    schema = found["schema"] or home
    if schema in (USER, ENTERPRISE) and not (schema == home and _is_kept(attribute, sub, kind)):
        raise ValueError(f"{text!r} is no attribute that is kept of a SCIM user.{choice(text, _NAMES)}")
    if schema not in (USER, ENTERPRISE) and (sub or kind):
        raise ValueError(f"{text!r}: of an extension of your own one plain attribute is read, without a part of it")
    return AttributePath(schema=schema, attribute=attribute, sub=sub, type=kind)


def _is_kept(attribute: str, sub: str, kind: str) -> bool:
    if kind and attribute != "emails":
        return False
    if attribute in _COMPLEX:
        return sub in _COMPLEX[attribute]
    return not sub and attribute in (*_CORE, *_ENTERPRISE)


def _object(value: object) -> Mapping[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}
