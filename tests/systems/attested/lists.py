"""A system that nobody can ask, whose lists are written, and its reader."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from offboarding.interfaces import ReadContext, Source
from offboarding.sources import attested
from tests.support.usual_read import CONTEXT


@dataclass(slots=True, kw_only=True)
class ListedSystem:
    """A bank's portal: finance says who gets in."""

    folder: Path
    day: date = date(2026, 11, 20)
    """Of the list that is written next."""
    people: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    """By account: login and mail."""
    rows: list[str] = field(default_factory=list[str])
    """That are told beside them, as they stand in the file."""
    _next: int = 0

    def person(self, login: str, mail: str = "") -> str:
        """Somebody on the list; their account."""
        self._next += 1
        account = f"U{self._next:04}"
        self.people[account] = (login, mail)
        self.write()
        return account

    def account(self, login: str) -> str:
        """Whose login is this."""
        return next(account for account, (known, _) in self.people.items() if known == login)

    def write(self) -> Path:
        """Give the list of the day."""
        self.folder.mkdir(parents=True, exist_ok=True)
        rows = [f"{account},{login},{mail}" for account, (login, mail) in self.people.items()]
        path = self.folder / f"portal {self.day}.csv"
        path.write_text("\n".join(("User ID,Login,E-Mail", *rows, *self.rows, "")), "utf-8")
        return path

    def settings(self, **changes: Any) -> attested.Settings:
        """As a person writes it."""
        columns = {"account": "User ID", "login": "Login", "mail": "E-Mail"}
        own = {"name": "portal", "kind": "attested", "realm": "bank", "owner": "finance", "folder": str(self.folder)}
        return attested.Settings.model_validate({**own, "columns": columns, **changes})

    def source(self, context: ReadContext = CONTEXT, **changes: Any) -> Source:
        """A reader of its lists."""
        return attested.build(self.settings(**changes), None, "", context)
