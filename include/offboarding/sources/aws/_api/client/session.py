"""Clients in one account: the connection's own key or a role assumed with it, and the account made sure of."""

import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NotRequired, TypedDict

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import FatalError
from offboarding.sources.aws._api.client.answers import AnswerWatch
from offboarding.sources.aws._api.client.failures import PERMISSIONS, CallerIdentity, error_code, is_denied, speaking_of
from offboarding.sources.aws._api.client.meter import Meter

if TYPE_CHECKING:
    from boto3.session import Session
    from botocore.config import Config
    from botocore.loaders import Loader
    from botocore.session import Session as BotocoreSession
    from mypy_boto3_cloudtrail import CloudTrailClient
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_identitystore import IdentityStoreClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_organizations import OrganizationsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_sso_admin import SSOAdminClient
    from mypy_boto3_sts import STSClient
    from mypy_boto3_sts.type_defs import AssumeRoleRequestTypeDef

DEFAULT_REGION = "us-east-1"
"""IAM has no regions; the token service does, and this one is never switched off."""
DEFAULT_SESSION_NAME = "offboarding-audit"
CONNECT_SECONDS = 10
READ_SECONDS = 60


class _Options(TypedDict):
    """What a client is made with."""

    endpoint_url: str | None
    config: "Config"
    aws_access_key_id: NotRequired[str]
    aws_secret_access_key: NotRequired[str]
    aws_session_token: NotRequired[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An account that has been reached: new clients in it.

    An assumed role is given to the clients, not to a session of its own, which would read botocore's descriptions of
    the services once more: half of what opening an account costs here.
    """

    session: "Session"
    options: "_Options" = field(repr=False)
    """The role's keys among them."""

    def sts(self) -> "STSClient":
        """Of the token service."""
        return self.session.client("sts", **self.options)

    def iam(self) -> "IAMClient":
        """Of IAM, which has no regions."""
        return self.session.client("iam", **self.options)

    def organizations(self) -> "OrganizationsClient":
        """Of Organizations, which has no regions."""
        return self.session.client("organizations", **self.options)

    def identity_store(self) -> "IdentityStoreClient":
        """Of Identity Center's people, in the connection's region."""
        return self.session.client("identitystore", **self.options)

    def sso_admin(self) -> "SSOAdminClient":
        """Of Identity Center's assignments, in the connection's region."""
        return self.session.client("sso-admin", **self.options)

    def ec2(self) -> "EC2Client":
        """Of EC2, in the connection's region: which regions there are."""
        return self.session.client("ec2", **self.options)

    def cloudtrail(self, region: str) -> "CloudTrailClient":
        """Of CloudTrail in a region."""
        return self.session.client("cloudtrail", region_name=region, **self.options)

    def s3(self) -> "S3Client":
        """Of S3, in the connection's region; a bucket elsewhere is found by itself."""
        return self.session.client("s3", **self.options)

    def eks(self, region: str) -> object:
        """Of EKS in a region; without a type of its own, since its description is in no package that we have."""
        return self.session.client("eks", region_name=region, **self.options)

    def kms(self, region: str) -> "KMSClient":
        """Of KMS in a region."""
        return self.session.client("kms", region_name=region, **self.options)

    def secrets_manager(self, region: str) -> "SecretsManagerClient":
        """Of Secrets Manager in a region."""
        return self.session.client("secretsmanager", region_name=region, **self.options)

    def ssm(self, region: str) -> "SSMClient":
        """Of Systems Manager, whose is the Parameter Store, in a region."""
        return self.session.client("ssm", region_name=region, **self.options)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountConnection:
    """How an account is reached."""

    connection: ConnectionFields
    """Login and password, or the extra's `aws_access_key_id`, `aws_secret_access_key` and `aws_session_token`; none:
    boto3's own search (environment, profile, instance role). Further in the extra: `region_name`, `endpoint_url`,
    `role_session_name`."""
    role_name: str | None
    external_id: str | None
    max_attempts: int
    asker: CallerIdentity
    meter: Meter = field(repr=False)
    region_name: str | None = None
    """None: the connection's own."""

    def open(self) -> Opened:
        """A new session; it has asked who it is. Raises FatalError and RetriableError.

        New for each read, since botocore's adaptive retries keep a client slow long after throttling has ended.
        """
        import boto3  # noqa: PLC0415 - see interfaces

        with speaking_of(self.asker):
            session = boto3.Session(
                botocore_session=_described(),
                aws_access_key_id=self.connection.login or self._extra("aws_access_key_id"),
                aws_secret_access_key=self.connection.password or self._extra("aws_secret_access_key"),
                aws_session_token=self._extra("aws_session_token"),
                region_name=self._region,
            )
            self.meter.watch(session)
            AnswerWatch().watch(session)
            opened = Opened(session=session, options=self._options())
            if self.role_name:
                opened = self._assumed(opened, self.role_name)
            self._verify(opened.sts())
            return opened

    @property
    def _region(self) -> str:
        return self.region_name or self._extra("region_name") or DEFAULT_REGION

    def _extra(self, name: str) -> str | None:
        value = self.connection.extra.get(name)
        return str(value) if value else None

    def _config(self) -> "Config":
        from botocore.config import Config  # noqa: PLC0415 - see interfaces

        return Config(
            retries={"mode": "adaptive", "total_max_attempts": self.max_attempts},
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
        )

    def _options(self) -> "_Options":
        return {"endpoint_url": self._extra("endpoint_url"), "config": self._config()}

    def _assumed(self, opened: Opened, role_name: str) -> Opened:
        from botocore.exceptions import ClientError  # noqa: PLC0415 - see interfaces

        partition = opened.session.get_partition_for_region(self._region)
        wanted: AssumeRoleRequestTypeDef = {
            "RoleArn": f"arn:{partition}:iam::{self.asker.account_id}:role/{role_name}",
            "RoleSessionName": self._extra("role_session_name") or DEFAULT_SESSION_NAME,
        }
        if self.external_id:
            wanted["ExternalId"] = self.external_id
        try:
            answer = opened.sts().assume_role(**wanted)
        except ClientError as error:
            if is_denied(error):
                raise self._role_denied(role_name, error_code(error)) from error
            raise
        credentials = answer["Credentials"]
        options: _Options = {
            **self._options(),
            "aws_access_key_id": credentials["AccessKeyId"],
            "aws_secret_access_key": credentials["SecretAccessKey"],
            "aws_session_token": credentials["SessionToken"],
        }
        return Opened(session=opened.session, options=options)

    def _role_denied(self, role_name: str, code: str) -> FatalError:
        """AWS says the same of a role that isn't there, isn't trusted, wants another external id, or isn't granted."""
        return FatalError(
            f"{self.asker}: AssumeRole on {role_name} denied ({code}). Grant sts:AssumeRole on it to the user behind "
            f"connection {self.asker.conn_id}, and let the role in account {self.asker.account_id} trust that user, "
            f"with the same external id if it asks for one ({PERMISSIONS})"
        )

    def _verify(self, sts: "STSClient") -> None:
        """Make sure of the account: its id is the realm of every finding. Without one, any will do."""
        account_id = sts.get_caller_identity()["Account"]
        if self.asker.account_id not in ("", account_id):
            raise FatalError(
                f"{self.asker}: connection {self.asker.conn_id} leads to account {account_id}. Set role_name, or list "
                f"account {account_id} under accounts"
            )


def _described() -> "BotocoreSession":
    """A session of its own, that reads botocore's descriptions of the services once a process: they take half a second
    of it, as long as a small account's whole read.
    """
    from botocore.session import Session  # noqa: PLC0415 - see interfaces

    session = Session()
    session.register_component("data_loader", _loader(session.get_config_variable("data_path")))
    return session


@functools.cache
def _loader(data_path: str | None) -> "Loader":
    from botocore.loaders import create_loader  # noqa: PLC0415 - see interfaces

    return create_loader(data_path)
