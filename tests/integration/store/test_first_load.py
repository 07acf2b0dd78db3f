"""A table's first rows are written without its indexes, which are there again afterwards, whatever happened."""

import psycopg
import pytest

from offboarding.store.connect import Session, opened
from offboarding.store.first_load import first_load, unnoted
from tests.support.night import rows_of, spend_night
from tests.support.small_company import LEAVER, account, company, hr, ldap, number

INDEXES = """
select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid), c.contype::text
from pg_index i left join pg_constraint c on c.conindid = i.indexrelid
where i.indrelid in ('link'::regclass, 'worker'::regclass, 'worker_key'::regclass, 'employment'::regclass)
    and i.indisvalid order by 1
"""
LINK = """
insert into link (account_pk, person_uid, relation, decision, score, evidence, definite, own_now, valid_from)
values (1, gen_random_uuid(), 'is', 'linked', 90, '[]', true, false, now())
"""


def indexes(session: Session) -> list[tuple[object, ...]]:
    return rows_of(session, INDEXES)


def during(session: Session, *tables: str) -> list[tuple[object, ...]]:
    """The indexes that there are while the first rows are written."""
    with session.transaction(), first_load(session, *tables):
        return indexes(session)


def test_indexes_and_constraints_are_made_again_as_they_were(store: Session) -> None:
    before = indexes(store)

    within = during(store, "link", "worker", "worker_key", "employment")

    assert before
    assert not within
    assert indexes(store) == before


def test_a_first_night_leaves_the_schema_as_it_was(store: Session) -> None:
    before = indexes(store)

    spend_night(store, company(hr(LEAVER), ldap(account("x", number("1042")))))

    assert rows_of(store, "select decision from link") == [("linked",)]
    assert indexes(store) == before


def test_where_it_fails_nothing_has_changed(store: Session) -> None:
    before = indexes(store)

    with pytest.raises(psycopg.errors.CheckViolation), store.transaction(), first_load(store, "link"):
        store.execute(LINK.replace("'linked'", "'perhaps'"))

    assert indexes(store) == before


def test_what_must_be_unique_is_found_out_at_the_end(store: Session) -> None:
    one = LINK.replace("gen_random_uuid()", "'6f0ee5d4-3c5f-5f0e-9b52-0f6d0c1f7a11'")
    twice = f"{one}, {one.partition('values')[2]}"

    with pytest.raises(psycopg.errors.UniqueViolation), store.transaction(), first_load(store, "link"):
        store.execute(twice)

    assert not rows_of(store, "select from link")


def test_a_table_with_rows_keeps_its_indexes_and_its_readers(store: Session) -> None:
    store.execute(LINK)
    before = indexes(store)

    with store.transaction(), first_load(store, "link"):
        within = indexes(store)
        locks = rows_of(
            store, "select mode from pg_locks where relation = 'link'::regclass and mode = 'AccessExclusiveLock'"
        )

    assert within == before
    assert not locks


def test_a_table_that_somebody_reads_keeps_its_indexes_and_nobody_waits(
    store: Session, store_parameters: dict[str, str | int]
) -> None:
    with opened(store_parameters) as reader, reader.transaction():
        reader.execute("select from link")

        with store.transaction(), first_load(store, "link", "worker") as are_first:
            within = indexes(store)

    assert not are_first
    assert any("ON offboarding.link " in str(definition) for _, definition, _ in within)
    assert not any("ON offboarding.worker " in str(definition) for _, definition, _ in within)


NOTING = "select tgenabled = 'O' from pg_trigger where tgname = 'note_insert' and tgrelid = 'account'::regclass"


def notes(session: Session) -> bool:
    """Whether new accounts are noted within."""
    with session.transaction(), unnoted(session, "account"):
        (found,) = rows_of(session, NOTING)
    return bool(found[0])


def test_nothing_is_noted_before_the_first_correlation_and_everything_after_it(store: Session) -> None:
    assert not notes(store)
    assert rows_of(store, NOTING) == [(True,)]

    spend_night(store, company(hr(LEAVER), ldap(account("x", number("1042")))))

    assert notes(store)


def test_where_somebody_writes_new_accounts_are_noted_and_nobody_waits(
    store: Session, store_parameters: dict[str, str | int]
) -> None:
    with opened(store_parameters) as writer, writer.transaction():
        writer.execute("update account set label = label")

        assert notes(store)


def test_a_correlation_that_comes_between_is_told(
    store: Session, store_parameters: dict[str, str | int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(*_: object) -> bool:
        with opened(store_parameters) as other:
            other.execute("insert into correlated (settings) values ('of another run')")
        return True

    monkeypatch.setattr("offboarding.store.first_load._locked", late)
    with opened(store_parameters) as session, session.transaction(), unnoted(session, "account"):
        (noting,) = rows_of(session, NOTING)

    assert noting == (True,)


def test_what_foreign_keys_rest_on_stays(store: Session) -> None:
    """`person`'s primary key is what aliases, decisions and findings refer to."""
    with store.transaction(), first_load(store, "person"):
        (kept,) = rows_of(store, "select count(*) from pg_index where indrelid = 'person'::regclass and indisprimary")

    assert kept == (1,)
