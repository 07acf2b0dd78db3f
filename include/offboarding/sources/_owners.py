"""Whom a tag, an annotation or a note names as an owner: a mail address, or a login, or a number. And whose something
is by the company's own register.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from offboarding.model import AccountKey, IdentityKeyKind, IdentityKeyOrigin
from offboarding.model.errors import FatalError
from offboarding.net import plain_file

LARGEST = 32 * 1024 * 1024
"""Bytes of a register."""


def owner_keys(value: str, name: str) -> Iterator[AccountKey]:
    """Yield what a text may name, `name` being where it stands. A name or a team's word is nobody's login, and told as
    one.
    """
    for kind in _kinds(value):
        yield AccountKey(kind=kind, value=value, origin=IdentityKeyOrigin.OWNER, name=name)


def _kinds(value: str) -> Iterator[IdentityKeyKind]:
    if "@" in value:
        yield IdentityKeyKind.MAIL
        return
    if any(letter.isdigit() for letter in value) and not any(letter.isspace() for letter in value):
        yield IdentityKeyKind.NUMBER
    yield IdentityKeyKind.LOGIN


@dataclass(frozen=True, slots=True)
class OwnerRegister:
    """Whose a thing is that names nobody, as the company's own file says: CSV, the thing's column and then `login`."""

    column: str
    thing: re.Pattern[str]
    called: str
    """What it is, for people: "public key"."""
    any_case: bool = False
    """Things that differ by case alone are one: they're in small letters then."""

    def read(self, where: str, name: str) -> dict[str, tuple[str, ...]]:
        """Each thing with whoever it is said to be of; more than one where lines differ. `name`: its path, "" for none.

        Raises FatalError where any of it can't be read: whom the missing line names would look like nobody's.
        """
        if not name:
            return {}
        try:
            body = plain_file.read(plain_file.PROJECT / name, LARGEST)
        except OSError as error:
            said = error.strerror or type(error).__name__
            raise FatalError(
                f"{where}: the register {name} can't be read ({said}). Put it there, and let our user read it."
            ) from error
        if len(body) > LARGEST:
            most = LARGEST // 1024 // 1024
            raise FatalError(f"{where}: the register {name} is larger than {most} MiB. Make it smaller.")
        return self.read_body(where, name, body)

    def read_body(self, where: str, name: str, body: bytes) -> dict[str, tuple[str, ...]]:
        """What such a file says. Raises FatalError."""
        try:
            rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True))
        except (csv.Error, UnicodeDecodeError):
            # Not `from error`: it may hold what stands there.
            raise FatalError(f"{where}: the register {name} isn't CSV in UTF-8. Mend it.") from None
        header = [self.column, "login"]
        if not rows or rows[0] != header:
            raise FatalError(
                f"{where}: the register {name} doesn't begin with {','.join(header)}. Mend its first line."
            )
        found: dict[str, tuple[str, ...]] = {}
        for number, row in enumerate(rows[1:], 2):
            if not row:
                continue
            if len(row) != len(header) or not self.thing.fullmatch(row[0].strip()) or not row[1].strip():
                raise FatalError(
                    f"{where}: row {number} of the register {name} is no {self.called} and login. Mend it."
                )
            thing, login = row[0].strip(), row[1].strip()
            thing = thing.lower() if self.any_case else thing
            found[thing] = tuple(dict.fromkeys((*found.get(thing, ()), login)))
        return found
