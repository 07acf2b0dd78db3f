"""Stands before moto and behaves as AWS does where moto doesn't: the report, paging, refusals, and a count of calls.

It lies in moto's own process, as a WSGI application around moto's, since it reads the seed out of moto's backends
(docs/decisions/0015-a-proxy-before-moto.md). Requests are served one at a time: moto is not safe for threads.
"""

import base64
import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from threading import RLock
from urllib.parse import urlencode
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from moto.iam.models import User
from werkzeug.test import run_wsgi_app
from werkzeug.wrappers import Request, Response

from demo.aws_answers import ec2_error_body, error_body, json_answer, result_body, xml_answer
from demo.aws_calls import REGIONAL, AwsError, Call, recognised
from demo.aws_kms import Kms, KmsError
from demo.aws_model import ModelError, check_answer, check_request
from demo.aws_moto import backend_of, know_aws_policy, load, rename_user
from demo.aws_moto_keys import load_keys
from demo.aws_moto_organization import load_organization
from demo.aws_orders import Orders
from demo.aws_organization import Organization, OrganizationError
from demo.aws_pages import Pager
from demo.aws_recording import Made, Recorder
from demo.aws_report import AccountReport, RenderReport, ReportError
from demo.aws_secrets import SecretError, Secrets
from demo.aws_seed import AwsAccountSeed, AwsSeed, events_from_json, seed_from_json
from demo.aws_service_credentials import held, listing
from demo.aws_trail import Trail, TrailError

CONTROL = "/_control/"
_JSON_CODES = {"AccessDenied": "AccessDeniedException", "Throttling": "ThrottlingException"}
"""What the query protocol's errors are called in JSON."""


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
        load_organization(seed)
        self._organization = Organization(seed)
        self._kms = Kms(seed, self._now)
        self._secrets = Secrets(seed)
        self._trail = Trail(seed, self._now)
        self._recorder = Recorder()
        self._pager = Pager(page_size=seed.page_size)
        self._reports = {account: AccountReport(polls=seed.report_polls) for account in self._accounts}
        self._ahead = seed.clock - datetime.now(UTC) if seed.clock else timedelta()
        self._orders = Orders(seed)

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
            call = recognised(environ, body)
            self._enabled(call)
            if not call.operator:
                self._orders.count(call)
                self._orders.refuse(call)
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

    def _enabled(self, call: Call) -> None:
        """A region that isn't enabled knows no key."""
        account = self._accounts.get(call.account_id)
        if call.service in REGIONAL.values() and account and call.region not in account.regions:
            raise AwsError("UnrecognizedClientException", 400, "The security token included in the request is invalid.")

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
        if self._orders.cuts(call):
            answer.set_data(answer.get_data()[: len(answer.get_data()) // 2])
        return answer

    def _answer_to(self, environ: WSGIEnvironment, call: Call, body: bytes, *, in_json: bool) -> Response:
        if in_json and call.service in REGIONAL.values():
            return self._answer_in_region(environ, call, body)
        if in_json:
            told = self._organization.answer(call.action, call.account_id, call.fields)
            return json_answer(told) if told is not None else self._controls_of_moto(environ, call, body)
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

    def _controls_of_moto(self, environ: WSGIEnvironment, call: Call, body: bytes) -> Response:
        """Where an account stands in its organization, and which policies stand above it."""
        service, _, operation = call.action.partition(":")
        check_request(service, operation, call.payload)
        text, status = self._moto_text(environ, body)
        return Response(text, status=status, content_type="application/x-amz-json-1.1")

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
            return json.dumps(self._orders.counts())
        if command == "record":
            self._trail.add(*events_from_json(body))
            return "{}"
        order: Mapping[str, str] = json.loads(body)
        if command == "advance":
            self._ahead += timedelta(seconds=float(order["seconds"]))
        elif not self._orders.obey(command, order):
            raise ValueError(f"no such command: {command}")
        return "{}"
