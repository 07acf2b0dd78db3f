"""What `collect.sh` tells of a machine's kubeconfigs, taken apart strictly, and what they let in by.

https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
"""

import base64
import json
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, cast

import yaml
from cryptography import x509
from pydantic import BeforeValidator, Field, ValidationError

from offboarding.net.service.answers import Told
from offboarding.sources._collected.lines import CollectedMachine, number_in, plain, take_counted
from offboarding.sources.kubernetes_cluster.certificates import client_certificate

_FIRST_PERSON = 1000
"""Lower numbers are the system's own users."""
_UNTOLD = frozenset({"none", "other"})
"""What stands in place of a token that is no service account's, or that isn't there."""
_Given = Annotated[bool, BeforeValidator(lambda value: value is not None)]


@dataclass(slots=True, kw_only=True)
class ToldKubeconfig:
    """A file of somebody's."""

    holder: str
    """Whose home it lies in: root for what the machine's own programs keep."""
    uid: int
    path: str
    is_open: bool = False
    """Every user of the machine may read it."""
    unread: str = ""
    rows: list[str] = field(default_factory=list[str])


@dataclass(slots=True, kw_only=True)
class KubeconfigMachine(CollectedMachine):
    """A machine."""

    holder: tuple[int, str] | None = None
    """Whose home the lines that follow tell of."""
    files: list[ToldKubeconfig] = field(default_factory=list[ToldKubeconfig])


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCredential:
    """What a kubeconfig lets in by."""

    machine: str
    """As the configuration calls it."""
    machine_id: str
    holder: str
    is_person_s: bool
    """The home isn't the system's, nor root's."""
    path: str
    servers: tuple[str, ...]
    """Addresses that its contexts use it at."""
    certificates: tuple[x509.Certificate, ...] = ()
    """The client's first."""
    has_key: bool = False
    claims: Mapping[str, object] | None = None
    """What a service account's token says of itself."""
    other: str = ""
    """What else it is that can't be looked at: "a password", "a program (aws)"."""


class KubeconfigError(ValueError):
    """A kubeconfig that can't be read. A clause, which repeats nothing of it."""


class _Exec(Told):
    command: str = ""


class _AuthInfo(Told):
    data: tuple[str, ...] | None = Field(default=None, alias="client-certificate-data")
    file: tuple[str, ...] | None = Field(default=None, alias="client-certificate")
    key_data: _Given = Field(default=False, alias="client-key-data")
    key_file: _Given = Field(default=False, alias="client-key")
    token: str = "none"
    token_file: str = Field(default="none", alias="tokenFile")
    password: _Given = False
    program: _Exec | None = Field(default=None, alias="exec")
    provider: _Given = Field(default=False, alias="auth-provider")


class _NamedUser(Told):
    name: str
    user: _AuthInfo | None = None


class _ClusterAddress(Told):
    server: str = ""


class _NamedCluster(Told):
    name: str
    cluster: _ClusterAddress | None = None


class _Context(Told):
    cluster: str = ""
    user: str = ""


class _NamedContext(Told):
    context: _Context | None = None


class _Kubeconfig(Told):
    users: tuple[_NamedUser, ...] | None = None
    clusters: tuple[_NamedCluster, ...] | None = None
    contexts: tuple[_NamedContext, ...] | None = None

    def servers_of(self, user: str) -> tuple[str, ...]:
        """At which addresses a user of its is used."""
        known = {each.name: each.cluster.server for each in self.clusters or () if each.cluster}
        used = [each.context.cluster for each in self.contexts or () if each.context and each.context.user == user]
        return tuple(dict.fromkeys(plain(known[name]) for name in used if known.get(name)))


def read_collection(body: bytes) -> KubeconfigMachine:
    """The machine. Raises CollectionError."""
    return take_counted(body, "kubeconfigs", KubeconfigMachine(), _WORDS, "kubeconfigs")


def held_in(machine: str, machine_id: str, file: ToldKubeconfig) -> Iterator[HeldCredential]:
    """Yield what a file lets in by. Raises KubeconfigError where not all of it can be read."""
    if file.unread:
        raise KubeconfigError(file.unread)
    try:
        found = _Kubeconfig.model_validate(yaml.safe_load("\n".join(file.rows)) or {})
    except (yaml.YAMLError, ValidationError, RecursionError):
        raise KubeconfigError("it is no kubeconfig") from None
    for each in found.users or ():
        place = HeldCredential(
            machine=machine,
            machine_id=machine_id,
            holder=file.holder,
            is_person_s=file.uid >= _FIRST_PERSON,
            path=file.path,
            servers=found.servers_of(each.name),
        )
        if each.user:
            yield from _of_user(place, each.user)


def _of_user(place: HeldCredential, user: _AuthInfo) -> Iterator[HeldCredential]:
    # kubectl takes what stands within the file over what it names, of certificates; of tokens, the other way round.
    if signed := user.data or user.file:
        yield replace(place, certificates=_certificates(signed), has_key=user.key_data or user.key_file)
    token = user.token_file if user.token_file != "none" else user.token
    if token not in _UNTOLD:
        yield replace(place, claims=_claims(token))
    elif token != "none":
        yield replace(place, other="a token that is no service account's")
    if user.password:
        yield replace(place, other="a password")
    if user.program:
        yield replace(place, other=f"a program ({plain(user.program.command).rpartition('/')[2]})")
    if user.provider:
        yield replace(place, other="an auth provider")


def _certificates(listed: tuple[str, ...]) -> tuple[x509.Certificate, ...]:
    try:
        with warnings.catch_warnings(action="ignore"):  # of what a signer got wrong
            found = tuple(x509.load_der_x509_certificate(base64.b64decode(each, validate=True)) for each in listed)
            client_certificate(found[0])
    except Exception:  # noqa: BLE001 - cryptography raises kinds of its own (InvalidVersion), and more with time
        raise KubeconfigError("a certificate in it can't be read") from None
    return found


def _claims(middle: str) -> Mapping[str, object]:
    try:
        found = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise KubeconfigError("a token in it can't be read")
    return cast("dict[str, object]", found)


def _home(found: KubeconfigMachine, text: str) -> None:
    uid, _, login = text.partition(" ")
    if not login:
        raise ValueError
    found.holder = number_in(uid), login


def _file(found: KubeconfigMachine, text: str) -> None:
    if found.holder is None:
        raise ValueError
    uid, holder = found.holder
    found.files.append(ToldKubeconfig(holder=holder, uid=uid, path=plain(text)))


def _open(found: KubeconfigMachine, text: str) -> None:
    del text
    found.files[-1].is_open = True


def _unread(found: KubeconfigMachine, text: str) -> None:
    found.files[-1].unread = plain(text)


_WORDS: Mapping[str, Callable[[KubeconfigMachine, str], None]] = {
    "file": _file,
    "home": _home,
    "open": _open,
    "row": lambda found, text: found.files[-1].rows.append(text),
    "unread": _unread,
}
