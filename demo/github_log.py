"""What GitHub's audit logs tell, an organization's and its enterprise's.

https://docs.github.com/en/enterprise-cloud@latest/rest/orgs/orgs#get-the-audit-log-for-an-organization
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import httpx

from demo.answering import Answered, Asked, part_of
from demo.github_answers import GithubAnswers

OWNER_TOKEN = "token-of-an-owner"
NOT_FOUND = Answered(status=404, body={"message": "Not Found", "documentation_url": "https://docs.github.com/rest"})


class GithubAuditLog(GithubAnswers):
    """Both."""

    def __init__(self, needs: Callable[[str], Mapping[str, Any]] | None = None) -> None:
        super().__init__(needs)
        self.log: list[dict[str, Any]] | None = []
        """The oldest first; None where there is none, as in most organizations."""
        self.log_links = True
        """To the next page; a proxy may lose them."""

    def logged(self, action: str, at: str, **more: Any) -> None:
        """Something for the audit log."""
        milliseconds = int(datetime.fromisoformat(at).timestamp() * 1000)
        if self.log is not None:
            self.log.append({"action": action, "@timestamp": milliseconds, "created_at": milliseconds, **more})

    def log_of_organization(self, asked: Asked) -> Answered:
        """What happened in it; what happens to users is their enterprise's."""
        return self._log(asked, lambda action: not action.startswith("user."))

    def log_of_enterprise(self, asked: Asked) -> Answered:
        """For an enterprise owner's classic token alone."""
        of_owner = asked.headers.get("authorization", "").endswith(OWNER_TOKEN)
        return self._log(asked, lambda _: True) if of_owner else said(403, "Must have admin rights to Enterprise.")

    def _log(self, asked: Asked, shows: Callable[[str], bool]) -> Answered:
        """By links alone; what isn't asked for by its day is of the last three months."""
        if self.log is None:
            return NOT_FOUND
        action, since = re.fullmatch(r"action:(\S+) created:>=(\S+)", asked.query["phrase"]).groups()  # pyrefly: ignore[missing-attribute]
        first = datetime.fromisoformat(f"{since}T00:00:00Z").timestamp() * 1000
        found = [
            each
            for each in reversed(self.log)
            if each["action"] == action and shows(action) and each["@timestamp"] >= first
        ]
        at = int(asked.query.get("after", "0"))
        kept, more = part_of(found, int(asked.query.get("per_page", 30)), at)
        query = httpx.QueryParams({**asked.query, "after": str(at + len(kept))})
        headers = {"Link": f'<{self.api}{asked.path}?{query}>; rel="next"'} if more and self.log_links else {}
        return Answered(body=list(kept), headers=headers)


def said(status: int, message: str) -> Answered:
    """A refusal."""
    return Answered(status=status, body={"message": message, "documentation_url": "https://docs.github.com/rest"})
