"""Change one line of what decides at a time, and print which changes no test of `make test` notices.

Run: make mutants                                     60 changes, drawn anew each day
     make mutants ARGS="silent.sql persons.sql"       of the files whose path ends so: every change
     make mutants ARGS="--count 20 --seed 7 --again"  as drawn by 7, from a new record of which test runs what

What decides: the queries of the store, the rules, the guard, and who is who (FILES). Which tests run a query or a
function is recorded once by a run of the tests that `make test` has, into .cache/mutants.json; a change is tried with
those tests alone, the quickest first. Each survivor is a line that could be wrong unnoticed: a test is missing, or the
line says nothing. Exit code 1 if there are any.
"""

import argparse
import ast
import functools
import itertools
import json
import os
import random
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.machinery import SourceFileLoader
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from types import CodeType, FrameType
from typing import Any, cast

import pytest

PROJECT = Path(__file__).resolve().parents[1]
PACKAGE = PROJECT / "include/offboarding"
RECORD = PROJECT / ".cache/mutants.json"
FILES = (
    "store/queries/*.sql",
    "store/correlation/*.py",
    "rules/*.py",
    "guard/**/*.py",
    "identity/*.py",
)
MOST_TESTS = 60
"""What these don't notice, hardly any of the others would."""
AT_ONCE = 2
TIMEOUT_SECONDS = 600
SWAPS = {
    "<=": "<",
    ">=": ">",
    "<>": "=",
    "<": "<=",
    ">": ">=",
    "not exists": "exists",
    "is not null": "is null",
    "is null": "is not null",
    "bool_and(": "bool_or(",
    "bool_or(": "bool_and(",
    "max(": "min(",
    "min(": "max(",
    "greatest(": "least(",
    "least(": "greatest(",
    " or ": " and ",
}
SQL_TOKEN = re.compile(
    r"(?P<skip>--[^\n]*|'(?:[^']|'')*'|->>?|=>|@>|<@|%\(\w+\)s)|(?P<swap>"
    + "|".join(re.escape(word) if not word[0].isalpha() else rf"\b{re.escape(word)}" for word in SWAPS)
    + ")"
)
SWAPPED: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One change of one file."""

    file: Path
    place: str
    """The block of SQL or the function."""
    line: int
    says: str
    text: str
    """The whole file, changed."""

    @property
    def ran(self) -> str:
        """By what the record knows its place."""
        return _place(self.file, self.place)


def _place(file: Path, name: str) -> str:
    return f"{file.relative_to(PACKAGE)}:{name}"


# --- changes ----------------------------------------------------------------------------------------------------------


def of_sql(file: Path) -> Iterator[Mutant]:
    """Yield each change of a file of queries: a comparison moved, a condition dropped, a word turned round."""
    text = file.read_text(encoding="utf-8")
    edits = [*_swaps(text), *_dropped(text)]
    for start, end, said in sorted(edits):
        before = text[:start]
        block = re.findall(r"^-- name: (\w+)$", before, re.MULTILINE)
        if block:
            line = before.count("\n") + 1
            told = (
                f"`{text[start:end].strip()}` -> `{said.strip()}`" if said else f"without `{text[start:end].strip()}`"
            )
            yield Mutant(file=file, place=block[-1], line=line, says=told, text=before + said + text[end:])


def _swaps(text: str) -> Iterator[tuple[int, int, str]]:
    for found in SQL_TOKEN.finditer(text):
        if found["swap"]:
            yield (*found.span(), SWAPS[found["swap"]])


def _dropped(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield each condition that begins with `and`, up to where it ends."""
    plain = re.sub(r"--[^\n]*|'(?:[^']|'')*'", lambda found: "x" * len(found[0]), text)
    for found in re.finditer(r"\band\b", plain):
        begun = max(plain.rfind(word, 0, found.start()) for word in (" between ", "\n\n", ";"))
        if plain.startswith(" between ", begun) and " and " not in plain[begun : found.start()]:
            continue
        end = _end_of_condition(plain, found.end())
        yield found.start(), end, ""


def _end_of_condition(plain: str, start: int) -> int:
    depth = 0
    for word in re.compile(
        r"[()]|;|,|\b(and|or|then|group|order|union|limit|having|join|left|cross|else|end|where|as)\b"
    ).finditer(plain, start):
        if word[0] == "(":
            depth += 1
        elif word[0] == ")" and depth:
            depth -= 1
        elif depth == 0:
            return word.start()
    return len(plain)


class _Python(ast.NodeTransformer):
    """Makes the change of one number within functions, counted over a module."""

    def __init__(self, wanted: int) -> None:
        self.wanted, self.seen = wanted, 0
        self.within: list[str] = []
        self.line, self.place, self.says = 0, "", ""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Changes count by the function that holds them."""
        self.within.append(node.name)
        self.generic_visit(node)
        self.within.pop()
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """`<` for `<=`, and so on."""
        self.generic_visit(node)
        return self._changed(
            node, [ast.Compare(node.left, [SWAPPED[type(node.ops[0])](), *node.ops[1:]], node.comparators)]
        )

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        """`or` for `and`, and each part left out."""
        self.generic_visit(node)
        rests = [[*node.values[:place], *node.values[place + 1 :]] for place in range(len(node.values))]
        shorter = [rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest) for rest in rests]
        return self._changed(
            node, [ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values), *shorter]
        )

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        """Without `not`."""
        self.generic_visit(node)
        return self._changed(node, [node.operand] if isinstance(node.op, ast.Not) else [])

    def _changed(self, node: ast.expr, ways: Sequence[ast.expr]) -> ast.AST:
        for way in ways if self.within else ():
            self.seen += 1
            if self.seen - 1 == self.wanted:
                self.line, self.place = node.lineno, self.within[-1]
                self.says = f"`{ast.unparse(node)}` -> `{ast.unparse(way)}`"
                return ast.copy_location(way, node)
        return node


def of_python(file: Path) -> Iterator[Mutant]:
    """Yield each change of a module's functions: a comparison moved, a condition dropped or turned round."""
    text = file.read_text(encoding="utf-8")
    for number in itertools.count():
        change = _Python(number)
        changed = ast.fix_missing_locations(change.visit(ast.parse(text)))
        if not change.says:
            return
        yield Mutant(file=file, place=change.place, line=change.line, says=change.says, text=ast.unparse(changed))


# --- within pytest (-p scripts.mutants) -------------------------------------------------------------------------------


class Recorder:
    """Records which test runs which block of SQL and which function, and how long each takes."""

    def __init__(self, into: Path) -> None:
        self.into = into
        self.test, self.ran, self.took = "", defaultdict[str, set[str]](set), dict[str, float]()
        from offboarding.store import sql  # noqa: PLC0415 - by a run of pytest alone

        whole = sql.blocks

        def blocks(file: str) -> Mapping[str, bytes]:
            return _Told(whole(file), lambda name: self.note(f"store/queries/{file}.sql:{name}"))

        setattr(sql, "blocks", blocks)  # noqa: B010 - of another type than the cached one
        sys.setprofile(self.called)

    def note(self, place: str) -> None:
        """Note that this test ran it."""
        if self.test:
            self.ran[place].add(self.test)

    def called(self, frame: FrameType, event: str, _: object) -> None:
        """For sys.setprofile."""
        if event == "call" and frame.f_code.co_filename.startswith(str(PACKAGE)):
            self.note(_place(Path(frame.f_code.co_filename), frame.f_code.co_name))

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """From its set-up on, it is this test's."""
        self.test = nodeid

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """How long it takes."""
        self.took[report.nodeid] = self.took.get(report.nodeid, 0) + report.duration

    def pytest_sessionfinish(self) -> None:
        """One file a process."""
        told = {"ran": {place: sorted(tests) for place, tests in self.ran.items()}, "took": self.took}
        (self.into / f"{os.getpid()}.json").write_text(json.dumps(told), encoding="utf-8")


class _Told(Mapping[str, bytes]):
    """Blocks of SQL; says which one is asked for."""

    def __init__(self, named: Mapping[str, bytes], note: Callable[[str], None]) -> None:
        self.named, self.note = named, note

    def __getitem__(self, name: str) -> bytes:
        self.note(name)
        return self.named[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.named)

    def __len__(self) -> int:
        return len(self.named)


def _put_in(file: str, text: str) -> None:
    """Let this process read this text in the file's place."""
    read_text, get_code = Path.read_text, SourceFileLoader.get_code

    def read(self: Path, *args: Any, **kwargs: Any) -> str:
        return text if str(self) == file else read_text(self, *args, **kwargs)

    def code(self: SourceFileLoader, fullname: str) -> CodeType | None:
        return compile(text, file, "exec") if self.path == file else get_code(self, fullname)

    Path.read_text, SourceFileLoader.get_code = read, code  # pyrefly: ignore[method-assign]


def pytest_configure(config: pytest.Config) -> None:
    """Record, or put a mutant in, as this program asks by the environment."""
    if into := os.environ.get("MUTANTS_RECORD"):
        config.pluginmanager.register(Recorder(Path(into)))


if mutant := os.environ.get("MUTANT"):
    _put_in(**json.loads(Path(mutant).read_text(encoding="utf-8")))


# --- the program ------------------------------------------------------------------------------------------------------


def record() -> None:
    """Run what `make test` runs once, and keep which test runs what."""
    with TemporaryDirectory() as folder:
        words = ["make", "only-tests", "ARGS=-p scripts.mutants"]
        subprocess.run(words, cwd=PROJECT, env=os.environ | {"MUTANTS_RECORD": folder}, check=True)
        ran, took = defaultdict[str, set[str]](set), dict[str, float]()
        for each in Path(folder).iterdir():
            told = json.loads(each.read_text(encoding="utf-8"))
            took |= told["took"]
            for place, tests in told["ran"].items():
                ran[place] |= {*tests}
    kept = {place: sorted(tests, key=lambda test: took.get(test, 0)) for place, tests in ran.items()}
    RECORD.write_text(json.dumps(kept), encoding="utf-8")


def survives(mutant: Mutant, tests: Sequence[str]) -> bool:
    """Return whether all these tests pass with it; one that breaks the run, or never lets it end, is noticed.

    Raises SystemExit where the record names tests that are gone: whether they would notice isn't known.
    """
    with NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump({"file": str(mutant.file), "text": mutant.text}, file)
        file.flush()
        words = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "scripts.mutants", "-p", "no:cacheprovider", *tests]
        env = os.environ | {"MUTANT": file.name, "PYTHONDONTWRITEBYTECODE": "1"}
        try:
            done = subprocess.run(
                words, cwd=PROJECT, env=env, capture_output=True, text=True, check=False, timeout=TIMEOUT_SECONDS
            )
        except subprocess.TimeoutExpired:
            return False
        if "ERROR: not found: " in done.stdout + done.stderr:
            raise SystemExit(f"The record names tests that are gone, such as {tests[0]}. Record anew: --again")
        return done.returncode == 0


def drawn(files: Sequence[str], count: int, seed: str) -> list[Mutant]:
    """Return every change of these files, or so many of all files."""
    found = sorted({path for pattern in FILES for path in PACKAGE.glob(pattern)})
    wanted = [path for path in found if not files or any(str(path).endswith(each) for each in files)]
    if not wanted:
        raise SystemExit(f"No file of what decides ends so: {' '.join(files)}. They are {', '.join(FILES)}")
    mutants = [each for path in wanted for each in (of_sql(path) if path.suffix == ".sql" else of_python(path))]
    return mutants if files else random.Random(seed).sample(mutants, min(count, len(mutants)))  # noqa: S311 - no secret


def tried(mutant: Mutant, ran: Mapping[str, Sequence[str]]) -> str:
    """Return a line on it if no test notices it, or ""."""
    tests = ran.get(mutant.ran, ())[:MOST_TESTS]
    if tests and not survives(mutant, tests):
        return ""
    return f"{mutant.file.relative_to(PROJECT)}:{mutant.line}: {mutant.says}{'' if tests else ' (no test runs it)'}"


def main() -> int:
    """Try them, and print a line for each that survives."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", help="ends of paths, as silent.sql")
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", default=f"{datetime.now(tz=UTC):%Y-%m-%d}")
    parser.add_argument("--again", action="store_true", help="record anew which test runs what")
    asked = parser.parse_args()
    if asked.again or not RECORD.exists():
        record()
    ran = cast("dict[str, list[str]]", json.loads(RECORD.read_text(encoding="utf-8")))
    mutants, survivors = drawn(asked.files, asked.count, asked.seed), 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for number, line in enumerate(pool.map(functools.partial(tried, ran=ran), mutants), start=1):
            if line:
                survivors += 1
                print(line, flush=True)
            print(f"{number} of {len(mutants)} tried, {survivors} survived", end="\r", file=sys.stderr)
    print(f"{len(mutants)} changes, {survivors} not noticed (seed {asked.seed})")
    return int(survivors > 0)


if __name__ == "__main__":
    sys.exit(main())
