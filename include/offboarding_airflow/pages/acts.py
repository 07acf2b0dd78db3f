"""What can be done by a page: each is a run of a DAG that there is, begun as whoever is logged in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from fastapi import Request

from offboarding.decisions import forms
from offboarding.decisions.forms import Form
from offboarding.report.pages import AskedInVainError
from offboarding_airflow.work import DECIDING, MOST_PEOPLE

MOST = 20
"""Decisions at once: each is a run."""
_TOKEN = re.compile("[0-9a-f]{32}")
_FORM = re.compile(r"/decided?/(\w+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something that can be done."""

    path: str
    """In an address."""
    title: str
    about: str
    dag: str
    task: str
    """Whose log says why nothing came of it."""
    schemas: Mapping[str, Mapping[str, Any]]
    """Of its fields."""
    form: Form | None
    """The decision's; None where it decides nothing."""


CHECK = Act(
    path="check",
    title="Check people now",
    about=(
        "What of theirs still works? Rosters are read whole, and directories and clouds asked for these people's"
        " accounts alone. It says of nobody that they left: who left is what HR, a notice or a person's word says."
    ),
    dag="offboarding_departure",
    task="find_people",
    schemas={
        "people": {
            "type": "array",
            "items": {"type": "string"},
            "title": "People",
            "description": f"Worker ids, such as hr:10442, one a line, {MOST_PEOPLE} at most. Airflow keeps what you"
            " write.",
            "format": "multiline",
            "maxLength": 2000,
        }
    },
    form=None,
)


@cache
def acts() -> Mapping[str, Act]:
    """All of them, by path: a form of each decision that has one, and the check."""
    made = [_of(form) for form in forms.every().values()]
    return {act.path: act for act in (*made, CHECK)}


def right_taken(request: Request) -> str:
    """Which right a form takes that somebody doesn't have, as a sentence; of any other page no more than Forbidden."""
    form = _FORM.match(getattr(request.scope.get("route"), "path", ""))
    return f"It requires the right to trigger {acts()[form[1]].dag}." if form else "Forbidden"


def run_id(token: str, number: int) -> str:
    """A run's name: by it a form that is sent twice begins one run. Raises AskedInVainError for what is no token."""
    if not _TOKEN.fullmatch(token) or not 0 <= number < MOST:
        raise AskedInVainError("The address names nothing that a form of these pages began.")
    return f"page__{token}_{number}"


def _of(form: Form) -> Act:
    return Act(
        path=form.slug,
        title=form.name.capitalize(),
        about=form.about,
        dag=DECIDING[form.right],
        task="decide",
        schemas=form.schemas(),
        form=form,
    )
