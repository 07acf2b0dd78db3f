"""Makes the demo's ticket system ready: `python -m demo.roundup_install < order.json`.

A process of its own, because Roundup changes the umask, the locale and the search path of whoever imports it; the order
comes on standard input, so that no password stands in a process list.
"""

import importlib
import json
import shutil
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

PASSWORD_ROUNDS = 1000
"""Roundup's own 250,000 cost 0.14 s for each request with a password: right on a network, pointless on loopback."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to install, and who may log in."""

    home: str
    """The tracker's folder. Where it's there, only its address is set."""
    url: str
    """Where the tracker answers, with a slash at the end; Roundup refuses requests that come from elsewhere."""
    users: dict[str, str]
    """Password by login; "admin" among them, everyone else with the role User, as in any tracker nobody tailored."""

    def to_json(self) -> str:
        """For standard input."""
        return json.dumps(asdict(self))


def _roundup(name: str) -> Any:
    """A module of Roundup's, which has no types."""
    return importlib.import_module(f"roundup.{name}")


def template_folder() -> Path:
    """The classic tracker that came with Roundup's package."""
    templates: dict[str, dict[str, str]] = _roundup("admin").AdminTool().listTemplates()
    return Path(templates["classic"]["path"])


def install(order: Order) -> None:
    """Install the classic tracker with SQLite. It appears under its name when it's whole, so a killed one is redone."""
    home, unfinished = Path(order.home), Path(f"{order.home}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    settings = {
        "RDBMS_BACKEND": "sqlite",
        "TRACKER_WEB": order.url,
        "MAIL_DOMAIN": "corp.example",
        "MAIL_HOST": "localhost",
        "MAIL_DEBUG": "mail.log",  # outgoing mail goes into this file, and nowhere else
        "PASSWORD_PBKDF2_DEFAULT_ROUNDS": str(PASSWORD_ROUNDS),
    }
    _roundup("init").install(str(unfinished), str(template_folder()), settings=settings)
    create_users(unfinished, order.users)
    unfinished.rename(home)


def create_users(home: Path, users: dict[str, str]) -> None:
    """Initialise the tracker's database and make its users."""
    tracker, password = _roundup("instance").open(str(home)), _roundup("password").Password
    tracker.init(password(users["admin"], config=tracker.config), tx_Source="cli")
    db = tracker.open("admin")
    for login in sorted(users.keys() - {"admin"}):
        secret = password(users[login], config=tracker.config)
        db.user.create(username=login, password=secret, address=f"{login}@corp.example", roles="User")
    db.commit()
    db.close()


def set_address(order: Order) -> None:
    """Tell an installed tracker that it answers elsewhere now."""
    config = _roundup("configuration").CoreConfig(order.home)
    config["TRACKER_WEB"] = order.url
    config.save()


def main() -> None:
    """Follow the order on standard input."""
    order = Order(**json.load(sys.stdin))
    if Path(order.home).exists():
        set_address(order)
    else:
        install(order)


if __name__ == "__main__":
    main()
