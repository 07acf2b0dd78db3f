"""Who gets into a system that nobody can ask, by a person's word."""

from datetime import date

from psycopg.rows import class_row

from offboarding.model import StatedPeople
from offboarding.store import recorded
from offboarding.store.connect import Session
from offboarding.store.sql import block


def add(session: Session, realm: str, stated: StatedPeople, *, reason: str) -> int:
    """Write a list down. Returns its number."""
    values = {
        "realm": realm,
        "listed_on": stated.listed_on,
        "people": stated.people,
        "reason": reason,
        "author": stated.author,
    }
    made = ("people_list", "people_lists", "insert_people_list")
    (number,) = recorded.write(session, *made, values, actor=stated.author)
    return int(str(number))


def newest(session: Session, realm: str, day: date) -> StatedPeople | None:
    """The list that counts on a day; None where nobody has said anything yet."""
    with session.cursor(row_factory=class_row(StatedPeople)) as cursor:
        values = {"realm": realm, "day": day}
        return cursor.execute(block("people_lists", "newest_people_list"), values).fetchone()
