import subprocess
import sys

import pytest
from pydantic import ValidationError

from tests.systems.aws.cloud import CORE, PAYMENTS, settings


def test_an_account_is_a_part_with_a_queue_of_its_own() -> None:
    made = settings(queue="cloud", account_queues={PAYMENTS: "payments"})

    assert made.parts() == (CORE, PAYMENTS, "333333333333")
    assert [made.part_queue(part) for part in (CORE, PAYMENTS)] == ["cloud", "payments"]


def test_tag_names_have_defaults() -> None:
    tags = settings(tags={"email": ["mail", "e-mail"]}).tags

    assert (tags.employee_id, tags.email, tags.owner) == (("employee-id",), ("mail", "e-mail"), ("owner", "managedBy"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"accounts": ["1111"]}, "pattern"),
        ({"accounts": [111111111111]}, "valid string"),
        ({"accounts": []}, "list one at least, or write organization"),
        ({"accounts": [], "organization": True, "role_name": None}, "several accounts need a role"),
        ({"management_account": "12"}, "pattern"),
        ({"accounts": [CORE, CORE]}, "listed twice"),
        ({"role_name": None}, "several accounts need a role"),
        ({"account_queues": {"999999999999": "x"}}, "999999999999 is not among the accounts"),
        ({"account_names": {"999999999999": "x"}}, "account_names: 999999999999"),
        ({"acounts": []}, "acounts"),
        ({"role_name": "arn:aws:iam::1:role/x y"}, "pattern"),
    ],
)
def test_mistakes(changes: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        settings(**changes)


def test_one_account_needs_no_role() -> None:
    assert settings(accounts=[CORE], role_name=None).parts() == (CORE,)


def test_an_organization_needs_no_list_and_names_any_account() -> None:
    made = settings(accounts=[], organization=True, account_queues={"999999999999": "x"})

    assert (made.parts(), made.part_queue("999999999999")) == ((), "x")


def test_the_source_of_identity_center_is_named() -> None:
    assert settings(identity_center="people").named_sources() == ("people",)
    assert settings().named_sources() == ()


def test_reading_settings_loads_no_boto3() -> None:
    code = "import sys, offboarding.sources.aws.iam; sys.exit({'boto3', 'botocore'} & sys.modules.keys() != set())"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
