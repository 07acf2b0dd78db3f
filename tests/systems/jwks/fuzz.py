"""Its parsers of outside data, and what each may raise."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from offboarding.model.errors import FatalError
from offboarding.net.page import Page
from offboarding.verifiers.jwks.document import document_of
from offboarding.verifiers.jwks.entries import entries
from tests.fuzz.parsing import Target

HERE = Path(__file__).parent / "corpus"


def _jwks(data: bytes) -> None:
    page = Page(url="", media_type="application/json", body=data, max_age=timedelta(0))
    keys: Any = document_of("a JWKS", page).get("keys")
    list(entries(keys if isinstance(keys, list) else []))


TARGETS = (Target(folder=HERE / "jwks", read=_jwks, raises=(FatalError,)),)
