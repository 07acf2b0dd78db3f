"""A key of the transit engine, by Vault's command line.

https://developer.hashicorp.com/vault/api-docs/secret/transit#rotate-key
"""

import shlex

from offboarding.interfaces import KeyRemedies, RemedyExamples
from offboarding.model import KeyAction, KeyCopy, Remedy, say


def issue(action: KeyAction) -> tuple[str, ...]:
    """Return how a new version is made, which signs from then on."""
    return (
        say(
            "In {source}:\n{command}",
            source=action.copy.source,
            command=f"vault write -f {_path(action.copy, 'rotate')}",
        ),
    )


def withdraw(action: KeyAction) -> tuple[str, ...]:
    """Return how versions up to this one are refused."""
    copy = action.copy
    version = copy.key.version
    least = str(int(version) + 1) if version.isdigit() else "VERSION"
    why = say(
        "{source}: rotating alone leaves old versions verifying; raise the minimum above version {version}:",
        source=copy.source,
        version=version,
    )
    return (
        say(
            "{why}\n{command}",
            why=why,
            command=f"vault write {_path(copy, 'config')} min_decryption_version={least}",
        ),
    )


def _path(copy: KeyCopy, what: str) -> str:
    mount, _, key = copy.key.name.partition("/")
    return shlex.quote(f"{mount}/keys/{key}/{what}")


REMEDIES: KeyRemedies = {Remedy.ISSUE: issue, Remedy.WITHDRAW: withdraw}
EXAMPLES = RemedyExamples(names=("transit/NAME",))
