"""Decisions as forms of the pages, and as the JSON that REST takes.

Decisions that begin with the same word and have the same fields share a form, which asks which of them is meant:
`link confirm` and `link reject` are the form `link`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from offboarding.config.spelling import nearest
from offboarding.decisions import kinds
from offboarding.decisions.kinds import DecisionKind, Right
from offboarding.model.errors import FatalError

CHOICE = "decision"
"""The field of a form that says which of its decisions is meant; absent from a form of one decision."""
NAME = "name"
"""The key of a decision's name in what is submitted."""
SEEN = "seen"
"""The key of the digest of the evidence that a page showed."""
_SENTENCE = re.compile(r".+?[.](?=\s|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What one form decides."""

    name: str
    """"link", "link revoke"."""
    choices: Mapping[str, DecisionKind]
    """By what is chosen; one alone by "", and nothing is asked."""

    @property
    def slug(self) -> str:
        """Its name in an address."""
        return self.name.replace(" ", "_").replace("-", "_")

    @property
    def says(self) -> str:
        """What comes of it, in a sentence of each."""
        return " ".join(self._each({name: _first_sentence(kind.about) for name, kind in self.choices.items()}))

    @property
    def about(self) -> str:
        """What comes of it, in a paragraph of each."""
        return "\n\n".join(self._each({name: kind.about for name, kind in self.choices.items()}))

    @property
    def right(self) -> Right:
        """The right that its decisions require; they require the same one."""
        found = next(iter(self.choices.values())).right
        assert found is not None, "only decisions that Airflow takes have a form"
        return found

    def schemas(self) -> dict[str, dict[str, Any]]:
        """Return the JSON schema of each field by its name. An optional field also has the type null."""
        found: dict[str, dict[str, Any]] = {}
        if "" not in self.choices:
            found[CHOICE] = {"type": "string", "title": "Decision", "description": self.says, "enum": [*self.choices]}
        kind = next(iter(self.choices.values()))
        for name, field in kind.fields.model_fields.items():
            found[name] = _schema(kind, name)
            if not field.is_required():
                found[name] = _left_out(found[name])
        return found

    def submission(self, given: Mapping[str, object]) -> dict[str, object]:
        """Return what is submitted for the filled fields. Raises FatalError if no decision of this form is chosen."""
        fields = dict(given)
        chosen = "" if "" in self.choices else str(fields.pop(CHOICE, ""))
        return {NAME: known(CHOICE, chosen, self.choices).name, **fields}

    def _each(self, texts: Mapping[str, str]) -> Iterator[str]:
        return (f"{name}: {text}" if name else text for name, text in texts.items())


@cache
def every() -> Mapping[str, Form]:
    """All of them, by name."""
    alike: dict[tuple[str, str], list[DecisionKind]] = {}
    for kind in kinds.submitted().values():
        alike.setdefault((kind.name.split()[0], str(kind.asked)), []).append(kind)
    found = [_form(word, some) for (word, _), some in alike.items()]
    return {form.name: form for form in found}


def known(field: str, name: str, among: Mapping[str, DecisionKind]) -> DecisionKind:
    """Return the decision of this name. Raises FatalError with the nearest name if there is none."""
    if name not in among:
        said = f"{field}: {name!r} is none." if name else f"{field} is missing."
        raise FatalError(f"{said}{nearest(name, among)}")
    return among[name]


def schema(right: Right) -> dict[str, Any]:
    """Return the JSON schema of a submission that requires this right: the decision's name and its fields."""
    found = kinds.submitted(right)
    each = [
        {"if": {"properties": {NAME: {"const": name}}, "required": [NAME]}, "then": _submitted(kind)}
        for name, kind in found.items()
    ]
    return {"type": "object", "properties": {NAME: {"enum": [*found]}}, "required": [NAME], "allOf": each}


def _submitted(kind: DecisionKind) -> dict[str, Any]:
    fields = kind.fields.model_fields
    return {
        "properties": {NAME: {}, SEEN: {"type": "string"}, **{name: kind.schema(name) for name in fields}},
        "required": [name for name, field in fields.items() if field.is_required()],
        "additionalProperties": False,
    }


def listed(fields: Sequence[str]) -> str:
    """Several by their names: "source, roster and queue"."""
    *others, last = fields
    return f"{', '.join(others)} and {last}" if others else last


def _form(word: str, some: list[DecisionKind]) -> Form:
    if len(some) == 1:
        return Form(name=some[0].name, choices={"": some[0]})
    return Form(name=word, choices={kind.name.removeprefix(word).strip(): kind for kind in some})


def _first_sentence(text: str) -> str:
    found = _SENTENCE.match(text)
    return found[0] if found else text


def _schema(kind: DecisionKind, name: str) -> dict[str, Any]:
    schema = kind.schema(name)
    about = [str(schema["description"])]
    if name in kind.one_of:
        about.append(f"One of {listed(kind.one_of)}.")
    if schema["type"] == "array":
        about.append("Written as [3], or [3, 4].")
    return {**schema, "description": " ".join(about)}


def _left_out(schema: dict[str, Any]) -> dict[str, Any]:
    whole = {**schema, "type": ["null", schema["type"]]}
    if "enum" in schema:
        # Otherwise null would match no value of the enum.
        whole |= {"enum": [None, *schema["enum"]]}
    return whole
