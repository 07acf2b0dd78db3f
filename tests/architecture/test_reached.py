"""Beyond `make test` CI plays what a change can reach, by what the slow tests import: scripts/reached.py."""

import re

import pytest

from scripts import reached
from tests.support.source_tree import PROJECT

NIGHT, AIRFLOW = "tests/slow/test_demo_company.py", "tests/slow/test_standalone.py"
ONE_OTHER_AIRFLOW, ONE_CELERY_RUN = "test-airflows ARGS='-k 3.1'", "test-celery ARGS='-k one_machine'"
ONE_OF_EACH = {"test-airflows": ONE_OTHER_AIRFLOW, "test-celery": ONE_CELERY_RUN}


def planned(*names: str, is_only_moved: bool = False) -> tuple[list[str], set[str]]:
    """What make is asked for, and which files of test-slow."""
    lines = [*reached.plan(names, is_only_moved=is_only_moved)]
    files = {
        file for line in lines if line.startswith("test-slow FILES") for file in re.findall(r"tests/[\w/.]+", line)
    }
    return [re.sub(r" FILES=.*", "", line) for line in lines], files


@pytest.mark.parametrize(
    ("name", "targets"),
    (
        ("include/offboarding/sources/okta/__init__.py", ["test-slow"]),
        ("include/offboarding/sources/ldap/paging.py", ["test-slow", "test-directories"]),
        ("include/offboarding/rosters/csv/__init__.py", ["test-slow", "test-rosters"]),
        ("include/offboarding/trackers/rt/__init__.py", ["test-slow", "test-trackers"]),
        ("include/offboarding/sources/mariadb_logins/__init__.py", ["test-slow", "test-databases"]),
        ("include/offboarding/sources/wireguard_peers/__init__.py", ["test-slow", "test-hosts"]),
        ("include/offboarding/store/queries/guard.sql", ["test-slow", ONE_OTHER_AIRFLOW, ONE_CELERY_RUN]),
        ("dags/offboarding_nightly.py", ["test-slow", "test-airflows", "test-browser", ONE_CELERY_RUN]),
        ("tests/celery/test_many_machines.py", ["test-celery"]),
        ("tests/browser/test_charts.py", ["test-browser"]),
        ("tests/systems/ldap/samba.py", ["test-slow", "test-directories"]),
        ("scripts/trackers.sh", ["test-trackers"]),
        ("scripts/celery.txt", ["test-celery"]),
        ("docs/decisions/README.md", []),
        ("requirements.lock", [*reached.TARGETS]),
        ("tests/conftest.py", [ONE_OF_EACH.get(target, target) for target in reached.TARGETS]),
    ),
)
def test_what_a_change_reaches(name: str, targets: list[str]) -> None:
    assert planned(name)[0] == targets


def test_a_system_has_its_own_tests_and_no_other_systems() -> None:
    _, okta = planned("include/offboarding/sources/okta/__init__.py")
    _, kit = planned("include/offboarding/sources/_http/__init__.py")

    assert "tests/systems/okta/test_okta_contract.py" in okta
    assert {name for name in okta if "okta" not in name} == {
        "tests/systems/test_flat_memory.py",
        "tests/systems/test_one_account_budget.py",
    }
    assert okta < kit
    assert not any("aws_iam" in name for name in kit)


def test_a_system_of_the_invented_company_is_tried_in_one_night() -> None:
    assert NIGHT in planned("include/offboarding/sources/ldap/paging.py")[1]


def test_a_night_of_one_system_is_not_reached_by_the_core() -> None:
    _, core = planned("include/offboarding/rules/leaver_ssh_key.py")
    _, office = planned("tests/support/office.py")

    assert {"tests/slow/test_kills.py", "tests/slow/cases/test_coupang_2025.py"} <= core & office
    assert {name for name in core | office if "okta" in name or "test_npm" in name} == set()


def test_what_is_moved_and_no_more_is_tried_in_one_night_and_one_airflow() -> None:
    assert planned("include/offboarding/store/runs.py", is_only_moved=True) == (["test-slow"], {NIGHT, AIRFLOW})


def test_each_folder_of_a_target_is_there_and_each_file_that_is_named() -> None:
    named = [*reached.FOLDERS.values(), *reached.WHOLE, *reached.EVERYTHING, reached.SHARED, NIGHT, AIRFLOW]

    assert [name for name in named if not (PROJECT / name).exists()] == []
    assert reached.text(PROJECT / "tests/celery/test_many_machines.py").count("one_machine(") == 1


def test_every_slow_test_is_reached_by_a_change_of_itself() -> None:
    slow = [file for file in reached.python_files() if file.name.startswith("test_") and reached.target_of(file)]

    assert len(slow) > 200
    assert [file for file in slow if file not in reached.reached_by(file)] == []


def test_a_release_is_tried_by_all_of_them() -> None:
    """Its page has each typed, whatever changed."""
    assert f"`make test {' '.join(reached.TARGETS)}`" in (PROJECT / "docs/wheel.md").read_text("utf-8")
