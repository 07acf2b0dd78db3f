"""What one person gets in by, as nodes and edges for programs that draw them or look for paths.

By ids alone: no name, login, mail or label, and no sentence. What isn't known is said to be unknown, and an account
that only may be theirs hangs on an edge of its own kind, so that no path over what is theirs leads there.
"""

import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from offboarding.model import LinkDecision, Relation, SubjectKind
from offboarding.report.wording import printable
from offboarding.store.reading.access import AccountHeld, CredentialHeld
from offboarding.store.reading.exposure import Exposure
from offboarding.store.reading.workers import DepartureView, WorkerFound

PREFIX = "Offboarding"
"""Of each kind, and what BloodHound knows all of ours by: kinds of its own are never called so."""
_IDS = uuid.UUID("0f6f0c52-6f0b-5a0e-9d3a-2b8a4a1d7c11")
_KEYS = (SubjectKind.SIGNING_KEY, SubjectKind.SHARED_SECRET)
_CERTAIN = {Relation.IS: "Is", Relation.OWNS: "AnswersFor", Relation.CREATED: "Created"}
_UNCERTAIN = {Relation.IS: "MayBe", Relation.OWNS: "MayAnswerFor", Relation.CREATED: "MayHaveCreated"}
_GRAPHML = "http://graphml.graphdrawing.org/xmlns"

Value = str | int
"""What both formats hold, and never a yes or no where there is a third."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessNode:
    """A person, an account, what is on one, a key, or a system."""

    id: str
    kind: str
    properties: dict[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessEdge:
    """From whoever or whatever has something to what it has."""

    kind: str
    start: str
    end: str
    properties: dict[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAccess:
    """What is known of one person by a night."""

    person: WorkerFound
    departure: DepartureView | None
    """The one that stands; None: works here."""
    as_of: datetime
    unread: int
    """How much that night couldn't read: there may be more there."""
    accounts: Sequence[AccountHeld]
    credentials: Sequence[CredentialHeld]
    secrets: Sequence[Exposure]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessGraph:
    """Each node once, and each edge."""

    nodes: tuple[AccessNode, ...]
    edges: tuple[AccessEdge, ...]


def access_graph(held: PersonAccess) -> AccessGraph:
    """Of all that is known, in an order that stays."""
    person = _person(held)
    found = [person, *_accounts(held, person), *_credentials(held), *_secrets(held, person)]
    nodes: dict[str, AccessNode] = {}
    for each in found:
        if isinstance(each, AccessNode):
            nodes.setdefault(each.id, each)
    edges = {(each.kind, each.start, each.end): each for each in found if isinstance(each, AccessEdge)}
    return AccessGraph(nodes=tuple(nodes.values()), edges=tuple(edges.values()))


# --- what is known ----------------------------------------------------------------------------------------------------


def _person(held: PersonAccess) -> AccessNode:
    who = f"{held.person.id_space}:{held.person.worker_id}"
    stands = held.departure
    gone: dict[str, Value] = {}
    if stands:
        confirmed = "yes" if stands.confirmed else "no"
        gone = {"leftat": _utc(stands.left_at), "basis": stands.basis, "confirmed": confirmed}
    asked = {"asof": _utc(held.as_of), "notchecked": held.unread}
    said = {"name": who, "idspace": held.person.id_space, "workerid": held.person.worker_id}
    return _node("Person", (held.person.person_uid,), said | gone | asked)


def _accounts(held: PersonAccess, person: AccessNode) -> Iterator[AccessNode | AccessEdge]:
    for each in held.accounts:
        privileged = {None: "unknown", True: "yes", False: "no"}[each.privileged]
        said = {"sourcekind": each.source_kind, "privileged": privileged, "standing": each.standing.value}
        account = _account(each.realm, each.native_id, _thing(each.source, each.native_id) | said | _used(each))
        kind = (_CERTAIN if each.decision is LinkDecision.LINKED else _UNCERTAIN)[each.relation]
        link: dict[str, Value] = {
            "decision": each.decision.value,
            "score": each.score,
            "since": _utc(each.valid_from),
            "standing": each.standing.value,
        }
        yield from (account, _edge(kind, person, account, link))
        yield from _in(account, each.source, each.realm)


def _credentials(held: PersonAccess) -> Iterator[AccessNode | AccessEdge]:
    for each in held.credentials:
        account = _account(each.realm, each.account_native_id, {})
        said = _thing(each.source, each.native_id) | {"what": each.kind.value, "standing": each.standing.value}
        which = (each.realm, each.account_native_id, each.kind.value, each.native_id)
        credential = _node("Credential", which, said | _used(each))
        yield from (credential, _edge("HasCredential", account, credential, {"standing": each.standing.value}))


def _secrets(held: PersonAccess, person: AccessNode) -> Iterator[AccessNode | AccessEdge]:
    """Yield what outlives the accounts: keys, and what is on accounts of workloads."""
    for each in held.secrets:
        knowing: dict[str, Value] = {
            "grade": each.grade.value,
            "remedy": each.remedy.value,
            "standing": each.standing.value,
        }
        if each.kind in _KEYS:
            said: dict[str, Value] = {"name": each.native_id, "nativeid": each.native_id, "what": each.kind.value}
            key = _node(
                "Key", (each.kind.value, each.native_id), said | {"standing": each.standing.value} | _used(each)
            )
            yield from (key, _edge("MayKnow", person, key, knowing))
            for source in each.sources:
                system = _node("System", (source, ""), {"name": source, "source": source})
                yield from (system, _edge("SeenIn", key, system, {"standing": each.standing.value}))
        else:
            yield from _on_an_account(each, person, knowing)


def _on_an_account(each: Exposure, person: AccessNode, knowing: dict[str, Value]) -> Iterator[AccessNode | AccessEdge]:
    """Yield the password of an account as that account."""
    source = each.sources[0]
    said = _thing(source, each.native_id) | {"standing": each.standing.value} | _used(each)
    account = _account(
        each.realm, each.account_native_id, {**_thing(source, each.account_native_id), "standing": "unknown"}
    )
    if each.kind in (SubjectKind.ACCOUNT, SubjectKind.ROOT_ACCOUNT):
        account = _account(each.realm, each.account_native_id, said)
        yield from (account, _edge("MayKnow", person, account, knowing))
    else:
        which = (each.realm, each.account_native_id, each.kind.value, each.native_id)
        secret = _node("Credential", which, said | {"what": each.kind.value})
        yield from (account, secret, _edge("MayKnow", person, secret, knowing))
        yield _edge("HasCredential", account, secret, {"standing": each.standing.value})
    yield from _in(account, source, each.realm)


def _in(account: AccessNode, source: str, realm: str) -> Iterator[AccessNode | AccessEdge]:
    system = _node("System", (source, realm), {"name": f"{source} {realm}", "source": source, "realm": realm})
    yield from (system, _edge("In", account, system, {}))


def _account(realm: str, native_id: str, properties: dict[str, Value]) -> AccessNode:
    return _node("Account", (realm, native_id), properties)


def _thing(source: str, native_id: str) -> dict[str, Value]:
    return {"name": native_id, "nativeid": native_id, "source": source}


def _used(each: AccountHeld | CredentialHeld | Exposure) -> dict[str, Value]:
    return {"lastusedat": _utc(each.last_used_at)} if each.last_used_at else {}


def _node(kind: str, which: Sequence[str], properties: dict[str, Value]) -> AccessNode:
    """By an id that stays: BloodHound writes ids in capitals, in which two ids of a system may be one."""
    stays = uuid.uuid5(_IDS, json.dumps([kind, *which]))
    return AccessNode(id=str(stays).upper(), kind=f"{PREFIX}_{kind}", properties=properties)


def _edge(kind: str, start: AccessNode, end: AccessNode, properties: dict[str, Value]) -> AccessEdge:
    return AccessEdge(kind=f"{PREFIX}_{kind}", start=start.id, end=end.id, properties=properties)


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


# --- how it is written ------------------------------------------------------------------------------------------------


def opengraph(found: AccessGraph) -> str:
    """For BloodHound: https://bloodhound.specterops.io/opengraph/developer/data-payload."""
    nodes = [{"id": each.id, "kinds": [each.kind], "properties": each.properties} for each in found.nodes]
    edges = [
        {
            "kind": each.kind,
            "start": {"match_by": "id", "value": each.start},
            "end": {"match_by": "id", "value": each.end},
            "properties": each.properties,
        }
        for each in found.edges
    ]
    # The metadata first: BloodHound reads up to the graph.
    document = {"metadata": {"source_kind": PREFIX}, "graph": {"nodes": nodes, "edges": edges}}
    return json.dumps(document, indent=2) + "\n"


def graphml(found: AccessGraph) -> str:
    """For what draws graphs: http://graphml.graphdrawing.org/primer/graphml-primer.html."""
    ET.register_namespace("", _GRAPHML)
    root = ET.Element(f"{{{_GRAPHML}}}graphml")
    _declared(root, "node", ({"kind": each.kind, **each.properties} for each in found.nodes))
    _declared(root, "edge", ({"kind": each.kind, **each.properties} for each in found.edges))
    graph = ET.SubElement(root, f"{{{_GRAPHML}}}graph", id="access", edgedefault="directed")
    for each in found.nodes:
        node = ET.SubElement(graph, f"{{{_GRAPHML}}}node", id=each.id)
        _data(node, "node", {"kind": each.kind, **each.properties})
    for each in found.edges:
        edge = ET.SubElement(graph, f"{{{_GRAPHML}}}edge", source=each.start, target=each.end)
        _data(edge, "edge", {"kind": each.kind, **each.properties})
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _declared(root: ET.Element, of: str, every: Iterable[dict[str, Value]]) -> None:
    """Each attribute, before it's used."""
    types = {name: "int" if isinstance(value, int) else "string" for each in every for name, value in each.items()}
    for name, kind in types.items():
        values = {"id": f"{of}.{name}", "for": of, "attr.name": name, "attr.type": kind}
        ET.SubElement(root, f"{{{_GRAPHML}}}key", values)


def _data(element: ET.Element, of: str, properties: dict[str, Value]) -> None:
    for name, value in properties.items():
        # What XML can't hold is spelled out: whoever chose an id may have put control characters into it.
        ET.SubElement(element, f"{{{_GRAPHML}}}data", key=f"{of}.{name}").text = printable(str(value))
