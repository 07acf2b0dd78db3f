"""One hostile record beside good ones, over the real wire of each system: what is told of the others is the same.

The directory's own is in sources/test_ldap.py; here are AWS, a database of HR's, a JWKS, and collected files.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from demo.aws import AwsServer
from demo.aws_seed import AwsSeed, AwsUserSeed
from demo.login_service import JWKS, Answer, LoginService, public_jwk
from demo.ssh_authority import SshAuthority, SshIdentity
from offboarding.model import Fact, Gap, ScopeRead, Worker
from offboarding.model.errors import OffboardingError
from offboarding.rosters import postgres
from offboarding.runs.ingest.gate.facts import FactGate
from offboarding.runs.ingest.gate.workers import WorkerGate
from tests.support.collected import put, put_bytes
from tests.support.hostile import VALUES, long_text
from tests.support.variants import some_of
from tests.systems.aws.cloud import (
    CONTEXT,
    CORE,
    SSH_KEY,
    account,
    aws,
    aws_process,
    certificate,
    everything,
    key_id,
    ref,
    source,
    ssh_key,
    user_id,
)
from tests.systems.jwks.login import FIRST, JSON, SECOND, facts, running_login, service
from tests.systems.postgres.hr_database import HrDatabase, hr_database, hr_server
from tests.systems.ssh.files import verifier as ssh_verifier

__all__ = ["aws", "aws_process", "hr_database", "hr_server", "running_login", "service"]  # fixtures

LONG = ("8 KB", "4 KB of Korean", "grows when it is folded", "digits")
"""Values that every system's own database can hold."""


def read(collect: Callable[[], Iterable[Fact]]) -> list[Fact] | None:
    """All that a reader tells; None where it gives up."""
    try:
        return list(collect())
    except OffboardingError:
        return None


def told(facts: Iterable[Fact], *without: str) -> list[str]:
    """Facts as they go into the store, but for gaps, scopes and whatever bears one of these ids; in a fixed order."""
    passed = FactGate("source").passed(facts)
    kept = [repr(each) for each in passed if not isinstance(each, Gap | ScopeRead)]
    return sorted(each for each in kept if not any(mark in each for mark in without))


def is_said(facts: Iterable[Fact]) -> bool:
    """Whether a red gap or a scope's error says that something couldn't be read."""
    return any(
        each.red if isinstance(each, Gap) else isinstance(each, ScopeRead) and bool(each.error) for each in facts
    )


def counted(record_property: Any, good: Sequence[str], same: Sequence[str], attacked: list[Fact] | None) -> None:
    """Before anything is asserted."""
    record_property("hostile values", 1)
    record_property("sources_lost", int(attacked is None))
    record_property("findings_lost", len(set(good) - set(same)))


# --- AWS --------------------------------------------------------------------------------------------------------------

BAD = "hostile"
CUT_OFF = "-----BEGIN CERTIFICATE-----"
USERS: dict[str, dict[str, Any]] = {
    **{f"tag {name}": {"tags": {"owner": value, "mail": value}} for name, value in VALUES.items() if name in LONG},
    "path": {"path": f"/{long_text(500)}/"},
    "ssh comment": {"ssh_keys": (ssh_key(BAD, body=f"{SSH_KEY} \ufdfa{long_text(5_000)}"),)},
    "ssh body": {"ssh_keys": (ssh_key(BAD, body="ssh-rsa \u3042\u3042="),)},
    "certificate's body": {"certificates": (certificate(BAD, body=f"{CUT_OFF}\nMIIB\n-----END CERTIFICATE-----"),)},
    "certificate cut off": {"certificates": (certificate(BAD, body=CUT_OFF),)},
}
"""What AWS lets somebody write of themselves, and more than it does."""


@some_of(2, "given", USERS.values(), ids=list(USERS))
def test_an_account_of_aws(aws: AwsServer, given: dict[str, Any], record_property) -> None:
    users = (everything("mjkim"), everything("lee"))

    def all_of(*seeds: AwsUserSeed) -> list[Fact] | None:
        aws.seed(AwsSeed(accounts=(account(CORE, *seeds),)))
        asked = [ref(seed.name, native_id=seed.user_id) for seed in seeds]
        found = [read(source(aws, accounts=[CORE]).collect), read(lambda: source(aws, accounts=[CORE]).detail(asked))]
        return None if None in found else [fact for part in found for fact in part or ()]

    good = told(all_of(*users) or ())
    attacked = all_of(users[0], everything(BAD, **given), users[1])

    same = told(attacked or (), BAD, user_id(BAD), key_id(BAD)[4:])
    counted(record_property, good, same, attacked)
    assert len(good) > 10
    assert same == good
    assert user_id(BAD) in repr(attacked), "and it is told, too"


# --- HR's database ----------------------------------------------------------------------------------------------------

COLUMNS = ("worker_id", "status", "name", "mail", "login", "manager", "location", "type", "former_mail")


@some_of(8, "column", COLUMNS[2:])
@pytest.mark.parametrize("value", [VALUES[name] for name in (*LONG, "control characters")])
def test_a_database_of_hr_s(hr_database: HrDatabase, column: str, value: str, record_property) -> None:
    one, other = ({"worker_id": n, "status": "active", "name": f"Kim {n}", "mail": f"{n}@corp.example"} for n in "12")

    def workers(*rows: dict[str, str]) -> list[Worker]:
        hr_database.fill("people", COLUMNS, rows)
        given = {"name": "hr", "kind": "postgres", "connection": "hr_db", "coverage": "active"}
        columns = {"columns": {name: name for name in COLUMNS}, "query": "select * from people order by position"}
        roster = postgres.build(postgres.Settings.model_validate(given | columns), hr_database.connection, CONTEXT)
        found = list(WorkerGate().passed(roster.read()))
        assert list(roster.problems) == []
        return [replace(each, record="") for each in found]

    good = workers(one, other)
    attacked = workers(one, {"worker_id": "9", "status": "active", column: value}, other)

    record_property("hostile values", 1)
    record_property("findings_lost", sum(each not in attacked for each in good))
    assert [each for each in attacked if each.worker_id != "9"] == good
    assert len(attacked) == 3, "whose value it is stays too"


# --- a JWKS -----------------------------------------------------------------------------------------------------------

THIRD = public_jwk(rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key(), BAD)
ENTRIES: dict[str, object] = {
    **{f"kid {name}": THIRD | {"kid": value} for name, value in VALUES.items()},
    **{f"n {name}": THIRD | {"n": value} for name, value in VALUES.items()},
    "e of zero": THIRD | {"e": "AA"},
    "n of one": THIRD | {"n": "AQ"},
    "no point of the curve": {"kty": "EC", "crv": "P-256", "kid": BAD, "x": "AQ", "y": "AQ"},
    "no text": {"kty": 7, "kid": ["x"], "use": {"a": 1}},
    "a list": [],
    "null": None,
    "x5c of garbage": THIRD | {"x5c": ["MII="]},
}


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=list(ENTRIES))
def test_an_entry_of_a_jwks(service: LoginService, entry: object, record_property) -> None:
    first, second = public_jwk(FIRST, "good-1"), public_jwk(SECOND, "good-2")

    def all_of(*entries: object) -> list[Fact] | None:
        service.answers[JWKS] = Answer(body=json.dumps({"keys": entries}).encode(), headers=JSON)
        return read(lambda: facts(service))

    good = told(all_of(first, second) or ())
    attacked = all_of(first, entry, second)

    same = [each for each in told(attacked or ()) if each in good]
    counted(record_property, good, same, attacked)
    assert len(good) == 2
    assert same == good
    assert len(told(attacked or ())) == 3 or is_said(attacked or ())


# --- collected files --------------------------------------------------------------------------------------------------

LAPTOP, PHONE, OTHER = (SshIdentity(seed=name, comment=name).line.encode() for name in ("laptop", "phone", BAD))
BYTES = {name: value.encode(errors="surrogatepass").translate(None, b'"\n') for name, value in VALUES.items()}
LINES = {
    **{f"comment {name}": OTHER + b" " + value for name, value in BYTES.items()},
    **{f"command {name}": b'command="' + value + b'" ' + OTHER for name, value in BYTES.items()},
    **{f"key {name}": b"ssh-ed25519 " + value for name, value in BYTES.items()},
    **{f"from {name}": b'from="' + value + b'" ' + OTHER for name, value in BYTES.items()},
}


@pytest.mark.parametrize("line", LINES.values(), ids=list(LINES))
def test_a_line_of_a_collected_file(tmp_path: Path, line: bytes, record_property) -> None:
    put(tmp_path, "web1/etc/ssh/trusted_user_ca_keys", SshAuthority(seed="ca").line)

    def all_of(between: bytes) -> list[Fact] | None:
        put_bytes(tmp_path, "web1/home/deploy/.ssh/authorized_keys", b"\n".join([LAPTOP, between, PHONE, b""]))
        return read(ssh_verifier(tmp_path).collect)

    good = told(all_of(b"# a comment") or ())
    attacked = all_of(line)

    same = [each for each in told(attacked or ()) if each in good]
    counted(record_property, good, same, attacked)
    assert len(good) == 3
    assert same == good
    assert len(told(attacked or ())) == 4 or is_said(attacked or ())
