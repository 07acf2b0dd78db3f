"""Say whether a change only moves and renames Python: the syntax trees are the same after one map of names.

Run: python scripts/moved.py COMMIT        (exit code 0 where it does, 1 with the first difference where it does not)

Docstrings, comments, and pages in Markdown may differ. The map is one to one over all files that changed.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

PROJECT = Path(__file__).resolve().parents[1]
WORD = re.compile(r"[A-Za-z_]\w*")


class Names:
    """What each name of the old code is called in the new, one to one."""

    def __init__(self) -> None:
        self.new: dict[str, str] = {}
        self.old: dict[str, str] = {}

    def are_same(self, old: str, new: str) -> bool:
        """Return whether the old name is the new one, by what is known or as a further rename."""
        return self.new.setdefault(old, new) == new and self.old.setdefault(new, old) == old

    def renamed(self, said: str) -> str:
        """Return an old text with the words that were renamed as they are now."""
        return WORD.sub(lambda word: self.new.get(word.group(), word.group()), said)


class Bare(ast.NodeTransformer):
    """Takes away docstrings and imports."""

    def visit_Import(self, node: ast.Import) -> None:
        """Take it away."""

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Take it away."""

    def visit_Expr(self, node: ast.Expr) -> ast.Expr | None:
        """Take it away where it is a text alone."""
        return None if isinstance(node.value, ast.Constant) else node


def bare(code: str) -> ast.AST:
    """Return the tree of a file without docstrings and imports."""
    return Bare().visit(ast.parse(code))


def imports(tree: ast.AST) -> Iterator[str]:
    """Yield what is imported, by its full name, and as what."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
            yield from (f"{module}{alias.name} {alias.asname or ''}" for alias in node.names)


def texts(tree: ast.AST) -> list[str]:
    """Return the strings of a tree in their order."""
    return [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def is_same(old: object, new: object, names: Names) -> bool:
    """Return whether two parts of a tree have the same shape, and names that can be the same; strings aside."""
    if isinstance(old, ast.Constant) and isinstance(old.value, str):
        return isinstance(new, ast.Constant) and isinstance(new.value, str)
    if isinstance(old, ast.AST):
        return type(old) is type(new) and all(
            is_same(value, getattr(new, field, None), names) for field, value in ast.iter_fields(old)
        )
    if isinstance(old, list) and isinstance(new, list):
        olds, news = cast("list[object]", old), cast("list[object]", new)
        return len(olds) == len(news) and all(is_same(*pair, names) for pair in zip(olds, news, strict=True))
    if isinstance(old, str) and isinstance(new, str):
        return names.are_same(old, new)
    return old == new


def git(*words: str) -> str:
    """Return what git prints."""
    return subprocess.run(["git", *words], cwd=PROJECT, capture_output=True, text=True, check=True).stdout


def dotted(path: str) -> str:
    """Return the name by which a file is imported."""
    return path.removeprefix("include/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def difference(commit: str) -> str:
    """Return the first path whose change is more than a move or a rename; "" where none is."""
    pairs, codes, names, moved = list[tuple[str, str]](), list[tuple[str, str]](), Names(), dict[str, str]()
    for line in git("diff", "--name-status", "--find-renames=40%", commit).splitlines():
        status, *paths = line.split("\t")
        if paths[-1].endswith(".md") or (status == "R100" and not paths[-1].endswith(".py")):
            continue
        if status[0] not in "RM" or not paths[-1].endswith(".py"):
            return paths[-1]
        pairs.append((paths[0], paths[-1]))
        moved |= {dotted(paths[0]): dotted(paths[-1])}
    for old, new in pairs:
        codes.append((git("show", f"{commit}:{old}"), (PROJECT / new).read_text("utf-8")))
        if not is_same(bare(codes[-1][0]), bare(codes[-1][1]), names):
            return new
    for (_, new), (before, after) in zip(pairs, codes, strict=True):
        said = [names.renamed(text) for text in texts(bare(before))]
        led = {_moved(names.renamed(each), moved, names) for each in imports(ast.parse(before))}
        if said != texts(bare(after)) or led != {*imports(ast.parse(after))}:
            return new
    return ""


def _moved(imported: str, moved: dict[str, str], names: Names) -> str:
    """Return an import as it is after the moves; the longest module that moved counts."""
    for old in sorted(moved, key=len, reverse=True):
        there = names.renamed(old)
        if f"{imported.partition(' ')[0]}.".startswith(f"{there}."):
            return moved[old] + imported.removeprefix(there)
    return imported


if __name__ == "__main__":
    if found := difference(sys.argv[1]):
        sys.exit(f"{found} is more than moved or renamed")
