"""Where templates are rendered: a sandbox, in which nothing can be called but `say` and the filters."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import cast
from zoneinfo import ZoneInfo

from jinja2 import FunctionLoader, StrictUndefined, TemplateRuntimeError, Undefined

from offboarding.model import Language, Sentence, say
from offboarding.model.sentences import Value
from offboarding.report.texts import languages
from offboarding.report.texts.layout import INDENT, flowed, numbered, on_one_line, written
from offboarding.report.texts.own import OwnTemplates
from offboarding.report.texts.sandbox import TextSandbox, within_margin

ENDING = ".txt.j2"


@cache
def shipped() -> Mapping[str, str]:
    """Our templates: file name -> source."""
    folder = resources.files("offboarding.report.texts") / "templates"
    return {file.name: file.read_text("utf-8") for file in folder.iterdir() if file.name.endswith(ENDING)}


def environment(language: Language, zone: str, own: OwnTemplates) -> TextSandbox:
    """Where tickets in this language are rendered. `zone`: the company's, for moments."""
    return _environment(language, zone, tuple(sorted(own.sources.items())))


@cache
def _environment(language: Language, zone: str, own: tuple[tuple[str, str], ...]) -> TextSandbox:
    sources = {**shipped(), **dict(own)}

    def found(name: str) -> tuple[str, str, Callable[[], bool]] | None:
        """With its name as its file's, for tracebacks."""
        return (sources[name], name, lambda: True) if name in sources else None

    made = TextSandbox(
        loader=FunctionLoader(found),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words = TemplateWords(language=language, zone=ZoneInfo(zone))
    made.finalize = words.written
    callables = cast("dict[str, Callable[..., str]]", made.globals)
    callables.clear()
    callables["say"] = words.say
    made.callables.add(words.say)
    made.filters.update(words.filters())
    made.tests["translated"] = words.translated
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateWords:
    """What a template may call: a sentence, and filters, all in one language."""

    language: Language
    zone: ZoneInfo

    def filters(self) -> Iterator[tuple[str, Callable[..., str]]]:
        """Yield them by name."""
        yield "day", self.day
        yield "plain_day", self.plain_day
        yield "moment", self.moment
        yield "here", self.here
        yield "offset", self.offset
        yield "numbers", self.numbers
        yield "line", self.line
        yield "flow", self.flow
        yield "below", self.below
        yield "step", self.step
        yield "and_then", self.and_then
        yield "within", self.within
        yield "trimmed", self.trimmed

    def say(self, pattern: str, plural: str = "", /, **values: Value) -> str:
        """A sentence, by its English. `plural`: the same where `count` isn't 1."""
        for value in values.values():
            if isinstance(value, Undefined):
                str(value)  # raises that it's undefined
        known = pattern if isinstance(pattern, Sentence) and not values else say(pattern, plural, **values)
        return languages.told(known, self.language)

    def written(self, value: object) -> object:
        """A value as it's put into the text: a sentence in its language."""
        if isinstance(value, (list, tuple, dict)):
            raise TemplateRuntimeError("a list is no text: write what of it is to be told, by a loop or join")
        return languages.told(value, self.language) if isinstance(value, Sentence) else value

    def translated(self, value: str) -> bool:
        """Whether the language has the sentence."""
        return languages.is_told(value, self.language)

    def day(self, value: date) -> str:
        """Such as "Friday 13 November 2026"."""
        return languages.day(value, self.language)

    def plain_day(self, value: date) -> str:
        """Such as "13 November 2026"."""
        return languages.plain_day(value, self.language)

    def moment(self, value: datetime) -> str:
        """Such as "25 November 2026 01:30 KST", by the company's clock."""
        return languages.moment(value, self.zone, self.language)

    def here(self, value: datetime, zone: str) -> str:
        """Day and time by another clock."""
        return languages.here(value, ZoneInfo(zone), self.language)

    def offset(self, value: datetime, zone: str) -> str:
        """How far another clock is from UTC then: "-08:00"."""
        return value.astimezone(ZoneInfo(zone)).isoformat()[-6:]

    def numbers(self, value: Sequence[int], *, joined: bool = False) -> str:
        """Numbers of things: "1, 3-5"; `joined`: "1 and 3-5"."""
        *most, last = numbered(value)
        if joined and most:
            return self.say("{numbers} and {last}", numbers=", ".join(most), last=last)
        return ", ".join((*most, last))

    def line(self, value: str) -> str:
        """On one line."""
        return on_one_line(languages.told(value, self.language))

    def flow(self, value: str, hang: int = 0, indent: int = 0) -> str:
        """Prose over as many lines as it needs; `hang`: how far later ones stand in."""
        within_margin(hang, indent)
        return flowed(" " * indent + languages.told(value, self.language), hang=hang)

    def below(self, value: str) -> str:
        """Prose below a thing's own line."""
        return self.flow(value, INDENT, INDENT)

    def step(self, value: str, indent: int) -> str:
        """A step: its words, and the command below them."""
        within_margin(indent)
        return "\n".join(written(languages.told(value, self.language), " " * indent))

    def and_then(self, value: str, more: str) -> str:
        """Two sentences, one after the other."""
        return languages.together((value, more), self.language)

    def within(self, value: str) -> str:
        """A thing's name as it stands within a sentence."""
        return languages.within(value, self.language)

    def trimmed(self, value: str) -> str:
        """Without the line ends around it."""
        return value.strip("\n")
