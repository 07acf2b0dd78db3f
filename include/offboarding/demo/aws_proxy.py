"""Stands before moto and behaves as AWS does where moto doesn't: the report, paging, refusals, and a count of calls.

It lies in moto's own process, as a WSGI application around moto's, since it reads the seed out of moto's backends
(docs/decisions/0015-a-proxy-before-moto.md). Requests are served one at a time: moto is not safe for threads.
"""

import base64
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from threading import RLock
from urllib.parse import parse_qs, urlencode
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from moto.iam.models import User, get_account_id_from
from werkzeug.test import run_wsgi_app
from werkzeug.wrappers import Request, Response

from include.offboarding.demo.aws_moto import backend_of, know_aws_policy, load, operator_key_id, rename_user
from include.offboarding.demo.aws_organization import SERVICES, Organization, OrganizationError
from include.offboarding.demo.aws_pages import Pager
from include.offboarding.demo.aws_report import AccountReport, RenderReport, ReportError
from include.offboarding.demo.aws_seed import AwsAccountSeed, AwsSeed, seed_from_json
from include.offboarding.demo.aws_service_credentials import held, listing

CONTROL = "/_control/"
_JSON_CODES = {"AccessDenied": "AccessDeniedException", "Throttling": "ThrottlingException"}
"""What the query protocol's errors are called in JSON."""
_KEY_ID = re.compile(r"Credential=([A-Z0-9]+)/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request."""

    action: str
    """"ListUsers" in the query protocol (IAM, STS); in JSON with its service: "identitystore:ListUsers"."""
    account_id: str
    """Whose account it is about: for AssumeRole the role's, else the caller's."""
    fields: Mapping[str, str]
    operator: bool
    """Made by whoever runs the server."""


class AwsError(Exception):
    """An answer of AWS that is an error."""

    def __init__(self, code: str, status: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


class AwsProxy:
    """The WSGI application. `moto` is asked for whatever isn't answered here."""

    def __init__(self, moto: WSGIApplication, seed: AwsSeed) -> None:
        self._moto = moto
        self._lock = RLock()
        self._own: Mapping[str, Callable[[Call], str]] = {
            "GenerateCredentialReport": self._generate_report,
            "GetCredentialReport": self._get_report,
            "ListServiceSpecificCredentials": self._list_service_credentials,
        }
        self.start(seed)

    def start(self, seed: AwsSeed) -> None:
        """Begin anew with a seed."""
        self._seed = seed
        self._accounts: dict[str, AwsAccountSeed] = {account.account_id: account for account in seed.accounts}
        self._passwords = load(seed)
        self._service_credentials = held(seed)
        self._organization = Organization(seed)
        self._pager = Pager(page_size=seed.page_size)
        self._reports = {account: AccountReport(polls=seed.report_polls) for account in self._accounts}
        self._ahead = seed.clock - datetime.now(UTC) if seed.clock else timedelta()
        self._counts: Counter[tuple[str, str]] = Counter()
        self._denied = {(account.account_id, action) for account in seed.accounts for action in account.denied}
        self._throttled: Counter[tuple[str, str]] = Counter()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        request = Request(environ)
        body = request.get_data()
        with self._lock:
            if request.path.startswith(CONTROL):
                answer = Response(self._control(request.path.removeprefix(CONTROL), body), mimetype="application/json")
            else:
                answer = self._answer(environ, body)
        return answer(environ, start_response)

    def _now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    # --- what AWS would say ---------------------------------------------------------------------------------------

    def _answer(self, environ: WSGIEnvironment, body: bytes) -> Response:
        in_json = "HTTP_X_AMZ_TARGET" in environ
        try:
            call = self._recognise(environ, body)
            if not call.operator:
                self._counts[call.account_id, call.action] += 1
                self._refuse(call)
            if in_json:
                return _json(self._organization.answer(call.action, call.account_id, call.fields))
            if own := self._own.get(call.action):
                return _xml(own(call))
            return self._ask_moto(environ, call)
        except OrganizationError as error:
            return _json({"__type": error.code, "message": str(error)}, HTTPStatus.BAD_REQUEST)
        except (AwsError, ReportError) as error:
            if in_json:
                return _json({"__type": _JSON_CODES.get(error.code, error.code), "message": str(error)}, error.status)
            return _xml(_error_body(error.code, str(error)), error.status)

    def _recognise(self, environ: WSGIEnvironment, body: bytes) -> Call:
        if target := str(environ.get("HTTP_X_AMZ_TARGET", "")):
            service, _, operation = target.partition(".")
            fields: Mapping[str, str] = {name: str(value) for name, value in json.loads(body).items()}
            action = f"{SERVICES[service]}:{operation}"
        else:
            fields = {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}
            action = fields.get("Action", "")
        found = _KEY_ID.search(str(environ.get("HTTP_AUTHORIZATION", "")))
        key_id = found[1] if found else ""
        account_id = get_account_id_from(key_id)
        key = backend_of(account_id).access_keys.get(key_id)
        if key is None or key.status != "Active":
            raise AwsError("InvalidClientTokenId", 403, "The security token included in the request is invalid")
        operator = key_id == operator_key_id(account_id)
        if action == "AssumeRole":
            account_id = fields["RoleArn"].split(":")[4]
        return Call(action=action, account_id=account_id, fields=fields, operator=operator)

    def _refuse(self, call: Call) -> None:
        """Raise what was ordered for this call, and what AWS says of a role that isn't there or isn't trusted."""
        here = (call.account_id, call.action)
        if self._throttled[here] > 0:
            self._throttled[here] -= 1
            raise AwsError("Throttling", 400, "Rate exceeded")
        service = "sts" if call.action in {"AssumeRole", "GetCallerIdentity"} else "iam"
        named = call.action if ":" in call.action else f"{service}:{call.action}"
        if here in self._denied or (call.action == "AssumeRole" and not self._trusts(call)):
            text = f"User: arn:aws:iam::{self._seed.caller_account_id}:user/caller is not authorized to perform: "
            raise AwsError("AccessDenied", 403, f"{text}{named}")

    def _trusts(self, call: Call) -> bool:
        account = self._accounts.get(call.account_id)
        role = call.fields["RoleArn"].rpartition("/")[2]
        if account is None or role not in account.roles:
            return False
        return account.external_id in {"", call.fields.get("ExternalId")}

    def _ask_moto(self, environ: WSGIEnvironment, call: Call) -> Response:
        if arn := call.fields.get("PolicyArn"):
            know_aws_policy(call.account_id, arn)
        fields = self._pager.without_marker(call.action, call.fields)
        text, status = self._moto_text(environ, fields)
        if status != HTTPStatus.OK:
            return _xml(text, status)
        return _xml(self._pager.page(call.action, self._corrected(call, text), call.fields))

    def _moto_text(self, environ: WSGIEnvironment, fields: Mapping[str, str]) -> tuple[str, int]:
        with Request.from_values(method="POST", data=urlencode(fields)) as copy:
            length, stream = copy.content_length, copy.stream
            inner = {**environ, "CONTENT_LENGTH": str(length), "wsgi.input": stream}
            chunks, status, _headers = run_wsgi_app(self._moto, inner, buffered=True)
        return b"".join(chunks).decode(), int(status.split()[0])

    def _corrected(self, call: Call, text: str) -> str:
        """moto's answer, or its state, put right."""
        name = call.fields.get("UserName", "")
        if call.action == "UpdateUser" and (new_name := call.fields.get("NewUserName")):
            rename_user(call.account_id, name, new_name)
        if call.action == "CreateLoginProfile":
            self._passwords[self._user(call).id] = self._now()
        if call.action in {"CreateLoginProfile", "GetLoginProfile"}:
            made = self._passwords[self._user(call).id].strftime("%Y-%m-%dT%H:%M:%SZ")
            return re.sub(r"(<CreateDate>)[^<]*", rf"\g<1>{made}", text)
        return text

    def _user(self, call: Call) -> User:
        return backend_of(call.account_id).get_user(call.fields["UserName"])

    def _generate_report(self, call: Call) -> str:
        users = backend_of(call.account_id).users.values()
        opened_at = self._accounts[call.account_id].opened_at
        opened_at = opened_at or min((user.create_date.replace(tzinfo=UTC) for user in users), default=self._now())
        render = RenderReport(call.account_id, opened_at, users, self._passwords)
        state = self._reports[call.account_id].generate(render, self._now())
        return _result(call.action, f"<State>{state}</State>")

    def _get_report(self, call: Call) -> str:
        content, made_at = self._reports[call.account_id].get(self._now())
        encoded = base64.b64encode(content.encode()).decode()
        made = made_at.strftime("%Y-%m-%dT%H:%M:%SZ")
        inside = f"<Content>{encoded}</Content><ReportFormat>text/csv</ReportFormat>"
        return _result(call.action, f"{inside}<GeneratedTime>{made}</GeneratedTime>")

    def _list_service_credentials(self, call: Call) -> str:
        users = backend_of(call.account_id).users.values()
        inside = listing(users, self._service_credentials, call.fields, self._seed.page_size)
        return _result(call.action, inside)

    # --- what the test or the demo says ---------------------------------------------------------------------------

    def _control(self, command: str, body: bytes) -> str:
        if command == "seed":
            self.start(seed_from_json(body))
            return "{}"
        if command == "requests":
            return json.dumps([[account, action, count] for (account, action), count in self._counts.items()])
        order: Mapping[str, str] = json.loads(body)
        here = (order.get("account_id", ""), order.get("action", ""))
        if command == "deny":
            self._denied.add(here)
        elif command == "throttle":
            self._throttled[here] = int(order["times"])
        elif command == "relent":
            self._denied.clear()
            self._throttled.clear()
        elif command == "forget":
            self._counts.clear()
        elif command == "advance":
            self._ahead += timedelta(seconds=float(order["seconds"]))
        else:
            raise ValueError(f"no such command: {command}")
        return "{}"


def _json(answer: Mapping[str, object], status: int = HTTPStatus.OK) -> Response:
    return Response(json.dumps(answer), status=status, content_type="application/x-amz-json-1.1")


def _xml(text: str, status: int = HTTPStatus.OK) -> Response:
    return Response(text, status=status, content_type="text/xml")


def _result(action: str, inside: str) -> str:
    return (
        f'<{action}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><{action}Result>{inside}</{action}Result>'
        f"<ResponseMetadata><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ResponseMetadata>"
        f"</{action}Response>"
    )


def _error_body(code: str, message: str) -> str:
    return (
        '<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">'
        f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
        "<RequestId>00000000-0000-0000-0000-000000000000</RequestId></ErrorResponse>"
    )
