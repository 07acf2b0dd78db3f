"""From data to an answer: templates that escape whatever they are given, and what a browser may do with the result."""

import json
from collections.abc import Mapping
from functools import cache, partial
from urllib.parse import quote, urlencode

from fastapi import Request, Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from offboarding.report.wording import printable

HTML, CSS = "text/html", "text/css"
_HEADERS = {
    # No script at all, nothing of another machine, and no frame but Airflow's.
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    # Not to anybody else. Without any a browser says of a form that it comes from nowhere.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # What still works of whom is kept in no cache.
    "Cache-Control": "no-store",
}


def shown(template: str, *, status: int = 200, **values: object) -> Response:
    """A page."""
    return answer(_templates().get_template(template).render(**values), HTML, status)


def answer(text: str, media: str, status: int = 200) -> Response:
    """A text, under the headers that hold for all of them."""
    return Response(text, status, _HEADERS, media)


def led(to: str) -> Response:
    """On to another page, once a form was sent: loading that anew sends nothing again."""
    return Response(None, 303, {**_HEADERS, "Location": to})


def way_up(request: Request) -> str:
    """The way from this page to the first one: what is escaped in an address is no step of it."""
    scope = request.scope
    steps = scope.get("raw_path", scope["path"].encode()).count(b"/") - scope["root_path"].count("/") - 1
    return "../" * steps


@cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader(__name__.rpartition(".")[0]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_seen,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["address"] = _address
    made.filters["lined"] = _lined
    made.filters["json"] = json.dumps
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
