"""What an organization on GitHub keeps: people, their tokens and keys."""

from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

LATER = "2026-11-01T09:00:00Z"


@dataclass(kw_only=True)
class KeptToken:
    """A fine-grained one, or one that is authorized for single sign-on."""

    id: int
    name: str
    kind: Literal["fine-grained", "personal access token", "SSH key"] = "fine-grained"
    ends: str | None = None
    used: str | None = LATER
    of: int | None = None
    """The key's own number, of an SSH key's authorization."""


@dataclass(kw_only=True)
class KeptPerson:
    """A user, and what they are in the organization."""

    id: int
    login: str
    role: Literal["admin", "member", "outside", ""] = "member"
    public: bool = False
    weak: bool = False
    suspended: bool = False
    hidden: bool = False
    """By its number it's shown to nobody, as a flagged user is."""
    mail: str = ""
    """At the identity provider."""
    tokens: list[KeptToken] = field(default_factory=list[KeptToken])
    keys: dict[int, str] = field(default_factory=dict[int, str])


@dataclass(kw_only=True)
class KeptDeployKey:
    """A repository's."""

    id: int
    repository: int
    title: str
    by: str | None
    key: str
    enabled: bool = True
    read_only: bool = False


@dataclass(kw_only=True)
class KeptInstallation:
    """An App's."""

    id: int
    slug: str
    permissions: dict[str, str]
    at: str = LATER
    suspended: str | None = None


@cache
def public_key(name: str) -> str:
    """A key of OpenSSH's; the same for the same name."""
    assert name
    made = ed25519.Ed25519PrivateKey.generate().public_key()
    return made.public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH).decode()
