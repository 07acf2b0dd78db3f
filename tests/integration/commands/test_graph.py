"""graph: what a person gets in by, as BloodHound takes it and as GraphML."""

import io
import json
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

import networkx as nx
import pytest
from jsonschema import Draft202012Validator

from offboarding.report.access_graph import PREFIX
from offboarding.store.connect import Session
from tests.integration.commands import test_exposure
from tests.integration.commands.conftest import Type, Typed
from tests.integration.commands.test_exposure import company, keys, two_nights
from tests.support import filled
from tests.support.described.trim import FOLDER

__all__ = ["company", "keys", "store_template", "two_nights"]  # fixtures

pytestmark = pytest.mark.slow

SCHEMA = Draft202012Validator(json.loads((FOLDER / "bloodhound.json").read_text("utf-8")))
Document = dict[str, Any]


@pytest.fixture
def store_template(request: pytest.FixtureRequest) -> str:
    """After nights with keys where a test asks for them, else after the small company's."""
    night = "two_nights" if "company" in request.fixturenames else "one_night"
    made = request.getfixturevalue(night)
    return made if isinstance(made, str) else str(made["dbname"])


def mistakes(document: Document) -> list[str]:
    return [error.json_path for error in SCHEMA.iter_errors(document)]


def read(done: Typed) -> Document:
    assert done.code == 0, done.err
    return json.loads(done.out)


def drawn(done: Typed) -> Any:
    """As a program that draws it reads it."""
    assert done.code == 0, done.err
    return nx.read_graphml(io.BytesIO(done.out.encode()))


def edges(document: Document) -> dict[tuple[str, str, str], dict[str, Any]]:
    """What each edge says, by its kind and the names of what it joins."""
    names = {node["id"]: node["properties"]["name"] for node in document["graph"]["nodes"]}
    return {
        (each["kind"].removeprefix(f"{PREFIX}_"), names[each["start"]["value"]], names[each["end"]["value"]]): each[
            "properties"
        ]
        for each in document["graph"]["edges"]
    }


def node(document: Document, name: str, kind: str = "") -> dict[str, Any]:
    found = [
        each["properties"]
        for each in document["graph"]["nodes"]
        if each["properties"]["name"] == name and kind in each["kinds"][0]
    ]
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize("worker", ["hr:E1042", "E1043", "E1044", "vendor:77"])
def test_a_graph_is_as_bloodhound_publishes_it(reading: Type, worker: str) -> None:
    document = read(reading("graph", worker))

    assert mistakes(document) == []
    assert list(document) == ["metadata", "graph"], "BloodHound reads up to the graph"
    nodes, found = document["graph"]["nodes"], document["graph"]["edges"]
    ids = Counter(each["id"] for each in nodes)
    assert max(ids.values()) == 1
    assert all(str(UUID(each)).upper() == each for each in ids), "it writes ids in capitals"
    assert {each[end]["value"] for each in found for end in ("start", "end")} <= set(ids)
    kinds = {*(kind for each in nodes for kind in each["kinds"]), *(each["kind"] for each in found)}
    assert all(kind.startswith(f"{PREFIX}_") for kind in kinds)
    properties = [each["properties"] for each in (*nodes, *found)]
    assert all(name.islower() for each in properties for name in each)
    assert not any(isinstance(value, bool) for each in properties for value in each.values()), "there is a third value"


BAD: dict[str, Callable[[Document], object]] = {
    "no graph": lambda document: document.pop("graph"),
    "a node without an id": lambda document: document["graph"]["nodes"][0].pop("id"),
    "an id that is a number": lambda document: document["graph"]["nodes"][0].update(id=1),
    "four kinds": lambda document: document["graph"]["nodes"][0].update(kinds=["a", "b", "c", "d"]),
    "an object in a property": lambda document: document["graph"]["nodes"][0]["properties"].update(left={"at": "x"}),
    "a null in a property": lambda document: document["graph"]["edges"][0]["properties"].update(since=None),
    "BloodHound's own id": lambda document: document["graph"]["nodes"][0]["properties"].update(objectid="x"),
    "a dash in an edge's kind": lambda document: document["graph"]["edges"][0].update(kind="Offboarding-Is"),
    "an edge to nowhere": lambda document: document["graph"]["edges"][0].pop("end"),
    "an end by two ways": lambda document: document["graph"]["edges"][0]["end"].update(property_matchers=[]),
    "more metadata": lambda document: document["metadata"].update(version=6),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_document_is_refused(reading: Type, name: str) -> None:
    document = read(reading("graph", "E1044"))
    assert mistakes(document) == []

    BAD[name](document)

    assert mistakes(document)


def test_what_is_theirs_is_joined_to_them_and_to_what_it_opens(reading: Type) -> None:
    document = read(reading("graph", "hr:E1042"))

    found = edges(document)
    assert found["Is", "hr:E1042", filled.DOE]["decision"] == "linked"
    assert found["Is", "hr:E1042", filled.DOE_USER]["standing"] == "works"
    assert found["HasCredential", filled.DOE_USER, filled.DOE_KEY] == {"standing": "works"}
    assert ("In", filled.DOE_USER, f"aws {filled.CLOUD}") in found
    who = node(document, "hr:E1042")
    assert (who["leftat"], who["basis"], who["confirmed"]) == ("2026-11-13T15:00:00+00:00", "actual", "yes")
    assert node(document, filled.DOE)["lastusedat"] == filled.USED_AT.isoformat()
    assert filled.LEE not in json.dumps(document)


def test_what_only_may_be_theirs_hangs_on_an_edge_of_its_own_kind(reading: Type) -> None:
    """No path over what is theirs leads to an account that is probably theirs."""
    found = edges(read(reading("graph", "E1043")))

    assert found["MayBe", "hr:E1043", filled.POE_MAYBE]["decision"] == "probable"
    assert not any(kind == "Is" for kind, *_ in found)


def test_who_works_here_has_no_departure(reading: Type) -> None:
    assert "leftat" not in node(read(reading("graph", "E1044")), "hr:E1044")


def test_what_was_not_read_is_unknown_and_neither_yes_nor_no(deciding: Type, store: Session) -> None:
    store.execute("update scope set error = 'denied' where kind = 'access_key'")
    store.execute("update account set privileged = null where native_id = %s", [filled.DOE_USER])

    document = read(deciding("graph", "hr:E1042"))

    assert edges(document)["HasCredential", filled.DOE_USER, filled.DOE_KEY] == {"standing": "unknown"}
    assert node(document, filled.DOE_KEY)["standing"] == "unknown"
    assert node(document, filled.DOE_USER)["privileged"] == "unknown"
    assert node(document, filled.DOE)["privileged"] == "no"
    whole = drawn(deciding("graph", "hr:E1042", "--format", "graphml"))
    assert {"unknown"} <= {said["standing"] for *_, said in whole.edges(data=True) if "standing" in said}


def test_what_is_gone_is_dead(deciding: Type, store: Session) -> None:
    store.execute("update credential set gone_at = now() where native_id = %s", [filled.DOE_KEY])

    assert node(read(deciding("graph", "hr:E1042")), filled.DOE_KEY)["standing"] == "dead"


def test_what_a_night_could_not_read_is_said(reading: Type) -> None:
    done = reading("graph", "hr:E1042")

    assert "NOT CHECKED, so that there may be more:" in done.err
    assert filled.CLOSED_CLOUD in done.err
    assert node(read(done), "hr:E1042")["notchecked"] > 0


@pytest.mark.parametrize("worker", ["hr:E1042", "E1043"])
def test_graphml_holds_the_same(reading: Type, worker: str) -> None:
    document = read(reading("graph", worker))["graph"]

    found = drawn(reading("graph", worker, "--format", "graphml"))

    assert found.is_directed()
    assert dict(found.nodes(data=True)) == {
        each["id"]: {"kind": each["kinds"][0], **each["properties"]} for each in document["nodes"]
    }
    assert [(start, end, said) for start, end, said in found.edges(data=True)] == [
        (each["start"]["value"], each["end"]["value"], {"kind": each["kind"], **each["properties"]})
        for each in sorted(
            document["edges"], key=lambda each: [node["id"] for node in document["nodes"]].index(each["start"]["value"])
        )
    ]


@pytest.mark.parametrize("output", ["opengraph", "graphml"])
def test_no_name_login_mail_or_label_stands_in_it(reading: Type, output: str) -> None:
    said = reading("graph", "hr:E1042", "--format", output).out

    assert [word for word in (*filled.NAMES, "jdoe", "@", "uid=") if word in said] == []


@pytest.mark.parametrize("value", ["a\nb", "\x1b[31m", "\u202e", '"/><edge', "]]>", "x" * 10_000], ids=ascii)
def test_no_id_breaks_it(deciding: Type, store: Session, value: str) -> None:
    """A leaver may have chosen it."""
    store.execute("update account set native_id = %s where native_id = %s", [value, filled.DOE])

    document = read(deciding("graph", "hr:E1042"))
    assert mistakes(document) == []
    assert node(document, value)["nativeid"] == value
    found = drawn(deciding("graph", "hr:E1042", "--format", "graphml"))
    assert len(found) == len(document["graph"]["nodes"])
    assert found.number_of_edges() == len(document["graph"]["edges"])


def test_it_is_the_same_each_time(reading: Type) -> None:
    for output in ("opengraph", "graphml"):
        assert (
            reading("graph", "hr:E1042", "--format", output).out == reading("graph", "hr:E1042", "--format", output).out
        )


def test_keys_that_they_may_know_are_in_it(keys: Type) -> None:
    document = read(keys("graph", "hr:1042"))

    assert mistakes(document) == []
    known = {end: said for (kind, _, end), said in edges(document).items() if kind == "MayKnow"}
    told = {line["native_id"]: line for line in keys("exposure", "1042", "--format", "jsonl").lines}
    assert set(known) == set(told)
    for native_id, said in known.items():
        line = told[native_id]
        assert (said["grade"], said["remedy"], said["standing"]) == (line["grade"], line["remedy"], line["standing"])
    assert {said["standing"] for said in known.values()} == {"works", "unknown", "dead"}
    login = node(document, test_exposure.LOGIN.material, "Key")
    assert login["what"] == "signing_key"
    assert ("SeenIn", test_exposure.LOGIN.material, "login") in edges(document)


def test_what_is_on_a_workload_is_one_thing_however_it_is_known(keys: Type) -> None:
    """The key of a workload that they answer for is on its account, and they may know it."""
    document = read(keys("graph", "hr:1042"))

    found = edges(document)
    key, account = test_exposure.BUILD_KEY.native_id, test_exposure.BUILD.native_id
    assert node(document, key, "Credential")["standing"] == "works"
    assert found["HasCredential", account, key] == {"standing": "works"}
    assert found["MayKnow", "hr:1042", key]["grade"] == "could"
    assert found["AnswersFor", "hr:1042", account]["decision"] == "linked"


def test_nobody_is_no_graph(reading: Type) -> None:
    done = reading("graph", "E9999")

    assert (done.code, done.out) == (1, "")
    assert "there is no worker E9999" in done.err


def test_an_empty_store_is_no_empty_graph(deciding: Type, store: Session) -> None:
    store.execute("update run set finished_at = null")

    done = deciding("graph", "hr:E1042")

    assert (done.code, done.out) == (1, "")
    assert "Nothing has been checked yet" in done.err
