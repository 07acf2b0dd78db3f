"""As many people as one likes in the stand-in, with what usually is theirs."""

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from demo.certificates import make_certificate
from demo.slapd import Tls
from tests.support.populations import Allowed, Population
from tests.systems.entra_id.service import EntraPlace, EntraService, entra_place


@contextmanager
def _entra_place(tls: Tls | None) -> Generator[EntraPlace]:
    """It's asked over HTTPS even where nothing is checked."""
    with (
        tempfile.TemporaryDirectory() as folder,
        entra_place(tls or make_certificate(Path(folder)), checked=tls is not None) as place,
    ):
        yield place


def _entra(kept: EntraService, users: int) -> None:
    """One in two hundred owns an application."""
    for number in range(users):
        mail = f"p{number}@corp.example"
        user = kept.add(
            mail, mail=mail, employeeId=str(number), proxyAddresses=[f"SMTP:{mail}", f"smtp:q{number}@c.kr"]
        )
        if not number % 200:
            kept.register(f"app {number}", user)


POPULATIONS = {
    "entra_id": Population(
        opened=_entra_place, fill=_entra, allowed=Allowed(an_account=3, page=500, reads=1, fixed=12, a_leaver=2)
    ),
}
