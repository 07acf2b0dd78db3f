"""Prometheus: the machine's own, or the one that scripts/prometheus.sh unpacked.

It reads what OpenTelemetry tells here, as a collector passes it on: Debian's takes none itself.
"""

import re
import shutil
import subprocess
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import yaml
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)

from demo.standalone import free_port
from tests.support.source_tree import PROJECT

MONITORING = PROJECT / "monitoring"
_UNPACKED = PROJECT / ".cache/prometheus/root/usr/bin"
START_SECONDS = 30


def program(name: str) -> Path | None:
    """Where prometheus or promtool lies."""
    own = shutil.which(name)
    unpacked = _UNPACKED / name
    return Path(own) if own else unpacked if unpacked.exists() else None


@dataclass(slots=True, kw_only=True)
class Collector:
    """Gauges without labels by OTLP over HTTP, by name: https://opentelemetry.io/docs/specs/otlp/#otlphttp

    It shows them for ever, as https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/ has
    them written.
    """

    url: str = ""
    gauges: dict[str, float] = field(default_factory=dict[str, float])

    def take(self, body: bytes) -> bytes:
        """A message; the answer to it."""
        told = ExportMetricsServiceRequest.FromString(body)
        for metric in (
            metric for one in told.resource_metrics for scope in one.scope_metrics for metric in scope.metrics
        ):
            for point in metric.gauge.data_points:
                if not point.attributes:
                    assert not metric.unit, f"{metric.name} would be called otherwise in Prometheus"
                    self.gauges[metric.name] = point.as_double if point.HasField("as_double") else point.as_int
        return ExportMetricsServiceResponse().SerializeToString()

    def page(self) -> bytes:
        """What Prometheus reads."""
        lines = [f"{re.sub(r'[^a-zA-Z0-9_]', '_', name)} {value!r}\n" for name, value in self.gauges.items()]
        return "".join(lines).encode()


@contextmanager
def collector() -> Generator[Collector]:
    """For as long as the block runs."""
    here = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self._answer(here.take(self.rfile.read(int(self.headers["Content-Length"]))), "application/x-protobuf")

        def do_GET(self) -> None:
            self._answer(here.page(), "text/plain; version=0.0.4")

        def _answer(self, body: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        here.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield here
        finally:
            server.shutdown()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prometheus:
    """One that knows our alarms."""

    url: str

    def ask(self, expression: str) -> list[dict[str, Any]]:
        """What an expression says now: labels and a value each."""
        return self._told("query", query=expression)["result"]

    def alerts(self) -> dict[str, str]:
        """Those that are raised: by name, pending or firing."""
        return {each["labels"]["alertname"]: each["state"] for each in self._told("alerts")["alerts"]}

    def _told(self, what: str, **asked: str) -> dict[str, Any]:
        answer = httpx.get(f"{self.url}/api/v1/{what}", params=asked, trust_env=False)
        assert answer.is_success, answer.text
        return answer.json()["data"]


@contextmanager
def prometheus(folder: Path, read: Collector) -> Generator[Prometheus]:
    """For as long as the block runs; it reads, and looks at its rules, each second."""
    folder.mkdir()
    config = folder / "prometheus.yml"
    told = {
        "global": {"evaluation_interval": "1s", "scrape_interval": "1s", "scrape_timeout": "1s"},
        "rule_files": [str(MONITORING / "alerts.yml")],
        "scrape_configs": [{"job_name": "us", "static_configs": [{"targets": [read.url.removeprefix("http://")]}]}],
    }
    config.write_text(yaml.safe_dump(told), encoding="utf-8")
    found, url = program("prometheus"), f"http://127.0.0.1:{free_port()}"
    assert found is not None
    command = [
        *(found, f"--config.file={config}", f"--storage.tsdb.path={folder / 'data'}"),
        f"--web.listen-address={url.removeprefix('http://')}",
    ]
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log) as process,
    ):
        try:
            end = time.monotonic() + START_SECONDS
            while not _ready(url):
                assert process.poll() is None, (folder / "log").read_text("utf-8")
                assert time.monotonic() < end, (folder / "log").read_text("utf-8")
                time.sleep(0.1)
            yield Prometheus(url=url)
        finally:
            process.terminate()


def _ready(url: str) -> bool:
    with suppress(httpx.TransportError):
        return httpx.get(f"{url}/-/ready", trust_env=False).is_success
    return False
