"""Mistakes in the configuration: each by its path in the file, with the nearest valid word."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from offboarding.config.spelling import nearest
from offboarding.model.naming import worker_of
from offboarding.model.texts import is_blank

_LONGEST_SHOWN = 60
_PLAIN = {
    "model_type": "is a mapping, a key and its value a line",
    "mapping_type": "is a mapping, a key and its value a line",
    "dict_type": "is a mapping, a key and its value a line",
    "tuple_type": "is a list, a dash each",
    "list_type": "is a list, a dash each",
    "too_short": "is empty: name one at least",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """Something that a person must mend in the file."""

    path: str
    """Such as "sources[1].accounts"; "" for the file itself."""
    text: str
    """What is wrong, and the nearest valid word."""
    file: Path | None = None
    """Where another file than the configuration's own holds it."""

    def __str__(self) -> str:
        if not self.path:
            return self.text
        return f"{self.path} {self.text}" if self.text.startswith("is ") else f"{self.path}: {self.text}"


def of_validation(
    model: type[BaseModel],
    fields: Mapping[str, object],
    where: str,
    error: ValidationError,
    *,
    takes: Mapping[str, str] | None = None,
) -> Iterator[Mistake]:
    """Yield pydantic's errors in our words. `where`: the path of `fields` in the file, which should be a `model`.

    `takes`: what a field asks for, said in place of pydantic's own words: for people who fill in a form.
    """
    found = error.errors(include_url=False)
    for detail in found:
        # Of a list whose every word is wrong pydantic says, too, that it's empty.
        if detail["type"] == "too_short" and any(
            each["loc"] != detail["loc"] == each["loc"][: len(detail["loc"])] for each in found
        ):
            continue
        yield _mistake(model, fields, where, cast("Mapping[str, object]", detail), takes or {})


def of_worker(path: str, word: str, id_spaces: Mapping[str, str]) -> Iterator[Mistake]:
    """Yield why a word stands for no one worker, if it doesn't. `id_spaces`: what names one."""
    space, number = worker_of(word, id_spaces)
    spaces = sorted(set(id_spaces.values()))
    if is_blank(number):
        yield Mistake(path=path, text=f"{word!r} names no worker id after its id space")
    elif not space:
        several = ", ".join(f"{each}:{number}" for each in spaces)
        yield Mistake(path=path, text=f"{word!r} may be several people's. Say which: {several}")
    elif space not in spaces:
        yield Mistake(path=path, text=f"no roster has the id_space {space!r}.{nearest(space, spaces)}")


def _mistake(
    model: type[BaseModel],
    fields: Mapping[str, object],
    where: str,
    detail: Mapping[str, object],
    takes: Mapping[str, str],
) -> Mistake:
    loc = cast("tuple[int | str, ...]", detail["loc"])
    kind = str(detail["type"])
    path = _path(where, loc, fields, missing=kind == "missing")
    if kind == "extra_forbidden":
        text = f"is unknown.{nearest(str(loc[-1]), _fields_at(model, loc[:-1]))}"
    elif kind == "missing":
        text = "is missing."
    elif kind != "value_error" and (about := takes.get(str(loc[0]))):
        text = _not_taken(detail, about)
    elif kind == "too_short" and not _is_required(model, loc):
        text = f"{_said(detail)}, or leave it out"
    else:
        text = f"{_said(detail)}{_got(detail)}{_expected(detail)}"
    return Mistake(path=path, text=text)


def _path(where: str, loc: Sequence[int | str], fields: object, *, missing: bool) -> str:
    """Follow the error into what was written: parts of `loc` that aren't there are pydantic's own ("[key]", a type)."""
    path, here = where, fields
    for number, part in enumerate(loc):
        if isinstance(here, dict) and part in here:
            here = cast("dict[object, object]", here)[part]
            path = f"{path}.{part}" if path else str(part)
        elif isinstance(here, list) and isinstance(part, int) and part < len(cast("list[object]", here)):
            here = cast("list[object]", here)[part]
            path = f"{path}[{part}]"
        elif missing and number == len(loc) - 1:
            path = f"{path}.{part}" if path else str(part)
    return path


def _said(detail: Mapping[str, object]) -> str:
    if detail["type"] == "string_type" and isinstance(detail["input"], (int, float)):
        return "is no text to YAML: put it in quotes"
    plain = _PLAIN.get(str(detail["type"]))
    return plain or str(detail["msg"]).removeprefix("Value error, ")


def _not_taken(detail: Mapping[str, object], about: str) -> str:
    if detail["type"] == "string_too_long":
        return f"is longer than {cast('Mapping[str, object]', detail['ctx'])['max_length']} characters."
    return f"is {_shown(detail['input'])}, and takes this: {about[:1].lower()}{about[1:]}"


def _got(detail: Mapping[str, object]) -> str:
    given = detail["input"]
    # Our own sentences name the word themselves.
    if isinstance(given, (dict, list)) or (detail["type"] == "value_error" and str(given) in str(detail["msg"])):
        return ""
    return f" (got {_shown(given)})"


def _shown(given: object) -> str:
    shown = repr(given)
    return shown if len(shown) <= _LONGEST_SHOWN else f"{shown[:_LONGEST_SHOWN]}…"


def _expected(detail: Mapping[str, object]) -> str:
    """Of a word that must be one of a few: the nearest."""
    context = cast("Mapping[str, object]", detail.get("ctx") or {})
    words = re.findall(r"'([^']*)'", str(context.get("expected", "")))
    near = nearest(str(detail["input"]), words) if words else ""
    return f".{near}" if near.startswith(" Did you mean") else ""


def _is_required(model: type[BaseModel], loc: Sequence[int | str]) -> bool:
    field = _fields_at(model, loc[:-1]).get(str(loc[-1]))
    return field is None or field.is_required()


def _fields_at(model: type[BaseModel], loc: Iterable[int | str]) -> Mapping[str, FieldInfo]:
    here: object = model
    for part in loc:
        if isinstance(here, type) and issubclass(here, BaseModel) and part in here.model_fields:
            here = _made_of(cast("object", here.model_fields[str(part)].annotation))
    if isinstance(here, type) and issubclass(here, BaseModel):
        return here.model_fields
    return {}


def _made_of(annotation: object) -> object:
    """The model that a list, a mapping or a choice is made of, however deep; itself where there is none."""
    inner = (_made_of(part) for part in get_args(annotation))
    return next((part for part in inner if isinstance(part, type) and issubclass(part, BaseModel)), annotation)
