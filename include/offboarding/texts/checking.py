"""A company's folder of templates, read and tried: what would fail at night, or leave out what nobody may miss."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path

from jinja2 import TemplateError, TemplateSyntaxError, meta, nodes

from offboarding.model import Language
from offboarding.texts.environment import ENDING, environment, shipped
from offboarding.texts.own import OwnTemplates
from offboarding.texts.rendering import missing, reason, rendered, where
from offboarding.texts.samples import samples
from offboarding.texts.views import TicketViews

_GIVEN = {each.name for each in fields(TicketViews)}


def read(folder: Path) -> tuple[OwnTemplates, list[str]]:
    """The templates of a folder, and what is wrong with them: a sentence each, by file and line."""
    if not folder.is_dir():
        return OwnTemplates(), ["is no folder. Make it, or leave `policy.texts` out."]
    sources: dict[str, str] = {}
    wrong: list[str] = []
    for file in sorted(folder.iterdir()):
        if file.name not in shipped():
            if file.name.endswith(".j2"):
                ours = ", ".join(sorted(shipped()))
                wrong.append(f"{file.name}: no text of ours is called so. Ours are {ours}.")
            continue
        try:
            sources[file.name] = file.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            wrong.append(f"{file.name} can't be read as UTF-8 text ({type(error).__name__}): mend it.")
    return OwnTemplates(folder=str(folder), sources=sources), [*wrong, *_mistakes(sources)]


def _mistakes(sources: Mapping[str, str]) -> Sequence[str]:
    written = [mistake for name, source in sources.items() for mistake in _written_wrongly(name, source)]
    # What can't be read can't be tried either.
    return written or list(dict.fromkeys(_tried(sources)))


def _written_wrongly(name: str, source: str) -> Iterator[str]:
    made = environment(Language.EN, "UTC", OwnTemplates())
    try:
        tree = made.parse(source, name)
        made.compile(tree, name, name)
    except TemplateSyntaxError as error:
        yield f"{name}:{error.lineno}: {reason(error)}."
        return
    except TemplateError as error:
        yield f"{where(error, name)}: {reason(error)}."
        return
    known = {*_GIVEN, *made.globals}
    for unknown in sorted(meta.find_undeclared_variables(tree) - known):
        line = next((each.lineno for each in tree.find_all(nodes.Name) if each.name == unknown), 1)
        yield f"{name}:{line}: there is no {unknown}. A template is given {', '.join(sorted(known))}."


def _tried(sources: Mapping[str, str]) -> Iterator[str]:
    """Yield what goes wrong with each of our texts by these templates: any of them may import `parts`."""
    texts = sorted(name.removesuffix(ENDING) for name in shipped() if name != f"parts{ENDING}")
    for name in texts:
        for views in samples():
            try:
                text = rendered(environment(Language.EN, "UTC", OwnTemplates(sources=sources)), name, views)
            # Whatever a template does, its author is told where.
            except Exception as error:  # noqa: BLE001
                yield f"{where(error, name + ENDING)}: {reason(error)} (in a ticket of kind {views.ticket.kind})."
                break
            if lacking := missing(name, views, text):
                place = f"{name}{ENDING}:{_last_line(sources, name)}"
                yield f"{place}: {lacking} (in a ticket of kind {views.ticket.kind})."
                break


def _last_line(sources: Mapping[str, str], name: str) -> int:
    return len(sources.get(name + ENDING, "").splitlines()) or 1
