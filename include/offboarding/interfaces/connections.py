"""An Airflow connection, as whoever speaks to a system is handed one."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field

from offboarding.model.redaction import keep_out

_SECRET_WORDS = ("password", "passphrase", "private_key", "secret", "token", "account_key")
"""In the name of a field of a connection's extra; a `token_file` is a path, and stays readable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionFields:
    """An Airflow connection's fields. The password shows in no repr."""

    conn_id: str
    host: str = ""
    port: int | None = None
    login: str = ""
    password: str = field(default="", repr=False)
    schema: str = ""
    extra: Mapping[str, object] = field(default_factory=dict[str, object], repr=False)

    def __post_init__(self) -> None:
        """Whoever holds a connection may meet an error that says its secrets back."""
        secret = [
            value
            for name, value in self.extra.items()
            if any(word in name for word in _SECRET_WORDS) and not name.endswith("_file")
        ]
        basic = base64.b64encode(f"{self.login}:{self.password}".encode()).decode()  # RFC 7617
        texts = [self.password, *map(str, secret), *([basic] if self.password else [])]
        # A key's lines as well, each of which tells of it.
        keep_out(*texts, *(line for text in texts for line in text.splitlines() if not line.startswith("-----")))
