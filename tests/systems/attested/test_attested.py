"""Which list counts, what is said of whoever is on it, and lists that aren't what they should be."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from offboarding.model import Account, Gap, IdentityKeyKind, ScopeRead, Standing
from offboarding.model.errors import ConfigError, FatalError, RetriableError
from offboarding.sources import attested
from offboarding.sources.attested.lists import ListError, proposed, read_list
from offboarding.sources.attested.settings import ListColumns
from tests.contract.source_contract import error_of, of, refs, sought
from tests.systems.attested.lists import CONTEXT, ListedSystem

BY_MAIL = ListColumns(mail="mail")


@pytest.fixture
def portal(tmp_path: Path) -> ListedSystem:
    made = ListedSystem(folder=tmp_path / "lists")
    made.person("alice", "alice@corp.example")
    made.person("bob")
    return made


def red(portal: ListedSystem, **changes: Any) -> list[str]:
    """What should have been looked at, and wasn't."""
    return [gap.text for gap in of(Gap, portal.source(**changes).collect()) if gap.red]


def test_whoever_is_on_the_list_is_attested_and_never_said_to_work(portal: ListedSystem) -> None:
    alice, bob = of(Account, portal.source().collect())

    assert (alice.native_id, alice.label, alice.login, alice.realm) == ("U0001", "alice", "alice", "attested:bank")
    assert alice.standing is Standing.UNKNOWN
    assert alice.standing_reason == "it's on the list of 2026-11-20 that finance gave, and nobody can ask the system"
    assert f"{alice.attested_at:%Y-%m-%d %H:%M}" == "2026-11-19 15:00", "the day's beginning in Seoul"
    assert [(key.kind, key.value, key.name) for key in alice.keys] == [
        (IdentityKeyKind.LOGIN, "alice", "Login"),
        (IdentityKeyKind.MAIL, "alice@corp.example", "E-Mail"),
    ]
    assert len(bob.keys) == 1


def test_the_newest_list_counts_alone(portal: ListedSystem) -> None:
    portal.day = date(2026, 11, 21)
    del portal.people[portal.account("bob")]
    portal.write()

    (alice,) = of(Account, portal.source().collect())

    assert "of 2026-11-21" in alice.standing_reason
    assert red(portal) == []


def test_a_list_of_a_day_to_come_does_not_count_and_is_said(portal: ListedSystem) -> None:
    portal.day = date(2062, 11, 20)
    portal.people.clear()
    portal.person("mallory")

    assert [account.login for account in of(Account, portal.source().collect())] == ["alice", "bob"]
    says = f"{portal.folder} holds 1 file of a day that is to come: mend the name"
    assert red(portal) == [f"sources.portal: {says}"]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("0001-01-01.csv", "1 file of a day before 1970: mend the name"),
        ("1969-12-31.csv", "1 file of a day before 1970"),
        ("9999-12-31.csv", "1 file of a day that is to come"),
        ("2026-02-30.csv", "1 file without a day in the name"),
        ("\uff12\uff10\uff12\uff16-11-24.csv", "1 file without a day in the name"),
        ("2026-11-20 corrected 2026-11-24.csv", "1 file with several days in the name: leave the one"),
    ],
)
def test_a_day_that_cannot_be_meant_is_a_sentence_and_no_list(portal: ListedSystem, name: str, says: str) -> None:
    (made,) = portal.folder.iterdir()
    (portal.folder / name).write_bytes(made.read_bytes())
    assert [says in text for text in red(portal)] == [True]

    made.unlink()
    with pytest.raises(RetriableError, match=f"holds no list that counts; .* holds {says}.*Ask finance for one"):
        list(portal.source().collect())


def test_files_that_are_no_lists_are_counted_and_not_named(portal: ListedSystem) -> None:
    for number in range(300):
        (portal.folder / f"kim.lee{number}@corp.example left.csv").touch()

    (text,) = red(portal)

    assert "300 files without a day in the name, such as 2026-11-20" in text
    assert "kim" not in text


def test_a_list_that_cannot_be_read_is_told_by_its_day(portal: ListedSystem) -> None:
    (portal.folder / "kim.lee@corp.example 2026-11-22.csv").write_text("kim\n")

    with pytest.raises(FatalError, match=r"the list of 2026-11-22 in .* has no column User ID") as refused:
        list(portal.source().collect())
    assert "kim" not in str(refused.value)


@pytest.mark.parametrize("name", ["{}.part", "{}.CRDOWNLOAD", "{}.filepart", "{}.tmp", "{}~", "~${}", ".{}.x7Gh2"])
def test_what_is_still_being_copied_is_no_list_yet(portal: ListedSystem, name: str) -> None:
    (portal.folder / name.format("2026-11-24.csv")).write_text("User ID,Lo")

    assert [account.login for account in of(Account, portal.source().collect())] == ["alice", "bob"]
    assert red(portal) == []


def test_where_no_list_counts_nothing_is_concluded(portal: ListedSystem) -> None:
    next(portal.folder.iterdir()).rename(portal.folder / "portal.csv")

    with pytest.raises(RetriableError, match=r"without a day in the name, such as 2026-11-20.*Ask finance for one"):
        list(portal.source().collect())


def test_two_lists_of_one_day_are_none(portal: ListedSystem) -> None:
    (portal.folder / "2026-11-20 again.csv").write_text("User ID,Login,E-Mail\nU1,kim,\n")

    with pytest.raises(FatalError, match="there are 2 lists of 2026-11-20"):
        list(portal.source().collect())


def test_an_old_list_is_asked_for_again_by_words_that_stay(portal: ListedSystem) -> None:
    asked = "sources.portal: the list of 2026-11-20 was to be asked for again by 2026-11-23: ask finance for a new one"
    assert red(portal, ask_again_days=3) == [asked]
    assert red(portal, ask_again_days=6) == []

    later = portal.source(replace(CONTEXT, as_of=CONTEXT.as_of + timedelta(days=40)), ask_again_days=3)
    assert [gap.text for gap in of(Gap, later.collect()) if gap.red] == [asked]


def test_what_is_said_twice_alike_counts_once_and_otherwise_not_at_all(portal: ListedSystem) -> None:
    portal.rows = ["U0002,bob,"]
    portal.write()
    assert [account.login for account in of(Account, portal.source().collect())] == ["alice", "bob"]

    portal.rows = ["U0001,mallory,"]
    portal.write()
    facts = list(portal.source().collect())
    assert [account.login for account in of(Account, facts)] == ["bob"]
    assert "says two things of 1 account, such as in row 4" in error_of(facts)
    with pytest.raises(FatalError, match="says two things"):
        list(portal.source().collect_for(sought("alice"), []))


def test_ids_that_are_one_address_are_one_account(portal: ListedSystem) -> None:
    portal.rows = ["Kim@bank,kim,", "kim@bank,kim,", "Lee@bank,lee,", "lee@BANK,mallory,"]
    portal.write()

    facts = list(portal.source().collect())

    assert [account.login for account in of(Account, facts)] == ["alice", "bob", "kim"]
    assert "says two things of 1 account, such as in row 7" in error_of(facts)


@pytest.mark.parametrize("row", ["U0009,kim", "U0009,kim,,x", ",kim,kim@corp.example"])
def test_a_row_that_cannot_be_read_costs_itself_and_shows_nobody_gone(portal: ListedSystem, row: str) -> None:
    known = refs(portal.source().collect())
    portal.rows = [",, ", row]
    del portal.people[portal.account("bob")]
    portal.write()

    facts = list(portal.source().collect())
    looked = {scope.scope: scope.error for scope in of(ScopeRead, portal.source().detail(known))}

    assert "alice" in [account.login for account in of(Account, facts)]
    assert "1 row of the list of 2026-11-20 can't be read, such as row 4" in error_of(facts)
    assert not looked["U0001"]
    assert looked["U0002"]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        pytest.param(b"", "has no column mail", id="no bytes"),
        pytest.param(b"mail\n", "names nobody", id="a heading alone"),
        pytest.param(b"mail\n\n , \n", "names nobody", id="blank rows"),
        pytest.param(b"name;mail\nKim;kim@corp.example\n", "has no column mail", id="another delimiter"),
        pytest.param(b"mail,mail\na,b\n", "more than one column mail", id="a column twice"),
        pytest.param(b"mail\n\xff\xfe\n", "isn't CSV in UTF-8", id="no UTF-8"),
        pytest.param(b'mail\n"kim\n', "isn't CSV in UTF-8", id="a quotation that doesn't end"),
        pytest.param(b"PK\x03\x04\x14", "has no column mail", id="a workbook"),
    ],
)
def test_what_is_no_such_list_is_refused(body: bytes, says: str) -> None:
    with pytest.raises(ListError, match=says):
        read_list(body, BY_MAIL, ",")


def test_an_address_is_no_id_in_logs(portal: ListedSystem) -> None:
    source = portal.source(columns={"mail": "E-Mail"})

    (alice,) = of(Account, source.collect())

    assert (alice.label, alice.login) == ("alice@corp.example", "")
    assert alice.native_id.startswith("mail-")
    assert "alice" not in alice.native_id
    assert refs(source.collect()) != []


@pytest.mark.parametrize("column", ["Login", "E-Mail"])
def test_an_address_is_one_whatever_its_case(portal: ListedSystem, column: str) -> None:
    portal.people = {"U1": ("kim@corp.example", "kim@corp.example"), "U2": ("Kim@corp.example", "KIM@corp.example")}
    portal.write()

    facts = list(portal.source(columns={"login" if column == "Login" else "mail": column}).collect())

    assert len(of(Account, facts)) == 1
    assert error_of(facts) == ""


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"owner": "kim@corp.example"}, "name a team or a worker id"),
        ({"columns": {"account": "User ID"}}, "login, mail or number"),
        ({"columns": {"login": "A", "mail": "A"}}, "named twice"),
        ({"columns": {"logins": "A"}}, "Extra inputs"),
        ({"delimiter": "x"}, "one of , ; | and a tab"),
        ({"ask_again_days": 0}, "greater than or equal to 1"),
        ({"ask_again_days": 3_000_000}, "less than or equal to 3660"),
        ({"realm": "The bank"}, "pattern"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(portal: ListedSystem, changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        portal.settings(**changes)


def test_by_a_persons_word_there_is_no_list_and_by_a_list_no_word() -> None:
    own = {"name": "portal", "kind": "attested", "realm": "bank", "owner": "finance"}
    by_word = attested.Settings.model_validate(own | {"by_word": "number"})
    by_list = attested.Settings.model_validate(own | {"folder": "lists", "columns": {"login": "Login"}})

    assert (by_word.stated_realm(), by_list.stated_realm()) == ("attested:bank", "")
    for wrong in (
        {"by_word": "number", "folder": "lists"},
        {"by_word": "login", "delimiter": ";"},
        {"folder": "lists"},
        {},
    ):
        with pytest.raises(ValidationError, match="by_word"):
            attested.Settings.model_validate(own | wrong)


def test_a_first_look_knows_the_usual_columns(tmp_path: Path) -> None:
    (tmp_path / "users 2026-11-01.csv").write_text("Benutzer\nkim\n")
    (tmp_path / "users 2026-11-20.csv").write_text("\ufeffName;User Name;Email\nKim;kim;kim@corp.example\n", "utf-8")

    found = proposed(str(tmp_path))

    assert found == {
        "folder": str(tmp_path),
        "columns": {"login": "User Name", "mail": "Email"},
        "delimiter": ";",
    }
    with pytest.raises(ConfigError, match="no list can be read there"):
        proposed(str(tmp_path / "nowhere"))
    (tmp_path / "users 2026-11-20.csv").unlink()
    with pytest.raises(ConfigError, match="has a column that is called"):
        proposed(str(tmp_path))
