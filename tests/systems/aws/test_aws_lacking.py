"""A system in AWS's place that lacks one call: what that call alone tells isn't checked, everything else is read."""

from collections.abc import Iterable

import pytest

from demo.aws import AwsServer
from demo.aws_seed import AwsSeed
from offboarding.model import CREDENTIAL_KINDS, Account, Credential, Fact, Gap, ScopeRead, Standing, SubjectKind
from offboarding.model.errors import FatalError
from tests.systems.aws.cloud import CORE, account, aws, aws_process, everything, of_kind, person, ref, source, ssh_key

pytestmark = pytest.mark.slow

__all__ = ["aws", "aws_process"]  # fixtures

KINDS = {
    "ListAccessKeys": SubjectKind.ACCESS_KEY,
    "GetLoginProfile": SubjectKind.CONSOLE_PASSWORD,
    "ListSSHPublicKeys": SubjectKind.SSH_KEY,
    "ListSigningCertificates": SubjectKind.CERTIFICATE,
    "ListServiceSpecificCredentials": SubjectKind.SERVICE_CREDENTIAL,
}


def lack(server: AwsServer, action: str, how: str) -> None:
    if how == "cut short":
        server.cut(CORE, action)
    else:
        server.deny(CORE, action, code="InvalidAction")


@pytest.fixture(params=["unknown", "cut short"])
def how(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize(("action", "kind"), KINDS.items(), ids=KINDS)
def test_a_list_of_credentials_costs_its_kind(aws: AwsServer, action: str, kind: SubjectKind, how: str) -> None:
    aws.seed(AwsSeed(accounts=(account(CORE, everything("mjkim")),)))
    lack(aws, action, how)

    facts = list(source(aws).detail([ref("mjkim")]))

    complete, missing = of_kind(facts, ScopeRead)
    assert set(complete.kinds) == set(CREDENTIAL_KINDS) - {kind}
    assert complete.error == ""
    assert missing.kinds == (kind,)
    assert f"{action} isn't answered as AWS does" in missing.error
    assert {each.kind for each in of_kind(facts, Credential)} == set(CREDENTIAL_KINDS) - {kind}


@pytest.mark.parametrize("action", ["GetAccessKeyLastUsed", "ListUsers", "GetSSHPublicKey"])
def test_what_only_says_more_of_them_leaves_a_gap(aws: AwsServer, action: str, how: str) -> None:
    aws.seed(AwsSeed(accounts=(account(CORE, person("mjkim", ssh_keys=(ssh_key("mjkim"),))),)))
    lack(aws, action, how)

    facts = list(source(aws).detail([ref("mjkim")]))

    assert said(facts, action)
    assert {each.standing for each in of_kind(facts, Credential)} == {Standing.WORKS}
    assert [each.kinds for each in of_kind(facts, ScopeRead)] == [CREDENTIAL_KINDS]


@pytest.mark.parametrize(
    "action", ["GenerateCredentialReport", "GetCredentialReport", "ListServiceSpecificCredentials"]
)
def test_the_inventory_goes_on_without_it(aws: AwsServer, action: str, how: str) -> None:
    lack(aws, action, how)

    facts = list(source(aws).collect())

    assert said(facts, action)
    assert [each.login for each in of_kind(facts, Account)] == ["mjkim"]


def test_the_list_of_accounts_itself_is_what_a_read_is(aws: AwsServer) -> None:
    lack(aws, "GetAccountAuthorizationDetails", "unknown")

    with pytest.raises(FatalError, match="GetAccountAuthorizationDetails isn't answered as AWS does"):
        list(source(aws).collect())


def said(facts: Iterable[Fact], action: str) -> bool:
    (gap,) = (each for each in of_kind(facts, Gap) if each.red)
    return f"{action} isn't answered as AWS does" in gap.text
