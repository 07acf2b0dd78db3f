"""One word has one meaning, wherever it stands."""

import ast
from collections import defaultdict

from tests.support.source_tree import modules

BY_PROTOCOL = {"Settings"}
"""Each kind's own, found by this name (interfaces.kinds), and those of the configuration that they stand in."""


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
