"""Arrows between rooms go down only (docs/architecture.md)."""

import graphlib
import re

import pytest

from tests.support.rooms import ADAPTER_ROOMS, ARROWS
from tests.support.source_tree import DOMAIN, Module, inner, known_to_airflow, modules, of_room, room_of, rules, serves

TOP = ("__main__",)

DAG_MAY_USE = (
    *("runs.order", "runs.pipeline", "guard.releasing", "decisions", "model"),
    *("wiring", "wiring.connections", "wiring.forms", "interfaces", "guard.revoking", "runs"),
    # What the pages show is worked out where tickets and screens are.
    "report",
)

AIRFLOW_ROOMS = ("wiring.connections", "notifiers")
"""Whoever knows connections; and who is told at once, since that is by Airflow's own notifiers."""

POSTGRES_ROOMS = ("store", "net.postgres")


def used_rooms(module: Module) -> set[str]:
    return {room_of(name) for name in module.imports if name.startswith(f"{DOMAIN}.")} - {module.room}


def third_party(module: Module) -> set[str]:
    return {name.split(".")[0] for name in module.imports}


def test_the_plan_itself_has_no_way_round() -> None:
    assert list(graphlib.TopologicalSorter(ARROWS).static_order())


def test_no_file_imports_itself_by_way_of_others() -> None:
    """In functions either."""
    names = {module.name for module in (*modules(), *known_to_airflow())}
    used = {
        module.name: {name if name in names else name.rpartition(".")[0] for name in module.imports} & names
        for module in (*modules(), *known_to_airflow())
    }
    assert list(graphlib.TopologicalSorter({own: found - {own} for own, found in used.items()}).static_order())


def test_every_room_is_in_the_plan() -> None:
    assert {module.room for module in modules()} - {""} <= ARROWS.keys()


def test_a_module_uses_what_its_room_may() -> None:
    beyond = {module.name: used_rooms(module) - ARROWS.get(module.room, set()) for module in modules()}
    assert {name: rooms for name, rooms in beyond.items() if rooms} == {}


@pytest.mark.parametrize("room", TOP)
def test_nobody_stands_on_the_roof(room: str) -> None:
    assert [module.name for module in modules() if room in used_rooms(module)] == []


def test_a_dag_uses_the_pipeline_and_the_wiring() -> None:
    beyond = {module.name: used_rooms(module) - set(DAG_MAY_USE) for module in known_to_airflow()}
    assert {name: rooms for name, rooms in beyond.items() if rooms} == {}


def test_nobody_above_the_store_names_a_block_of_its_sql() -> None:
    sql = f"{DOMAIN}.store.sql"
    users = {module.room for module in modules() for name in module.imports if name.startswith(sql)}
    assert users == {"store"}


def test_one_room_knows_airflow() -> None:
    assert {module.room for module in modules() if "airflow" in third_party(module)} == set(AIRFLOW_ROOMS)


def test_few_speak_to_postgresql() -> None:
    """The store to ours; to others a roster and a source that are called after it. All may know its errors."""

    def speaks(name: str) -> bool:
        return name.split(".", maxsplit=1)[0] == "psycopg" and not name.endswith("Error")

    speaking = [module for module in modules() if any(map(speaks, module.imports))]
    others = [module.name for module in speaking if module.room not in POSTGRES_ROOMS]
    assert [name for name in others if not re.search(r"\.postgres(_|\.|$)", name)] == []


@pytest.mark.parametrize("room", ADAPTER_ROOMS)
def test_systems_do_not_know_each_other(room: str) -> None:
    owners = {module.name: inner(module) for module in of_room(room)}
    for module in of_room(room):
        own = owners[module.name]
        for name in module.imports:
            if name.startswith(f"{DOMAIN}.{room}."):
                used = owners.get(name) or owners[name.rpartition(".")[0]]
                assert used == own or serves(used, own), f"{module.name} uses {name}"


def test_what_is_private_stays_at_home() -> None:
    """A file or folder that begins with _ is used by what lies beside it, and below."""
    for module in modules():
        for name in module.imports:
            parts = name.split(".")
            hidden = next((at for at, part in enumerate(parts) if part.startswith("_") and part != "__main__"), None)
            if name.startswith(f"{DOMAIN}.") and hidden is not None:
                home = ".".join(parts[:hidden])
                assert module.name == home or module.name.startswith(f"{home}."), f"{module.name} uses {name}"


def test_rules_do_not_know_each_other() -> None:
    names = {f"{DOMAIN}.rules.{rule}" for rule in rules()}
    for module in of_room("rules"):
        assert not {name for name in module.imports if any(name.startswith(rule) for rule in names - {module.name})}
