"""From data to HTML: templates that escape whatever they are given. No web server's library is needed for it."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache, partial
from importlib import resources
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from offboarding.report.wording import printable


def rendered(template: str, **values: object) -> str:
    """A page's text."""
    return _templates().get_template(template).render(**values)


def css() -> str:
    """How all of them look."""
    return resources.files("offboarding_airflow").joinpath("pages", "pages.css").read_text("utf-8")


@cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("offboarding_airflow", "pages/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_seen,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["address"] = _address
    made.filters["lined"] = _lined
    made.filters["json"] = partial(json.dumps, default=asdict)
    made.filters["segment"] = partial(quote, safe="")
    return made


def _seen(value: object) -> object:
    """What isn't seen, or turns what is seen round, is shown as its number."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _lined(text: str) -> Markup:
    """A text of several lines, which stay lines: elsewhere a line's end is shown as its number."""
    return Markup("\n").join(printable(line) for line in text.splitlines())


def _address(asked: Mapping[str, str], **also: str) -> str:
    """The part of an address behind the question mark."""
    return urlencode({**asked, **also})
