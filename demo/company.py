"""The whole company on one of its nights: the special cases, and the crowd around them."""

from demo.cases import CASES
from demo.nights import Night
from demo.people import crowd
from demo.world import Part


def company(night: Night) -> Part:
    """Everything, in an order that is the same each time. The crowd is the same on both nights."""
    special = Part()
    for case in CASES:
        special += case.build(night)
    return special + crowd(_taken())


def _taken() -> frozenset[str]:
    """Logins and local parts of mails that the special cases use on either night, lest the crowd take one."""
    names: set[str] = set()
    for case in CASES:
        for night in Night:
            part = case.build(night)
            names |= {entry.uid for entry in part.entries} | {user.name.casefold() for user in part.users}
            for person in (*part.hr, *part.contracts):
                names |= {person.login, person.mail.partition("@")[0]}
    return frozenset(names)
