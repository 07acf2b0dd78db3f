"""Decisions as forms, and by REST: a form each, with its own fields. Those of one word that ask for the same share one,
in which it's chosen: `link confirm` and `link reject` are the form `link`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

from offboarding.config.settings import Settings
from offboarding.config.spelling import nearest
from offboarding.decisions import kinds
from offboarding.decisions.fields import Offered
from offboarding.decisions.kinds import DecisionKind
from offboarding.model.errors import FatalError

CHOICE = "decision"
"""The field in which it's chosen, where there is something to choose."""
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
        """Its name in its DAG's id, and in an address."""
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
    def by_approvers(self) -> bool:
        """Only those may whom guard.approvers names."""
        return any(kind.by_approvers for kind in self.choices.values())

    def schemas(self, settings: Settings | None) -> dict[str, dict[str, Any]]:
        """Name -> JSON schema of each field. What may be left out is of the type null, too.

        Without `settings` nothing is offered that the configuration names.
        """
        found: dict[str, dict[str, Any]] = {}
        if "" not in self.choices:
            found[CHOICE] = {"type": "string", "title": "Decision", "description": self.says, "enum": [*self.choices]}
        kind = next(iter(self.choices.values()))
        for name, field in kind.fields.model_fields.items():
            found[name] = _schema(kind, name, settings)
            if not field.is_required():
                found[name] = _left_out(found[name])
        return found

    def read(self, given: Mapping[str, object]) -> tuple[DecisionKind, dict[str, object]]:
        """The decision, and its fields. Raises FatalError where none of this form's is chosen."""
        fields = dict(given)
        chosen = "" if "" in self.choices else str(fields.pop(CHOICE, ""))
        if chosen not in self.choices:
            said = f"{CHOICE}: {chosen!r} is none." if chosen else f"{CHOICE} is missing."
            raise FatalError(f"{said}{nearest(chosen, self.choices)}")
        return self.choices[chosen], fields

    def _each(self, texts: Mapping[str, str]) -> Iterator[str]:
        return (f"{name}: {text}" if name else text for name, text in texts.items())


@cache
def every() -> Mapping[str, Form]:
    """All of them, by name."""
    alike: dict[tuple[str, str], list[DecisionKind]] = {}
    for kind in kinds.forms().values():
        alike.setdefault((kind.name.split()[0], str(kind.asked)), []).append(kind)
    found = [_form(word, some) for (word, _), some in alike.items()]
    return {form.name: form for form in found}


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


def _schema(kind: DecisionKind, name: str, settings: Settings | None) -> dict[str, Any]:
    schema = kind.schema(name)
    about = [str(schema["description"])]
    if name in kind.one_of:
        about.append(f"One of {listed(kind.one_of)}.")
    if schema["type"] == "array":
        # The page takes a list of numbers as JSON.
        about.append("Written as [3], or [3, 4].")
    offered = next((each for each in _beside(kind.hint(name)) if isinstance(each, Offered)), None)
    names = {"examples": list(offered.names(settings))} if offered and settings else {}
    return {**schema, **names, "description": " ".join(about)}


def _beside(hint: Any) -> Iterator[object]:
    """What stands beside a type; of one that may be left out, beside that."""
    for each in get_args(hint):
        yield each
        yield from _beside(each)


def _left_out(schema: dict[str, Any]) -> dict[str, Any]:
    whole = {**schema, "type": ["null", schema["type"]]}
    if "enum" in schema:
        # Else null would be none of them.
        whole |= {"enum": [None, *schema["enum"]], "values_display": {"null": "-"}}
    return whole
