"""What speaks by requests asks by us: one host, no redirect, an answer within bounds, errors of ours."""

import io
from typing import TYPE_CHECKING, Any

from offboarding.net.service.asking import WHERE_IT_LEADS, Asker, check

if TYPE_CHECKING:
    from requests import PreparedRequest, Response, Session


def session_of(asker: Asker) -> "Session":
    """A session for a library that takes one. It goes by the asker's bounds and authorities, and by nothing it's told.

    Raises what the asker does, and FatalError for a redirect: requests would take the headers along, tokens with them.
    """
    import requests  # noqa: PLC0415 - see interfaces
    from requests.adapters import BaseAdapter  # noqa: PLC0415 - see interfaces
    from requests.structures import CaseInsensitiveDict  # noqa: PLC0415 - see interfaces
    from requests.utils import get_encoding_from_headers  # noqa: PLC0415 - see interfaces

    class AskingAdapter(BaseAdapter):
        """In the place of urllib3."""

        def send(self, request: "PreparedRequest", *_: Any, **__: Any) -> "Response":
            """Ask, whatever it says of time-outs, proxies and authorities."""
            method = str(request.method)
            body: Any = request.body
            called = f"{method} {request.path_url.partition('?')[0]}"
            answer = asker.ask(
                method,
                str(request.url),
                content=body.encode() if isinstance(body, str) else body,
                headers={name: str(value) for name, value in request.headers.items()},
                called=called,
            )
            if answer.is_redirect:
                check(f"{asker.where}: {called}", answer, "", {404: WHERE_IT_LEADS})
            response = requests.Response()
            response.status_code, response.reason = answer.status_code, answer.reason_phrase
            response.headers = CaseInsensitiveDict(answer.headers.items())
            response.encoding = get_encoding_from_headers(response.headers)
            response.raw, response.url, response.request = io.BytesIO(answer.content), str(request.url), request
            return response

        def close(self) -> None:
            """Close the connections."""
            asker.end()

    session = requests.Session()
    session.trust_env = False  # the asker's client knows of proxies, and no file of logins is read
    session.headers["Accept-Encoding"] = "identity"
    for scheme in ("https://", "http://"):
        session.mount(scheme, AskingAdapter())
    return session
