from datetime import timedelta

import pytest
from pydantic import ValidationError

from offboarding.model import HrStatus
from offboarding.rosters.csv import Settings

PLAIN = {
    "name": "hr",
    "kind": "csv",
    "coverage": "full",
    "path": "hr.csv",
    "columns": {"worker_id": "ID", "status": "State"},
}


def _mistakes(**given: object) -> dict[str, str]:
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate(PLAIN | given)
    return {
        ".".join(str(part) for part in mistake["loc"] if part != "[key]"): mistake["msg"].removeprefix("Value error, ")
        for mistake in caught.value.errors()
    }


_AT_WORK = ("active", "leave", "suspended", "garden_leave")
_GONE = ("left", "retired", "deceased")
_KNOWN = ", ".join((*_AT_WORK, *_GONE))


def test_the_defaults() -> None:
    settings = Settings.model_validate(PLAIN)
    assert settings.encoding == "utf-8"
    assert settings.delimiter == ","
    assert settings.date_format == ("%Y-%m-%d",)
    assert settings.statuses == {word: HrStatus(word) for word in (*_AT_WORK, *_GONE, "future")}
    assert settings.zones == {}
    assert settings.list_separator == ";"
    assert settings.max_age is None
    assert settings.max_unchanged is None
    assert settings.files == "newest"
    assert settings.expected == ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    assert settings.mail_domains is None
    assert settings.named_sources() == ()
    assert not settings.maps_logins()


@pytest.mark.parametrize(
    ("given", "where", "said"),
    (
        (
            {"columns": {"wroker_id": "ID"}},
            "columns.wroker_id",
            "wroker_id is no column we know. Did you mean worker_id?",
        ),
        (
            {"columns": {"worker_id": "ID", "status": "S", "lgin:corp-ldap": "L"}},
            "columns.lgin:corp-ldap",
            "lgin:corp-ldap is no column we know. Did you mean login:corp-ldap?",
        ),
        ({"columns": {"name": "N", "status": "S"}}, "columns", "worker_id is missing: say which column holds HR's"),
        ({"columns": {"worker_id": "ID"}}, "columns", "status is missing: a roster of coverage full tells by it who"),
        ({"columns": {}}, "columns", "Dictionary should have at least 1 item"),
        (
            {"columns": {"worker_id": ["No", "Id"], "status": "S"}},
            "columns",
            "worker_id stands in one column; only name, previous_worker_ids, former_mail may be put",
        ),
        (
            {"columns": {"worker_id": "ID", "status": "S", "name": ["First", 1]}},
            "columns.name",
            "is a column's name in the header, or a list of such names",
        ),
        ({"columns": {"worker_id": "ID", "status": "S", "name": []}}, "columns.name", "is a column's name in the"),
        ({"statuses": {"Gone": "lefft"}}, "statuses.Gone", "lefft is no status. Did you mean left?"),
        (
            {"statuses": {"Gone": "xyz"}},
            "statuses.Gone",
            f"xyz is no status. Known: {', '.join((*_AT_WORK, *_GONE))}, future.",
        ),
        ({"statuses": {True: "active"}}, "statuses.1", "put this word in quotes: YAML reads Yes, No, On and Off"),
        ({"statuses": {"A": "left", "a ": "leave"}}, "statuses", "'A' and 'a' are the same word, and mean two things"),
        ({"statuses": {}}, "statuses", "Dictionary should have at least 1 item"),
        (
            {"zones": {"Seoul": "Asia/Soul"}},
            "zones.Seoul",
            "'Asia/Soul' is no IANA time zone. Did you mean Asia/Seoul?",
        ),
        ({"zones": {"Seoul": "../x"}}, "zones.Seoul", "'../x' is no IANA time zone. One is Asia/Seoul."),
        ({"zones": {"Seoul": "Asia"}}, "zones.Seoul", "'Asia' is no IANA time zone."),
        ({"date_format": "%d.%m."}, "date_format", '"%d.%m." tells no whole day: year, month and day are needed'),
        ({"date_format": ["%Y-%m-%d", "%Y-%j-%q"]}, "date_format", '"%Y-%j-%q" tells no whole day'),
        ({"date_format": []}, "date_format", "Tuple should have at least 1 item"),
        ({"encoding": "utf-9"}, "encoding", '"utf-9" is no encoding we know, such as utf-8, '),
        ({"encoding": "base64"}, "encoding", '"base64" is no encoding we know, such as utf-8, '),
        ({"delimiter": ", "}, "delimiter", "one character is needed"),
        ({"delimiter": '"'}, "delimiter", "one character is needed"),
        ({"max_age": "3 fortnights"}, "max_age", '"3 fortnights" is no duration: write 36h, 2d, 90m, or a number of'),
        ({"max_age": "0h"}, "max_age", "Input should be greater than"),
        ({"path": "s3://hr_bucket@feeds/hr/"}, "path", "no login stands in an address: name an Airflow connection"),
        ({"path": "sftp://user:pw@host/hr/"}, "path", "no login stands in an address: name an Airflow connection"),
        ({"path": "s3://"}, "path", "the bucket is missing: s3://bucket/folder/"),
        ({"files": 0}, "files", "is newest, all, or how many there must be"),
        ({"files": "some"}, "files", "is newest, all, or how many there must be"),
        ({"newest": "size"}, "newest", "Input should be 'time' or 'name'"),
        ({"newest": "time", "date_in_name": "%Y%m%d"}, "", "newest: time and date_in_name contradict each other"),
        ({"max_unchanged": "always"}, "max_unchanged", '"always" is no duration: write 36h, 2d, 90m, or a number of'),
        ({"date_in_name": "%d.%m."}, "date_in_name", '"%d.%m." tells no whole day: year, month and day are needed'),
        ({"date_in_name": "%B %Y"}, "date_in_name", "%B can't stand in a name's date; what can: %Y %y %m"),
        ({"clock": "KST9"}, "clock", "'KST9' is no IANA time zone."),
        ({"expected": "workdays"}, "expected", "is daily, weekdays, or a list of days: mon, tue"),
        ({"expected": ["monday"]}, "expected", "is daily, weekdays, or a list of days: mon, tue"),
        ({"expected": []}, "expected", "is daily, weekdays, or a list of days: mon, tue"),
        ({"holidays": ["25.12.2026"]}, "holidays.0", "Input should be a valid date"),
        (
            {"trailer": {"pattern": "(?P<count>[0-9]+)"}},
            "trailer.pattern",
            "the group count is unknown; known: rows",
        ),
        ({"trailer": {"pattern": "TRL"}}, "trailer.pattern", "needs a group such as (?P<rows>"),
        ({"trailer": {"pattern": "TRL("}}, "trailer.pattern", "is no regular expression ("),
        (
            {"manifest": {"path": "ok", "pattern": "(?P<file>.*)"}},
            "manifest.pattern",
            "needs a group such as (?P<rows>",
        ),
        (
            {"manifest": {"path": "{date}.ok", "pattern": "(?P<rows>.*)"}},
            "manifest.path",
            "only {name} and {stem} may stand in it",
        ),
        (
            {"manifest": {"path": "../{stem}.ok", "pattern": "(?P<rows>.*)"}},
            "manifest.path",
            "is a name in the feed's own folder",
        ),
        ({"path": " "}, "path", "String should have at least 1 character"),
    ),
)
def test_names_each_mistake_by_its_place(given: dict[str, object], where: str, said: str) -> None:
    mistakes = _mistakes(**given)
    assert list(mistakes) == [where]
    assert mistakes[where].startswith(said)


@pytest.mark.parametrize("coverage", ("active", "leavers"))
def test_only_a_full_roster_needs_a_status(coverage: str) -> None:
    Settings.model_validate(PLAIN | {"coverage": coverage, "columns": {"worker_id": "ID"}})


@pytest.mark.parametrize(
    ("written", "meant"),
    (
        ("36h", timedelta(hours=36)),
        ("2d", timedelta(days=2)),
        (" 90 M ", timedelta(minutes=90)),
        ("1w", timedelta(weeks=1)),
        (3600, timedelta(hours=1)),
        (0.5, timedelta(seconds=0.5)),
    ),
)
def test_durations(written: object, meant: timedelta) -> None:
    assert Settings.model_validate(PLAIN | {"max_age": written}).max_age == meant


def test_codes_that_yaml_reads_as_numbers_are_words() -> None:
    settings = Settings.model_validate(PLAIN | {"statuses": {3: "active", 0: "left"}, "zones": {10: "Asia/Taipei"}})
    assert list(settings.statuses) == ["3", "0"]
    assert settings.zones == {"10": "Asia/Taipei"}


def test_a_tab_is_a_delimiter() -> None:
    assert Settings.model_validate(PLAIN | {"delimiter": "\t"}).delimiter == "\t"


def test_tells_which_sources_and_logins_its_columns_name() -> None:
    columns = {
        "worker_id": "ID",
        "status": "S",
        "login": "L",
        "login:aws": "A",
        "login:corp-ldap": "U",
        "directory_id:corp-ldap": "D",
    }
    settings = Settings.model_validate(PLAIN | {"columns": columns})
    assert settings.named_sources() == ("aws", "corp-ldap")
    assert settings.maps_logins()
