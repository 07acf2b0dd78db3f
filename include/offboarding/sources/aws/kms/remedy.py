"""A KMS key, by the AWS CLI (https://docs.aws.amazon.com/cli/latest/reference/kms/)."""

import shlex

from offboarding.interfaces import KeyRemedies
from offboarding.model import KeyAction, Remedy, Sentence, say


def issue(action: KeyAction) -> tuple[str, ...]:
    """Return how a new key is made: material isn't changed in place."""
    key = action.copy.key
    return _step(
        say(
            "In {source}, a new key of the same kind ({algorithm}); material isn't changed in place:",
            source=action.copy.source,
            algorithm=key.algorithm,
        ),
        f"aws kms describe-key --key-id {shlex.quote(key.name)}",
        f"aws kms create-key --key-spec {shlex.quote(key.algorithm or 'SPEC')} --key-usage SIGN_VERIFY",
    )


def withdraw(action: KeyAction) -> tuple[str, ...]:
    """Return how it's disabled, which can be undone."""
    name = shlex.quote(action.copy.key.name)
    return _step(
        say("{source}, once nothing verifies by KMS; enable-key undoes it:", source=action.copy.source),
        f"aws kms disable-key --key-id {name}",
    )


def cut_access(action: KeyAction) -> tuple[str, ...]:
    """Return how principals lose it: a key's policy, its grants and their own policies each may give it."""
    named, key = ", ".join(action.principals), shlex.quote(action.copy.key.name)
    return _step(
        say("Take {named} out of the key's policy, its grants, and whatever policy gives them the key:", named=named),
        f"aws kms get-key-policy --key-id {key} --policy-name default --query Policy --output text",
        f"aws kms list-grants --key-id {key}",
        f"aws kms put-key-policy --key-id {key} --policy-name default --policy file://policy.json",
        f"aws kms revoke-grant --key-id {key} --grant-id GRANT",
    )


def _step(first: Sentence, *commands: str) -> tuple[str, ...]:
    return (say("{first}\n{command}", first=first, command="\n".join(commands)),)


REMEDIES: KeyRemedies = {Remedy.ISSUE: issue, Remedy.WITHDRAW: withdraw, Remedy.CUT_ACCESS: cut_access}
