"""What must stay pure, and where SQL may stand."""

import re
import sys

from tests.support.source_tree import DOMAIN, PROJECT, Module, known_to_airflow, modules, of_room

CLOCK = {"now", "utcnow", "today", "monotonic", "perf_counter", "time_ns", "localtime", "gmtime", "getmtime"}
"""Names of what reads a clock, whatever they are called on."""

WORLD = {"time", "os", "io", "pathlib", "socket", "subprocess", "random", "secrets", "urllib", "http", "logging"}
"""Modules of the standard library that see or change something outside."""

PURE = of_room("model", "custody.thumbprints", "rules", "identity")

MIGRATIONS = "\n".join(path.read_text("utf-8") for path in PROJECT.glob("include/offboarding/store/migrations/*.sql"))
TABLES = re.findall(r"create table (?:if not exists )?(\w+)", MIGRATIONS, re.IGNORECASE)
_ANY = "|".join(TABLES)
OUR_SQL = re.compile(
    rf"\bselect\b.*\b(from|join)\s+({_ANY})\b|\binsert\s+into\s+({_ANY})\b|\bupdate\s+({_ANY})\s+set\b"
    rf"|\bdelete\s+from\s+({_ANY})\b|\btruncate\s+({_ANY})\b",
    re.IGNORECASE | re.DOTALL,
)


def packages(module: Module) -> set[str]:
    """The first parts of what it imports."""
    return {name.split(".")[0] for name in module.imports}


def test_the_tables_were_found() -> None:
    assert {"run", "account", "finding", "ticket"} <= set(TABLES)
    assert OUR_SQL.search("select 1 from finding f")
    assert not OUR_SQL.search("Nothing came from account 1042.")


def test_nothing_pure_reads_a_clock() -> None:
    assert {module.name: found for module in PURE if (found := module.names & CLOCK)} == {}


def test_nothing_pure_sees_the_world() -> None:
    assert {module.name: found for module in PURE if (found := packages(module) & WORLD)} == {}


def test_what_decides_stands_on_the_language_alone() -> None:
    may = {*sys.stdlib_module_names, DOMAIN}
    deciding = of_room("rules", "identity", "model")
    assert {module.name: others for module in deciding if (others := packages(module) - may)} == {}


def test_no_query_of_correlation_reads_a_clock() -> None:
    for name in ("correlate", "persons", "cases"):
        text = (PROJECT / f"include/offboarding/store/queries/{name}.sql").read_text("utf-8")
        assert not re.search(r"\bnow\(|_timestamp\(|\bcurrent_(date|time|timestamp)\b", text), name


def test_sql_on_our_tables_stands_in_the_store_alone() -> None:
    others = [module for module in modules() if module.room != "store"]
    assert [(module.name, text) for module in others for text in module.texts if OUR_SQL.search(text)] == []


def test_a_dag_holds_no_query_and_no_client() -> None:
    clients = {"boto3", "botocore", "ldap3", "psycopg", "httpx"}
    query = re.compile(r"\b(select|insert|update|delete)\s", re.IGNORECASE)
    dags = known_to_airflow()
    assert {module.name: found for module in dags if (found := packages(module) & clients)} == {}
    assert [(module.name, text) for module in dags for text in module.texts if query.search(text)] == []
