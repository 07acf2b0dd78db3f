"""One word has one meaning, wherever it stands."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import StrEnum

from offboarding import model
from tests.support.source_tree import known_to_airflow, modules

BY_PROTOCOL = {"Settings"}
"""Each kind's own, found by this name (interfaces.kinds), and those of the configuration that they stand in."""

ENUMERATED: dict[str, tuple[type[StrEnum], ...]] = {
    "state": (model.FindingState, model.TicketStatus, model.TicketState),
    "ticket_state": (model.TicketStatus,),
    "ticket_says": (model.FindingState,),
    "kind": (model.TicketKind, model.RunKind, model.LineKind, model.SubjectKind),
    "ticket_kind": (model.TicketKind,),
    "subject_kind": (model.SubjectKind,),
    "status": (model.ReadStatus, model.HoldStatus, model.RevocationStage),
    "detail_status": (model.ReadStatus,),
    "phase": (model.ReadPhase,),
    "op": (model.TicketCall,),
    "verdict": (model.LinkVerdict, model.DepartureVerdict),
    "basis": (model.Basis,),
    "standing": (model.Standing,),
    "effect": (model.Effect,),
    "relation": (model.Relation,),
    "severity": (model.Severity,),
    "decision": (model.LinkDecision,),
    "resolution": (model.Resolution,),
}
"""A field, and what it may hold."""


def test_no_two_classes_are_called_the_same() -> None:
    """Private ones too: whoever reads one file has read the others."""
    places: dict[str, list[str]] = defaultdict(list)
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef):
                places[node.name.lstrip("_")].append(module.name)
    doubles = {name: found for name, found in places.items() if len(found) > 1}
    assert {name: found for name, found in doubles.items() if name not in BY_PROTOCOL} == {}
    assert doubles.keys() == BY_PROTOCOL


def test_states_are_compared_as_enums() -> None:
    """A literal that nobody declares is never wrong, and never right after the enum has changed."""
    every = [*modules(), *known_to_airflow()]
    found = [(module, node) for module in every for node in _compared(module.tree)]
    assert [f"{module.name}, line {node.lineno}: {ast.unparse(node)}" for module, node in found] == []


def test_what_was_read_or_is_said_is_called_what_it_is() -> None:
    """Everything here is told by somebody: the word says nothing of what a name holds."""
    found = [f"{module.name}, line {node.lineno}" for module in modules() for node in _named_told(module.tree)]
    assert found == []


def test_a_name_that_says_nothing_would_be_seen() -> None:
    assert len(list(_named_told(ast.parse("def read(told): return told\nfor told in all: pass\ncase.told = 1")))) == 2


def test_a_compared_literal_would_be_seen() -> None:
    told = "row.state == 'open'; 'held' != state; run.kind in ('release', other)\nmatch row.kind:\n case 'event': ..."

    assert len(list(_compared(ast.parse(told)))) == 4


def _named_told(tree: ast.Module) -> Iterator[ast.arg | ast.Name]:
    """Parameters and variables. Fields of records bear the names of the store's columns and of the lines of JSON."""
    fields = {id(field.target) for field in ast.walk(tree) if isinstance(field, ast.AnnAssign)}
    for node in ast.walk(tree):
        match node:
            case ast.arg(arg="told"):
                yield node
            case ast.Name(id="told", ctx=ast.Store()) if id(node) not in fields:
                yield node
            case _:
                pass


def _compared(tree: ast.AST) -> Iterator[ast.Compare | ast.pattern]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            if any(_texts(sides) & _words(_name(side)) for side in sides):
                yield node
        elif isinstance(node, ast.Match):
            known = _words(_name(node.subject))
            yield from (case.pattern for case in node.cases if _texts(ast.walk(case.pattern)) & known)


def _name(side: ast.expr) -> str:
    return side.attr if isinstance(side, ast.Attribute) else side.id if isinstance(side, ast.Name) else ""


def _words(field: str) -> set[str]:
    return {each.value for enum in ENUMERATED.get(field, ()) for each in enum}


def _texts(sides: Iterable[ast.AST]) -> set[str]:
    nodes = [inner for side in sides for inner in (side, *getattr(side, "elts", ()))]
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
