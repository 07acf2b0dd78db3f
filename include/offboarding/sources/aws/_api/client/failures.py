"""AWS's errors as ours: what may be tried again, what a person has to mend."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from offboarding.model.errors import FatalError, OffboardingError, RetriableError
from offboarding.sources.aws._api.client.answers import UnreadableAnswerError

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
_UNKNOWN_CALLS = frozenset(
    {"InvalidAction", "UnknownOperation", "UnknownOperationException", "NotImplemented", "NotImplementedException"}
)
_NOT_FOUND = frozenset({"404", "405"})
"""What botocore calls an error that comes without AWS's own word for it."""
_NOT_IMPLEMENTED = 501
_BUSY = frozenset({429, 502, 503, 504})
"""What stands between says so of any call; what's behind it may be well in a minute."""
_BAD_REQUEST, _SERVER_ERROR = 400, 500
PERMISSIONS = "docs/permissions/aws.md"
SERVICES: Mapping[str, str] = {
    **dict.fromkeys(
        (
            *("DescribeAccount", "DescribeOrganization", "DescribePolicy"),
            *("ListAccounts", "ListParents", "ListPoliciesForTarget", "ListRoots"),
        ),
        "organizations",
    ),
    **dict.fromkeys(
        (
            *("DescribeAccessEntry", "DescribeCluster"),
            *("ListAccessEntries", "ListAssociatedAccessPolicies", "ListClusters"),
        ),
        "eks",
    ),
}
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

    def lacks(self, action: str, answer: str, *, where: str = "") -> str:
        """The sentence for a call that the system asked doesn't have. `answer`: AWS's word and the HTTP status."""
        at = f" for {where}" if where else ""
        return (
            f"{self}: {action} isn't answered as AWS does{at} ({answer}): what it alone tells is NOT CHECKED. Does "
            f"endpoint_url of connection {self.conn_id} lead to AWS? Where something stands in for it that lacks this "
            "call, acknowledge the gap"
        )


def error_code(error: "ClientError") -> str:
    """AWS's own word for what went wrong."""
    return error.response.get("Error", {}).get("Code", "")


def is_denied(error: "ClientError") -> bool:
    """Whether a right is missing."""
    return error_code(error) in DENIED


def is_unknown_call(error: "ClientError") -> bool:
    """Whether whatever answered has no such call."""
    code, status = error_code(error), http_status(error)
    return code in _UNKNOWN_CALLS or code in _NOT_FOUND or status == _NOT_IMPLEMENTED


def is_lasting(error: UnreadableAnswerError) -> bool:
    """Whether it may be the answer of a system without this call."""
    return error.status not in _BUSY


def http_status(error: "ClientError") -> int:
    """The answer's; 0 where there is none."""
    return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)


def is_absent(error: "ClientError") -> bool:
    """Whether the thing isn't there (https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetLoginProfile.html)."""
    return error_code(error) in {"NoSuchEntity", "ResourceNotFoundException"}


def is_final(error: "ClientError") -> bool:
    """Whether what was asked wasn't done, and won't be: AWS refused it, and no try before that went unanswered."""
    retried = error.response.get("ResponseMetadata", {}).get("RetryAttempts", 0)
    refused = _BAD_REQUEST <= http_status(error) < _SERVER_ERROR
    return is_denied(error) or (refused and not retried)


@contextmanager
def speaking_of(asker: CallerIdentity) -> Generator[None]:
    """Raise AWS's errors as ours: RetriableError, or FatalError where a person has to act."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - see interfaces

    try:
        yield
    except ClientError as error:
        raise _of_answer(error, asker) from error
    except BotoCoreError as error:
        raise _of_connection(error, asker) from error
    except UnreadableAnswerError as error:
        raise RetriableError(
            f"{asker}: what came to {error.operation_name} (HTTP {error.status}) is no answer of AWS's: a proxy's "
            "page, or an answer cut short. It is tried again; if it stays so, look at what stands between, and at "
            f"endpoint_url of connection {asker.conn_id}"
        ) from error


def _of_answer(error: "ClientError", asker: CallerIdentity) -> OffboardingError:
    code, action, status = error_code(error), error.operation_name, http_status(error)
    if code in _THROTTLED:
        tries = error.response.get("ResponseMetadata", {}).get("RetryAttempts", 0) + 1
        return RetriableError(
            f"{asker}: {action} still throttled ({code}) at attempt {tries}. Nothing was concluded from this read; "
            "it is tried again. If it stays so, something else uses up this account's request rate"
        )
    if code in DENIED:
        return FatalError(asker.grant(action, code))
    if is_unknown_call(error):
        return FatalError(asker.lacks(action, f"{code}, HTTP {status}"))
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
