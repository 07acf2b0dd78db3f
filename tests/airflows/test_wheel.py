"""The wheel beside each Airflow that it runs in: what Airflow sees of it, and nights."""

import json
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import pytest

from offboarding.cli import VERSION
from offboarding.wiring.forms import connection_types
from offboarding_airflow import pages
from offboarding_airflow.pages import scripts
from tests.support.installed import DAG_FILE, ENVIRONMENTS, Installed, Said
from tests.support.memory import Folder
from tests.support.source_tree import PROJECT
from tests.support.tiny_company import LEAVER, REFUSES, TinyCompany, tiny_company

pytestmark = pytest.mark.timeout(1200)
VERSIONS = ("3.1", "3.2", "3.3")
DAGS = {
    f"offboarding_{name}" for name in ("nightly", "verify", "departure", "release", "decide", "decide_link", "approve")
}
FIRST, SECOND = "2026-11-25T01:30:00+09:00", "2026-11-26T01:30:00+09:00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """An Airflow with the wheel, and a company that it checks."""

    airflow: Installed
    company: TinyCompany
    read: Said
    """What was said when the DAGs were read."""


@pytest.fixture(scope="module", params=VERSIONS)
def here(request: pytest.FixtureRequest, in_memory: Folder) -> Generator[Here]:
    version = str(request.param)
    if not (ENVIRONMENTS / version).exists():
        pytest.skip("make test-airflows makes the environments that this is about")
    folder = in_memory(f"airflow {version}")
    (folder / "home" / "dags").mkdir(parents=True)
    (folder / "home" / "dags" / "offboarding.py").write_text(DAG_FILE, encoding="utf-8")
    airflow = Installed(version=version, home=folder / "home")
    with tiny_company(folder) as company:
        assert airflow.run("airflow", "db", "migrate").code == 0
        read = airflow.run("airflow", "dags", "reserialize", **company.environment)
        yield Here(airflow=airflow, company=company, read=read)


# --- what Airflow sees ------------------------------------------------------------------------------------------------


def test_it_is_that_airflow_and_our_code_is_the_wheels(here: Here) -> None:
    where = "import airflow, offboarding, offboarding_airflow as ours; print(airflow.__version__, ours.__file__)"
    version, path = here.airflow.run("python", "-c", where).output.split()[-2:]

    assert version.startswith(f"{here.airflow.version}.")
    assert Path(path).is_relative_to(ENVIRONMENTS / here.airflow.version)


def test_it_is_a_provider(here: Here) -> None:
    ours = [each for each in here.airflow.listed("providers", "list") if "offboarding" in each["package_name"]]

    assert [(each["package_name"], each["version"]) for each in ours] == [("airflow-provider-offboarding", VERSION)]


def test_its_notifier_for_other_dags_is_there(here: Here) -> None:
    name = "offboarding_airflow.notifications.OffboardingNotifier"

    assert name in {str(value) for each in here.airflow.listed("providers", "notifications") for value in each.values()}


def test_its_section_of_airflows_configuration_is_known_and_names_ours(here: Here) -> None:
    named = {"AIRFLOW__OFFBOARDING__CONFIG": here.company.environment["OFFBOARDING_CONFIG"]}
    told = {name: value for name, value in here.company.environment.items() if name != "OFFBOARDING_CONFIG"}

    known = here.airflow.run("airflow", "config", "get-value", "offboarding", "config", **named)
    checked = here.airflow.run("offboarding", "check-config", **told, **named)

    assert here.company.environment["OFFBOARDING_CONFIG"] in known.output
    assert "OFFBOARDING_CONFIG" in here.airflow.run("airflow", "config", "list", "--include-descriptions").output
    assert checked.code == 0, checked.output + checked.errors


def test_the_plugin_is_there_and_leads_to_pages_that_the_wheel_holds(here: Here) -> None:
    (ours,) = here.airflow.listed("plugins", "-v")
    made = (
        "from offboarding_airflow.pages import app, guard, scripts, showing\n"
        "print(*map(scripts.address, scripts.EVERY))\n"
        "made = app()\n"
        "print(len(made.routes), made.router.dependencies[0].dependency is not guard.nobody)\n"
        "told = {'heading': 'Not found', 'text': '<b>', 'away': False, 'unread': False}\n"
        "print(showing.shown('refused.html', **told, up='').status_code)\n"
    )

    said = here.airflow.run("python", "-W", "ignore", "-c", made)

    assert ours["name"] == "offboarding"
    assert "'url_route': 'offboarding'" in str(ours["external_views"])
    assert "'url_prefix': '/offboarding'" in str(ours["fastapi_apps"])
    assert "'url_prefix': '/offboarding-scim'" in str(ours["fastapi_apps"])
    served = [*map(scripts.address, scripts.EVERY)]
    assert said.output.split()[-3 - len(served) :] == [*served, str(len(pages.app().routes)), "True", "200"], (
        said.errors
    )


def test_what_identity_providers_push_to_is_there_and_lets_nobody_in(here: Here) -> None:
    """Its libraries fit that Airflow's own, pydantic for one."""
    asked = (
        "import asyncio\n"
        "from offboarding_airflow.plugin import pushed\n"
        "scope = {'type': 'http', 'method': 'GET', 'path': '/v2/Users', 'headers': [], 'query_string': b''}\n"
        "async def say(message): print(message.get('status', ''))\n"
        "asyncio.run(pushed('scim')(scope, None, say))\n"
        "from offboarding.rosters.scim.service import UserService\n"
        "from offboarding.rosters.scim.settings import ScimSettings\n"
        "own = {'name': 'hr', 'kind': 'scim', 'connection': 'hr_scim', 'coverage': 'active'}\n"
        "print(UserService(ScimSettings.model_validate(own)) is not None)\n"
    )

    said = here.airflow.run("python", "-W", "ignore", "-c", asked)

    assert said.output.split()[-2:] == ["503", "True"], said.errors


def test_its_types_of_connections_are_there(here: Here) -> None:
    told = here.airflow.listed("providers", "hooks")
    ours = {each["connection_type"]: each["hook_name"] for each in told if "offboarding" in each["connection_type"]}

    assert ours == {name: of.form.name for name, of in connection_types().items()}


def test_the_dags_are_read_without_error(here: Here) -> None:
    assert here.read.code == 0, here.read.errors
    assert here.airflow.rows("select stacktrace from import_error") == []


def test_every_dag_is_there(here: Here) -> None:
    told = here.airflow.listed("dags", "list")

    assert {each["dag_id"] for each in told} == DAGS
    assert {Path(str(each["fileloc"])).name for each in told} == {"offboarding.py"}


# --- connections ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "changed", "said_of_it"),
    [
        ("right", {}, "Connection success!"),
        ("wrong", {"password": "another"}, "Connection failed! connection wrong: the server refused the login"),
    ],
)
def test_a_connection_is_tested_and_says_in_a_sentence_what_is_wrong(
    here: Here, name: str, changed: dict[str, str], said_of_it: str
) -> None:
    told = json.loads(here.company.environment["AIRFLOW_CONN_CORP_LDAP"])
    described = {**told, "conn_type": "offboarding_ldap", **changed}
    assert here.airflow.run("airflow", "connections", "add", name, "--conn-json", json.dumps(described)).code == 0

    said = here.airflow.run("airflow", "connections", "test", name)

    kept = here.airflow.rows("select conn_type from connection where conn_id = ?", name)
    assert kept == [("offboarding_ldap",)], "and not generic"
    assert said_of_it in " ".join(said.output.split())


# --- commands ---------------------------------------------------------------------------------------------------------


def test_the_command_is_there_with_its_completion(here: Here) -> None:
    checked = here.airflow.run("offboarding", "check-config", **here.company.environment)
    completion = here.airflow.run("offboarding", _OFFBOARDING_COMPLETE="source_bash")
    asked = {"COMP_WORDS": "offboarding check", "COMP_CWORD": "1"}
    completed = here.airflow.run("offboarding", _OFFBOARDING_COMPLETE="complete_bash", **asked)

    assert checked.code == 0, checked.output + checked.errors
    assert "_OFFBOARDING_COMPLETE=complete_bash" in completion.output
    assert "check-config" in completed.output.split()


def test_without_a_configuration_it_says_where_one_belongs(here: Here) -> None:
    said = here.airflow.run("offboarding", "check-config")

    assert said.code != 0
    assert f"{here.airflow.home}/include/offboarding.yaml" in said.errors


# --- nights -----------------------------------------------------------------------------------------------------------


def night(here: Here, as_of: str) -> Said:
    environment = {**here.company.environment, "OFFBOARDING_AS_OF": as_of}
    return here.airflow.run("airflow", "dags", "test", "offboarding_nightly", **environment)


def test_a_red_night_and_a_green_one(here: Here) -> None:
    company = here.company
    company.aws.deny(REFUSES, "AssumeRole")

    red = night(here, FIRST)
    tickets = company.tickets()
    tries = here.airflow.rows("select try_number from task_instance where task_id = 'collect' and state = 'failed'")
    company.aws.relent()
    green = night(here, SECOND)

    assert red.code == 1, red.output + red.errors
    assert f"aws {REFUSES} couldn't be read" in red.output + red.errors
    assert tries == [(1,)], "what a person must mend is asked for once"
    assert len(tickets) == 3
    assert all(LEAVER in title for title in tickets)
    assert green.code == 0, green.output + green.errors
    assert company.tickets() == tickets


def test_the_wheel_is_what_was_tried(here: Here) -> None:
    """No night has read the project's own folder."""
    assert not (here.airflow.home / "include").exists()
    assert str(PROJECT / "include") not in here.read.errors + here.read.output
