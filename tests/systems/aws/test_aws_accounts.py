from datetime import UTC, datetime

import pytest

from offboarding.model import AccountKey, IdentityKeyKind, IdentityKeyOrigin
from offboarding.sources.aws._api.inventory import IamUser
from offboarding.sources.aws._api.policy.policies import Grants
from offboarding.sources.aws.iam.accounts import TagKeys, identity_keys

TAGS = TagKeys(employee_id=("employee-id",), email=("email",), owner=("owner", "managedBy"), service=("service",))


def user(name: str = "mjkim", **tags: str) -> IamUser:
    return IamUser(
        user_id="AIDA1",
        name=name,
        arn=f"arn:aws:iam::111111111111:user/{name}",
        created_at=datetime(2024, 3, 1, tzinfo=UTC),
        tags=tags,
        groups=(),
        grants=Grants(inline=(), attached=()),
    )


def key(kind: IdentityKeyKind, value: str, origin: IdentityKeyOrigin, name: str) -> AccountKey:
    return AccountKey(kind=kind, value=value, origin=origin, name=name)


LOGIN = key(IdentityKeyKind.LOGIN, "mjkim", IdentityKeyOrigin.ATTRIBUTE, "user name")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, []),
        ({"employee-id": "E1042"}, [key(IdentityKeyKind.NUMBER, "E1042", IdentityKeyOrigin.TAG, "tag employee-id")]),
        (
            {"email": "Kim@corp.example"},
            [key(IdentityKeyKind.MAIL, "Kim@corp.example", IdentityKeyOrigin.TAG, "tag email")],
        ),
        (
            {"owner": "lee@corp.example"},
            [key(IdentityKeyKind.MAIL, "lee@corp.example", IdentityKeyOrigin.OWNER, "tag owner")],
        ),
        (
            {"managedby": "E1042"},
            [
                key(IdentityKeyKind.NUMBER, "E1042", IdentityKeyOrigin.OWNER, "tag managedBy"),
                key(IdentityKeyKind.LOGIN, "E1042", IdentityKeyOrigin.OWNER, "tag managedBy"),
            ],
        ),
        ({"owner": "hnlee"}, [key(IdentityKeyKind.LOGIN, "hnlee", IdentityKeyOrigin.OWNER, "tag owner")]),
        ({"owner": "Kim Minjun 2"}, [key(IdentityKeyKind.LOGIN, "Kim Minjun 2", IdentityKeyOrigin.OWNER, "tag owner")]),
        ({"email": "", "department": "E1042"}, []),
    ],
)
def test_whose_it_may_be(given: dict[str, str], expected: list[AccountKey]) -> None:
    assert list(identity_keys(user(**given), TAGS)) == [LOGIN, *expected]


def test_a_user_name_that_is_a_mail_address_is_also_one() -> None:
    keys = list(identity_keys(user("kim@corp.example"), TAGS))

    assert key(IdentityKeyKind.MAIL, "kim@corp.example", IdentityKeyOrigin.TAG, "user name") in keys
    assert key(IdentityKeyKind.LOGIN, "kim@corp.example", IdentityKeyOrigin.ATTRIBUTE, "user name") in keys
