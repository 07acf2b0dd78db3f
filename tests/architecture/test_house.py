"""What holds of every file: sizes, sentences, names, tests, and nothing of the machine it was written on."""

import ast
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from offboarding.config.loading import kind_module
from tests.support.rooms import ADAPTER_ROOMS
from tests.support.source_tree import (
    DOMAIN,
    DOMAIN_FOLDER,
    PROJECT,
    Module,
    committed,
    kinds,
    known_to_airflow,
    modules,
    of_room,
    rules,
)

CODE = [*modules(), *modules("demo")]

FEW_LINES = 300
MOST_LINES = 400
DAG_LINES = 100
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}

CONTRACTS = {
    "rosters": {"RosterContract"},
    "trackers": {"TrackerContract"},
    "pagers": {"PagerContract"},
    "queues": {"QueueContract"},
    "notifiers": {"NotifierContract"},
}
READERS = ("sources", "verifiers")
READER_CONTRACTS = {
    "accounts": {"SourceContract"},
    "keys": {"KeyContract", "RemoteKeyContract"},
    "events": {"TrailContract"},
}
"""By what a source or verifier tells."""

HOSTS = re.compile(r"pypi\.org|pythonhosted\.org|npmjs\.org|/simple/|debian\.org|ubuntu\.com|--index-url|--extra-index")
"""Where packages come from is the machine's own matter."""


def shown(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


def by_name(module: Module) -> str:
    return shown(module.path)


def test_no_module_is_a_book() -> None:
    long = {shown(module.path): module.lines for module in CODE if module.lines > MOST_LINES}
    assert long == {}


def test_few_modules_should_be_split() -> None:
    """Up to 300 lines is the style; what lies a little above is told, once it's more than a few."""
    long = {shown(module.path): module.lines for module in CODE if FEW_LINES < module.lines <= MOST_LINES}
    assert len(long) <= 5, f"split them by noun: {long}"


@pytest.mark.parametrize("module", known_to_airflow(), ids=by_name)
def test_a_dag_is_thin(module: Module) -> None:
    assert module.lines <= DAG_LINES


def test_a_file_says_what_it_is() -> None:
    files = [*CODE, *known_to_airflow()]
    assert [by_name(module) for module in files if len(module.docstring.split()) < 3] == []


def test_a_folder_with_code_is_a_package_that_says_what_it_is_for() -> None:
    folders = {module.path.parent for module in CODE}
    assert [shown(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_a_name_says_something() -> None:
    for module in (*CODE, *known_to_airflow(), *modules("tests")):
        classes = [node.name.lower() for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef)]
        assert not {*module.path.relative_to(PROJECT).with_suffix("").parts} & EMPTY_NAMES
        assert [name for name in classes if name.endswith(tuple(EMPTY_NAMES))] == []


@pytest.mark.parametrize("module", of_room("model", "interfaces"), ids=by_name)
def test_what_crosses_rooms_is_frozen(module: Module) -> None:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ClassDef):
            # A protocol holds nothing; whether something is one may be asked.
            for decorator in {ast.unparse(each) for each in node.decorator_list} - {"runtime_checkable"}:
                assert decorator == "dataclass(frozen=True, slots=True, kw_only=True)", node.name


def test_the_configuration_is_read_without_a_heavy_client() -> None:
    """Commands answer at once, and a DAG is parsed every few seconds."""
    heavy = ["boto3", "botocore", "ldap3", "airflow"]
    program = (
        "import sys; from offboarding.config.loading import load; load();"
        f"print(*[name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_every_rule_has_tests_of_its_own() -> None:
    tested = {name for module in modules("tests/unit/rules") for name in module.imports}
    names = [f"{DOMAIN}.rules.{rule}" for rule in rules()]
    assert [rule for rule in names if not any(name.startswith(rule) for name in tested)] == []


@pytest.mark.parametrize(("room", "kind"), [(room, kind) for room in ADAPTER_ROOMS for kind in kinds(room)])
def test_every_system_keeps_its_rooms_contract(room: str, kind: str) -> None:
    """A test module in the system's folder with a line `class ...(...Contract)`: test_KIND... if it has several."""
    folder = folder_of(room, kind)
    several = [each for each in kinds(room) if folder_of(room, each) == folder]
    bases = {
        ast.unparse(base)
        for module in modules(f"tests/systems/{folder}")
        if kind_of_test(module, several) == kind
        for node in module.tree.body
        if isinstance(node, ast.ClassDef)
        for base in node.bases
    }
    assert contracts(room, kind) & bases


def test_each_folder_of_tests_is_a_systems() -> None:
    systems = {folder_of(room, kind) for room in ADAPTER_ROOMS for kind in kinds(room)}

    assert {path.name for path in (PROJECT / "tests/systems").iterdir() if any(path.glob("*.py"))} == systems


def folder_of(room: str, kind: str) -> str:
    """A system's folder right below its room's: its tests and its page are called so."""
    return kind_module(room, kind).__name__.split(".")[2]


def kind_of_test(module: Module, several: Sequence[str]) -> str:
    """A test of `okta_signing_keys` is none of `okta`."""
    named = [kind for kind in several if module.path.stem.startswith(f"test_{kind}")]
    return max(named, key=len, default="") if several[1:] else several[0]


def contracts(room: str, kind: str) -> set[str]:
    return READER_CONTRACTS[kind_module(room, kind).Settings.tells] if room in READERS else CONTRACTS[room]


def test_every_room_of_systems_has_a_contract() -> None:
    assert {*CONTRACTS, *READERS} == set(ADAPTER_ROOMS)
    assert all((DOMAIN_FOLDER / room / "__init__.py").exists() for room in ADAPTER_ROOMS)


def test_a_lint_that_is_passed_over_says_why() -> None:
    silent = re.compile(r"# noqa(?!: [A-Z0-9, ]+ - \S)(?=[:\s])")
    files = [path for path in committed() if path.suffix == ".py" and path != Path(__file__)]
    assert [shown(path) for path in files if silent.search(path.read_text("utf-8"))] == []


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    folders = "|".join(re.escape(str(folder)) for folder in (PROJECT, Path.home(), Path(sys.prefix)))
    knowing = re.compile(rf"(?<![\w.}}])({folders})/|{HOSTS.pattern}")
    texts = {path: path.read_bytes().decode("utf-8", "replace") for path in committed() if path != Path(__file__)}
    assert [shown(path) for path, text in texts.items() if knowing.search(text)] == []


def test_no_row_is_torn_off_its_table() -> None:
    """Behind an empty line Markdown shows a row as text, with its bars."""
    pages = [path for path in committed() if path.suffix == ".md"]
    torn = re.compile(r"\n\n(\|[^\n]*)\n(?!\|[ :|-]+\|\n)")
    rows = {shown(path): torn.findall(path.read_text("utf-8")) for path in pages}
    assert {page: found for page, found in rows.items() if found} == {}


def test_what_git_leaves_out_stays_out_of_the_image() -> None:
    """A store, a log or one machine's secrets, copied into an image, are whoever's may pull it."""

    def patterns(name: str) -> set[str]:
        lines = (PROJECT / name).read_text(encoding="utf-8").splitlines()
        return {line.strip("/").removeprefix("**/") for line in lines if line and not line.startswith(("#", "!"))}

    editors = {".idea", ".vscode", ".DS_Store", ".astro/*"}
    assert patterns(".gitignore") - editors <= patterns(".dockerignore")
