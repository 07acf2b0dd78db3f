from dataclasses import replace

import pytest

from offboarding.model import SubjectKind
from offboarding.report.ticket_things import named
from tests.unit.report.test_ticket import ACCOUNT

ARN = "arn:aws:iam::222222222222:user/kim"
ROLE = "arn:aws:iam::333333333333:role/ops"


@pytest.mark.parametrize(
    ("kind", "label", "account", "told"),
    [
        (SubjectKind.ACCOUNT, "uid=kim", "uid=kim", "Account uid=kim"),
        (SubjectKind.ACCESS_KEY, "AKIA...7Q3A", ARN, f"Access key AKIA...7Q3A of {ARN}"),
        (SubjectKind.CONSOLE_PASSWORD, "console password", ARN, f"Console password of {ARN}"),
        (SubjectKind.SSH_KEY, "ssh-ed25519 SHA256:x", "uid=kim", "SSH key ssh-ed25519 SHA256:x of uid=kim"),
        (SubjectKind.SSH_KEY, "SSH key APKA1", ARN, f"SSH key APKA1 of {ARN}"),
        (SubjectKind.CERTIFICATE, "certificate 1F by CA", "uid=kim", "Certificate 1F by CA of uid=kim"),
        (SubjectKind.SERVICE_CREDENTIAL, "Bedrock API key AB", ARN, f"Bedrock API key AB of {ARN}"),
        (SubjectKind.ROLE, ROLE, ARN, f"Role {ROLE}, which trusts {ARN}"),
        (SubjectKind.ROOT_ACCOUNT, "root of AWS account 1", "root of AWS account 1", "Root of AWS account 1"),
        (SubjectKind.SOURCE, "corp-ldap", "", "Accounts of corp-ldap that nobody claims"),
        (SubjectKind.WORKER, "worker 1042", "", "Worker 1042"),
    ],
)
def test_a_thing_is_named_once_with_the_account_that_it_is_on(
    kind: SubjectKind, label: str, account: str, told: str
) -> None:
    assert named(replace(ACCOUNT, subject_kind=kind, subject_label=label, account_label=account)) == told


@pytest.mark.parametrize("kind", list(SubjectKind))
def test_every_kind_of_thing_has_a_name(kind: SubjectKind) -> None:
    assert "_" not in named(replace(ACCOUNT, subject_kind=kind))
