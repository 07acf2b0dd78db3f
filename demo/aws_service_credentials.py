"""Service-specific credentials, of which moto knows nothing: listed for one user or for all of an account, in pages.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListServiceSpecificCredentials.html
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

from moto.iam.models import User

from demo.aws_pages import DEFAULT_PAGE
from demo.aws_seed import AwsSeed, AwsServiceCredentialSeed

Held = Mapping[str, tuple[AwsServiceCredentialSeed, ...]]
"""By user id, so that they go where a renamed user goes, and end with a deleted one."""


def held(seed: AwsSeed) -> Held:
    """Whose they are."""
    users = (user for account in seed.accounts for user in account.users)
    return {user.user_id: user.service_credentials for user in users}


def listing(users: Iterable[User], held: Held, fields: Mapping[str, str], page_size: int) -> str:
    """The inside of the answer: one user's (`UserName`), or everybody's (`AllUsers`)."""
    wanted = [user for user in users if fields.get("AllUsers") == "true" or user.name == fields.get("UserName")]
    rows = [_row(user.name, credential) for user in wanted for credential in held.get(user.id, ())]
    start = int(fields.get("Marker", "0"))
    end = start + min(int(fields.get("MaxItems", DEFAULT_PAGE)), page_size)
    more = f"<IsTruncated>true</IsTruncated><Marker>{end}</Marker>"
    rest = more if end < len(rows) else "<IsTruncated>false</IsTruncated>"
    return f"<ServiceSpecificCredentials>{''.join(rows[start:end])}</ServiceSpecificCredentials>{rest}"


def _row(user_name: str, seed: AwsServiceCredentialSeed) -> str:
    return f"<member>{''.join(f'<{name}>{value}</{name}>' for name, value in _cells(user_name, seed))}</member>"


def _cells(user_name: str, seed: AwsServiceCredentialSeed) -> Iterator[tuple[str, str]]:
    yield "UserName", user_name
    yield "Status", seed.status
    yield "ServiceName", seed.service
    yield "ServiceSpecificCredentialId", seed.credential_id
    yield "CreateDate", _stamp(seed.created_at)
    if seed.expires_at is not None:
        yield "ExpirationDate", _stamp(seed.expires_at)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
