"""A company that one machine needn't check alone: 96 AWS accounts, and six directories.

Of forty people eight left on 13 November. Each of them still has an account in two of the directories, and an access
key in an AWS account.
"""

import json
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import yaml

from demo.aws import aws_server
from demo.aws_seed import AwsAccountSeed, AwsSeed
from demo.roundup import roundup_server
from tests.support.tiny_company import TinyCompany, variable
from tests.systems.aws import cloud
from tests.systems.ldap import directory

AWS_ACCOUNTS, DIRECTORIES, PEOPLE, LEAVERS = 96, 6, 40, 8
EACH = AWS_ACCOUNTS // LEAVERS
COLUMNS = ("worker_id", "name", "mail", "login", "location", "status", "start", "last_working_day")


@contextmanager
def wide_company(folder: Path, store: Mapping[str, Any]) -> Generator[TinyCompany]:
    """Its servers, for as long as the block runs. `store`: where findings are kept, as libpq's words."""
    with ExitStack() as stack:
        servers = [
            stack.enter_context(directory.directory(folder / f"directory {place}", *_entries(place)))
            for place in range(DIRECTORIES)
        ]
        aws = stack.enter_context(aws_server(seed()))
        tracker = stack.enter_context(roundup_server(folder / "roundup"))
        connections = [
            *(("ldap", directory.connection(each, conn_id=f"ldap_{place}")) for place, each in enumerate(servers)),
            ("aws", cloud.connection(aws)),
            ("http", tracker.connection("secops_roundup")),
        ]
        _write_feed(folder / "hr.csv")
        environment = {
            "OFFBOARDING_CONFIG": str(folder / "tiny.yaml"),
            "AIRFLOW_CONN_OFFBOARDING_STORE": json.dumps(
                {
                    "conn_type": "postgres",
                    "host": store["host"],
                    "port": int(store["port"]),
                    "login": store["user"],
                    "schema": store["dbname"],
                }
            ),
            **dict(variable(kind, fields) for kind, fields in connections),
        }
        company = TinyCompany(
            folder=folder,
            aws=aws,
            tracker=tracker,
            slapd=servers[0],
            environment=environment,
            secrets=tuple(fields.password for _, fields in connections),
        )
        configure(company)
        yield company


def configure(company: TinyCompany, aws_accounts: int = AWS_ACCOUNTS) -> None:
    """From here on so many of its AWS accounts are read."""
    company.config.write_text(yaml.safe_dump(_configuration(company.folder, aws_accounts)), encoding="utf-8")


def seed() -> AwsSeed:
    """Its AWS accounts, as if nobody had asked them for anything yet."""
    return AwsSeed(accounts=tuple(map(_aws_account, range(AWS_ACCOUNTS))))


def aws_number(place: int) -> str:
    """An AWS account's id."""
    return f"{100000000000 + place}"


def _number(person: int) -> str:
    return str(10000 + person)


def _login(person: int) -> str:
    return f"p{person:03}"


def _mail(person: int) -> str:
    return f"{_login(person)}@corp.example"


def _entries(place: int) -> list[str]:
    """Everybody has an account in two of the directories."""
    return [
        directory.person(_login(person), employeeNumber=_number(person), mail=_mail(person))
        for person in range(PEOPLE)
        if place in (person % DIRECTORIES, (person + 1) % DIRECTORIES)
    ]


def _aws_account(place: int) -> AwsAccountSeed:
    """Somebody who works here has a user in each; leavers in every 25th, which nobody has used since they left."""
    people = [cloud.bare(_login(_staff(place)), tags={"employee-id": _number(_staff(place))})]
    if place % EACH == 0:
        leaver = place // EACH
        key = cloud.key(_login(leaver), last_used_at=cloud.MADE)
        people.append(cloud.bare(_login(leaver), tags={"employee-id": _number(leaver)}, keys=(key,)))
    return cloud.account(aws_number(place), *people)


def _staff(place: int) -> int:
    return LEAVERS + place % (PEOPLE - LEAVERS)


def _write_feed(path: Path) -> None:
    rows = [
        ",".join((_number(person), f"Person {person}", _mail(person), _login(person), "Seoul"))
        + (",left,2019-03-04,2026-11-13" if person < LEAVERS else ",active,2019-03-04,")
        for person in range(PEOPLE)
    ]
    path.write_text("\n".join([",".join(COLUMNS), *rows]) + "\n", encoding="utf-8")


def _configuration(folder: Path, aws_accounts: int) -> dict[str, object]:
    return {
        "company": {"time_zone": "Asia/Seoul", "mail_domains": ["corp.example"]},
        "forms_url": "https://airflow.corp.example/dags/offboarding_decide_{form}",
        "rosters": [
            {
                "name": "hr",
                "kind": "csv",
                "path": str(folder / "hr.csv"),
                "coverage": "full",
                "id_space": "hr",
                "login_realm": "corp",
                "zones": {"Seoul": "Asia/Seoul"},
                "columns": {name: name for name in COLUMNS},
            }
        ],
        "sources": [
            *(
                {
                    "name": f"directory-{place}",
                    "kind": "ldap",
                    "connection": f"ldap_{place}",
                    "base_dn": directory.PEOPLE,
                    "groups_dn": directory.SUFFIX,
                    "id_space": "hr",
                    "login_realm": "corp",
                    "ppolicy_default": directory.POLICY,
                    "witness": directory.WITNESS,
                }
                for place in range(DIRECTORIES)
            ),
            {
                "name": "aws",
                "kind": "aws_iam",
                "connection": "aws_audit",
                "role_name": "OffboardingAudit",
                "accounts": [aws_number(place) for place in range(aws_accounts)],
                "id_space": "hr",
                "login_realm": "corp",
            },
        ],
        "trackers": [{"name": "secops", "kind": "roundup", "connection": "secops_roundup"}],
        "policy": {"baseline": "ticket", "nightly": "0 0 29 2 *", "verify": "0 0 29 2 *"},
    }
