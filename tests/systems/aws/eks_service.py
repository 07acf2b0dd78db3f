"""EKS before the AWS that tests have, which knows nothing of access entries: held to botocore's description of both
what is asked and what is answered.
"""

import http.client
import json
import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import botocore.session
from botocore.model import OperationModel, StructureShape
from botocore.validate import ParamValidator

PAGE_SIZE = 2


@dataclass(slots=True, kw_only=True)
class AccessEntry:
    """Whom a cluster lets in."""

    username: str
    groups: tuple[str, ...] = ()
    policies: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """By name, the namespaces that it's for; none: the whole cluster."""
    created_at: datetime


@dataclass(slots=True, kw_only=True)
class EksCluster:
    """One."""

    mode: str = "API"
    """"": from before there were any."""
    entries: dict[str, AccessEntry] = field(default_factory=dict[str, AccessEntry])
    """By ARN."""


@dataclass(slots=True, kw_only=True)
class EksService:
    """Of one region; another has none."""

    region: str
    clusters: dict[str, EksCluster] = field(default_factory=dict[str, EksCluster])
    denied: set[str] = field(default_factory=set[str])
    """Calls that are refused: of every cluster, or of the one whose name follows."""
    not_enabled: set[str] = field(default_factory=set[str])
    """Regions that aren't enabled for the account, and so don't know its keys."""
    vanishing: set[str] = field(default_factory=set[str])
    """Clusters and ARNs that are listed, and deleted before they're asked about."""
    asked: list[str] = field(default_factory=list[str])
    wrong: list[str] = field(default_factory=list[str])
    """What differed from the description."""
    endpoint_url: str = ""

    def answer(self, region: str, path: str, query: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        """What a call gets."""
        operation, given = _operation(path)
        self.asked.append(operation.name)
        assert operation.input_shape is not None
        assert operation.output_shape is not None
        known = {each.serialization.get("name", name) for name, each in operation.input_shape.members.items()}
        self.wrong += [f"{operation.name}: {name} is unknown" for name in query.keys() - known]
        if {operation.name, f"{operation.name} {given.get('name', '')}"} & self.denied:
            return 403, {"message": f"User is not authorized to perform: eks:{operation.name}"}
        if region in self.not_enabled:
            unknown = "The security token included in the request is invalid"
            return 403, {"__type": "UnrecognizedClientException", "message": unknown}
        clusters = self.clusters if region == self.region else {}
        if "name" in given and given["name"] not in clusters:
            return 404, {"message": "No cluster found"}
        if "principalArn" in given and given["principalArn"] not in clusters[given["name"]].entries:
            return 404, {"message": "The specified principalArn could not be found"}
        body = self._body(operation.name, clusters, given, int(query.get("nextToken", "0")))
        self.wrong += _differences(body, operation.output_shape)
        return 200, json.loads(json.dumps(body, default=lambda at: at.timestamp()))

    def _body(self, name: str, clusters: Mapping[str, EksCluster], given: Mapping[str, str], at: int) -> dict[str, Any]:
        if name == "ListClusters":
            gone = {each for each in self.vanishing if not each.startswith("arn:")}
            return _page("clusters", sorted({*clusters, *gone}), at)
        cluster = clusters[given["name"]]
        if name == "DescribeCluster":
            access = {"accessConfig": {"authenticationMode": cluster.mode}} if cluster.mode else {}
            return {"cluster": {"name": given["name"], **access}}
        if name == "ListAccessEntries":
            gone = {each for each in self.vanishing if each.startswith("arn:")}
            return _page("accessEntries", sorted({*cluster.entries, *gone}), at)
        entry = cluster.entries[given["principalArn"]]
        if name == "DescribeAccessEntry":
            own = {"principalArn": given["principalArn"], "createdAt": entry.created_at, "type": "STANDARD"}
            return {"accessEntry": {**own, "username": entry.username, "kubernetesGroups": list(entry.groups)}}
        rows = [
            {
                "policyArn": f"arn:aws:eks::aws:cluster-access-policy/{policy}",
                "accessScope": {"type": "namespace" if within else "cluster", "namespaces": list(within)},
            }
            for policy, within in entry.policies.items()
        ]
        return _page("associatedAccessPolicies", rows, at)


@contextmanager
def eks_before(behind: str, region: str = "us-east-1") -> Generator[EksService]:
    """On a free port; whatever isn't of EKS goes to the address behind it."""
    service = EksService(region=region)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            found = urlsplit(self.path)
            if not found.path.startswith("/clusters"):
                self._forward()
                return
            signed = re.search(r"Credential=[^/]+/\d+/([^/]+)/eks/", self.headers.get("Authorization", ""))
            query = {name: values[0] for name, values in parse_qs(found.query).items()}
            status, body = service.answer(signed[1] if signed else "", found.path, query)
            code = {403: "AccessDeniedException", 404: "ResourceNotFoundException"}.get(status, "")
            code = body.pop("__type", code)
            self._say(status, json.dumps(body).encode(), {"x-amzn-ErrorType": code} if code else {})

        def do_POST(self) -> None:
            self._forward()

        def _forward(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            there = http.client.HTTPConnection(urlsplit(behind).netloc, timeout=60)
            there.request(self.command, self.path, body, dict(self.headers))
            answer = there.getresponse()
            kept = {name: value for name, value in answer.getheaders() if name.lower() == "content-type"}
            self._say(answer.status, answer.read(), kept)
            there.close()

        def _say(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any, **__: Any) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        service.endpoint_url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield service
        finally:
            server.shutdown()
            thread.join()


def _page(key: str, rows: list[Any], at: int) -> dict[str, Any]:
    more = {"nextToken": str(at + PAGE_SIZE)} if len(rows) > at + PAGE_SIZE else {}
    return {key: rows[at : at + PAGE_SIZE], **more}


def _operation(path: str) -> tuple[OperationModel, dict[str, str]]:
    """Which call is meant, and what its path names."""
    model = botocore.session.get_session().get_service_model("eks")
    for name in model.operation_names:
        operation = model.operation_model(name)
        names = re.findall(r"\{(\w+)\}", operation.http["requestUri"])
        pattern = re.sub(r"\{\w+\}", "([^/]+)", operation.http["requestUri"])
        if operation.http["method"] == "GET" and (found := re.fullmatch(pattern, path)):
            return operation, dict(zip(names, map(unquote, found.groups()), strict=True))
    raise AssertionError(path)


def _differences(body: dict[str, Any], shape: StructureShape) -> list[str]:
    found = ParamValidator().validate(body, shape)
    unknown = [name for name in body if name not in shape.members]
    return [*([found.generate_report()] if found.has_errors() else []), *unknown]
