"""What the rules say of whoever the store makes a case of, and what they would say of everyone who left."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from unittest import mock

from offboarding.model import Finding
from offboarding.rules import all_rules
from offboarding.store import cases as cases_room
from offboarding.store.cases import Looked, cases
from offboarding.store.connect import Session
from offboarding.store.rows import Run


@contextmanager
def of_everyone() -> Generator[None]:
    """A case of each leaver."""

    def find(session: Session, looked: Looked, beside: set[str]) -> None:
        del looked, beside
        session.execute("drop table if exists telling")
        session.execute("create temp table telling as select person_uid from departure where valid_to is null")

    with mock.patch.object(cases_room, "_find_telling", find):
        yield


def said(session: Session, run: Run, as_of: datetime) -> tuple[int, list[Finding]]:
    """How many cases there are, and what every rule says of each."""
    looked = Looked(as_of=as_of, since=run.reads_since, moved_days=30)
    with session.transaction():
        seen = list(cases(session, looked))
        return len(seen), [found for case in seen for rule in all_rules() for found in rule.evaluate(case, as_of)]
