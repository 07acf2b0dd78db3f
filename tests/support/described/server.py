"""A service over HTTPS whose requests and answers are held to its vendor's OpenAPI description (openapi-core).

A stub of ours proves little: it takes what we believe the vendor takes. So each request and each answer is checked, the
request before the stub sees it; and what doesn't fit is refused, and noted in `wrong`.
"""

import json
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.templating.paths.finders import APICallPathFinder
from werkzeug.datastructures import Headers, ImmutableMultiDict

from demo.answering import Answered, Answering, Asked, answering
from demo.slapd import Tls

SYSTEMS = Path(__file__).parents[2] / "systems"
USUAL_TIME = "2026-11-25T00:00:00.000Z"


def description_of(name: str) -> Path:
    """Where a system's description lies."""
    return SYSTEMS / name / "described.json"


class Nested(Answered):
    """An answer that is nested deeper than anybody reads."""

    @property
    def raw(self) -> bytes:
        return b"[" * 100_000


def needed(name: str, schema: str) -> dict[str, Any]:
    """What an answer of that schema must hold, by name."""
    told = _schemas(name)[schema]
    return {each: told["properties"][each] for each in told["required"]}


def filled(name: str, schema: str) -> dict[str, Any]:
    """An answer of that schema with everything that it names: null where that may be, and empty otherwise."""
    return _usual(_schemas(name)[schema], _schemas(name))


def _usual(told: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:
    if "$ref" in told:
        return _usual(schemas[told["$ref"].rpartition("/")[2]], schemas)
    if told.get("nullable") or "oneOf" in told:
        return None
    if told["type"] == "object":
        return {each: _usual(part, schemas) for each, part in told.get("properties", {}).items()}
    if "enum" in told:
        return told["enum"][0]
    usual = {"date-time": USUAL_TIME, "integer": 0, "boolean": False, "array": []}
    return usual.get(told.get("format", ""), usual.get(told["type"], ""))


def _schemas(name: str) -> Mapping[str, Any]:
    return json.loads(description_of(name).read_text("utf-8"))["components"]["schemas"]


class Description:
    """What a vendor says of its API."""

    def __init__(self, name: str) -> None:
        self._api = OpenAPI.from_dict(
            json.loads(description_of(name).read_text("utf-8")),
            config=Config(spec_validator_cls=None),  # pyrefly: ignore[bad-argument-type] - as its pages say
        )

    def wrong_in_request(self, asked: Asked) -> str:
        """What of it the vendor wouldn't take; "" where it fits."""
        return _wrong(lambda: self._api.validate_request(_Request(asked))) or self._unknown_in_query(asked)

    def wrong_in_answer(self, asked: Asked, answered: Answered) -> str:
        """What of it the vendor wouldn't say."""
        return _wrong(lambda: self._api.validate_response(_Request(asked), _Response(answered)))

    def _unknown_in_query(self, asked: Asked) -> str:
        """A service drops in silence what it doesn't know, and answers something else; openapi-core lets it pass."""
        request = _Request(asked)
        address = f"{request.host_url}{request.path}"
        path, operation, *_ = APICallPathFinder(self._api.spec).find(request.method, address)
        told = [each for part in (path, operation) if "parameters" in part for each in part / "parameters"]
        known = {(each / "name").read_str() for each in told if (each / "in").read_str() == "query"}
        return "; ".join(f"unknown parameter {each}" for each in sorted({*asked.query} - known))


def _wrong(check: Callable[[], None]) -> str:
    try:
        check()
    except Exception as error:  # noqa: BLE001 - openapi-core's have no base of their own
        causes = [error, error.__cause__, *getattr(error.__cause__, "schema_errors", [])]
        return "; ".join(str(each).splitlines()[0] for each in causes if each)
    return ""


class _Request:
    """As openapi-core reads it."""

    host_url = "https://described.example"

    def __init__(self, asked: Asked) -> None:
        self.path = asked.raw_path or asked.path
        self.method = asked.method.lower()
        self.body = asked.raw or None
        self.content_type = asked.headers.get("content-type", "").partition(";")[0] or "application/json"
        self.parameters = RequestParameters(
            query=ImmutableMultiDict([*(asked.pairs or asked.query.items())]),
            header=Headers([*asked.headers.items()]),
            cookie={},
        )


class _Response:
    def __init__(self, answered: Answered) -> None:
        self.data = answered.raw
        self.status_code = answered.status
        self.content_type = "application/json"
        self.headers = Headers([*answered.headers.items()])


@dataclass(kw_only=True)
class Described:
    """A running service."""

    tls: Tls | None
    port: int = 0
    wrong: list[str] = field(default_factory=list[str])
    """What didn't fit the description, in requests or answers."""
    asked: list[str] = field(default_factory=list[str])
    """Method and path, as they came."""

    def fields(self, **own: Any) -> dict[str, Any]:
        """Of a connection that leads here, with its kind's own."""
        extra = {"ca_certs_file": str(self.tls.authority)} if self.tls else {}
        return {
            "host": "127.0.0.1",
            "port": self.port,
            "schema": "https" if self.tls else "http",
            "extra": extra,
            **own,
        }


@contextmanager
def described(
    of_service: Answering, description: Description | None, tls: Tls | None, *, base: str = ""
) -> Generator[Described]:
    """Serve on a free port of 127.0.0.1, below `base`. None, where hundreds of runs are made: nothing is checked, and
    there is no TLS.
    """
    service = Described(tls=tls)

    def answer(asked: Asked) -> Answered:
        service.asked.append(f"{asked.method} {asked.path}")
        wrong = description.wrong_in_request(asked) if description else ""
        if wrong:
            service.wrong.append(f"{asked.method} {asked.path}: {wrong}")
            return Answered(status=422, body={"message": f"Not as described: {wrong}"})
        answered = of_service(asked)
        # Not every refusal is described.
        wrong = description.wrong_in_answer(asked, answered) if description and answered.status < 400 else ""
        if wrong:
            service.wrong.append(f"{asked.method} {asked.path} -> {answered.status}: {wrong}")
        return answered

    with answering(answer, tls, base=base) as service.port:
        yield service
