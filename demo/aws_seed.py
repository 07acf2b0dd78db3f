"""What stands in the AWS accounts of the demo and of the tests: every id and every date fixed.

A server that invents ids makes each night a first one: a finding's key is made of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import TypeAdapter

from demo.aws_key_seed import AwsKmsKeySeed, AwsParameterSeed, AwsSecretSeed
from demo.aws_organization_seed import AwsOrganizationSeed
from demo.aws_trail_seed import AwsEventSeed

CALLER_KEY_ID = "AKIA0000000000CALLER"
"""The access key that a connection logs in with, unless a seed says otherwise. Its secret is not checked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsKeySeed:
    """An access key. Its slot in the credential report is its place in the user's list, as in AWS in no order."""

    key_id: str
    created_at: datetime
    active: bool = True
    last_used_at: datetime | None = None
    last_used_service: str = "N/A"
    last_used_region: str = "N/A"


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsLoginSeed:
    """A console password."""

    created_at: datetime
    last_used_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsSshKeySeed:
    """An SSH public key, for CodeCommit."""

    key_id: str
    """Such as "APKA" and 16 characters."""
    body: str
    """The public key as OpenSSH writes it: "ssh-ed25519 AAAA... comment"."""
    created_at: datetime
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsServiceCredentialSeed:
    """A service-specific credential: a password for Git or Keyspaces, or a long-lived API key."""

    credential_id: str
    """Such as "ACCA" and 17 characters."""
    service: str
    """Such as "codecommit.amazonaws.com", "bedrock.amazonaws.com"."""
    created_at: datetime
    status: str = "Active"
    """Active, Inactive or Expired."""
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsCertificateSeed:
    """An X.509 signing certificate."""

    certificate_id: str
    body: str
    """PEM."""
    created_at: datetime
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsUserSeed:
    """An IAM user and its credentials."""

    user_id: str
    """Such as "AIDA" and 17 characters: what the finding's key is made of."""
    name: str
    created_at: datetime
    path: str = "/"
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    groups: tuple[str, ...] = ()
    attached: tuple[str, ...] = ()
    """ARNs of managed policies, AWS's own or the account's."""
    inline: Mapping[str, str] = field(default_factory=dict[str, str])
    """Inline policies: name to JSON document."""
    keys: tuple[AwsKeySeed, ...] = ()
    login: AwsLoginSeed | None = None
    ssh_keys: tuple[AwsSshKeySeed, ...] = ()
    service_credentials: tuple[AwsServiceCredentialSeed, ...] = ()
    certificates: tuple[AwsCertificateSeed, ...] = ()
    mfa: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsGroupSeed:
    """An IAM group."""

    name: str
    attached: tuple[str, ...] = ()
    inline: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsRoleSeed:
    """An IAM role."""

    role_id: str
    """Such as "AROA" and 17 characters."""
    name: str
    created_at: datetime
    trust: str
    """The trust policy, as AWS shows it: a JSON document. A deleted user stands in it by its id."""
    path: str = "/"
    attached: tuple[str, ...] = ()
    inline: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsAccountSeed:
    """An AWS account."""

    account_id: str
    """12 digits."""
    users: tuple[AwsUserSeed, ...] = ()
    groups: tuple[AwsGroupSeed, ...] = ()
    policies: Mapping[str, str] = field(default_factory=dict[str, str])
    """Customer managed policies: name to JSON document."""
    iam_roles: tuple[AwsRoleSeed, ...] = ()
    roles: tuple[str, ...] = ("OffboardingAudit",)
    """Roles that may be assumed by whoever asks this server; any other is denied."""
    email: str = ""
    """The root user's address."""
    state: str = "ACTIVE"
    """As Organizations has it: ACTIVE, SUSPENDED, CLOSED..."""
    external_id: str = ""
    """What AssumeRole must bring, "" for nothing."""
    denied: tuple[str, ...] = ()
    """Actions that answer AccessDenied from the start, "AssumeRole" among them."""
    opened_at: datetime | None = None
    """When the account was made, for the root user's row; None: with its oldest user."""
    regions: tuple[str, ...] = ("us-east-1",)
    """Those that are enabled: in any other nobody is known."""
    kms_keys: tuple[AwsKmsKeySeed, ...] = ()
    secrets: tuple[AwsSecretSeed, ...] = ()
    parameters: tuple[AwsParameterSeed, ...] = ()
    events: tuple[AwsEventSeed, ...] = ()
    """What its CloudTrail recorded before the server started."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsPersonSeed:
    """A user of Identity Center."""

    user_id: str
    name: str
    """The user name."""
    status: str | None = "ENABLED"
    """ENABLED or DISABLED; None: AWS doesn't say."""
    display_name: str = ""
    emails: tuple[str, ...] = ()
    external_ids: Mapping[str, str] = field(default_factory=dict[str, str])
    """Issuer to id: what a directory that feeds Identity Center calls this user."""
    created_at: datetime | None = None
    groups: tuple[str, ...] = ()
    """Ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsPermissionSetSeed:
    """A permission set, and to whom it is assigned where."""

    name: str
    policies: tuple[str, ...] = ()
    """Names of AWS's own policies."""
    customer_policies: tuple[str, ...] = ()
    inline: str = ""
    """A JSON document."""
    users: tuple[tuple[str, str], ...] = ()
    """Account id and user id."""
    groups: tuple[tuple[str, str], ...] = ()
    """Account id and group id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsCenterSeed:
    """An instance of Identity Center."""

    account_id: str
    """The management account, or the one that it's delegated to."""
    store_id: str = "d-9067f2a4c1"
    people: tuple[AwsPersonSeed, ...] = ()
    permission_sets: tuple[AwsPermissionSetSeed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsSeed:
    """Everything that the server knows when it starts."""

    accounts: tuple[AwsAccountSeed, ...]
    caller_key_id: str = CALLER_KEY_ID
    caller_account_id: str = "999999999999"
    """The account that the caller's key belongs to: it holds nothing but the right to assume roles."""
    management_account_id: str = ""
    """Who may ask Organizations; "": there is no organization."""
    organization: AwsOrganizationSeed = field(default_factory=AwsOrganizationSeed)
    """Its units and policies, where there is one: every account is in it."""
    center: AwsCenterSeed | None = None
    clock: datetime | None = None
    """The server's time when it starts (it runs on from there); None: the real one."""
    page_size: int = 100
    """The most entries on a page, whatever MaxItems asks for: AWS too may send fewer than asked."""
    lookups_a_second: int = 0
    """How many LookupEvents calls an account's region answers in a second (2 in AWS); 0: any number."""
    report_polls: int = 0
    """How many further GenerateCredentialReport calls find the report still in progress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _RecordedSeed:
    account_id: str
    events: tuple[AwsEventSeed, ...]


_SEED: TypeAdapter[AwsSeed] = TypeAdapter(AwsSeed)
_RECORDED: TypeAdapter[_RecordedSeed] = TypeAdapter(_RecordedSeed)


def seed_to_json(seed: AwsSeed) -> str:
    """The seed on one line."""
    return _SEED.dump_json(seed).decode()


def seed_from_json(text: str | bytes) -> AwsSeed:
    """The seed again. Raises pydantic.ValidationError where it isn't one."""
    return _SEED.validate_json(text)


def events_from_json(text: str | bytes) -> tuple[str, tuple[AwsEventSeed, ...]]:
    """An account's id, and what its CloudTrail recorded besides."""
    told = _RECORDED.validate_json(text)
    return told.account_id, told.events
