"""Types of connections in Airflow: what their forms say, and what *Test* says of real systems."""

import json
from collections.abc import Callable, Generator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import airflow
import jsonschema
import pytest

from demo import slapd
from demo.roundup import RoundupServer
from offboarding.interfaces import ConnectionFields
from offboarding.wiring.forms import connection_types
from offboarding_airflow import hooks
from offboarding_airflow.provider import get_provider_info
from tests.support.memory import Folder
from tests.support.tiny_company import variable
from tests.systems.ldap import directory
from tests.systems.roundup.tracker import roundup

__all__ = ["roundup"]

Tested = Callable[[str, ConnectionFields], tuple[bool, str]]
AIRFLOW = Path(airflow.__file__).parent


@pytest.fixture(scope="module")
def corp(in_memory: Folder) -> Generator[slapd.Server]:
    with directory.directory(in_memory("directory")) as server:
        yield server


@pytest.fixture
def tested(monkeypatch: pytest.MonkeyPatch) -> Tested:
    """What Airflow's *Test* shows of a connection of that type."""

    def test(conn_type: str, fields: ConnectionFields) -> tuple[bool, str]:
        monkeypatch.setenv(*variable(conn_type, fields))
        return getattr(hooks, conn_type)(fields.conn_id).test_connection()

    return test


def libpq(parameters: Mapping[str, Any]) -> ConnectionFields:
    return ConnectionFields(
        conn_id="offboarding_store",
        host=parameters["host"],
        port=int(parameters["port"]),
        login=parameters["user"],
        schema=parameters["dbname"],
    )


# --- forms ------------------------------------------------------------------------------------------------------------


def test_airflow_takes_what_it_is_told() -> None:
    schema = json.loads((AIRFLOW / "provider_info.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(get_provider_info(), schema)


@pytest.mark.parametrize("name", connection_types())
def test_a_hook_says_of_its_form_what_the_provider_does(name: str) -> None:
    """Airflow 3.1 asks the hook."""
    (told,) = [each for each in get_provider_info()["connection-types"] if each["connection-type"] == name]
    hook: Any = getattr(hooks, name)
    schema = json.loads((AIRFLOW / "customized_form_field_behaviours.schema.json").read_text(encoding="utf-8"))

    behaviour = hook.get_ui_field_behaviour()

    jsonschema.validate(behaviour, schema)
    assert {key.replace("-", "_"): value for key, value in told["ui-field-behaviour"].items()} == behaviour
    assert (hook.conn_type, hook.hook_name) == (name, told["hook-name"])
    assert told["hook-class-name"] == f"{hook.__module__}.{hook.__name__}"


def test_there_is_no_hook_of_another_name() -> None:
    with pytest.raises(AttributeError, match="offboarding_telex"):
        hooks.offboarding_telex  # noqa: B018 - asking for it is what fails


@pytest.mark.parametrize("empty", ["", None])
def test_a_field_that_the_form_left_empty_is_none(corp: slapd.Server, tested: Tested, empty: str | None) -> None:
    fields = directory.connection(corp)
    held = {**fields.extra, "ca_certs_file": empty}

    assert tested("offboarding_ldap", replace(fields, extra=held))[0]


# --- what Test says ---------------------------------------------------------------------------------------------------


def test_a_directory_says_what_it_is(corp: slapd.Server, tested: Tested) -> None:
    assert tested("offboarding_ldap", directory.connection(corp)) == (
        True,
        "The login is taken. The directory says that it is openldap, and shows dc=corp,dc=example.",
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"password": "another"}, "refused the login cn=reader,dc=corp,dc=example (result 49"),
        ({"password": ""}, "login must be the reader's DN, with its password"),
        ({"host": "ldap://127.0.0.1"}, "host must be a name or an address alone"),
        ({"port": 1}, "connection corp_ldap: "),
        ({"extra": {"tls": "often"}}, "It may hold tls (starttls, ldaps, none)"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_directory_says_what_is_wrong(corp: slapd.Server, tested: Tested, changes: dict[str, Any], said: str) -> None:
    good, sentence = tested("offboarding_ldap", replace(directory.connection(corp), **changes))

    assert not good
    assert said in sentence
    assert "\n" not in sentence
    assert directory.READER_PASSWORD not in sentence


def test_a_tracker_says_that_it_can_be_searched(roundup: RoundupServer, tested: Tested) -> None:
    fields = roundup.connection("secops_roundup")

    assert tested("offboarding_roundup", fields) == (True, "The login is taken, and tickets can be searched.")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"password": "another"}, "Check login and password"),
        ({"login": ""}, "has no login"),
        ({"extra": {"tracker": "nobodys"}}, "extra.tracker"),
    ],
    ids=("password", "login", "tracker"),
)
def test_a_tracker_says_what_is_wrong(
    roundup: RoundupServer, tested: Tested, changes: dict[str, Any], said: str
) -> None:
    good, sentence = tested("offboarding_roundup", replace(roundup.connection("secops_roundup"), **changes))

    assert not good
    assert said in sentence


def test_the_store_says_that_it_can_be_used(store_parameters: dict[str, str | int], tested: Tested) -> None:
    good, sentence = tested("offboarding_store", libpq(store_parameters))

    assert (good, sentence.split()[0], sentence.split("answers")[1]) == (
        True,
        "PostgreSQL",
        ", and a schema can be made.",
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"schema": "nobodys"}, "does not exist"),
        ({"host": "127.0.0.1", "port": 1}, "can't be reached"),
        ({"host": "db.corp.example"}, "verify-full"),
    ],
    ids=("database", "port", "clear text"),
)
def test_the_store_says_what_is_wrong(
    store_parameters: dict[str, str | int], tested: Tested, changes: dict[str, Any], said: str
) -> None:
    good, sentence = tested("offboarding_store", replace(libpq(store_parameters), **changes))

    assert not good
    assert said in sentence
