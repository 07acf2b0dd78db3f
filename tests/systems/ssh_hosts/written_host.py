"""A Linux host whose file is written, and its reader."""

from datetime import UTC, datetime
from typing import Any

from demo import linux_host
from offboarding.interfaces import ReadContext, Source
from offboarding.model import Account, Credential
from offboarding.sources import ssh_hosts

CONTEXT = ReadContext(
    as_of=datetime(2026, 11, 24, 16, 30, tzinfo=UTC), default_zone="Asia/Seoul", service_patterns=("svc-*",)
)


class WrittenHost(linux_host.WrittenHost):
    """It, and what is read of it."""

    def source(self, context: ReadContext = CONTEXT, **settings: Any) -> Source:
        """A reader of this host."""
        given: dict[str, Any] = {
            "name": "linux",
            "kind": "ssh_hosts",
            "folder": str(self.folder),
            "machines": [self.name],
        }
        own = ssh_hosts.Settings.model_validate(given | settings)
        return ssh_hosts.build(own, None, self.name, context)

    def account(self, login: str) -> Account:
        """What is said of a user."""
        self.write()
        (found,) = (fact for fact in self.source().collect() if isinstance(fact, Account) and fact.login == login)
        return found

    def credentials(self, login: str) -> list[Credential]:
        """What is said of their keys."""
        native_id = self.account(login).native_id
        facts = self.source().collect()
        return [fact for fact in facts if isinstance(fact, Credential) and fact.account_native_id == native_id]
