"""Shuts an access key, or denies a user with a console password everything, by a connection of its own; and undoes it.

A password can't be switched off and on again: what is taken away is gone. So the user is denied everything by a policy
of a name of ours, which contains the password and whatever else the user holds.
"""

import json
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import unquote

from offboarding.interfaces import ConnectionFields, Revoker
from offboarding.model import Before, Revocable, StepSeen, SubjectKind
from offboarding.model.errors import FatalError, OffboardingError, UncertainError
from offboarding.sources.aws._api.client.failures import CallerIdentity, is_absent, is_final, speaking_of
from offboarding.sources.aws._api.client.meter import Meter
from offboarding.sources.aws._api.client.opening import access_to, organization_of
from offboarding.sources.aws._api.client.organization import Organization
from offboarding.sources.aws._api.client.session import AccountConnection
from offboarding.sources.aws.iam.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_iam.type_defs import UserTypeDef

_Answer = TypeVar("_Answer")

POLICY_NAME = "OffboardingRevoked"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Sid": "OffboardingRevoked", "Effect": "Deny", "Action": "*", "Resource": "*"}],
}
_STATUS, _POLICY = "status", "policy"
_STEPS = {
    SubjectKind.ACCESS_KEY: "set Inactive",
    SubjectKind.CONSOLE_PASSWORD: f"deny its user everything (inline policy {POLICY_NAME}); the password stays",
}


def step(thing: Revocable) -> str | None:
    """What shuts it; None for what can only be deleted."""
    return _STEPS.get(thing.kind)


def build(settings: Settings, connection: ConnectionFields, reader: ConnectionFields, part: str) -> Revoker:
    """The revoker of one account, through `revoke_role_name` where that is set; AWS is not asked anything yet."""
    writing = settings.model_copy(update={"role_name": settings.revoke_role_name})
    # Who is behind a connection is asked without any role: several roles may be one user's.
    behind = settings.model_copy(update={"role_name": None})
    return AwsIamRevoker(
        organization=organization_of(settings, reader, Meter()) if settings.asks_organizations else None,
        access=access_to(writing, connection, part, Meter()),
        writer=access_to(behind, connection, "", Meter()),
        reader=access_to(behind, reader, "", Meter()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """A thing as it stands, and on which user."""

    iam: "IAMClient"
    user_name: str
    arn: str
    value: str
    """A key's status; of a password's user the text of our policy, "" where there is none."""
    is_on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsIamRevoker:
    """Of one account."""

    access: AccountConnection
    writer: AccountConnection
    """Who logs in by the connection that writes, without its role."""
    reader: AccountConnection
    organization: Organization | None

    def check(self) -> None:
        """That who writes isn't who reads, and that the account can be come into; of a closed one, which nobody can,
        that is enough.
        """
        self._apart()
        if self.organization and self.organization.root_user(self.access.asker.account_id).shut:
            return
        with speaking_of(self.access.asker):
            self.access.open()

    def before(self, thing: Revocable) -> Before:
        """A key's status; whether there is a policy of our name."""
        if thing.account_native_id in self._apart():
            raise FatalError(f"{self._where(thing)}: it's the user by which the checker itself logs in: never shut.")
        with self._at(thing) as held:
            if held is None:
                raise FatalError(f"{self._where(thing)} isn't there any more, or is on another user.")
            if held.value and thing.kind is SubjectKind.CONSOLE_PASSWORD:
                said = "is denied everything already" if _is_ours(held.value) else f"has another {POLICY_NAME}"
                raise FatalError(f"{self._where(thing)}: its user {said}: nothing was done.")
            if not held.is_on:
                stands = "is shut already" if thing.kind is SubjectKind.ACCESS_KEY else "isn't there any more"
                raise FatalError(f"{self._where(thing)} {stands}.")
            return {_value_of(thing): held.value}

    def called(self, thing: Revocable) -> Sequence[str]:
        """Its user's name, and ARN with the path."""
        with self._at(thing) as held:
            if held is None:
                raise FatalError(f"{self._where(thing)} isn't there any more, or is on another user.")
            return held.user_name, held.arn

    def seen(self, thing: Revocable, before: Before) -> StepSeen:
        """By its status, or by our policy."""
        with self._at(thing) as held:
            return _seen(thing, held, before)

    def revoke(self, thing: Revocable, before: Before) -> None:
        """Set the key Inactive, or put the policy on its user."""
        with self._at(thing) as held:
            if held is None or _seen(thing, held, before) is not StepSeen.BEFORE:
                raise self._changed(thing)
            with _told(self.access.asker):
                if thing.kind is SubjectKind.ACCESS_KEY:
                    held.iam.update_access_key(UserName=held.user_name, AccessKeyId=thing.native_id, Status="Inactive")
                else:
                    text = json.dumps(POLICY)
                    held.iam.put_user_policy(UserName=held.user_name, PolicyName=POLICY_NAME, PolicyDocument=text)

    def undo(self, thing: Revocable, before: Before) -> None:
        """Set the key Active, or take the policy off."""
        with self._at(thing) as held:
            seen = _seen(thing, held, before)
            if seen is StepSeen.BEFORE:
                return
            if held is None or seen is StepSeen.CHANGED:
                raise self._changed(thing)
            if thing.kind is SubjectKind.ACCESS_KEY:
                held.iam.update_access_key(UserName=held.user_name, AccessKeyId=thing.native_id, Status="Active")
            else:
                held.iam.delete_user_policy(UserName=held.user_name, PolicyName=POLICY_NAME)

    def _apart(self) -> tuple[str, str]:
        """Who reads and who writes, by their unique ids."""
        reader, writer = _caller(self.reader), _caller(self.writer)
        if reader.user_id == writer.user_id or reader.arn == writer.arn:
            raise FatalError(
                f"{self.access.asker}: connections {self.reader.asker.conn_id} and {self.writer.asker.conn_id} are one"
                f" login ({writer.arn}): who reads must not be able to write. Give the second one a user of its own."
            )
        return reader.user_id, writer.user_id

    def _where(self, thing: Revocable) -> str:
        return f"{self.access.asker}: {thing.kind.replace('_', ' ')} {thing.native_id}"

    def _changed(self, thing: Revocable) -> FatalError:
        return FatalError(
            f"{self._where(thing)} stands otherwise than it did: somebody changed it since, and nothing was done. Look"
            " at it, and do by hand what is right."
        )

    @contextmanager
    def _at(self, thing: Revocable) -> Generator[_Held | None]:
        """It, as it stands; None where it isn't there, or on another user than it was."""
        if thing.realm != self.access.asker.account_id or thing.kind not in _STEPS:
            raise FatalError(f"{self._where(thing)} can't be shut so that it opens again.")
        with speaking_of(self.access.asker):
            iam = self.access.open().iam()
            yield _key(iam, thing) if thing.kind is SubjectKind.ACCESS_KEY else _password(iam, thing)


@contextmanager
def _told(asker: CallerIdentity) -> Generator[None]:
    """A step. AWS's word that it won't is final; of what it doesn't answer, or not at once, nobody knows."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - see interfaces

    try:
        with speaking_of(asker):
            yield
    except OffboardingError as error:
        said = error.__cause__
        if isinstance(said, ClientError) and is_final(said):
            raise
        raise UncertainError(str(error)) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Caller:
    """Whoever a connection logs in as: a user, or a role whatever its session is called."""

    user_id: str
    arn: str


def _caller(access: AccountConnection) -> _Caller:
    """By https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html."""
    with speaking_of(access.asker):
        identity = access.open().sts().get_caller_identity()
    arn = identity["Arn"]
    is_role = arn.split(":", 5)[-1].startswith("assumed-role/")
    return _Caller(user_id=identity["UserId"].partition(":")[0], arn=arn.rpartition("/")[0] if is_role else arn)


def _value_of(thing: Revocable) -> str:
    return _STATUS if thing.kind is SubjectKind.ACCESS_KEY else _POLICY


def _key(iam: "IAMClient", thing: Revocable) -> _Held | None:
    """By the key's own id: its user may have been renamed since."""
    name = _or_none(lambda: iam.get_access_key_last_used(AccessKeyId=thing.native_id)["UserName"])
    user = _user(iam, name, thing) if name else None
    if user is None:
        return None
    name = user["UserName"]
    pages = iam.get_paginator("list_access_keys").paginate(UserName=name)
    keys = (key for page in pages for key in page["AccessKeyMetadata"])
    status = next((key.get("Status") for key in keys if key.get("AccessKeyId") == thing.native_id), None)
    if not status:
        return None
    return _Held(iam=iam, user_name=name, arn=user["Arn"], value=status, is_on=status == "Active")


def _password(iam: "IAMClient", thing: Revocable) -> _Held | None:
    """By its user's UserId, under the name that was seen, or else whichever it bears now."""
    user = _user(iam, thing.login, thing) or next(
        (
            each
            for page in iam.get_paginator("list_users").paginate()
            for each in page["Users"]
            if each["UserId"] == thing.account_native_id
        ),
        None,
    )
    if user is None:
        return None
    name = user["UserName"]
    there = _or_none(lambda: iam.get_login_profile(UserName=name)) is not None
    document = _or_none(lambda: iam.get_user_policy(UserName=name, PolicyName=POLICY_NAME)["PolicyDocument"])
    return _Held(iam=iam, user_name=name, arn=user["Arn"], value=_text(document), is_on=there)


def _user(iam: "IAMClient", name: str, thing: Revocable) -> "UserTypeDef | None":
    """The user of that name; None where it's another one than was seen."""
    user = _or_none(lambda: iam.get_user(UserName=name)["User"])
    return user if user and user["UserId"] == thing.account_native_id else None


def _seen(thing: Revocable, held: _Held | None, before: Before) -> StepSeen:
    if held is None:
        return StepSeen.CHANGED
    if held.value == before[_value_of(thing)]:
        return StepSeen.BEFORE
    is_set = held.value == "Inactive" if thing.kind is SubjectKind.ACCESS_KEY else _is_ours(held.value)
    return StepSeen.SET if is_set else StepSeen.CHANGED


def _is_ours(text: str) -> bool:
    return text == _text(POLICY)


def _text(document: object) -> str:
    """A policy's document in one form: boto3 gives it read, or encoded as AWS sends it (RFC 3986)."""
    if document is None:
        return ""
    try:
        read: object = json.loads(unquote(document)) if isinstance(document, str) else document
    except ValueError:
        return str(document)
    return json.dumps(read, sort_keys=True)


def _or_none(ask: Callable[[], _Answer]) -> _Answer | None:
    """What is told; None where there is no such thing."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - see interfaces

    try:
        return ask()
    except ClientError as error:
        if is_absent(error):
            return None
        raise
