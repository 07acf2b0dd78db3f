"""What one AWS account costs in requests, at 300 and at 2,000 users with 15 leavers, beside Cloud Custodian's own.

    .venv/bin/python benchmarks/aws_requests.py [users ...]

Both ask the same server (moto, behind a proxy that pages as IAM does: 1,000 entries where that many are asked for). It
counts what arrives in the account. Ours: the inventory of everybody, and all that the leavers hold. Custodian's: its
policies `credential` (whose password is on) and `access-key` (who has an active key), one by one. Both assume a role.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import structlog

from demo.aws import PROJECT, AwsServer, aws_server
from demo.aws_seed import CALLER_KEY_ID, AwsAccountSeed, AwsKeySeed, AwsLoginSeed, AwsSeed, AwsUserSeed
from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.model import Account, AccountRef, Credential, SubjectKind
from offboarding.sources.aws.iam import Settings, build

ACCOUNT, ROLE = "111111111111", "OffboardingAudit"
AS_OF = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)
MADE = datetime(2024, 3, 1, 9, tzinfo=UTC)
LEAVERS, PAGE = 15, 1000
CUSTODIAN = PROJECT / ".cache" / "venvs" / "c7n" / "bin" / "custodian"
POLICIES: Mapping[str, Mapping[str, object]] = {
    "credential": {"type": "credential", "key": "password_enabled", "value": True},
    "access-key": {"type": "access-key", "key": "Status", "value": "Active"},
}


def main(sizes: list[int]) -> None:
    """One account after the other."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    there = custodian_is_there()
    with aws_server(AwsSeed(accounts=())) as server:
        for users in sizes:
            ours, came = our_requests(server, users)
            budget = 8 + 3 + -(-users // PAGE) + 6 * LEAVERS
            print(f"{users:,} users, {LEAVERS} leavers: {ours} requests, {budget} allowed")
            print(f"bench aws_requests_{users}_vs_budget ratio={ours / budget:.2f} goal=1")
            for name in POLICIES if there else ():
                theirs = custodian_requests(server, users, name)
                print(f"{users:,} users: Custodian's {name} policy took {theirs:,} requests")
                print(f"bench aws_requests_{users}_vs_c7n_{name} ratio={came / theirs:.3f} goal=1")


def our_requests(server: AwsServer, users: int) -> tuple[int, int]:
    """Everybody, then the leavers live: what the budget is about (polls and taking on the role are told apart), and
    what arrived.
    """
    seed(server, users)
    settings = Settings(name="aws", kind="aws_iam", connection="aws", role_name=ROLE, accounts=(ACCOUNT,))
    fields = ConnectionFields(
        conn_id="aws",
        login=CALLER_KEY_ID,
        password="not checked",  # noqa: S106 - no secret: this server looks at none
        extra={"endpoint_url": server.endpoint_url},
    )
    source = build(settings, fields, ACCOUNT, ReadContext(as_of=AS_OF, default_zone="UTC"))
    accounts = [fact for fact in source.collect() if isinstance(fact, Account) and fact.kind is SubjectKind.ACCOUNT]
    leavers = [
        AccountRef(realm=each.realm, native_id=each.native_id, label=each.label, login=each.login)
        for each in accounts[:LEAVERS]
    ]
    held = [fact for fact in source.detail(leavers) if isinstance(fact, Credential)]
    # A password and two keys each: a read that found less would be cheap.
    assert (len(accounts), len(held)) == (users, 3 * LEAVERS)
    counted = source.requests
    assert counted.inventory + counted.detail <= arrived(server)
    return counted.inventory + counted.detail, arrived(server)


def arrived(server: AwsServer) -> int:
    """Requests that came to the account, AssumeRole left out: it's the same one for everybody."""
    return sum(count for action, count in server.requests(ACCOUNT).items() if action != "AssumeRole")


def custodian_requests(server: AwsServer, users: int, policy: str) -> int:
    """What arrives in the account while Custodian runs one policy, in its own environment.

    A credential report is ready: it waits for one with a pause, where we poll.
    """
    seed(server, users)
    for _ in range(2):
        server.operator(ACCOUNT).generate_credential_report()
    document = {"policies": [{"name": policy, "resource": "aws.iam-user", "filters": [POLICIES[policy]]}]}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "policy.json"
        file.write_text(json.dumps(document), encoding="utf-8")
        command = [CUSTODIAN, "run", "--quiet", "--region", "us-east-1", "--cache-period", "0", "--output-dir", folder]
        command += ["--assume", f"arn:aws:iam::{ACCOUNT}:role/{ROLE}", file]
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": folder,
            "NO_PROXY": "127.0.0.1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": server.endpoint_url,
            "AWS_ACCESS_KEY_ID": CALLER_KEY_ID,
            "AWS_SECRET_ACCESS_KEY": "not checked",
        }
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        found = Path(folder) / policy / "resources.json"
        if done.returncode or not found.exists():
            raise SystemExit(f"Custodian failed: {done.stderr.strip()[-1000:]}")
        matched = len(json.loads(found.read_text("utf-8")))
    # Everybody here has a password and an active key: a policy that finds less didn't look.
    assert matched == users, f"Custodian found {matched} of {users}"
    return arrived(server)


def seed(server: AwsServer, users: int) -> None:
    """Users with a password and two keys."""
    people = tuple(
        AwsUserSeed(
            user_id=f"AIDA{number:017d}",
            name=f"user{number:05d}",
            created_at=MADE,
            tags={"employee-id": f"{number:07d}"},
            keys=tuple(AwsKeySeed(key_id=f"AKIA{number:015d}{slot}", created_at=MADE) for slot in (1, 2)),
            login=AwsLoginSeed(created_at=MADE),
        )
        for number in range(users)
    )
    server.seed(AwsSeed(accounts=(AwsAccountSeed(account_id=ACCOUNT, users=people),), page_size=PAGE))


def custodian_is_there() -> bool:
    """Whether it's installed, or could be; a line says why not."""
    done = subprocess.run([PROJECT / "scripts" / "c7n.sh"], capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        print(f"Left out, since Cloud Custodian can't be installed: {reason}")
    return done.returncode == 0


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [300, 2000])
