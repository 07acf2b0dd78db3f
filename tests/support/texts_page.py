"""docs/configuration/texts.md: what a template is given, made of the views themselves.

`python -m tests.support.texts_page` writes that part anew.
"""

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from offboarding.model import Language
from offboarding.report.texts import environment, views

PAGE = Path(__file__).parents[2] / "docs" / "configuration" / "texts.md"
BEGIN, END = "<!-- made of the code -->\n", "<!-- end -->\n"


def page() -> str:
    """The page as it should be."""
    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    return before + BEGIN + made() + END + rest.split(END)[1]


def made() -> str:
    """The tables."""
    tree = ast.parse(inspect.getsource(views))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    whole = next(each for each in classes if each.name == "TicketViews")
    parts = [f"\n### What a template is given\n\n{_table(whole)}"]
    parts += [f"\n### `{each.name}`: {_first(each)}\n\n{_table(each)}" for each in classes if each is not whole]
    return "".join(parts) + f"\n### Filters\n\n| filter | |\n|---|---|\n{''.join(_filters())}\n"


def _first(node: ast.ClassDef) -> str:
    said = (ast.get_docstring(node) or "").rstrip(".")
    return said[:1].lower() + said[1:]


def _table(node: ast.ClassDef) -> str:
    rows = "".join(f"| `{name}` | `{kind}` | {said} |\n" for name, kind, said in _fields(node))
    return f"| name | holds | |\n|---|---|---|\n{rows}"


def _fields(node: ast.ClassDef) -> Iterator[tuple[str, str, str]]:
    for number, each in enumerate(node.body):
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
            below = node.body[number + 1] if number + 1 < len(node.body) else None
            said = below.value.value if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) else ""
            kind = ast.unparse(each.annotation).strip("'").replace("|", "or").replace("'", "")
            yield each.target.id, kind, " ".join(str(said).replace("|", "or").split())


def _filters() -> Iterator[str]:
    words = environment.TemplateWords(language=Language.EN, zone=ZoneInfo("UTC"))
    for name, called in words.filters():
        yield f"| `{name}` | {(inspect.getdoc(called) or '').replace('|', 'or')} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
