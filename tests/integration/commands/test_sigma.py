"""Our Sigma rules, converted as whoever takes them does, over recorded logs and what `leavers` lists.

In each log Jordan Doe is seen before the departure and after it, and somebody who works here is. Events are as the
vendors document them; ids alone are ours.
"""

import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from sigma.backends.sqlite import sqliteBackend
from sigma.collection import SigmaCollection
from sigma.exceptions import SigmaConditionError, SigmaValueError
from sigma.processing.pipeline import ProcessingPipeline
from sigma.rule import SigmaRule
from sigma.validation import SigmaValidator
from sigma.validators.core import validators

from offboarding.cli.lines.leavers import LeaverLine
from offboarding.config import loading
from offboarding.store.connect import Session
from tests.integration.commands.conftest import Type
from tests.integration.commands.test_leavers import rows
from tests.support import filled

pytestmark = pytest.mark.slow

FOLDER = loading.project_folder() / "monitoring/sigma"
RULES = sorted(path.stem for path in FOLDER.glob("*.yml"))
LOGS = Path(__file__).parents[2] / "support/logs"
MOMENTS = {
    "leaver_aws_cloudtrail": "eventTime",
    "leaver_azure_signinlogs": "TimeGenerated",
    "leaver_github_audit": "@timestamp",
    "leaver_google_workspace_login": "id.time",
    "leaver_okta": "published",
}
"""Where each log says when an event happened: a SIEM has it in one field for all."""
AFTER = {
    # By key, a console login, a session of theirs, by Identity Center, and a federated session that they issued.
    "leaver_aws_cloudtrail": (2, 4, 5, 6, 8),
    "leaver_azure_signinlogs": (2, 4),  # a disabled user that is tried, too
    "leaver_github_audit": (2,),  # a colleague takes them out of the organization
    "leaver_google_workspace_login": (2, 4),
    "leaver_okta": (2, 4),  # a colleague deactivates them
}
"""The events, from 1, in which the leaver does something after the departure."""
BEFORE = 1
ACCOUNTS = (
    ("okta", "00u1exampledoe0000297", "00u1examplelee0000297"),
    ("github_org", "5011", "5012"),
    ("gitlab_users", "5012", "5011"),  # the same numbers, the other way round
    ("google_workspace", "108000000000000005011", "108000000000000005012"),
    ("entra_id", "6f1d2c3b-0000-4000-8000-000000005011", "6f1d2c3b-0000-4000-8000-000000005012"),
    ("aws_identity_center", "93e48812-1041-70a1-0000-000000000001", "93e48812-1041-70a1-0000-000000000002"),
)
"""Of a kind of source: the leaver's account, and a colleague's."""
CHECKS = [check for name, check in validators.items() if name not in {"attacktag", "d3_fendtag"}]
"""What `sigma check` does, but what fetches a list of techniques from the network first."""


@pytest.fixture
def everywhere(store: Session) -> Session:
    """The leaver and a colleague have accounts in each system that there is a rule for."""
    for kind, leavers, colleagues in ACCOUNTS:
        store.execute("insert into realm (realm, kind, source, part) values (%s, %s, 'mine', '')", [kind, kind])
        for native_id, whose in ((leavers, filled.DOE), (colleagues, filled.LEE)):
            copy(store, kind, native_id, whose)
    return store


def copy(store: Session, realm: str, native_id: str, whose: str) -> None:
    """Another account of whoever has this one."""
    store.execute(
        "insert into account (realm, native_id, label, login, keys, standing, display_name, owner_labels, created_by,"
        " standing_reason, has_own_login, service_like, privileged_by, last_used_exact, first_seen_at, observed_at)"
        " select %s, %s, '', '', '[]', standing, display_name, owner_labels, created_by, standing_reason,"
        " has_own_login, service_like, privileged_by, last_used_exact, first_seen_at, observed_at"
        " from account where native_id = %s",
        [realm, native_id, whose],
    )
    store.execute(
        "insert into link (account_pk, person_uid, relation, decision, score, definite, own_now, valid_from, evidence)"
        " select a.account_pk, l.person_uid, 'is', 'linked', 100, true, true, now(), '[]' from account a, link l"
        " join account o using (account_pk) where a.realm = %s and a.native_id = %s and o.native_id = %s"
        " and l.relation = 'is' and l.valid_to is null",
        [realm, native_id, whose],
    )


def events(rule: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (LOGS / f"{rule}.jsonl").read_text("utf-8").splitlines()]


def flat(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield fields by their path, as Sigma's rules name them."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from flat(inner, f"{name}.{key}" if name else str(key))
    elif value is not None:
        yield name, json.dumps(value) if isinstance(value, list) else str(value)


def siem(rule: str, listed: list[dict[str, str]]) -> sqlite3.Connection:
    """The recorded events, and the list as a lookup."""
    made = sqlite3.connect(":memory:")
    fields = [dict(flat(event)) for event in events(rule)]
    names = sorted({name for event in fields for name in event} | fields_of(rule))
    made.execute(f"create table logs (place, event_time, {', '.join(f'`{name}` text' for name in names)})")
    for place, event in enumerate(fields, start=1):
        at = event[MOMENTS[rule]]
        values = [place, at, *(event.get(name) for name in names)]
        if at.isdigit():
            (values[1],) = made.execute("select datetime(? / 1000, 'unixepoch')", [int(at)]).fetchone()
        made.execute(inserting("logs", len(values)), values)
    columns = list(LeaverLine.model_fields)
    made.execute(f"create table leavers ({', '.join(columns)})")
    made.executemany(inserting("leavers", len(columns)), [[row[name] for name in columns] for row in listed])
    return made


def inserting(table: str, values: int) -> str:
    return f"insert into {table} values ({', '.join('?' * values)})"  # noqa: S608 - tables of this file's own


def fields_of(rule: str) -> set[str]:
    """The fields that a rule looks at: a table without one of them would refuse the query."""
    return {name.partition("|")[0] for part in detection(rule).values() if isinstance(part, dict) for name in part}


def detection(rule: str) -> dict[str, Any]:
    return yaml.safe_load((FOLDER / f"{rule}.yml").read_text("utf-8"))["detection"]


def placeholders(rule: str) -> set[str]:
    return set(re.findall(r"%([^%]+)%", json.dumps(detection(rule))))


def found(rule: str, pipeline: ProcessingPipeline, listed: list[dict[str, str]]) -> tuple[int, ...]:
    """The places of the events that the converted rule selects."""
    (query,) = sqliteBackend(pipeline).convert(collection(rule))
    with siem(rule, listed) as made:
        made.row_factory = sqlite3.Row
        return tuple(row["place"] for row in made.execute(query))


def collection(rule: str) -> SigmaCollection:
    return SigmaCollection.from_yaml((FOLDER / f"{rule}.yml").read_text("utf-8"))


def mistakes(rules: SigmaCollection) -> list[object]:
    """What is wrong with the rules, by the parser's word and the checks'."""
    read = [rule for rule in rules if isinstance(rule, SigmaRule)]
    assert read
    try:
        for condition in (
            condition for rule in read if not rule.errors for condition in rule.detection.parsed_condition
        ):
            assert condition.parsed
    except SigmaConditionError as error:
        return [error]
    return [*rules.errors, *SigmaValidator(CHECKS).validate_rules(iter(read))]


def by_lookup() -> ProcessingPipeline:
    return ProcessingPipeline.from_yaml((FOLDER / "lookup-sqlite.yaml").read_text("utf-8"))


def by_values(listed: list[dict[str, str]]) -> ProcessingPipeline:
    """The list written into the rules, with what Sigma would take for a wildcard escaped."""
    values: dict[str, list[str]] = {}
    for row in listed:
        escaped = re.sub(r"([*?\\])", r"\\\1", row["identifier"])
        values.setdefault(f"{row['source_kind']}.{row['identifier_kind']}", []).append(escaped)
    text = yaml.safe_dump({"transformations": [{"id": "leavers", "type": "value_placeholders"}], "vars": values})
    return ProcessingPipeline.from_yaml(text)


def test_each_rule_passes_sigmas_own_checks() -> None:
    assert len(CHECKS) > 20
    assert [mistake for name in RULES for mistake in mistakes(collection(name))] == []
    assert set(RULES) == set(AFTER) == set(MOMENTS)


@pytest.mark.parametrize("spoiled", ["level: dire", "id: no-uuid", "condition: selection or other"])
def test_a_bad_rule_fails_them(spoiled: str) -> None:
    text = (FOLDER / "leaver_okta.yml").read_text("utf-8")
    key = spoiled.partition(":")[0]
    bad = re.sub(rf"(?m)^( *){key}: .*$", rf"\1{spoiled}", text)
    assert bad != text

    assert mistakes(SigmaCollection.from_yaml(bad, collect_errors=True))


@pytest.mark.parametrize("rule", RULES)
def test_a_use_after_the_departure_is_found_and_nothing_else(deciding: Type, everywhere: Session, rule: str) -> None:
    listed = rows(deciding("leavers"))

    assert found(rule, by_lookup(), listed) == AFTER[rule]
    assert {f"{row['source_kind']}.{row['identifier_kind']}" for row in listed} >= placeholders(rule)


def test_the_command_of_the_page_converts_them_all(tmp_path: Path) -> None:
    """And leaves the pipeline beside them alone, which is no rule."""
    page = (loading.project_folder() / "docs/siem.md").read_text("utf-8")
    (typed,) = re.findall(r"(?m)^sigma (convert .*)$", page)
    made = tmp_path / "queries.sql"
    words = [Path(sys.executable).with_name("sigma"), *typed.split(), "-o", made]

    subprocess.run(words, cwd=loading.project_folder(), check=True, capture_output=True, timeout=120)

    queries = [line for line in made.read_text("utf-8").splitlines() if line]
    assert len(queries) == len(RULES)
    assert all(query.startswith("SELECT * FROM logs WHERE ") for query in queries)


@pytest.mark.parametrize("rule", RULES)
def test_without_moments_a_use_before_the_departure_is_found(deciding: Type, everywhere: Session, rule: str) -> None:
    """A rule that holds values can't tell since when each counts; it finds nobody else either."""
    listed = rows(deciding("leavers"))

    assert found(rule, by_values(listed), []) == (BEFORE, *AFTER[rule])


@pytest.mark.parametrize("rule", RULES)
def test_nothing_is_found_where_nobody_left(deciding: Type, everywhere: Session, rule: str) -> None:
    everywhere.execute("update departure set valid_to = now()")

    listed = rows(deciding("leavers"))

    assert listed == []
    assert found(rule, by_lookup(), listed) == ()
    with pytest.raises(SigmaValueError, match="Placeholder replacement variable"):
        found(rule, by_values(listed), [])


@pytest.mark.parametrize("value", ["a*", "?", "a\\", "a\\*b", "o'hara", "%", "_", "a%b.c"])
def test_no_identifier_is_a_pattern(value: str) -> None:
    """A leaver may have chosen it: one of `*` would be everybody."""
    listed = [{"source_kind": "okta", "identifier_kind": "native_id", "identifier": value}]
    (query,) = sqliteBackend(by_values(listed)).convert(collection("leaver_okta"))
    logs = sqlite3.connect(":memory:")
    logs.execute("create table logs (`actor.id` text)")
    logs.executemany("insert into logs values (?)", [[value], ["00u1examplelee0000297"], ["a"], ["ab"], ["axb.c"]])

    assert logs.execute(query).fetchall() == [(value,)]
