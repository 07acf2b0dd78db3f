"""Print which tests beyond `make test` the changes since a commit can reach: a line for each target of make.

Run: python scripts/reached.py [COMMIT]        (without a commit: every target, whole)

A test file is reached when it changed, or a module that it imports, directly or not. The core knows systems by name
alone, so two things are cut: a test of one system is reached by that system, its role's kit and its stand-ins, not by
the core (`make test` plays the core with it); a test of the core is not reached by a system. A changed file that is not
Python counts as the modules of its folder, and as each module that mentions it.
"""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "include")]

from scripts.moved import difference  # noqa: E402 - found by the path above
from tests.support.source_tree import Module, inner  # noqa: E402 - the same

PACKAGE = "include/offboarding"
AIRFLOW = ("include/offboarding_airflow", "dags", "plugins")
PYTHON = ("include", "demo", "dags", "plugins", "tests", "scripts")
FOLDERS = {"test-airflows": "tests/airflows", "test-browser": "tests/browser", "test-celery": "tests/celery"}
ONE_SYSTEM = ("test-trackers", "test-hosts", "test-rosters", "test-directories", "test-databases")
"""The tests of these targets ask one system each, on servers that are fetched, and say so by a mark of that name."""
TARGETS = ("test-slow", *FOLDERS, *ONE_SYSTEM)
"""Which target runs the test files of a folder or a mark, the longest first: two run at once. `test-slow` runs the
rest."""
NEEDS = re.compile(r"^pytestmark = pytest[.]mark[.](\w+)$", re.MULTILINE)
SLOW = re.compile(
    r"pytest[.]mark[.]slow|^from tests[.](support[.](variants|tracker_faults)|contract[.]roster_contract) import",
    re.MULTILINE,
)
LOCK = "requirements.lock"
EVERYTHING = (LOCK, "tests/conftest.py", "scripts/bootstrap.sh", "scripts/uv-env.sh")
"""Every test depends on these, though none imports them."""
STARTS_AIRFLOW = re.compile(r'"airflow"|AIRFLOW__CORE__DAGS_FOLDER')
SHARED = "tests/acceptance/conftest.py"
"""What it imports is shared by tests of every system: the invented company, and the systems that it has."""
SYSTEMS = "tests/systems"
WHOLE = ("tests/slow", "tests/airflows", "tests/celery", "tests/browser")
"""The tests here are about no single system."""
ONE_NIGHT, ONE_AIRFLOW = "tests/slow/test_demo_company.py", "tests/slow/test_standalone.py"
ONE_RUN = {"test-airflows": "-k 3.1", "test-celery": "-k one_machine"}
"""Unless the locked packages changed, or the target itself, this part of it is enough."""


def git(*words: str) -> list[str]:
    """Return the lines that git prints; raise CalledProcessError where it fails."""
    done = subprocess.run(["git", *words], cwd=PROJECT, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def changed_since(commit: str) -> list[str]:
    """Return the paths that differ from the commit, those that are not committed yet included."""
    return [*git("diff", "--name-only", "--no-renames", commit), *git("ls-files", "--others", "--exclude-standard")]


@cache
def python_files() -> tuple[Path, ...]:
    """Return every Python file of the product, the demo and the tests."""
    return tuple(sorted(path for folder in PYTHON for path in (PROJECT / folder).rglob("*.py")))


@cache
def text(path: Path) -> str:
    """Return what a file says."""
    return path.read_text(encoding="utf-8")


@cache
def module_file(name: str) -> tuple[Path, ...]:
    """Return the file of a module and of the packages above it; nothing for a module of a library."""
    parts = name.split(".")
    found = list[Path]()
    for length in range(1, len(parts) + 1):
        place = "/".join(parts[:length])
        there = [PROJECT / top / f"{place}{end}" for top in ("", "include") for end in (".py", "/__init__.py")]
        found += [path for path in there if path.is_file()]
    return tuple(found)


@cache
def imported(path: Path) -> frozenset[Path]:
    """Return the files that a file imports, names as a `kind`, or starts Airflow with."""
    found = {file for name in Module(path).imports for file in module_file(name)}
    if not path.is_relative_to(PROJECT / PACKAGE):
        named = re.findall(r"""\bkind["']?\s*[:=]\s*["']?(\w+)""", text(path))
        found |= {file for file in python_files() if system(file).rpartition(".")[2] in named}
        if STARTS_AIRFLOW.search(text(path)):
            found |= {file for file in python_files() if is_below(file, AIRFLOW)}
    return frozenset(found - {path})


def is_below(path: Path, folders: Iterable[str]) -> bool:
    """Return whether a file lies in one of these folders of the project."""
    return any(path.is_relative_to(PROJECT / folder) for folder in folders)


@cache
def system(path: Path) -> str:
    """Return the system that a file belongs to, as `sources.okta`; a role's kit begins with `_`; "" for other files."""
    module = Module(path)
    return f"{module.room}.{name}" if (name := inner(module)) else ""


def of_each_system(test: Path) -> set[Path]:
    """Return the files of systems' tests that are called as a module of tests/support that the test imports."""
    names = {path.name for path in imported(test) if path.parent == PROJECT / "tests/support"} - {"__init__.py"}
    return {path for name in names for path in (PROJECT / SYSTEMS).glob(f"*/{name}")}


@cache
def all_systems() -> Mapping[str, str]:
    """Return the folder right below its role's of each system, as `aws` of `sources.aws_iam`."""
    folders = {system(path): path.relative_to(PROJECT / PACKAGE).parts[1] for path in python_files() if system(path)}
    return {name: folder for name, folder in folders.items() if "._" not in name}


def systems(files: Iterable[Path]) -> set[str]:
    """Return the systems that these files belong to, without kits."""
    return {name for name in map(system, files) if name and "._" not in name}


def is_core(path: Path) -> bool:
    """Return whether a file belongs to the domain, and to no system."""
    return is_below(path, [PACKAGE]) and not system(path)


@cache
def used_by(*files: Path) -> frozenset[Path]:
    """Return these files, and what they import, directly or not."""
    used, waiting = set[Path](), [*files]
    while waiting:
        path = waiting.pop()
        if path not in used:
            used.add(path)
            waiting += imported(path)
    return frozenset(used)


@cache
def own_systems(test: Path) -> frozenset[str]:
    """Return the systems that a test file is about: its folder's, or those that it or else its stand-ins import."""
    if is_below(test, WHOLE):
        return frozenset()
    if is_below(test, [SYSTEMS]):
        folder = test.relative_to(PROJECT / SYSTEMS).parts[0]
        named = {path.parent.name for path in of_each_system(test)} if folder == test.name else {folder}
        return frozenset(name for name, each in all_systems().items() if each in named)
    near = {path for path in imported(test) if is_below(path, ["tests", "demo"])}
    stood_for = systems(path for each in near for path in imported(each)) - systems(shared())
    return frozenset(systems(imported(test)) or stood_for)


def shared() -> frozenset[Path]:
    """Return what tests of every system have in common."""
    return used_by(PROJECT / SHARED)


@cache
def reached_by(test: Path) -> frozenset[Path]:
    """Return the files whose change reaches a test file."""
    above = [folder / "conftest.py" for folder in test.parents if is_below(folder, ["tests"])]
    used = used_by(
        test,
        *sorted(of_each_system(test)),
        *(path for path in above if path.is_file() and path.parent != PROJECT / "tests"),
    )
    if own := own_systems(test):
        stand_ins = {path for path in used - shared() if is_below(path, ["tests", "demo"])}
        return frozenset(stand_ins | files_of(own) | kits(own))
    cut = [PACKAGE] if any(is_below(path, AIRFLOW) for path in used) or target_of(test) in ONE_SYSTEM else []
    cut += AIRFLOW if target_of(test) == "test-celery" else ()
    used -= shared() if target_of(test) in ONE_RUN else frozenset()
    # The core finds its rules, commands and decisions by their folders, so it counts as a whole.
    core = filter(is_core, python_files()) if any(map(is_core, used)) else ()
    return frozenset(path for path in (*used, *core) if not system(path) and not is_below(path, cut))


@cache
def kits(own: frozenset[str]) -> frozenset[Path]:
    """Return what these systems share with others: their roles' kits, and how systems are asked over a network."""
    used = used_by(*sorted(files_of(own)))
    return frozenset(path for path in used if "._" in system(path) or is_below(path, [f"{PACKAGE}/net"]))


def files_of(names: Iterable[str]) -> frozenset[Path]:
    """Return the files of these systems."""
    return frozenset(path for path in python_files() if system(path) in names)


def target_of(test: Path) -> str:
    """Return the make target that runs a test file beyond `make test`; "" where none does."""
    for target, folder in FOLDERS.items():
        if is_below(test, [folder]):
            return target
    if (found := NEEDS.search(text(test))) and f"test-{found[1]}" in ONE_SYSTEM:
        return f"test-{found[1]}"
    return "test-slow" if SLOW.search(text(test)) or is_below(test, ["tests/slow"]) else ""


def modules_of(name: str) -> Iterator[Path]:
    """Yield the modules that a changed path counts as."""
    path = PROJECT / name
    if path.suffix == ".py":
        yield path
        return
    said = [name]
    if is_below(path, ["tests"]):
        # A folder of data is named by whoever reads it; beside modules, a file is theirs.
        said.append(f'"{path.parent.name}"')
        yield from sorted(path.parent.glob("*.py"))
    elif is_below(path, PYTHON[:-1]):
        yield from next((found for each in path.parents if (found := sorted(each.glob("*.py")))), ())
    if not any(name in prepared_by(target) for target in TARGETS):
        # Each folder has a README.md, and the demo writes its own.
        said += [] if path.suffix in {"", ".md"} else [f'"{path.name}"']
        readers = [each for each in python_files() if path.suffix != ".md" or is_below(each, ["tests"])]
        yield from (each for each in readers if any(each_said in text(each) for each_said in said))


@cache
def prepared_by(target: str) -> frozenset[str]:
    """Return the scripts and lists of packages that prepare a target, by its rule and those that it needs."""
    rules = dict[str, str](re.findall(r"^([a-z-]+):(.*(?:\n\t.*)*)", text(PROJECT / "Makefile"), re.MULTILINE))
    said = "".join((rules[target], *(rules.get(word, "") for word in rules[target].split())))
    scripts = re.findall(r"scripts/[\w-]+[.]sh", said)
    found = re.findall(r"scripts/[\w-]+[.]\w+", said + "".join(text(PROJECT / each) for each in scripts))
    pinned = [path.name for path in PROJECT.glob("constraints*.txt")] if target == "test-airflows" else []
    return frozenset([*found, *pinned])


def reached(names: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """Return the test files that a change of these paths reaches, by target; none where all of the target's are."""
    changed = {path for name in names for path in modules_of(name)}
    found: dict[str, list[str]] = {target: [] for target in TARGETS if prepared_by(target) & {*names}}
    for test in python_files() if changed else ():
        target = target_of(test) if test.name.startswith("test_") else ""
        if target and found.get(target) != [] and changed & reached_by(test):
            found.setdefault(target, []).append(str(test.relative_to(PROJECT)))
    return found


def plan(names: Sequence[str] | None, *, is_only_moved: bool = False) -> Iterator[str]:
    """Yield the words for make of each target that a change of these paths asks for; None: of everything."""
    if is_only_moved:
        yield f"test-slow FILES={shlex.quote(f'{ONE_NIGHT} {ONE_AIRFLOW}')}"
        return
    if names is None or LOCK in names:
        yield from TARGETS
        return
    if any(name in EVERYTHING for name in names):
        changed = reached(names)
        for target in TARGETS:
            yield target if target not in ONE_RUN or target in changed else _one_run(target)
        return
    found = {**reached(names)}
    changed = {path for name in names for path in modules_of(name)}
    few = {ONE_NIGHT} if systems(changed) & systems(shared()) else set[str]()
    few |= {ONE_NIGHT, ONE_AIRFLOW} if {*names} & {"Makefile", "pyproject.toml"} else set()
    if few and found.get("test-slow") != []:
        found["test-slow"] = sorted({*found.get("test-slow", ()), *few})
    is_wide = any(is_core(path) or is_below(path, AIRFLOW) for path in changed)
    for target in TARGETS:
        if target == "test-slow" and found.get(target):
            yield f"{target} FILES={shlex.quote(' '.join(found[target]))}"
        elif target in found:
            yield target
        elif is_wide and target in ONE_RUN:
            yield _one_run(target)


def _one_run(target: str) -> str:
    return f"{target} ARGS={shlex.quote(ONE_RUN[target])}"


if __name__ == "__main__":
    changes = changed_since(sys.argv[1]) if sys.argv[1:] else None
    print(*plan(changes, is_only_moved=bool(changes) and not difference(sys.argv[1])), sep="\n")
