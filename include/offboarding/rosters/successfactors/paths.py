"""What stands at a path of a person's, such as employmentNav/jobInfoNav/location, and what has to be asked for it.

What a navigation leads to stands in the person where it's expanded: an object, or a list as {"results": [...]}.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

Thing = Mapping[str, object]
EMPLOYMENTS, JOBS, EMAILS = "employmentNav", "jobInfoNav", "emailNav"
PERSON = "personIdExternal"
NEEDED = (
    PERSON,
    f"{EMPLOYMENTS}/userId",
    f"{EMPLOYMENTS}/startDate",
    f"{EMPLOYMENTS}/{JOBS}/startDate",
    f"{EMPLOYMENTS}/{JOBS}/seqNumber",
    f"{EMPLOYMENTS}/{JOBS}/eventNav/externalCode",
)
"""What is read beside what is mapped."""
MAIL_TYPE = "emailTypeNav/externalCode"


def selected(mapped: Iterable[str]) -> tuple[list[str], list[str]]:
    """What is asked for: the properties, and the navigations that they lie behind."""
    paths = {*NEEDED, *mapped}
    if any(path.startswith(f"{EMAILS}/") for path in paths):
        paths.add(f"{EMAILS}/{MAIL_TYPE}")
    behind = {"/".join(parts[:end]) for path in paths for parts in (path.split("/"),) for end in range(1, len(parts))}
    return sorted(paths), sorted(behind)


def thing_in(thing: Thing, name: str) -> Thing:
    """An object; one without anything where there is none."""
    inner = thing.get(name)
    return cast("Thing", inner) if isinstance(inner, dict) else {}


def things_in(thing: Thing, navigation: str) -> Sequence[Thing] | None:
    """Each of a list; None where it isn't told."""
    inner = thing.get(navigation)
    results = cast("Thing", inner).get("results") if isinstance(inner, dict) else inner
    if not isinstance(results, list):
        return None
    return [cast("Thing", each) for each in cast("list[object]", results) if isinstance(each, dict)]


def latest(things: Sequence[Thing]) -> Thing | None:
    """Of slices that are in force on a day the one that was entered last."""
    return max(things, key=lambda each: _number(each.get("seqNumber")), default=None)


def value_at(person: Thing, employment: Thing, path: str, mail_type: str) -> str | None:
    """The value as text; "" where there is none, None where the property isn't told at all."""
    parts = path.split("/")
    at = employment if parts[0] == EMPLOYMENTS else person
    parts = parts[1:] if parts[0] == EMPLOYMENTS else parts
    for navigation in parts[:-1]:
        if navigation not in at:
            return None
        inner = at[navigation]
        things = things_in(at, navigation)
        if things is not None:
            inner = latest(of_type(things, mail_type) if navigation == EMAILS else things)
        if not isinstance(inner, dict):
            return ""
        at = cast("Thing", inner)
        if "__deferred" in at:
            return None
    return text_of(at[parts[-1]]) if parts[-1] in at else None


def of_type(emails: Sequence[Thing], mail_type: str) -> list[Thing]:
    """Those that are work mails: the primary one may be private."""
    return [each for each in emails if value_at(each, {}, MAIL_TYPE, "") == mail_type]


def text_of(value: object) -> str:
    """A value as text."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _number(value: object) -> int:
    """OData writes numbers of 64 bits as text."""
    text = text_of(value)
    return int(text) if text.isdecimal() and len(text) <= 18 else 0
