"""The demo's Okta org, held to Okta's own description of its API; and its reader."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from demo.answering import Answered
from demo.okta import API_TOKEN, OktaService
from demo.okta_app import CLIENT_ID, app_key
from demo.slapd import Tls
from offboarding.interfaces import ConnectionFields, KeySource, Source
from offboarding.model import Account
from offboarding.sources import okta
from offboarding.sources.okta import signing_keys as okta_signing_keys
from tests.support.described.server import Described, Description, described
from tests.support.usual_read import CONTEXT


def limited(seconds: int, *, ours: float = 0) -> Answered:
    """What is said to whoever asked too often; `ours`: how many seconds Okta's clock is ahead of ours."""
    now = time.time() + ours
    date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(now))
    limit = {"X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": f"{int(now) + seconds}", "Date": date}
    body = {"errorCode": "E0000047", "errorSummary": "API call exceeded rate limit due to too many requests."}
    return Answered(status=429, body=body, headers=limit)


@dataclass(frozen=True, kw_only=True)
class OktaPlace:
    """A running org, and how it's reached."""

    kept: OktaService
    service: Described
    tls: Tls | None

    def connection(self, *, app: bool = True, **changes: Any) -> ConnectionFields:
        """As Airflow has it."""
        own = {"login": CLIENT_ID, "password": app_key()} if app else {"password": API_TOKEN}
        return ConnectionFields(**(self.service.fields(conn_id="corp_okta", **own) | changes))

    def source(
        self,
        connection: ConnectionFields | None = None,
        *,
        app: bool = True,
        patterns: tuple[str, ...] = (),
        **settings: Any,
    ) -> Source:
        """A new reader. `patterns`: of workloads' logins."""
        given = {"name": "okta", "kind": "okta", "connection": "corp_okta"}
        own = okta.Settings.model_validate(given | settings)
        context = replace(CONTEXT, service_patterns=patterns)
        return okta.build(own, connection or self.connection(app=app), "", context)

    def signing_keys(
        self, connection: ConnectionFields | None = None, *, app: bool = True, **settings: Any
    ) -> KeySource:
        """A new reader of its signing keys."""
        given = {"name": "okta-keys", "kind": "okta_signing_keys", "connection": "corp_okta"}
        own = okta_signing_keys.Settings.model_validate(given | settings)
        return okta_signing_keys.build(own, connection or self.connection(app=app), "", CONTEXT)

    def accounts(self, *, app: bool = True, **settings: Any) -> dict[str, Account]:
        """By their labels."""
        facts = self.source(app=app, **settings).collect()
        return {fact.label: fact for fact in facts if isinstance(fact, Account)}


@cache
def description() -> Description:
    """Okta's own."""
    return Description("okta")


@contextmanager
def okta_place(tls: Tls | None) -> Generator[OktaPlace]:
    """On a free port; nothing that was asked or said differs from the description. Without TLS nothing is checked,
    which is most of the time that it takes.
    """
    kept = OktaService()
    with described(kept.answer, description() if tls else None, tls) as service:
        kept.api = f"{'https' if tls else 'http'}://127.0.0.1:{service.port}"
        yield OktaPlace(kept=kept, service=service, tls=tls)
