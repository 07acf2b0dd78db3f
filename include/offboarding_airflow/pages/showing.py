"""From a page to an answer: what a browser may do with it."""

from collections.abc import Sequence

from fastapi import Request, Response

from offboarding_airflow.pages.scripts import HTMX, address
from offboarding_airflow.rendering import rendered

HTML, CSS, JAVASCRIPT = "text/html", "text/css", "text/javascript"
_POLICY = "Content-Security-Policy"
_HEADERS = {
    # No script at all, nothing of another machine, and no frame but Airflow's.
    _POLICY: "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    # Not to anybody else. Without any a browser says of a form that it comes from nowhere.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # What still works of whom is kept in no cache.
    "Cache-Control": "no-store",
}


def shown(template: str, scripts: Sequence[str] = (), /, *, status: int = 200, **values: object) -> Response:
    """A page, with these scripts of ours: only where it has one a browser may run any, and none that stands in it."""
    page = answer(rendered(template, scripts=[address(each) for each in scripts], **values), HTML, status)
    if scripts:
        page.headers[_POLICY] += "; script-src 'self'" + ("; connect-src 'self'" if HTMX in scripts else "")
    return page


def answer(text: str | bytes, media: str, status: int = 200) -> Response:
    """A text, under the headers that hold for all of them."""
    return Response(text, status, _HEADERS, media)


def lasting(text: bytes, media: str) -> Response:
    """A text that a browser may keep, and nothing between: it's nobody's, and another has another address."""
    return Response(text, 200, {**_HEADERS, "Cache-Control": "private, max-age=31536000, immutable"}, media)


def saved(text: str, media: str, name: str) -> Response:
    """A file, which a browser keeps and doesn't show."""
    return Response(text, 200, {**_HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}, media)


def led(to: str) -> Response:
    """On to another page, once a form was sent: loading that anew sends nothing again."""
    return Response(None, 303, {**_HEADERS, "Location": to})


def way_up(request: Request) -> str:
    """The way from this page to the first one: what is escaped in an address is no step of it."""
    scope = request.scope
    # Of an address that ends in a line's end Starlette takes the next slash for the root's.
    root = scope["root_path"].rstrip("/")
    steps = scope.get("raw_path", scope["path"].encode()).count(b"/") - root.count("/") - 1
    return "../" * steps
