"""Arrows between rooms go down only (docs/architecture.md)."""

import graphlib

import pytest

from tests.support.source_tree import ADAPTER_ROOMS, DOMAIN, Module, inner, kinds, modules, of_room, serves

NOUNS = {"model", "errors"}
ARROWS: dict[str, set[str]] = {
    "model": set(),
    "errors": set(),
    "keys": set(),
    "spelling": set(),
    "thumbprints": set(),
    "texts": set(),
    "destinations": {"errors"},
    "plain_file": set(),
    "kinds": set(),
    # Where a connection may lead is part of what every entry's settings hold.
    "interfaces": NOUNS | {"destinations"},
    # What stands between readers and the store.
    "gate": NOUNS | {"texts"},
    "correlation": NOUNS | {"texts"},
    "rules": NOUNS | {"interfaces"},
    "rosters": NOUNS | {"destinations", "interfaces"},
    # One guard for whatever is asked at an address that somebody else names.
    "web": NOUNS,
    "revocation": NOUNS | {"interfaces", "plain_file", "thumbprints", "web"},
    # What makes a key the same key in two systems is told in one place, and what a CRL says of a certificate.
    "sources": NOUNS | {"destinations", "interfaces", "revocation", "thumbprints"},
    "verifiers": NOUNS | {"plain_file", "destinations", "interfaces", "revocation", "thumbprints", "web"},
    # The register is read as the configuration is, and its mistakes are told as that's are.
    "custody": NOUNS | {"interfaces", "mistakes", "spelling", "thumbprints", "yaml_file"},
    "yaml_file": NOUNS | {"texts"},
    "trackers": NOUNS | {"destinations", "interfaces"},
    "queues": NOUNS | {"destinations", "interfaces"},
    "messages": NOUNS | {"interfaces", "store"},
    "store": NOUNS | {"destinations", "keys", "spelling"},
    "mistakes": {"model", "spelling"},
    "exceptions": NOUNS | {"interfaces", "mistakes", "rules", "spelling", "yaml_file"},
    # Each file beside the configuration, by the room that it belongs to; a rule that is named is one that there is.
    "beside": {"custody", "exceptions", "mistakes", "rules", "settings"},
    "settings": NOUNS | {"destinations", "interfaces", "spelling", "custody", "exceptions", "thresholds"},
    # A kind's own keys are declared by its file, and a severity is given to a rule that there is.
    "config": NOUNS
    | {"destinations", "interfaces", "kinds", "mistakes", "settings", "spelling", "beside", "yaml_file"},
    # Whether a run is red is decided once, and only shown by the report.
    "troubles": {"store"},
    # What a rule says of itself is shown in its own words.
    "report": NOUNS | {"keys", "rules", "store", "troubles"},
    # What the rules ask for, as the system's own package does it.
    "remedies": NOUNS | {"interfaces", "kinds"},
    "policy": NOUNS | {"remedies", "rules", "settings", "store"},
    "ticket_plan": NOUNS | {"keys", "report", "store"},
    "ticketing": NOUNS | {"interfaces", "keys", "report", "store", "ticket_plan"},
    "people": NOUNS | {"correlation", "store"},
    "thresholds": NOUNS | {"interfaces"},
    "guarding": NOUNS | {"report", "settings", "store", "thresholds"},
    "releasing": NOUNS | {"guarding", "interfaces", "pipeline", "report", "settings", "spelling", "store"},
    "alerting": NOUNS | {"interfaces", "store"},
    "notifiers": NOUNS | {"interfaces"},
    "progress": set(),
    "intake": NOUNS | {"interfaces", "settings", "correlation", "gate", "progress", "store", "texts"},
    "departing": NOUNS
    | {"interfaces", "settings", "correlation", "keys", "people", "intake", "report", "store", "troubles"},
    "watching": NOUNS | {"interfaces", "settings", "keys", "intake", "report", "store", "troubles"},
    "excepting": NOUNS | {"correlation", "exceptions", "settings", "store"},
    "registration": NOUNS | {"correlation", "custody", "settings", "store"},
    # The rules' findings, from case to closing.
    "evaluation": NOUNS | {"correlation", "guarding", "policy", "rules", "settings", "store"},
    "pipeline": NOUNS
    | {"interfaces", "settings", "correlation", "keys", "rules", "policy", "departing", "intake", "watching"}
    | {"ticket_plan", "ticketing", "report", "store", "custody", "registration", "excepting", "messages"}
    | {"alerting", "evaluation", "guarding", "troubles"},
    # A decision is one function, whoever brings it: some do more than write a row. What the files beside the
    # configuration are refused for, a person is refused for, too.
    "decisions": NOUNS
    | {"interfaces", "settings", "people", "intake", "keys", "spelling", "store", "beside", "excepting", "exceptions"}
    | {"mistakes", "releasing", "report"},
    # The DAG knows it as well.
    "order": set(),
    "nights": NOUNS | {"interfaces", "order", "settings", "pipeline", "store"},
    "checkup": NOUNS | {"interfaces", "settings", "pipeline", "nights", "progress", "store"},
    "connections": NOUNS | {"interfaces"},
    "wiring": NOUNS
    | {"destinations", "interfaces", "connections", "config", "kinds", "settings", "store"}
    | {*ADAPTER_ROOMS},
    "beginning": NOUNS | {"interfaces", "config", "settings", "spelling", "wiring"},
    "commands": NOUNS
    | {"interfaces", "config", "settings", "spelling", "keys", "wiring", "pipeline", "nights", "progress"}
    | {"beginning", "checkup", "report", "store", "rules", "custody", "exceptions", "mistakes"}
    | {"correlation", "people", "intake", "decisions"},
    "__main__": NOUNS | {"commands", "config", "wiring"},
    # It runs the house as a user would; nobody uses it but the tests.
    "demo": NOUNS | {"interfaces", "config", "settings", "thumbprints", "wiring", "store", "report"},
}
"""What a room may use. A new room begins with its line here."""

TOP = ("__main__", "demo")

DAG_MAY_USE = ("order", "pipeline", "releasing", "wiring", "decisions", "errors")

AIRFLOW_ROOMS = ("connections", "notifiers")
"""Whoever knows connections; and who is told at once, since that is by Airflow's own notifiers."""

POSTGRES_ROOMS = ("store", "rosters", "demo")


def used_rooms(module: Module) -> set[str]:
    mine = {name.split(".")[2] for name in module.imports if name.startswith(f"{DOMAIN}.")}
    return mine - {module.room}


def third_party(module: Module) -> set[str]:
    return {name.split(".")[0] for name in module.imports}


def test_the_plan_itself_has_no_way_round() -> None:
    assert list(graphlib.TopologicalSorter(ARROWS).static_order())


def test_every_room_is_in_the_plan() -> None:
    assert {module.room for module in modules()} - {""} <= ARROWS.keys()


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name.removeprefix(f"{DOMAIN}."))
def test_a_module_uses_what_its_room_may(module: Module) -> None:
    assert used_rooms(module) <= ARROWS.get(module.room, set())


@pytest.mark.parametrize("room", TOP)
def test_nobody_stands_on_the_roof(room: str) -> None:
    assert [module.name for module in modules() if room in used_rooms(module)] == []


@pytest.mark.parametrize("module", [*modules("dags"), *modules("plugins")], ids=lambda module: module.path.name)
def test_a_dag_uses_the_pipeline_and_the_wiring(module: Module) -> None:
    assert used_rooms(module) <= set(DAG_MAY_USE)


def test_nobody_above_the_store_names_a_block_of_its_sql() -> None:
    sql = f"{DOMAIN}.store.sql"
    users = {module.room for module in modules() for name in module.imports if name.startswith(sql)}
    assert users == {"store"}


def test_one_room_knows_airflow() -> None:
    assert {module.room for module in modules() if "airflow" in third_party(module)} == set(AIRFLOW_ROOMS)


def test_three_rooms_speak_to_postgresql() -> None:
    """The store to ours, a roster to HR's, the demo to the one that it starts. Others may know its errors."""

    def speaks(name: str) -> bool:
        return name.split(".", maxsplit=1)[0] == "psycopg" and not name.endswith("Error")

    assert {module.room for module in modules() if any(map(speaks, module.imports))} <= set(POSTGRES_ROOMS)


@pytest.mark.parametrize("room", ADAPTER_ROOMS)
def test_systems_do_not_know_each_other(room: str) -> None:
    for module in of_room(room):
        own = inner(module)
        for name in module.imports:
            if name.startswith(f"{DOMAIN}.{room}."):
                used = name.split(".")[3]
                # What is private may stand on what its own kind may: _csv on _records, and not the other way.
                assert used == own or serves(used, own.removeprefix("_")), f"{module.name} uses {name}"


@pytest.mark.parametrize("room", ADAPTER_ROOMS)
def test_what_is_private_serves_somebody(room: str) -> None:
    private = {inner(module) for module in of_room(room) if inner(module).startswith("_")} - {"__init__"}
    assert [name for name in private if not any(serves(name, kind) for kind in kinds(room))] == []


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
    rules = {f"{DOMAIN}.rules.{kind}" for kind in kinds("rules")}
    for module in of_room("rules"):
        assert not {name for name in module.imports if any(name.startswith(rule) for rule in rules - {module.name})}
