"""AWS's errors as ours: what may be tried again, what a person has to mend."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from offboarding.model.errors import FatalError, OffboardingError, RetriableError

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
"""A missing right, a service control policy, a region that isn't opted in: not checked, never none."""

_THROTTLED = frozenset({"Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException"})
_REFUSED = frozenset(
    {"InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch", "IncompleteSignature"}
    | {"InvalidAccessKeyId"}
)
_PASSING = frozenset(
    {"ServiceFailure", "ServiceUnavailable", "InternalFailure", "InternalError", "RequestTimeout", "LimitExceeded"}
    | {"ExpiredToken", "ExpiredTokenException", "ConcurrentModification", "EntityTemporarilyUnmodifiable"}
    | {"ConcurrentModificationException", "PolicyNotFoundException"}
)
_SERVER_ERROR = 500
PERMISSIONS = "docs/permissions/aws.md"
SERVICES: Mapping[str, str] = dict.fromkeys(
    (
        *("DescribeAccount", "DescribeOrganization", "DescribePolicy"),
        *("ListAccounts", "ListParents", "ListPoliciesForTarget", "ListRoots"),
    ),
    "organizations",
)
"""Services of calls that a reader makes beside its own service's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerIdentity:
    """Who asks which account, for sentences."""

    source: str
    """The source's name in the configuration."""
    account_id: str
    account_name: str = ""
    """Our name for the account, where the configuration gives one."""
    role_name: str | None
    conn_id: str
    services: Mapping[str, str] = field(default_factory=lambda: SERVICES, repr=False)
    """Policies' prefix of each call that isn't `iam`."""

    def __str__(self) -> str:
        name = f" ({self.account_name})" if self.account_name else ""
        return f"sources.{self.source} {self.account_id}{name}".rstrip()

    @property
    def whom(self) -> str:
        """Whose rights these are."""
        return f"the role {self.role_name}" if self.role_name else f"the user behind connection {self.conn_id}"

    def grant(self, action: str, code: str, *, where: str = "", advice: str = "") -> str:
        """The sentence for a call that was denied: what, where (a region, a key's ARN), and the right to give to whom.

        `advice`: what else may help, a sentence.
        """
        right = f"{self.services.get(action, 'iam')}:{action}"
        at, more = f" for {where}" if where else "", f". {advice}" if advice else ""
        return f"{self}: {action} denied{at} ({code}). Grant {right} to {self.whom} ({PERMISSIONS}){more}"


def error_code(error: "ClientError") -> str:
    """AWS's own word for what went wrong."""
    return error.response.get("Error", {}).get("Code", "")


def is_denied(error: "ClientError") -> bool:
    """Whether a right is missing."""
    return error_code(error) in DENIED


def is_absent(error: "ClientError") -> bool:
    """Whether the thing isn't there (https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetLoginProfile.html)."""
    return error_code(error) in {"NoSuchEntity", "ResourceNotFoundException"}


@contextmanager
def speaking_of(asker: CallerIdentity) -> Generator[None]:
    """Raise AWS's errors as ours: RetriableError, or FatalError where a person has to act."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - see interfaces
    from botocore.parsers import ResponseParserError  # noqa: PLC0415

    try:
        yield
    except ClientError as error:
        raise _of_answer(error, asker) from error
    except BotoCoreError as error:
        raise _of_connection(error, asker) from error
    except ResponseParserError as error:
        raise RetriableError(
            f"{asker}: what came is no answer of AWS's: a proxy's page, perhaps, or an answer cut short. It is tried "
            f"again; if it stays so, look at what stands between, and at endpoint_url of connection {asker.conn_id}"
        ) from error


def _of_answer(error: "ClientError", asker: CallerIdentity) -> OffboardingError:
    code, action = error_code(error), error.operation_name
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _THROTTLED:
        tries = error.response.get("ResponseMetadata", {}).get("RetryAttempts", 0) + 1
        return RetriableError(
            f"{asker}: {action} still throttled ({code}) at attempt {tries}. Nothing was concluded from this read; "
            "it is tried again. If it stays so, something else uses up this account's request rate"
        )
    if code in DENIED:
        return FatalError(asker.grant(action, code))
    if code in _REFUSED:
        return FatalError(
            f"{asker}: the access key of connection {asker.conn_id} is refused ({code}). Give the connection a key "
            "that is active"
        )
    if code in _PASSING or status >= _SERVER_ERROR:
        return RetriableError(f"{asker}: {action} answered {code or status}. It is tried again")
    return FatalError(f"{asker}: {action} answered {code or status}, which this reader doesn't know. Please report it")


def _of_connection(error: Exception, asker: CallerIdentity) -> OffboardingError:
    from botocore import exceptions  # noqa: PLC0415 - see interfaces

    if isinstance(error, exceptions.ConnectionError | exceptions.HTTPClientError):
        return RetriableError(f"{asker}: AWS could not be reached ({type(error).__name__}). It is tried again")
    if isinstance(error, exceptions.NoCredentialsError | exceptions.PartialCredentialsError):
        return FatalError(
            f"{asker}: connection {asker.conn_id} has no access key, and this machine has no AWS credentials of its "
            "own. Set login and password of the connection, or give the machine a role"
        )
    return FatalError(f"{asker}: {type(error).__name__}: {error}. Mend the connection {asker.conn_id}")
