"""What was collected of kubeconfigs: whose certificates and tokens lie in whose home.

Whose cluster they are of, neither a name nor an address says: a certificate's is whichever takes its authority, a
token's whichever has the service account of its uid.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import cast
from urllib.parse import quote, unquote

from offboarding.interfaces import ReadContext
from offboarding.model import counted, first_few
from offboarding.model.days import epoch_moment
from offboarding.model.errors import OffboardingError
from offboarding.sources._collected.files import CollectedSettings, MachineFile
from offboarding.sources.kubernetes_cluster.kubeconfigs import (
    HeldCredential,
    KubeconfigError,
    ToldKubeconfig,
    held_in,
    read_collection,
)
from offboarding.sources.kubernetes_cluster.settings import KubernetesSettings

HELD = "held/"
"""How the native id of a copy begins; the machine, the holder, and what it's a copy of follow."""
_LEGACY = "kubernetes.io/serviceaccount/"
_NEVER = 0
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldToken:
    """A service account's token, by what it says itself."""

    namespace: str
    name: str
    uid: str
    secret: str
    """The Secret that holds it, and with which it ends; "" for one that was asked for."""
    ends_at: datetime | None
    issued_at: datetime | None
    digest: str
    """Of what it says."""

    @property
    def called(self) -> str:
        """By people."""
        return f"token of {self.namespace}/{self.name}"

    @property
    def native_id(self) -> str:
        """With all that has to be known of it once its file is gone."""
        end = int(self.ends_at.timestamp()) if self.ends_at else _NEVER
        named = (self.namespace, self.name, self.uid, self.secret or "-")
        return "/".join(("token", str(end), *(quote(each, safe="") for each in named), self.digest))


@dataclass(slots=True, kw_only=True)
class HeldKubeconfigs:
    """Of all the machines that are listed."""

    credentials: list[HeldCredential] = field(default_factory=list[HeldCredential])
    unread: list[str] = field(default_factory=list[str])
    """Sentences on machines and files that can't be read: what lies there may be anything."""
    open_to_all: list[str] = field(default_factory=list[str])
    unlisted: list[str] = field(default_factory=list[str])

    @property
    def others(self) -> str:
        """What lies there that can't be looked at, in short; "" for nothing."""
        found = [each for each in self.credentials if each.other]
        kinds = ", ".join(sorted({each.other for each in found}))
        servers = sorted({server for each in found for server in each.servers})
        at = f", at {first_few(servers, _MOST_NAMED)}" if servers else ""
        return f"{counted(len(found), 'way')} in by {kinds}{at}" if found else ""


def held_kubeconfigs(settings: KubernetesSettings, context: ReadContext) -> HeldKubeconfigs:
    """What lies on the machines that are listed. One that can't be read costs itself, and is told."""
    found = HeldKubeconfigs()
    if not settings.kubeconfigs_folder:
        return found
    collected = CollectedSettings.model_validate(
        {
            "name": settings.name,
            "kind": "kubernetes",
            "folder": settings.kubeconfigs_folder,
            "machines": settings.kubeconfigs_machines,
            "max_age_hours": settings.kubeconfigs_max_age_hours,
        }
    )
    for name in collected.machines:
        file = MachineFile(collected, name, context)
        found.unlisted += [f"{file.where}: {text}" for text in file.unlisted()]
        try:
            machine = file.read("inventory", read_collection)
        except OffboardingError as error:
            found.unread.append(str(error).rstrip("."))
            continue
        for each in machine.files:
            _take(found, file.where, name, machine.machine, each)
    return found


def token_of(held: HeldCredential) -> HeldToken | None:
    """The token; None where there's none, or it doesn't say whose it is."""
    said = held.claims
    if said is None:
        return None
    own = _object(said.get("kubernetes.io"))
    account = _object(own.get("serviceaccount"))
    namespace, name, uid, secret = (
        (own.get("namespace"), account.get("name"), account.get("uid"), _object(own.get("secret")).get("name"))
        if own
        else (
            said.get(f"{_LEGACY}{each}")
            for each in ("namespace", "service-account.name", "service-account.uid", "secret.name")
        )
    )
    if not (namespace and name and uid):
        return None
    return HeldToken(
        namespace=str(namespace),
        name=str(name),
        uid=str(uid),
        secret=str(secret or ""),
        ends_at=_moment(said.get("exp")),
        issued_at=_moment(said.get("iat")),
        digest=sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:32],
    )


def token_in(native_id: str) -> HeldToken | None:
    """The token that a copy's id tells of; None of what is none."""
    words = native_id.removeprefix(HELD).split("/")[2:]
    if len(words) != 7 or words[0] != "token" or not words[1].isdecimal():
        return None
    namespace, name, uid, secret = map(unquote, words[2:6])
    return HeldToken(
        namespace=namespace,
        name=name,
        uid=uid,
        secret="" if secret == "-" else secret,
        ends_at=_moment(int(words[1]) or None),
        issued_at=None,
        digest=words[6],
    )


def copy_id(held: HeldCredential, what: str) -> str:
    """The native id of somebody's copy of something."""
    return f"{HELD}{held.machine_id}/{quote(held.holder, safe='')}/{what}"


def copied(native_id: str) -> str:
    """The native id of what a copy is one of."""
    return "/".join(native_id.removeprefix(HELD).split("/")[2:])


def is_shared(held: HeldCredential) -> bool:
    """Somebody of their own holds it: what lies with root is whoever's who administers the machine."""
    return held.holder != "root"


def _take(found: HeldKubeconfigs, where: str, name: str, machine_id: str, kubeconfig: ToldKubeconfig) -> None:
    try:
        # Whole or not at all: whoever reads half of a file says that the other half isn't there.
        found.credentials += [*held_in(name, machine_id, kubeconfig)]
    except KubeconfigError as error:
        found.unread.append(f"{where}: {kubeconfig.path}: {error}. Write it anew with kubectl, or take it away")
    if kubeconfig.is_open:
        found.open_to_all.append(f"{where}: {kubeconfig.path}")


def _object(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else {}


def _moment(value: object) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return epoch_moment(value)
