"""What a leaver's user still holds, asked for live: at most six requests a user."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from offboarding.model import CREDENTIAL_KINDS, Credential, Effect, Fact, Gap, ScopeRead, Standing, SubjectKind
from offboarding.sources.aws._api.client.failures import CallerIdentity, is_absent
from offboarding.sources.aws._api.client.refusals import Unanswered, asked
from offboarding.sources.aws._api.inventory import IamUser
from offboarding.sources.aws.iam.certificates import read_certificate
from offboarding.sources.aws.iam.users import ListedUsers, ServiceCredential

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

CREDENTIALS = CREDENTIAL_KINDS
BUDGET = 6
"""Requests a user: four lists, and the last use of each of two access keys. What is left over asks for SSH keys' text,
from which alone their fingerprint can be told."""
KEY_SESSION = timedelta(hours=36, minutes=15)
"""How long after a key's last use a session made with it can live: 36 hours, and AWS notes the first use of each
quarter of an hour. https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html"""
_SERVICES = {
    "bedrock.amazonaws.com": "Bedrock API key",
    "cassandra.amazonaws.com": "Keyspaces password",
    "codecommit.amazonaws.com": "CodeCommit Git password",
    "logs.amazonaws.com": "CloudWatch Logs API key",
}

Answer = TypeVar("Answer")


class MovedError(Exception):
    """The user isn't there under this name any more: renamed, remade or deleted since the names were read."""


@dataclass(slots=True, kw_only=True)
class UserReader:
    """Reads one user's credentials. Raises MovedError, and as `asked`."""

    iam: "IAMClient"
    asker: CallerIdentity
    user: IamUser
    effect: Effect
    listed: ListedUsers
    """Listed after the user's name was read."""
    now: datetime
    """Decides what has expired."""
    _asked: int = 0
    _unread: dict[SubjectKind, str] = field(default_factory=dict[SubjectKind, str])
    _gaps: list[Gap] = field(default_factory=list[Gap])

    def facts(self) -> Iterator[Fact]:
        """Yield its credentials, then what was read completely and what not, one call or another not answered."""
        self._still_there()
        yield from self._access_keys()
        yield from self._console_password()
        yield from self._certificates()
        yield from self._service_credentials()
        yield from self._ssh_keys()
        yield from self._gaps
        if complete := tuple(kind for kind in CREDENTIALS if kind not in self._unread):
            yield self._scope(complete)
        for kind, error in self._unread.items():
            yield self._scope((kind,), error)

    def _scope(self, kinds: tuple[SubjectKind, ...], error: str = "") -> ScopeRead:
        return ScopeRead(realm=self.asker.account_id, scope=self.user.user_id, kinds=kinds, error=error)

    def _still_there(self) -> None:
        if self.listed.users is None:
            return
        found = self.listed.users.get(self.user.name)
        if found is None or found.user_id != self.user.user_id:
            raise MovedError

    def _access_keys(self) -> Iterator[Credential]:
        answer = self._ask(SubjectKind.ACCESS_KEY, lambda: self.iam.list_access_keys(UserName=self.user.name))
        for key in answer["AccessKeyMetadata"] if answer else ():
            key_id, status = key.get("AccessKeyId", ""), key.get("Status", "")
            used = self._key_use(key_id)
            standing = _switched("ListAccessKeys", status)
            yield self._credential(
                SubjectKind.ACCESS_KEY,
                key_id,
                f"{key_id[:4]}...{key_id[-4:]}",
                *standing,
                sessions_until=self._sessions_until(used.at) if standing[0] is Standing.DEAD else None,
                created_at=key.get("CreateDate"),
                last_used_at=used.at,
                last_used_service=used.service,
                last_used_region=used.region,
            )

    def _key_use(self, key_id: str) -> "_Use":
        """The key's last use; the region is N/A for S3, and everything is before the first use."""
        answer = self._ask(None, lambda: self.iam.get_access_key_last_used(AccessKeyId=key_id))
        if not answer:
            return _Use()
        used = answer["AccessKeyLastUsed"]
        return _Use(
            at=used.get("LastUsedDate"), service=_known(used.get("ServiceName")), region=_known(used.get("Region"))
        )

    def _sessions_until(self, used_at: datetime | None) -> datetime | None:
        """The latest end of sessions made with a key that is dead by now; None where the last of them has ended.

        It's counted from the last use: a key makes a session by being used, and a dead one makes no more.
        """
        latest = used_at + KEY_SESSION if used_at else None
        return latest if latest and latest > self.now else None

    def _console_password(self) -> Iterator[Credential]:
        profile = self._ask(
            SubjectKind.CONSOLE_PASSWORD,
            lambda: self.iam.get_login_profile(UserName=self.user.name),
            absent_is_none=True,
        )
        if not profile:
            return
        yield self._credential(
            SubjectKind.CONSOLE_PASSWORD,
            self.user.user_id,
            "console password",
            Standing.WORKS,
            "GetLoginProfile: there is a password",
            created_at=profile["LoginProfile"]["CreateDate"],
            last_used_at=self.listed.users[self.user.name].password_used_at if self.listed.users else None,
        )

    def _certificates(self) -> Iterator[Credential]:
        answer = self._ask(SubjectKind.CERTIFICATE, lambda: self.iam.list_signing_certificates(UserName=self.user.name))
        for certificate in answer["Certificates"] if answer else ():
            certificate_id, read = certificate["CertificateId"], read_certificate(certificate["CertificateBody"])
            yield self._credential(
                SubjectKind.CERTIFICATE,
                certificate_id,
                f"signing certificate {certificate_id}",
                *_switched("ListSigningCertificates", certificate["Status"]),
                created_at=certificate.get("UploadDate"),
                fingerprint=read.thumbprint if read else "",
                expires_at=read.expires_at if read else None,
            )

    def _service_credentials(self) -> Iterator[Credential]:
        if self.listed.services.error:
            self._note(SubjectKind.SERVICE_CREDENTIAL, self.listed.services.error)
        for one in self.listed.services.of(self.user.name):
            name = _SERVICES.get(one.service, f"{one.service} credential")
            yield self._credential(
                SubjectKind.SERVICE_CREDENTIAL,
                one.credential_id,
                f"{name} {one.credential_id[:4]}...{one.credential_id[-4:]}",
                *self._service_standing(one),
                created_at=one.created_at,
                expires_at=one.expires_at,
            )

    def _service_standing(self, one: ServiceCredential) -> tuple[Standing, str, bool]:
        """Standing, reason, and whether it can be switched on again: not what has expired."""
        if one.expires_at and one.expires_at <= self.now:
            return Standing.DEAD, "ListServiceSpecificCredentials: it has expired", False
        return _switched("ListServiceSpecificCredentials", one.status)

    def _ssh_keys(self) -> Iterator[Credential]:
        from offboarding.net.sshkeys.lines import fingerprint_of_key  # noqa: PLC0415 - it takes cryptography: interfaces

        answer = self._ask(SubjectKind.SSH_KEY, lambda: self.iam.list_ssh_public_keys(UserName=self.user.name))
        keys = answer.get("SSHPublicKeys", []) if answer else []
        for key in sorted(keys, key=lambda key: key["SSHPublicKeyId"]):
            key_id = key["SSHPublicKeyId"]
            text = self._ssh_text(key_id) if self._asked < BUDGET else ""
            fingerprint, shown = fingerprint_of_key(text)
            yield self._credential(
                SubjectKind.SSH_KEY,
                key_id,
                shown if fingerprint else f"SSH key {key_id}",
                *_switched("ListSSHPublicKeys", key["Status"]),
                created_at=key["UploadDate"],
                fingerprint=fingerprint,
            )

    def _ssh_text(self, key_id: str) -> str:
        answer = self._ask(
            None,
            lambda: self.iam.get_ssh_public_key(UserName=self.user.name, SSHPublicKeyId=key_id, Encoding="SSH"),
        )
        return answer.get("SSHPublicKey", {}).get("SSHPublicKeyBody", "") if answer else ""

    def _ask(
        self, kind: SubjectKind | None, call: Callable[[], Answer], *, absent_is_none: bool = False
    ) -> Answer | None:
        """One request; None where it isn't answered (noted, by kind, else as a gap) or the thing isn't there."""
        from botocore.exceptions import ClientError  # noqa: PLC0415 - see interfaces

        self._asked += 1
        try:
            answer = asked(call)
        except ClientError as error:
            if not is_absent(error):
                raise
            if absent_is_none:
                return None
            raise MovedError from error
        if isinstance(answer, Unanswered):
            self._note(kind, answer.sentence(self.asker))
            return None
        return answer

    def _note(self, kind: SubjectKind | None, sentence: str) -> None:
        if kind:
            self._unread[kind] = sentence
        else:
            self._gaps.append(Gap(realm=self.asker.account_id, text=sentence, red=True))

    def _credential(
        self,
        kind: SubjectKind,
        native_id: str,
        label: str,
        standing: Standing,
        standing_reason: str,
        can_reactivate: bool = False,  # noqa: FBT001, FBT002 - `_switched` gives these three together
        *,
        created_at: datetime | None,
        last_used_at: datetime | None = None,
        last_used_service: str = "",
        last_used_region: str = "",
        fingerprint: str = "",
        expires_at: datetime | None = None,
        sessions_until: datetime | None = None,
    ) -> Credential:
        return Credential(
            realm=self.asker.account_id,
            account_native_id=self.user.user_id,
            kind=kind,
            native_id=native_id,
            label=label,
            standing=standing,
            standing_reason=standing_reason,
            can_reactivate=can_reactivate,
            effect=self.effect,
            fingerprint=fingerprint,
            created_at=_utc(created_at),
            last_used_at=_utc(last_used_at),
            last_used_service=last_used_service,
            last_used_region=last_used_region,
            expires_at=_utc(expires_at),
            sessions_until=_utc(sessions_until),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Use:
    at: datetime | None = None
    service: str = ""
    region: str = ""


def _switched(call: str, status: str) -> tuple[Standing, str, bool]:
    """Standing, reason, and whether it can be switched on again; a status nobody knows yet is unknown."""
    if status == "Active":
        return Standing.WORKS, f"{call}: Active", False
    if status == "Inactive":
        return Standing.DEAD, f"{call}: Inactive", True
    if status == "Expired":
        return Standing.DEAD, f"{call}: Expired", False
    return Standing.UNKNOWN, f'{call}: status "{status}" is not known here', False


def _known(word: str | None) -> str:
    return "" if word in {None, "N/A"} else str(word)


def _utc(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC) if moment else None
