"""What the review's form holds, and what somebody chose by it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from offboarding.decisions.forms import NAME
from offboarding.model import LinkVerdict
from offboarding.model.errors import FatalError
from offboarding_airflow.pages.acts import MOST

_ABOUT = ("source", "account", "worker", "seen")
"""What a choice is about, as the decision's run is given it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What somebody chose of one account and one person."""

    given: dict[str, object]
    """The decision's name and fields."""
    standing: list[int]
    """Numbers of the decisions that stood when it was shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What the form holds, or held when it was sent."""

    after: str = ""
    finding: str = ""
    reason: str = ""
    verdicts: Mapping[str, str] = field(default_factory=dict[str, str])
    """What it's about, as the page wrote that -> confirm or reject."""
    says: str = ""
    """Why nothing is decided; "" where nothing was sent."""


def read(form: Mapping[str, str]) -> Sent:
    """Read it, as it was sent; what is left open isn't in it."""
    verdicts = {
        form[f"about.{name.removeprefix('decision.')}"]: verdict
        for name, verdict in form.items()
        if name.startswith("decision.") and f"about.{name.removeprefix('decision.')}" in form
    }
    return Sent(
        after=form.get("after", ""),
        finding=form.get("finding", ""),
        reason=form.get("reason", ""),
        verdicts=verdicts,
    )


def choices(sent: Sent) -> Sequence[Chosen]:
    """Raises FatalError for what no page wrote, for nothing or too much, and for two who are to hold one account."""
    if not 0 < len(sent.verdicts) <= MOST:
        raise FatalError(f"Choose at least one, and {MOST} at most at once; {len(sent.verdicts)} were.")
    chosen = [_one(about, verdict, sent.reason) for about, verdict in sent.verdicts.items()]
    confirmed = [
        (each.given["source"], each.given["account"])
        for each in chosen
        if each.given[NAME] == f"link {LinkVerdict.CONFIRM}"
    ]
    if len(set(confirmed)) < len(confirmed):
        raise FatalError("An account is one person's, and two were confirmed for one. Leave all but one of them open.")
    return chosen


def _one(about: str, verdict: str, reason: str) -> Chosen:
    try:
        read = cast("dict[str, Any]", json.loads(about))
        given: dict[str, object] = {name: str(read[name]) for name in _ABOUT}
        standing = [int(number) for number in read["standing"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise FatalError("What was chosen isn't what this page wrote. Load it anew, and decide there.") from None
    return Chosen(given={NAME: f"link {verdict}", **given, "reason": reason}, standing=standing)
