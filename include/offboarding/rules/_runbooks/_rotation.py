"""How a key is replaced so that the old one is refused everywhere, by the kind of system it lies in or is trusted by.

The order is what matters (NIST SP 800-57 part 1, 8.3; RFC 7517 leaves it to whoever publishes): verifiers learn the
new key before the signer uses it, and unlearn the old one after the last thing that it signed has ended. Where a
leaver may already use it, the old key goes first.
"""

import shlex
from collections.abc import Iterator, Sequence

from include.offboarding.model import KeyCase, KeyCopy, SubjectKind

KEEP_LOGS = (
    "First of all keep the access logs of whatever verifies with it, and of where it lies: once keys change, what was"
    " signed with the old one is harder to tell."
)


def rotation(case: KeyCase) -> tuple[str, ...]:
    """Return the steps of a planned rotation, then what differs where the key may be in use already."""
    if case.kind is SubjectKind.SHARED_SECRET:
        return (KEEP_LOGS, *_secret(case), _suspected_secret(), *_checks(case))
    return (KEEP_LOGS, *_signing(case), _suspected_key(), *_checks(case))


def access(case: KeyCase, principals: Sequence[str]) -> tuple[str, ...]:
    """Return how access is cut of a key that can't leave its system: that suffices."""
    return (
        "The material can't leave, so that the key need not be rotated: cutting this access is enough.",
        *(step for copy in case.copies for step in _cut(copy, principals)),
        "It closes once a read of the policies no longer shows them.",
    )


def _signing(case: KeyCase) -> Iterator[str]:
    hours = max((copy.key.cache.total_seconds() / 3600 for copy in case.copies if copy.key.verifies), default=0)
    wait = f"Wait {hours:g} hours, the longest that any verifier keeps what it read." if hours else ""
    yield "Make a new key; nobody exports or copies it."
    yield from (step for copy in _standing(case) for step in _make(copy))
    yield "Publish the new one to every verifier, beside the old one."
    yield from ((wait,) if wait else ())
    yield "Let the signer use the new key."
    yield "Wait until the last thing that the old key signed has ended (the longest life of a token or certificate)."
    yield "Take the old key from every verifier:"
    yield from (step for copy in _standing(case) for step in _remove(copy))
    yield "See that the old key is refused: a token or signature made with it before must fail at each verifier."
    yield "Delete copies in files, images, build systems and on laptops."


def _secret(case: KeyCase) -> Iterator[str]:
    yield "Make a new secret, and let nobody read it who needn't."
    yield from (step for copy in _standing(case) for step in _make(copy))
    yield "Give it to whatever uses the old one; better a login for each person or workload than one for all."
    yield "Let the system that accepts it refuse the old one, and try the old one there: it must fail."
    yield "Delete copies in files, pages, images, build systems and on laptops."


def _suspected_key() -> str:
    return (
        "Does anything point to its use already (a signature nobody can explain)? Then the old key goes first: take it"
        " from every verifier now, accept the outage, end sessions, and publish the new key after that."
    )


def _suspected_secret() -> str:
    return (
        "Does anything point to its use already? Then change it where it's accepted now, accept the outage, end open"
        " sessions, and hand out the new one after that."
    )


def _checks(case: KeyCase) -> Iterator[str]:
    yield (
        "Not held by them, or registered by mistake? Say so here, and mend include/custody.yaml: an entry that stood"
        f" there still counts, since they held it then. What is known of it: {_command('custody', '--key', case.label)}"
    )


def _standing(case: KeyCase) -> list[KeyCopy]:
    return [copy for copy in case.copies if copy.untrusted_since is None]


def _make(copy: KeyCopy) -> Iterator[str]:
    name = shlex.quote(copy.key.name)
    if copy.source_kind == "aws_kms":
        yield (
            f"In {copy.source}, a new key of the same kind ({copy.key.algorithm}); material isn't changed in place:\n"
            f"aws kms describe-key --key-id {name}\n"
            f"aws kms create-key --key-spec {shlex.quote(copy.key.algorithm or 'SPEC')} --key-usage SIGN_VERIFY"
        )
    elif copy.source_kind == "aws_secrets" and ":ssm:" in copy.key.name:
        parameter = shlex.quote(copy.key.name.partition(":parameter")[2] or copy.key.name)
        yield (
            f"In {copy.source}; the new value is read from the file new-value, which you delete after it:\n"
            f"aws ssm put-parameter --name {parameter} --type SecureString --overwrite --value file://new-value"
        )
    elif copy.source_kind == "aws_secrets":
        yield (
            f"In {copy.source}; the new value is read from the file new-value, which you delete after it:\n"
            f"aws secretsmanager put-secret-value --secret-id {name} --secret-string file://new-value"
        )
    elif copy.source_kind == "vault_transit":
        yield f"In {copy.source}:\nvault write -f {_transit(copy, 'rotate')}"
    elif copy.source_kind == "ssh":
        yield 'A new SSH authority, where its private half stays:\nssh-keygen -t ed25519 -f new_ca -C "user CA"'


def _remove(copy: KeyCopy) -> Iterator[str]:
    name = shlex.quote(copy.key.name)
    if copy.source_kind == "jwks":
        yield f"{copy.source}: take kid {copy.key.native_id} out of what {copy.key.name} publishes."
    elif copy.source_kind == "aws_kms":
        yield f"{copy.source}, once nothing verifies by KMS; enable-key undoes it:\naws kms disable-key --key-id {name}"
    elif copy.source_kind == "vault_transit":
        yield (
            f"{copy.source}: rotating alone leaves old versions verifying; raise the minimum above version"
            f" {copy.key.version}:\n"
            f"vault write {_transit(copy, 'config')} min_decryption_version={_next(copy.key.version)}"
        )
    elif copy.source_kind == "ssh":
        yield f"{copy.source}: take {copy.key.label} off every host, and add it to the revocation list (KRL)."
    elif copy.source_kind == "x509":
        yield f"{copy.source}: revoke the certificate {copy.key.label}, and publish the revocation list."
    else:
        yield f"{copy.source}: {copy.key.label}."


def _cut(copy: KeyCopy, principals: Sequence[str]) -> Iterator[str]:
    named = ", ".join(principals)
    if copy.source_kind == "aws_kms":
        key = shlex.quote(copy.key.name)
        yield (
            f"Take {named} out of the key's policy, its grants, and whatever policy gives them the key:\n"
            f"aws kms get-key-policy --key-id {key} --policy-name default --query Policy --output text\n"
            f"aws kms list-grants --key-id {key}\n"
            f"aws kms put-key-policy --key-id {key} --policy-name default --policy file://policy.json\n"
            f"aws kms revoke-grant --key-id {key} --grant-id GRANT"
        )
    else:
        yield f"In {copy.source}, take {named} out of whatever lets them use {copy.key.label}."


def _transit(copy: KeyCopy, what: str) -> str:
    mount, _, key = copy.key.name.partition("/")
    return shlex.quote(f"{mount}/keys/{key}/{what}")


def _next(version: str) -> str:
    return str(int(version) + 1) if version.isdigit() else "VERSION"


def _command(*words: str) -> str:
    return "python -m include.offboarding " + " ".join(shlex.quote(word) for word in words)
