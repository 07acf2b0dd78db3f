"""Machines whose kubeconfigs were collected, as `collect.sh` writes them."""

import base64
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

KEPT, NO_KEY = "      client-key-data: set", ""


@dataclass(slots=True, kw_only=True)
class WrittenKubeconfigs:
    """A folder, and a machine's file in it."""

    folder: Path
    name: str = "web1"
    at: datetime = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
    files: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """By path: the lines that tell of it, whose home it lies in before them."""

    @property
    def machine(self) -> str:
        """As the script makes it of a machine's id."""
        return sha256(self.name.encode()).hexdigest()[:32]

    @property
    def settings(self) -> dict[str, Any]:
        """Of the source that reads it."""
        return {"kubeconfigs_folder": str(self.folder), "kubeconfigs_machines": [self.name]}

    def certificate(self, holder: str, *pems: bytes, uid: int = 1001, key: str = KEPT) -> str:
        """A kubeconfig with a client certificate and its key, in somebody's home; its path."""
        listed = ", ".join(f'"{_der(pem)}"' for pem in pems)
        return self.told(holder, f"      client-certificate-data: [{listed}]", *([key] if key else []), uid=uid)

    def token(self, holder: str, claims: dict[str, Any], *, uid: int = 1001) -> str:
        """A kubeconfig with a service account's token."""
        middle = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
        return self.told(holder, f'      token: "{middle}"', uid=uid)

    def told(self, holder: str, *rows: str, uid: int = 1001) -> str:
        """A kubeconfig of one user with these fields."""
        path = "/etc/kubernetes/admin.conf" if holder == "root" else f"/home/{holder}/.kube/config"
        head = ['kind: "Config"', "clusters:", "- cluster:", '    server: "https://api.seoul-1.corp.example:6443"']
        head += ['  name: "seoul"', "contexts:", "- context:", '    cluster: "seoul"', '    user: "me"', '  name: "it"']
        lines = [*head, "users:", '- name: "me"', "  user:", *rows]
        self.files[path] = [f"home {uid} {holder}", f"file {path}", *(f"row {line}" for line in lines)]
        self.write()
        return path

    def take_away(self, path: str) -> None:
        """The file is gone from the machine."""
        del self.files[path]
        self.write()

    def write(self, *more: str) -> Path:
        """Collect it."""
        lines = [line for told in self.files.values() for line in told] + [*more]
        head = ["offboarding kubeconfigs 1", f"at {self.at:%Y-%m-%dT%H:%M:%SZ}", f"name {self.name}"]
        head += [f"machine {self.machine}", f"lines {len(lines)}"]
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / self.name
        path.write_text("".join(f"{line}\n" for line in (*head, *lines, "end")), "utf-8")
        return path


def claims(name: str, uid: str, *, secret: str = "", ends: datetime | None = None, **more: Any) -> dict[str, Any]:
    """What a token of team's service account says: one that was asked for, or of a Secret, which never ends."""
    sub = f"system:serviceaccount:team:{name}"
    if secret:
        own = {"namespace": "team", "secret.name": secret, "service-account.name": name, "service-account.uid": uid}
        said = {f"kubernetes.io/serviceaccount/{key}": value for key, value in own.items()}
        return {"iss": "kubernetes/serviceaccount", "sub": sub, **said, **more}
    own = {"namespace": "team", "serviceaccount": {"name": name, "uid": uid}}
    ended = {"exp": int(ends.timestamp())} if ends else {}
    return {"iss": "https://kubernetes.default.svc", "sub": sub, "kubernetes.io": own, **ended, **more}


def _der(pem: bytes) -> str:
    return base64.b64encode(x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)).decode()
