"""Clients in one account: the connection's own key or a role assumed with it, and the account made sure of."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from include.offboarding.errors import FatalError
from include.offboarding.interfaces import ConnectionFields
from include.offboarding.sources._aws.failures import PERMISSIONS, Asker, error_code, is_denied, speaking_of
from include.offboarding.sources._aws.meter import Meter

if TYPE_CHECKING:
    from boto3.session import Session
    from botocore.config import Config
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_identitystore import IdentityStoreClient
    from mypy_boto3_organizations import OrganizationsClient
    from mypy_boto3_sso_admin import SSOAdminClient
    from mypy_boto3_sts import STSClient
    from mypy_boto3_sts.type_defs import AssumeRoleRequestTypeDef

DEFAULT_REGION = "us-east-1"
"""IAM has no regions; the token service does, and this one is never switched off."""
DEFAULT_SESSION_NAME = "offboarding-audit"
CONNECT_SECONDS = 10
READ_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An account that has been reached: new clients in it."""

    session: "Session"
    endpoint_url: str | None
    config: "Config"

    def iam(self) -> "IAMClient":
        """Of IAM, which has no regions."""
        return self.session.client("iam", endpoint_url=self.endpoint_url, config=self.config)  # pyright: ignore[reportUnknownMemberType]

    def organizations(self) -> "OrganizationsClient":
        """Of Organizations, which has no regions."""
        return self.session.client("organizations", endpoint_url=self.endpoint_url, config=self.config)  # pyright: ignore[reportUnknownMemberType]

    def identity_store(self) -> "IdentityStoreClient":
        """Of Identity Center's people, in the connection's region."""
        return self.session.client("identitystore", endpoint_url=self.endpoint_url, config=self.config)  # pyright: ignore[reportUnknownMemberType]

    def sso_admin(self) -> "SSOAdminClient":
        """Of Identity Center's assignments, in the connection's region."""
        return self.session.client("sso-admin", endpoint_url=self.endpoint_url, config=self.config)  # pyright: ignore[reportUnknownMemberType]


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How an account is reached."""

    connection: ConnectionFields
    """Login and password, or the extra's `aws_access_key_id`, `aws_secret_access_key` and `aws_session_token`; none:
    boto3's own search (environment, profile, instance role). Further in the extra: `region_name`, `endpoint_url`,
    `role_session_name`."""
    role_name: str | None
    external_id: str | None
    max_attempts: int
    asker: Asker
    meter: Meter = field(repr=False)
    region_name: str | None = None
    """None: the connection's own."""

    def open(self) -> Opened:
        """A new session; it has asked who it is. Raises FatalError and RetriableError.

        New for each read, since botocore's adaptive retries keep a client slow long after throttling has ended.
        """
        import boto3  # noqa: PLC0415 - see interfaces.py

        with speaking_of(self.asker):
            session = boto3.Session(
                aws_access_key_id=self.connection.login or self._extra("aws_access_key_id"),
                aws_secret_access_key=self.connection.password or self._extra("aws_secret_access_key"),
                aws_session_token=self._extra("aws_session_token"),
                region_name=self._region,
            )
            self.meter.watch(session)
            if self.role_name:
                session = self._assumed(session, self.role_name)
            self._verify(self._sts(session))
            return Opened(session=session, endpoint_url=self._extra("endpoint_url"), config=self._config())

    @property
    def _region(self) -> str:
        return self.region_name or self._extra("region_name") or DEFAULT_REGION

    def _extra(self, name: str) -> str | None:
        value = self.connection.extra.get(name)
        return str(value) if value else None

    def _config(self) -> "Config":
        from botocore.config import Config  # noqa: PLC0415

        return Config(
            retries={"mode": "adaptive", "total_max_attempts": self.max_attempts},
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
        )

    def _sts(self, session: "Session") -> "STSClient":
        return session.client("sts", endpoint_url=self._extra("endpoint_url"), config=self._config())  # pyright: ignore[reportUnknownMemberType]

    def _assumed(self, session: "Session", role_name: str) -> "Session":
        import boto3  # noqa: PLC0415
        from botocore.exceptions import ClientError  # noqa: PLC0415

        partition = session.get_partition_for_region(self._region)
        wanted: AssumeRoleRequestTypeDef = {
            "RoleArn": f"arn:{partition}:iam::{self.asker.account_id}:role/{role_name}",
            "RoleSessionName": self._extra("role_session_name") or DEFAULT_SESSION_NAME,
        }
        if self.external_id:
            wanted["ExternalId"] = self.external_id
        try:
            answer = self._sts(session).assume_role(**wanted)
        except ClientError as error:
            if is_denied(error):
                raise self._role_denied(role_name, error_code(error)) from error
            raise
        credentials = answer["Credentials"]
        assumed = boto3.Session(
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials["SessionToken"],
            region_name=self._region,
        )
        self.meter.watch(assumed)
        return assumed

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
