"""Templates made to texts: ours, or a company's own in place of ours, in a sandbox.

A company's template is refused by `check-config` where it can't be rendered, or leaves out what nobody may miss. One
that fails at night after all costs no ticket: ours stands in for it, and the run is red by `refused`.
"""

import traceback
from dataclasses import dataclass, field, fields
from pathlib import PurePath
from zoneinfo import ZoneInfo

from jinja2 import TemplateError, TemplateNotFound

from offboarding.model import Language
from offboarding.model.keys import without_keys
from offboarding.report.texts import languages
from offboarding.report.texts.environment import ENDING, environment, shipped
from offboarding.report.texts.layout import on_one_line
from offboarding.report.texts.own import OwnTemplates
from offboarding.report.texts.sandbox import TextSandbox, in_time
from offboarding.report.texts.views import TicketViews

TITLE, BODY = "title", "body"


@dataclass(slots=True, kw_only=True)
class TicketTexts:
    """What tickets of one tracker say."""

    language: Language = Language.EN
    zone: str
    """The company's, for moments."""
    names: bool = True
    """Whether a ticket bears a leaver's name, beside HR's number."""
    exposure: bool = False
    """Whether a leaver's ticket says what else they may know."""
    own: OwnTemplates = field(default_factory=OwnTemplates)
    refused: list[str] = field(default_factory=list[str])
    """Why ours stood in for a company's own, a sentence each."""

    def title(self, views: TicketViews) -> str:
        """The ticket's title, on one line."""
        return self._text(TITLE, views)

    def body(self, views: TicketViews) -> str:
        """The ticket's text."""
        return self._text(BODY, views)

    def comment(self, name: str, views: TicketViews) -> str:
        """A comment, by its template's name."""
        return self._text(name, views)

    def told(self, text: str) -> str:
        """A comment that is a sentence by itself, of no template."""
        return languages.told(text, self.language)

    def _text(self, name: str, views: TicketViews) -> str:
        if self.own.sources:
            try:
                with in_time():
                    text = self._rendered(self.own, name, views)
                if not (lacking := missing(name, views, text)):
                    return text
                why = f"{self.own.folder}/{name}{ENDING}: {lacking}"
            # Whatever a template of somebody else's does: no ticket is lost by it, and the run is red.
            except Exception as error:  # noqa: BLE001 - see above
                why = f"{self.own.folder}/{where(error, name + ENDING)}: {reason(error)}"
            self.refused.append(f"policy.texts: {why}. Our text stood in its place: mend the file")
        return self._rendered(OwnTemplates(), name, views)

    def _rendered(self, own: OwnTemplates, name: str, views: TicketViews) -> str:
        text = rendered(environment(self.language, self.zone, own), name, views)
        return text if name == TITLE else languages.zoned(text, ZoneInfo(self.zone), self.language)


def rendered(made: TextSandbox, name: str, views: TicketViews) -> str:
    """What a template makes of a ticket: a title on one line, with no key but its own; a comment without blank ones."""
    text = made.made(name + ENDING, {each.name: getattr(views, each.name) for each in fields(views)})
    if name == TITLE:
        own = f"[{views.ticket.key}]"
        title = on_one_line(text)
        return without_keys(title.removesuffix(own)) + own if title.endswith(own) else title
    if name == BODY:
        return text.strip("\n")
    return "\n".join(line for line in text.splitlines() if line.strip())


def missing(name: str, views: TicketViews, text: str) -> str:
    """What a text leaves out that nobody may miss; "" where it's all there."""
    if name == TITLE and not text.endswith(f"[{views.ticket.key}]"):
        return "the title doesn't end in [{{ ticket.key }}], by which the ticket is found again"
    if name == BODY:
        left_out = [thing.key for thing in views.things if thing.key not in text]
        if left_out:
            return f"{len(left_out)} of {len(views.things)} things aren't on the list: each is known by its thing.key"
        if views.ticket.more and not any(f"{views.ticket.more:{sign}}" in text for sign in ("", ",")):
            return "it doesn't say that there are {{ ticket.more }} more things than are listed"
    if name != TITLE and not text.strip():
        return "it says nothing"
    return ""


def where(error: Exception, name: str) -> str:
    """The file and line that an error of a template's comes from, as far as it's known."""
    if isinstance(error, TemplateError) and (line := getattr(error, "lineno", None)):
        return f"{getattr(error, 'name', None) or name}:{line}"
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(ENDING)]
    return f"{PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else name


def reason(error: Exception) -> str:
    """What went wrong, on one line."""
    if isinstance(error, TemplateNotFound):
        return f"there is no {error.name}: a template includes or imports another of {', '.join(sorted(shipped()))}"
    said = on_one_line(str(error)).rstrip(".") or type(error).__name__
    return said if isinstance(error, TemplateError) else f"{type(error).__name__}: {said}"
