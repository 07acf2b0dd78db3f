"""Make `ocsf.json`: `python -m tests.support.described.ocsf_schema`, with the package ocsf-json-schema beside it.

The class Compliance Finding as JSON schema, with the objects that we fill. Of what is left, nothing may stand in an
event that isn't named.
"""

import importlib
import json
from collections.abc import Iterator
from typing import Any

from tests.support.described.trim import FOLDER

RELEASE, CLASS = "1.8.0", "compliance_finding"
OBJECTS = ("analytic", "compliance", "finding_info", "metadata", "object", "product", "resource_details", "user")
PROSE = {"title", "deprecated"}


def trimmed(schema: dict[str, Any]) -> dict[str, Any]:
    """Without prose, and without properties that hold other objects."""
    objects = {name: _cut(schema["$defs"][name]) for name in OBJECTS}
    return {**_cut(schema), "$defs": objects}


def _cut(one: dict[str, Any]) -> dict[str, Any]:
    kept = {name: _bare(each) for name, each in one["properties"].items() if set(_refers(each)) <= set(OBJECTS)}
    return {**{name: each for name, each in one.items() if name not in PROSE}, "properties": kept}


def _bare(one: dict[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in one.items() if name not in PROSE}


def _refers(each: object) -> Iterator[str]:
    if isinstance(each, dict):
        for name, value in each.items():
            yield from [str(value).rpartition("/")[2]] if name == "$ref" else _refers(value)


def main() -> None:
    """Write it."""
    package = importlib.import_module("ocsf_json_schema")
    whole = package.OcsfJsonSchemaEmbedded(package.get_ocsf_schema(RELEASE)).get_class_schema(CLASS, [])
    text = json.dumps(trimmed(whole), indent=1, sort_keys=True)
    (FOLDER / "ocsf.json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
