"""A company's folder of templates, read and tried: what would fail at night, or leave out what nobody may miss."""

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from itertools import islice, product
from pathlib import Path

from jinja2 import TemplateError, TemplateSyntaxError, meta, nodes

from offboarding.model import Language
from offboarding.model.sentences import PLACE
from offboarding.report.texts.environment import ENDING, environment, shipped
from offboarding.report.texts.own import OwnTemplates
from offboarding.report.texts.rendering import TITLE, missing, reason, rendered, where
from offboarding.report.texts.samples import samples
from offboarding.report.texts.sandbox import in_time
from offboarding.report.texts.views import TicketViews

MOST_BYTES = 64 * 1024
"""Of a file."""
MOST_OF_A_TITLE = 250
"""Characters: trackers take 255 or more, and shorten what is longer."""
_GIVEN = {each.name for each in fields(TicketViews)}


def read(folder: Path) -> tuple[OwnTemplates, list[str]]:
    """The templates of a folder, and what is wrong with them: a sentence each, by file and line."""
    if not folder.is_dir():
        return OwnTemplates(), ["is no folder. Make it, or leave `policy.texts` out."]
    sources: dict[str, str] = {}
    wrong: list[str] = []
    for file in sorted(folder.iterdir()):
        # Such as ..data, by which Kubernetes swaps a mounted folder's files.
        if file.name.startswith("."):
            continue
        if file.name not in shipped():
            ours = ", ".join(sorted(shipped()))
            wrong.append(f"{file.name}: no text of ours is called so. Ours are {ours}.")
        elif no_text := _no_text(folder, file):
            wrong.append(f"{file.name} {no_text}.")
        else:
            try:
                sources[file.name] = file.read_text("utf-8")
            except (OSError, UnicodeDecodeError) as error:
                wrong.append(f"{file.name} can't be read as UTF-8 text ({type(error).__name__}): mend it.")
    return OwnTemplates(folder=str(folder), sources=sources), [*wrong, *_mistakes(sources)]


def _no_text(folder: Path, file: Path) -> str:
    """Why a file isn't to be opened; "" where it is."""
    # Path.resolve raises where links go in a circle.
    if not Path(os.path.realpath(file)).is_relative_to(os.path.realpath(folder)):
        return "is a link that leads out of the folder: put the file itself there"
    try:
        found = file.stat()
    except OSError as error:
        return f"can't be looked at ({error.strerror}): mend it"
    if not stat.S_ISREG(found.st_mode):
        return "is no regular file: put a text there"
    return f"has {found.st_size:,} bytes, and may have {MOST_BYTES:,}" if found.st_size > MOST_BYTES else ""


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
    # Python has bounds of its own, such as on loops within loops, and on numbers.
    except Exception as error:  # noqa: BLE001 - see above
        yield f"{name}: Python can't take it ({reason(error)}). Write in macros what lies deep within something else."
        return
    known = {*_GIVEN, *made.globals}
    for unknown in sorted(meta.find_undeclared_variables(tree) - known):
        line = next((each.lineno for each in tree.find_all(nodes.Name) if each.name == unknown), 1)
        yield f"{name}:{line}: there is no {unknown}. A template is given {', '.join(sorted(known))}."
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "say" and (why := _said_wrongly(call)):
            yield f"{name}:{call.lineno}: {why}."


def _said_wrongly(call: nodes.Call) -> str:
    """How the names of a sentence and those of its values don't fit; "" where they do."""
    patterns = [each.value for each in call.args if isinstance(each, nodes.Const) and isinstance(each.value, str)]
    if not patterns or len(patterns) < len(call.args) or call.dyn_kwargs:
        return ""  # only known when it's rendered
    placed = {place[1] for pattern in patterns for place in PLACE.finditer(pattern)}
    given = {each.key for each in call.kwargs}
    if lacking := sorted(placed - given):
        return f"say() is given no {', '.join(lacking)}, which its sentence has"
    # By it the plural is chosen.
    spare = sorted(given - placed - ({"count"} if len(patterns) > 1 else set()))
    return f"say() is given {', '.join(spare)}, for which its sentence has no place" if spare else ""


def _tried(sources: Mapping[str, str]) -> Iterator[str]:
    """Yield what goes wrong with each of our texts that these templates have a part in."""
    for file in sorted(shipped()):
        # `parts` is no text by itself, and of ours any may import one of theirs.
        if file != f"parts{ENDING}" and (file in sources or any(name in shipped()[file] for name in sources)):
            yield from islice(_gone_wrong(file.removesuffix(ENDING), sources), 1)


def _gone_wrong(name: str, sources: Mapping[str, str]) -> Iterator[str]:
    own = OwnTemplates(sources=sources)
    for language, views in product(Language, samples(name)):
        which = f"(in a ticket of kind {views.ticket.kind}, in {language})."
        try:
            with in_time():
                text = rendered(environment(language, "UTC", own), name, views)
        # Whatever a template does, its author is told where.
        except Exception as error:  # noqa: BLE001 - see above
            yield f"{where(error, name + ENDING)}: {reason(error)} {which}"
            continue
        lacking = missing(name, views, text)
        if name == TITLE and len(text) > MOST_OF_A_TITLE:
            lacking = f"a title of {len(text):,} characters: write {MOST_OF_A_TITLE} at most"
        if lacking:
            yield f"{name}{ENDING}:{_last_line(sources, name)}: {lacking} {which}"


def _last_line(sources: Mapping[str, str], name: str) -> int:
    return len(sources.get(name + ENDING, "").splitlines()) or 1
