"""docs/remedies.md: what a ticket says is to be typed, system by system, made of what each system's package says.

`python -m tests.support.remedies_page` writes it anew. A kind of source that isn't named here is shown by its account.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from offboarding.interfaces.kinds import kind_module, kind_part, kinds
from offboarding.model import CREDENTIAL_KINDS, Account, AccountAction, KeyAction, KeyCopy, Remedy, Step, Subject
from offboarding.model import SubjectKind as Kind
from offboarding.tickets.remedies import written_out
from tests.support import cases, key_cases

PAGE = Path(__file__).parents[2] / "docs" / "remedies.md"
_HEAD = (
    "# What is typed, system by system\n\n"
    "A rule says what is to be done ([rules.md](rules.md)); how that is done in a system, and undone, that system's own"
    " package says (`remedy.py`). These are the steps as tickets show them, of invented things; names in capitals stand"
    " for those of the case. What is done as a remedy above it isn't shown again. Of a system, or a remedy, that isn't"
    " here a ticket says it in words. Made of the code: `python -m tests.support.remedies_page`.\n"
)
_THINGS: Mapping[str, Sequence[Kind]] = {
    "aws_iam": (Kind.ACCOUNT, *CREDENTIAL_KINDS, Kind.ROLE, Kind.ROOT_ACCOUNT),
    "ldap": (Kind.ACCOUNT, Kind.SSH_KEY, Kind.CERTIFICATE),
    "github_org": (Kind.ACCOUNT, Kind.SERVICE_CREDENTIAL, Kind.SSH_KEY),
    "gitlab_users": (Kind.ACCOUNT, Kind.SERVICE_CREDENTIAL, Kind.SSH_KEY),
    "okta": (Kind.ACCOUNT, Kind.SERVICE_CREDENTIAL),
    "google_workspace": (Kind.ACCOUNT, Kind.SERVICE_CREDENTIAL, Kind.SSH_KEY),
    "vault_auth": (Kind.ACCOUNT, Kind.SERVICE_CREDENTIAL),
    "kubernetes_cluster": (Kind.ACCOUNT, Kind.SERVICE_CREDENTIAL, Kind.CERTIFICATE),
    "entra_id": (Kind.ACCOUNT, Kind.SERVICE_CREDENTIAL, Kind.CERTIFICATE),
    "ssh_hosts": (Kind.ACCOUNT, Kind.SSH_KEY),
}
_PRODUCTS: Mapping[str, Sequence[str]] = {
    "ldap": ("openldap", "openldap without locks", "389ds", "freeipa", "ad"),
    "github_org": ("member", "managed user", "outside collaborator", "invitation", "deploy key", "installed App"),
    "gitlab_users": ("user", "member", "bot", "invitation", "deploy token", "deploy key", "pipeline trigger"),
    "okta": ("", "service app"),
    "entra_id": ("member", "synchronized member", "external user", "application", "service principal"),
    "vault_auth": ("entity", "userpass user", "AppRole role", "token"),
    "mariadb_logins": ("", "mysql", "mysql, an old password kept"),
    "kubernetes_cluster": ("user", "service account", "client certificate", "bootstrap token", "copy in a kubeconfig"),
}
_REACHED = {
    "ldap": "ldaps://HOST",
    "github_org": "github.com/ORGANIZATION",
    "gitlab_users": "https://GITLAB/api/v4",
    "okta": "https://ORG.okta.com",
    "entra_id": "https://graph.microsoft.com/v1.0",
    "vault_auth": "https://HOST:8200/v1/PATH",
    "mariadb_logins": "HOST PORT",
    "kubernetes_cluster": "https://HOST:6443",
}
_NAMES: Mapping[str, Sequence[str]] = {
    "aws_secrets": ("SECRET_ARN", "arn:aws:ssm:REGION:ACCOUNT:parameter/NAME"),
    "vault_transit": ("transit/NAME",),
    "okta_signing_keys": ("authorizationServers/ID", "authorizationServers/org"),
    "jwks": ("https://ISSUER",),
}


def page() -> str:
    """The page as it should be."""
    return _HEAD + "".join(
        f"\n## `{kind}`\n{''.join(_sections(room, kind))}"
        for room in ("sources", "verifiers")
        for kind in kinds(room)
        if kind_part(room, kind, "remedy")
    )


def _sections(room: str, kind: str) -> Iterator[str]:
    """Each remedy with what it's done to: things treated alike together, and nothing that was shown already."""
    written = kind_part(room, kind, "remedy")
    of_keys = kind_module(room, kind).Settings.tells == "keys"
    shown: set[tuple[str, ...]] = set()
    for remedy in written.REMEDIES if written else ():
        alike: dict[tuple[str, ...], list[str]] = {}
        for about, step in _of_keys(kind, remedy) if of_keys else _of_accounts(kind, remedy):
            alike.setdefault(written_out([step]), []).append(about)
        for steps, things in alike.items():
            if steps and steps not in shown:
                about = f": {', '.join(things)}" if any(things) else ""
                yield f"\n### {_words(remedy)}{about}\n\n" + "".join(map(_item, steps))
        shown |= alike.keys()


def _of_accounts(kind: str, remedy: Remedy) -> Iterator[tuple[str, Step]]:
    for thing in _THINGS.get(kind, (Kind.ACCOUNT,)):
        subject = Subject(kind=thing, native_id="ID", label="LABEL", account_label="USER_ARN")
        for product in _PRODUCTS.get(kind, ("",)):
            about = f"{_words(thing).lower()} ({product})" if product else _words(thing).lower()
            yield about, AccountAction(remedy=remedy, kind=kind, account=_account(kind, product), subject=subject)


def _account(kind: str, product: str) -> Account:
    told = {"realm": "ACCOUNT", "native_id": "ID", "label": "DN", "login": "LOGIN", "product": product}
    return cases.directory_account(**told, reached_by=_REACHED[kind] if product else "")


def _of_keys(kind: str, remedy: Remedy) -> Iterator[tuple[str, Step]]:
    for name in _NAMES.get(kind, ("KEY",)):
        yield "", KeyAction(remedy=remedy, copy=_copy(kind, name), principals=("PRINCIPAL",))


def _copy(kind: str, name: str) -> KeyCopy:
    names: dict[str, Any] = {
        "name": name,
        "native_id": "KID",
        "label": "LABEL",
        "version": "3",
        "algorithm": "RSA_2048",
    }
    return key_cases.copy(source=kind.replace("_", "-"), source_kind=kind, **names)


def _item(step: str) -> str:
    """What to do as an item of a list, what to type below it."""
    first, *typed = step.splitlines()
    block = "".join(f"  {line}".rstrip() + "\n" for line in ("```", *typed, "```")) if typed else ""
    return f"- {first}\n{block}"


def _words(word: str) -> str:
    return word.replace("_", " ").capitalize()


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
