"""Identity Center for tests: people, permission sets, and ready sources."""

from typing import Any

from demo.aws import AwsServer
from demo.aws_seed import AwsCenterSeed, AwsPermissionSetSeed, AwsPersonSeed, AwsSeed
from offboarding.model import AccountRef
from offboarding.sources.aws.identity_center import IdentityCenterSource, Settings, build
from tests.systems.aws.cloud import CONTEXT, MADE, account, connection

MANAGEMENT = "999999999999"
STORE = "d-9067f2a4c1"
REGION = "ap-northeast-2"


def center_id(name: str) -> str:
    """A user's id, made from the name."""
    return f"{name.encode().hex():0<32}"


def member(name: str, **changes: Any) -> AwsPersonSeed:
    """Somebody in Identity Center."""
    given: dict[str, Any] = {"user_id": center_id(name), "name": name, "created_at": MADE}
    return AwsPersonSeed(**(given | changes))


def permission_set(name: str, **changes: Any) -> AwsPermissionSetSeed:
    """A permission set with nothing in it."""
    return AwsPermissionSetSeed(name=name, **changes)


def stand(
    server: AwsServer, *people: AwsPersonSeed, sets: tuple[AwsPermissionSetSeed, ...] = (), page_size: int = 100
) -> None:
    """Make these the people of Identity Center."""
    center = AwsCenterSeed(account_id=MANAGEMENT, store_id=STORE, people=people, permission_sets=sets)
    seed = AwsSeed(
        accounts=(account(MANAGEMENT),), management_account_id=MANAGEMENT, center=center, page_size=page_size
    )
    server.seed(seed)


def settings(**changes: Any) -> Settings:
    """What a user would write, and changes to it."""
    given: dict[str, Any] = {
        "name": "people",
        "kind": "aws_identity_center",
        "connection": "aws_audit",
        "account": MANAGEMENT,
        "role_name": "OffboardingAudit",
        "region": REGION,
    }
    return Settings.model_validate(given | changes)


def source(server: AwsServer, **changes: Any) -> IdentityCenterSource:
    """A ready source."""
    return build(settings(**changes), connection(server), "", CONTEXT)


def ref(name: str, realm: str = STORE) -> AccountRef:
    """Somebody as the last inventory knew them."""
    return AccountRef(realm=realm, native_id=center_id(name), label=name, login=name)
