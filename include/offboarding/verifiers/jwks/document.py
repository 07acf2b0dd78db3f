"""JSON as it comes: an object, or a sentence that says what came in its place."""

import json
from collections.abc import Mapping
from typing import cast

from offboarding.model.errors import FatalError
from offboarding.net.page import Page

Document = Mapping[str, object]


def document_of(what: str, page: Page) -> Document:
    """The object that a page holds. `what` begins the message. Raises FatalError, which quotes nothing of the page."""
    if page.media_type in {"text/html", "application/xhtml+xml"} or page.body.lstrip()[:1] == b"<":
        raise FatalError(
            f"{what}: it answers with a web page, no JSON: a login page or a proxy's, or the wrong address."
        )
    try:
        value = cast("object", json.loads(page.body))
    except (ValueError, RecursionError):
        # Not `from error`: it holds the whole text, and that may hold a private key.
        raise FatalError(f"{what}: it's no JSON, or ends in its middle: nothing of it counts.") from None
    if not isinstance(value, dict):
        raise FatalError(f"{what}: it's JSON, and no object: that is no JWKS and no discovery page.")
    return cast("Document", value)
