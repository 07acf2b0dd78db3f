"""Every English pattern that is said to people and may be translated, by where it's said."""

import ast
from collections.abc import Iterator

from jinja2 import nodes

from offboarding.model import Language, Resolution, Severity
from offboarding.model.sentences import PLACE
from offboarding.report import ticket_things
from offboarding.report.texts.environment import environment, shipped
from offboarding.report.texts.own import OwnTemplates
from offboarding.rules import _sentences, all_rules
from tests.support.source_tree import modules


def patterns() -> dict[str, str]:
    """Pattern -> where it's said first."""
    found: dict[str, str] = {}
    for pattern, place in (*_of_templates(), *_of_code(), *_of_words()):
        # What has no letters of ours in it reads alike everywhere.
        if any(letter.isalpha() for letter in PLACE.sub("", pattern)):
            found.setdefault(pattern, place)
    return found


def _of_templates() -> Iterator[tuple[str, str]]:
    made = environment(Language.EN, "UTC", OwnTemplates())
    for name, source in shipped().items():
        for call in made.parse(source).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "say" and isinstance(call.args[0], nodes.Const):
                yield str(call.args[0].value), f"report/texts/templates/{name}"


def _of_code() -> Iterator[tuple[str, str]]:
    for module in modules():
        says = {name for name in module.imports if name in ("offboarding.model.say", "offboarding.model.sentences.say")}
        for node in ast.walk(module.tree):
            if isinstance(node, ast.keyword) and node.arg == "asks":
                yield from ((text, module.name) for text in _constants(node.value))
            elif says and isinstance(node, ast.Call) and ast.unparse(node.func) in ("say", "self.say") and node.args:
                yield from ((text, module.name) for text in _constants(node.args[0]))


def _constants(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from (*_constants(node.body), *_constants(node.orelse))
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def _of_words() -> Iterator[tuple[str, str]]:
    """What is said by a variable."""
    for nouns in (*ticket_things.NOUNS.values(), ticket_things.OTHERS):
        yield from ((pattern, "report/ticket_things.py") for pattern in nouns[1:])
    yield from ((severity.value, "model/words.py") for severity in Severity)
    yield from ((resolution.sentence, "model/resolutions.py") for resolution in Resolution)
    yield from ((pattern, "rules/_sentences.py") for pattern in _sentences.DEPARTURES)
    for rule in all_rules():
        yield rule.named, f"rules/{rule.id}"
        if rule.alone:
            words = (rule.alone.title, rule.alone.opening, rule.alone.closing, rule.alone.left)
            yield from ((text, f"rules/{rule.id}") for text in words if text)
