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

from include.offboarding.demo.aws_answers import ec2_error_body, error_body, json_answer, result_body, xml_answer
from include.offboarding.demo.aws_kms import Kms, KmsError
from include.offboarding.demo.aws_model import ModelError, check_answer, check_request
from include.offboarding.demo.aws_moto import backend_of, know_aws_policy, load, operator_key_id, rename_user
from include.offboarding.demo.aws_moto_keys import load_keys
from include.offboarding.demo.aws_organization import SERVICES, Organization, OrganizationError
from include.offboarding.demo.aws_pages import Pager
from include.offboarding.demo.aws_recording import Made, Recorder
from include.offboarding.demo.aws_report import AccountReport, RenderReport, ReportError
from include.offboarding.demo.aws_secrets import SecretError, Secrets
from include.offboarding.demo.aws_seed import AwsAccountSeed, AwsSeed, events_from_json, seed_from_json
from include.offboarding.demo.aws_service_credentials import held, listing
from include.offboarding.demo.aws_trail import Trail, TrailError

CONTROL = "/_control/"
_JSON_CODES = {"AccessDenied": "AccessDeniedException", "Throttling": "ThrottlingException"}
"""What the query protocol's errors are called in JSON."""
_SCOPE = re.compile(r"Credential=([A-Z0-9]+)/\d+/([a-z0-9-]+)/([a-z0-9-]+)/")
"""Whose key, which region and which service a request is signed for."""
_REGIONAL = {
    "TrentService": "kms",
    "secretsmanager": "secretsmanager",
    "AmazonSSM": "ssm",
    "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101": "cloudtrail",
}
"""The first half of `X-Amz-Target` of services that have regions, and their own names in policies."""
_NAMES = {**SERVICES, **_REGIONAL}


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
    key_id: str
    """Of the access key it's signed with."""
    region: str
    service: str
    """As the request is signed: "iam", "kms"."""
    payload: Mapping[str, object]
    """The fields of a request in JSON."""


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
            "DescribeRegions": self._describe_regions,
        }
        self.start(seed)

    def start(self, seed: AwsSeed) -> None:
        """Begin anew with a seed."""
        self._seed = seed
        self._accounts: dict[str, AwsAccountSeed] = {account.account_id: account for account in seed.accounts}
        self._passwords = load(seed)
        self._service_credentials = held(seed)
        for account in seed.accounts:
            load_keys(account)
        self._organization = Organization(seed)
        self._kms = Kms(seed, self._now)
        self._secrets = Secrets(seed)
        self._trail = Trail(seed, self._now)
        self._recorder = Recorder()
        self._pager = Pager(page_size=seed.page_size)
        self._reports = {account: AccountReport(polls=seed.report_polls) for account in self._accounts}
        self._ahead = seed.clock - datetime.now(UTC) if seed.clock else timedelta()
        self._counts: Counter[tuple[str, str]] = Counter()
        self._denied = {(account.account_id, action, "") for account in seed.accounts for action in account.denied}
        self._throttled: Counter[tuple[str, str]] = Counter()
        self._cut = set[tuple[str, str]]()

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
            return self._whole_or_cut(call, self._recorded(environ, call, body, in_json=in_json))
        except ModelError as error:
            return json_answer({"__type": "ValidationException", "message": str(error)}, HTTPStatus.BAD_REQUEST)
        except (OrganizationError, KmsError, SecretError, TrailError) as error:
            return json_answer({"__type": error.code, "message": str(error)}, HTTPStatus.BAD_REQUEST)
        except (AwsError, ReportError) as error:
            if in_json:
                return json_answer(
                    {"__type": _JSON_CODES.get(error.code, error.code), "message": str(error)}, error.status
                )
            body_of = ec2_error_body if "/ec2/aws4_request" in environ["HTTP_AUTHORIZATION"] else error_body
            return xml_answer(body_of(error.code, str(error)), error.status)

    def _recorded(self, environ: WSGIEnvironment, call: Call, body: bytes, *, in_json: bool) -> Response:
        """The answer, and the call in CloudTrail."""
        try:
            answer = self._answer_to(environ, call, body, in_json=in_json)
        except (KmsError, SecretError) as error:
            self._note(call, "", error.code)
            raise
        text = answer.get_data(as_text=True)
        self._note(call, text, "" if answer.status_code == HTTPStatus.OK else "ClientError")
        return answer

    def _note(self, call: Call, answer: str, error: str) -> None:
        if call.operator:
            return
        made = Made(
            action=call.action.rpartition(":")[2],
            service=call.service,
            account_id=call.account_id,
            region=call.region,
            key_id=call.key_id,
            payload=call.payload or call.fields,
            answer=answer,
            error=error,
        )
        if event := self._recorder.event(made, backend_of(call.account_id)):
            self._trail.note(call.account_id, event)

    def _whole_or_cut(self, call: Call, answer: Response) -> Response:
        if (call.account_id, call.action) in self._cut and not call.operator:
            answer.set_data(answer.get_data()[: len(answer.get_data()) // 2])
        return answer

    def _answer_to(self, environ: WSGIEnvironment, call: Call, body: bytes, *, in_json: bool) -> Response:
        if in_json and call.service in _REGIONAL.values():
            return self._answer_in_region(environ, call, body)
        if in_json:
            return json_answer(self._organization.answer(call.action, call.account_id, call.fields))
        if own := self._own.get(call.action):
            return xml_answer(own(call))
        return self._ask_moto(environ, call)

    def _answer_in_region(self, environ: WSGIEnvironment, call: Call, body: bytes) -> Response:
        """KMS, secrets and parameters; whoever runs the server may do what only moto knows."""
        service, _, operation = call.action.partition(":")
        check_request(service, operation, call.payload)
        if service == "cloudtrail":
            told: Mapping[str, object] | None = self._trail.lookup(call.account_id, call.region, call.payload)
        elif service == "kms":
            told = self._kms.answer(operation, call.account_id, call.region, call.payload)
        else:
            told = self._secrets.answer(call.action, call.account_id, call.region, call.payload)
        if told is None:
            text, status = self._moto_text(environ, body)
            return Response(text, status=status, content_type="application/x-amz-json-1.1")
        check_answer(service, operation, told)
        return json_answer(told)

    def _recognise(self, environ: WSGIEnvironment, body: bytes) -> Call:
        payload: Mapping[str, object] = {}
        if target := str(environ.get("HTTP_X_AMZ_TARGET", "")):
            service, _, operation = target.rpartition(".")
            payload = json.loads(body)
            fields: Mapping[str, str] = {name: str(value) for name, value in payload.items()}
            action = f"{_NAMES[service]}:{operation}"
        else:
            fields = {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}
            action = fields.get("Action", "")
        found = _SCOPE.search(str(environ.get("HTTP_AUTHORIZATION", "")))
        key_id, region, signed_for = found.groups() if found else ("", "", "")
        account_id = get_account_id_from(key_id)
        key = backend_of(account_id).access_keys.get(key_id)
        if key is None or key.status != "Active":
            raise AwsError("InvalidClientTokenId", 403, "The security token included in the request is invalid")
        operator = key_id == operator_key_id(account_id)
        if action == "AssumeRole":
            account_id = fields["RoleArn"].split(":")[4]
        call = Call(
            action=action,
            account_id=account_id,
            fields=fields,
            operator=operator,
            key_id=key_id,
            region=region,
            service=signed_for,
            payload=payload,
        )
        account = self._accounts.get(account_id)
        if signed_for in _REGIONAL.values() and account and region not in account.regions:
            raise AwsError("UnrecognizedClientException", 400, "The security token included in the request is invalid.")
        return call

    def _refuse(self, call: Call) -> None:
        """Raise what was ordered for this call, and what AWS says of a role that isn't there or isn't trusted."""
        here = (call.account_id, call.action)
        if self._throttled[here] > 0:
            self._throttled[here] -= 1
            raise AwsError("Throttling", 400, "Rate exceeded")
        named = call.action if ":" in call.action else f"{call.service}:{call.action}"
        if self._is_denied(call) or (call.action == "AssumeRole" and not self._trusts(call)):
            text = f"User: arn:aws:iam::{self._seed.caller_account_id}:user/caller is not authorized to perform: "
            code = "UnauthorizedOperation" if call.service == "ec2" else "AccessDenied"
            raise AwsError(code, 403, f"{text}{named}")

    def _is_denied(self, call: Call) -> bool:
        about = (call.region, *map(str, call.payload.values()))
        return any(
            (account, action) == (call.account_id, call.action) and (not only or any(only in each for each in about))
            for account, action, only in self._denied
        )

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
        text, status = self._moto_text(environ, urlencode(fields).encode())
        if status != HTTPStatus.OK:
            return xml_answer(text, status)
        return xml_answer(self._pager.page(call.action, self._corrected(call, text), call.fields))

    def _moto_text(self, environ: WSGIEnvironment, body: bytes) -> tuple[str, int]:
        with Request.from_values(method="POST", data=body) as copy:
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
        return result_body(call.action, f"<State>{state}</State>")

    def _get_report(self, call: Call) -> str:
        content, made_at = self._reports[call.account_id].get(self._now())
        encoded = base64.b64encode(content.encode()).decode()
        made = made_at.strftime("%Y-%m-%dT%H:%M:%SZ")
        inside = f"<Content>{encoded}</Content><ReportFormat>text/csv</ReportFormat>"
        return result_body(call.action, f"{inside}<GeneratedTime>{made}</GeneratedTime>")

    def _list_service_credentials(self, call: Call) -> str:
        users = backend_of(call.account_id).users.values()
        inside = listing(users, self._service_credentials, call.fields, self._seed.page_size)
        return result_body(call.action, inside)

    def _describe_regions(self, call: Call) -> str:
        """Enabled ones alone, as where AllRegions isn't asked for."""
        account = self._accounts.get(call.account_id)
        items = "".join(
            f"<item><regionName>{name}</regionName><regionEndpoint>ec2.{name}.amazonaws.com</regionEndpoint>"
            "<optInStatus>opt-in-not-required</optInStatus></item>"
            for name in (account.regions if account else ())
        )
        return (
            '<DescribeRegionsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>0</requestId>'
            f"<regionInfo>{items}</regionInfo></DescribeRegionsResponse>"
        )

    # --- what the test or the demo says ---------------------------------------------------------------------------

    def _control(self, command: str, body: bytes) -> str:
        if command == "seed":
            self.start(seed_from_json(body))
            return "{}"
        if command == "requests":
            return json.dumps([[account, action, count] for (account, action), count in self._counts.items()])
        if command == "record":
            self._trail.add(*events_from_json(body))
            return "{}"
        order: Mapping[str, str] = json.loads(body)
        here = (order.get("account_id", ""), order.get("action", ""))
        if command == "deny":
            self._denied.add((*here, order.get("only", "")))
        elif command == "cut":
            self._cut.add(here)
        elif command == "throttle":
            self._throttled[here] = int(order["times"])
        elif command == "relent":
            self._denied.clear()
            self._throttled.clear()
            self._cut.clear()
        elif command == "forget":
            self._counts.clear()
        elif command == "advance":
            self._ahead += timedelta(seconds=float(order["seconds"]))
        else:
            raise ValueError(f"no such command: {command}")
        return "{}"
