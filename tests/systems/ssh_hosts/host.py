"""A host with a real sshd that is collected and read."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from offboarding.interfaces import ReadContext, Source
from offboarding.model import Account, Credential, Fact, Standing
from offboarding.sources import ssh_hosts
from tests.support.ssh_host import RunningHost, SshHost, cleaned, ssh_host_running

__all__ = ["ssh_host_running"]

COLLECT = Path(ssh_hosts.__file__).with_name("collect.sh")


class ReadHost(SshHost):
    """The host, as our reader sees it too."""

    def collect(self, *, by: Sequence[str] = ("sh",), status: int = 0) -> Path:
        """Have the script tell of the host, into the folder that is read."""
        folder = self.folder / "collected"
        folder.mkdir(exist_ok=True)
        path = folder / "web1"
        path.write_text(self.run([*by, str(COLLECT)], {}, status), "utf-8", newline="")
        return path

    def source(self, **settings: Any) -> Source:
        """A reader of what was collected."""
        given: dict[str, Any] = {"name": "linux", "kind": "ssh_hosts", "folder": str(self.folder / "collected")}
        own = ssh_hosts.Settings.model_validate(given | {"machines": ["web1"]} | settings)
        return ssh_hosts.build(
            own, None, own.machines[0], ReadContext(as_of=datetime.now(UTC), default_zone="Asia/Seoul")
        )

    def facts(self) -> list[Fact]:
        """Of a collection that is made now."""
        self.collect()
        return list(self.source().collect())

    def account(self, login: str) -> tuple[Standing, str]:
        """What is said of a user."""
        (found,) = (fact for fact in self.facts() if isinstance(fact, Account) and fact.login == login)
        return found.standing, found.standing_reason

    def credential(self) -> tuple[Standing, str]:
        """What is said of the one key there is."""
        (found,) = (fact for fact in self.facts() if isinstance(fact, Credential))
        return found.standing, found.standing_reason


@pytest.fixture
def ssh_host(ssh_host_running: RunningHost, tmp_path: Path) -> ReadHost:
    """The host for one test."""
    return cleaned(ReadHost(running=ssh_host_running, folder=tmp_path))
