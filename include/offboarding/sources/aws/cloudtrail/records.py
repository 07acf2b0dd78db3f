"""What one record of CloudTrail says: who did what to which key, account or credential. Nothing else of it is kept.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from offboarding.model import AuditEvent
from offboarding.sources.aws.cloudtrail.actors import Record, actor_of, part
from offboarding.sources.aws.cloudtrail.words import SOURCES, WORDS, Thing, Word

_KMS_ID = re.compile(r"mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ARN_NAMES = ("arn", "aRN", "ARN")
"""How responseElements spell it, by service."""


class RecordError(ValueError):
    """A record that can't be read. The text names it, and holds nothing of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedEvent:
    """An event, and what of its object isn't certain yet."""

    event: AuditEvent
    named: str = ""
    """The name or partial ARN that the call gave: of a secret, to be looked up; "" where the object is certain."""
    below: str = ""
    """Of GetParametersByPath: the path."""
    recursive: bool = False


@dataclass(frozen=True, slots=True)
class _Call:
    """A record's parts that say what it was done to."""

    word: Word
    asked: Record
    """requestParameters."""
    told: Record
    """responseElements."""
    resources: tuple[str, ...]
    """ARNs."""
    partition: str
    region: str
    account_id: str

    def arn(self, service: str, resource: str) -> str:
        return f"arn:{self.partition}:{service}:{self.region}:{self.account_id}:{resource}"


def recorded(record: Record, realm: str) -> Iterator[RecordedEvent]:
    """Yield what a record says; nothing where it's of no concern, or nobody's. Raises RecordError where it's malformed:
    what was asked for is the caller's to choose, half an ARN too.

    `realm`: the account whose trail it is.
    """
    thing = SOURCES.get(str(record.get("eventSource", "")))
    word = WORDS.get((thing, str(record.get("eventName", "")))) if thing else None
    if word is None:
        return
    try:
        yield from list(_events(record, word, realm))
    except Exception as error:  # noqa: BLE001 - whatever it is, the other records are other people's
        raise RecordError(
            f"CloudTrail record {record.get('eventID', 'without an id')} of account {realm} isn't as CloudTrail writes "
            f"them ({type(error).__name__}): what it says is NOT CHECKED. Look at it in CloudTrail, and report it"
        ) from None  # its text may hold what stands in the record


def _events(record: Record, word: Word, realm: str) -> Iterator[RecordedEvent]:
    actor = actor_of(record["userIdentity"])
    if actor is None or not actor.may_be_somebody:
        return
    for found in _objects(_call(record, word, realm)):
        yield RecordedEvent(
            event=AuditEvent(
                realm=realm,
                event_id=record["eventID"],
                at=datetime.fromisoformat(record["eventTime"]).astimezone(UTC),
                action=f"{record['eventSource'].partition('.')[0]}:{word.name}",
                deed=word.deed,
                object_realm=found.account_id,
                object=found.name,
                object_login=found.login,
                actor_realm=actor.realm,
                actor=actor.native_id,
                actor_label=actor.label,
                actor_keys=actor.keys,
                failed=bool(record.get("errorCode")),
            ),
            named=found.named,
            below=found.below,
            recursive=found.recursive,
        )


def _call(record: Record, word: Word, realm: str) -> _Call:
    listed: list[Any] = record.get("resources") or []
    resources = tuple(str(one.get("ARN", "")) for one in listed)
    arn = str(record["userIdentity"].get("arn") or "arn:aws:")
    return _Call(
        word=word,
        asked=part(record, "requestParameters"),
        told=part(record, "responseElements"),
        resources=tuple(arn for arn in resources if arn),
        partition=arn.split(":")[1],
        region=record["awsRegion"],
        account_id=str(record.get("recipientAccountId") or realm),
    )


@dataclass(frozen=True, slots=True)
class _ResourceName:
    account_id: str
    name: str
    login: str = ""
    named: str = ""
    below: str = ""
    recursive: bool = False


def _objects(call: _Call) -> Iterator[_ResourceName]:
    if call.word.thing is Thing.SECRET:
        yield from _secrets(call)
    elif call.word.thing is Thing.PARAMETER:
        yield from _parameters(call)
    elif call.word.thing is Thing.KMS_KEY:
        yield from _kms_keys(call)
    elif call.word.thing is Thing.CERTIFICATE:
        yield _of_arn(call.asked["certificateArn"])
    else:
        yield from _made(call)


def _secrets(call: _Call) -> Iterator[_ResourceName]:
    """One for each secret. A new version is an object of its own; so is one that was asked for by its id."""
    has_value = {"secretString", "secretBinary"} & call.asked.keys() or "versionId" in call.told
    if call.word.name == "UpdateSecret" and not has_value:
        return  # a description, or another key to encrypt it with
    version = str(call.told.get("versionId") or call.asked.get("versionId") or "")
    suffix = f"#{version}" if version else ""
    answered = next((str(call.told[name]) for name in _ARN_NAMES if name in call.told), "")
    certain = answered or next((arn for arn in call.resources if ":secret:" in arn), "")
    if certain:
        yield _of_arn(f"{certain}{suffix}")
        return
    asked = call.asked.get("secretId") or call.asked.get("name") or call.asked.get("secretIdList") or ()
    for name in (asked,) if isinstance(asked, str) else asked:
        arn = name if name.startswith("arn:") else call.arn("secretsmanager", f"secret:{name}")
        yield _ResourceName(arn.split(":")[4], f"{arn}{suffix}", named=name)


def _parameters(call: _Call) -> Iterator[_ResourceName]:
    """One for each parameter. Without decryption ciphertext was handed out; and only a SecureString is a secret."""
    if call.word.name == "PutParameter":
        if call.asked.get("type", "SecureString") != "SecureString":
            return
    elif str(call.asked.get("withDecryption", "false")).lower() != "true":
        return
    if path := call.asked.get("path"):
        found = _parameter(call, str(path))
        recursive = str(call.asked.get("recursive", "false")).lower() == "true"
        yield _ResourceName(call.account_id, found.name, below=str(path), recursive=recursive)
        return
    names = call.asked.get("names") or (call.asked["name"],)
    yield from (_parameter(call, str(name)) for name in names)


def _parameter(call: _Call, name: str) -> _ResourceName:
    """By its ARN, without a version or label (`name:3`)."""
    if name.startswith("arn:"):
        parts = name.split(":")
        return _of_arn(":".join(parts[:6]))
    return _of_arn(call.arn("ssm", f"parameter/{name.partition(':')[0].lstrip('/')}"))


def _kms_keys(call: _Call) -> Iterator[_ResourceName]:
    """By the key's ARN, which KMS records even where an alias was asked for."""
    arn = part(call.told, "keyMetadata").get("arn") or next((arn for arn in call.resources if ":key/" in arn), "")
    name = str(arn or call.asked.get("keyId") or "")
    if _KMS_ID.fullmatch(name):
        name = call.arn("kms", f"key/{name}")
    elif name.startswith("alias/"):
        name = call.arn("kms", name)
    if name:
        yield _of_arn(name)


def _made(call: _Call) -> Iterator[_ResourceName]:
    """By the id of what was made, and where that's a credential (or shows none), by the ARN of whom it was made for.

    Its path isn't recorded.
    """
    what, identifier = call.word.made or ("", "")
    if made := part(call.told, what).get(identifier):
        yield _ResourceName(call.account_id, str(made))
    if what in {"user", "role"}:
        return
    arn = f"arn:{call.partition}:iam::{call.account_id}"
    if role := call.asked.get("roleName"):
        yield _ResourceName(call.account_id, f"{arn}:role/{role}")
    if user := _user_name(call):
        yield _ResourceName(call.account_id, f"{arn}:user/{user}", login=user)


def _user_name(call: _Call) -> str:
    """Left out, it's the caller's own: the answer says which."""
    what, _ = call.word.made or ("", "")
    return str(call.asked.get("userName") or part(call.told, what).get("userName") or "")


def _of_arn(arn: str) -> _ResourceName:
    return _ResourceName(arn.split(":")[4], arn)
