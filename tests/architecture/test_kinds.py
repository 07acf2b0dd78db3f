"""A system is known in its own package alone: whoever names its kind elsewhere must be edited for the next one."""

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest

from tests.support.rooms import ADAPTER_ROOMS
from tests.support.source_tree import (
    DOMAIN,
    DOMAIN_FOLDER,
    Module,
    inner,
    kinds,
    known_to_airflow,
    modules,
    of_room,
    serves,
)

KINDS = [(room, kind) for room in ADAPTER_ROOMS for kind in kinds(room)]
ORDINARY = {"attested", "csv", "jwks", "ldap", "postgres", "scim", "smtp", "ssh", "x509"}
"""Formats, protocols and a word of the model, of which others may speak as well: what counts is whether a kind is meant
by it."""
SPEAKERS = {"config", "settings", "mistakes", "pipeline", "policy", "ticketing", "wiring", "commands", "__main__"}
"""Rooms that serve every system, and speak of none."""
SYSTEMS = re.compile(
    r"\b(AWS|ARNs?|IAM|Identity Center|Organizations|KMS|CloudTrail|CloudWatch|CodeCommit|Keyspaces|Bedrock"
    r"|Secrets Manager|Vault|Active Directory|OpenLDAP|FreeIPA|Roundup|ldap\.md|aws\.md)\b"
)
"""What systems, and what they are made of, are called."""
DAGS = known_to_airflow()
EVERYWHERE = [*(module for module in modules() if module.room != "demo"), *DAGS]


def at_home(module: Module, room: str, kind: str) -> bool:
    """The system's own package, or what it shares with others of its room."""
    return module.room == room and (inner(module) == kind or serves(inner(module), kind))


def of_its_system(module: Module, kind: str) -> bool:
    """What is known of the system itself (net.github), or another kind that asks it (github_org)."""
    return module.name == f"{DOMAIN}.net.{kind}" or inner(module).startswith(f"{kind}_")


def named(module: Module, kind: str) -> list[str]:
    """Where this kind is named: strings that hold it as a word, and names; of ordinary words, what means one."""
    if kind in ORDINARY and module.room not in SPEAKERS and module not in DAGS:
        return [text for text in meant(module) if text == kind]
    if kind not in module.words:
        return []
    word = re.compile(rf"(?<![A-Za-z0-9_]){kind}(?![A-Za-z0-9_])", re.IGNORECASE)
    return [*filter(word.search, module.texts), *(name for name in module.names if name.lower() == kind)]


@cache
def meant(module: Module) -> list[str]:
    return list(meant_as_kinds(module.tree))


def meant_as_kinds(tree: ast.AST) -> Iterator[str]:
    """Strings that are compared with a kind, given as one, or asked for by one."""
    for node in ast.walk(tree):
        match node:
            case ast.Compare() if any(map(says_kind, (node.left, *node.comparators))):
                yield from strings(node)
            case ast.Match() if says_kind(node.subject):
                yield from (text for case in node.cases for text in strings(case.pattern))
            case ast.keyword(arg=str(name)) if "kind" in name:
                yield from strings(node.value)
            case ast.Call() if says_kind(node.func):
                yield from (text for argument in node.args for text in strings(argument))
            case ast.Dict():
                pairs = zip(node.keys, node.values, strict=True)
                yield from (text for key, value in pairs if key and "kind" in strings(key) for text in strings(value))
            case ast.Assign(targets=[target], value=value) if says_kind(target):
                yield from strings(value)
            case ast.AnnAssign(target=target) if says_kind(target):
                yield from strings(node)
            case ast.Subscript() if says_kind(node.value) or says_kind(node.slice):
                yield from strings(node.slice)
            case _:
                pass


def says_kind(node: ast.AST) -> bool:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return "kind" in name.lower()
        case ast.Subscript():
            return "kind" in strings(node.slice)
        case _:
            return False


def strings(node: ast.AST) -> list[str]:
    return [each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)]


@pytest.mark.parametrize(("room", "kind"), KINDS)
def test_a_kind_is_named_at_home_alone(room: str, kind: str) -> None:
    abroad = [each for each in EVERYWHERE if not (at_home(each, room, kind) or of_its_system(each, kind))]
    assert {module.name: found for module in abroad if (found := named(module, kind))} == {}


@pytest.mark.parametrize(("room", "kind"), KINDS)
def test_a_kind_is_found_by_its_name_and_imported_by_nobody(room: str, kind: str) -> None:
    own = {module.name for module in of_room(room) if inner(module) == kind}
    abroad = [module for module in EVERYWHERE if not at_home(module, room, kind)]
    assert [module.name for module in abroad for name in module.imports if {name, name.rpartition(".")[0]} & own] == []


def test_no_query_knows_a_kind() -> None:
    texts = queries("*.sql")
    for _, kind in KINDS:
        meant = rf"\bkind\w*\s*(=|<>|(not\s+)?in)\s*\(?[^)]*'{kind}'" if kind in ORDINARY else rf"\b{kind}\b"
        assert [name for name, text in texts.items() if re.search(meant, text)] == [], kind


def test_no_query_knows_what_a_system_s_names_look_like() -> None:
    names = re.compile(r"\barn:|\bAIDA|\buid=|\bcn=", re.IGNORECASE)
    assert {name: found for name, text in queries("queries/*.sql").items() if (found := names.findall(text))} == {}


def queries(pattern: str) -> dict[str, str]:
    """What such files hold."""
    found = {path.name: path.read_text("utf-8") for path in sorted(DOMAIN_FOLDER.rglob(pattern))}
    assert len(found) > 40
    return found


@pytest.mark.parametrize(
    "line",
    [
        'if source.kind == "ldap": pass',
        'if own.kind in ("csv", "ldap"): pass',
        'if row["kind"] != "ldap": pass',
        'made = Settings(kind="ldap")',
        'module = kind_module("sources", "ldap")',
        'entry = {"name": "x", "kind": "ldap"}',
        'kind: Literal["ldap"] = "ldap"',
        'KINDS = ["ldap"]',
        'steps = BY_KIND["ldap"]',
        'match copy.source_kind:\n    case "ldap" | "csv": pass',
    ],
)
def test_an_ordinary_word_that_means_a_kind_is_seen(line: str) -> None:
    assert "ldap" in list(meant_as_kinds(ast.parse(line)))


@pytest.mark.parametrize("line", ['scheme = "ldap"', 'if url.scheme == "ldap": pass', 'kind = "leaver-ldap-key"'])
def test_an_ordinary_word_that_means_none_is_let_stand(line: str) -> None:
    assert "ldap" not in list(meant_as_kinds(ast.parse(line)))


def test_a_rule_knows_no_system_s_commands() -> None:
    """What is to be done, a rule says; how, the system's own package."""
    typed = re.compile(r"\b(aws [a-z]+ |ldap(modify|search|passwd)|vault (read|write)|ssh-keygen|samba-tool|ipa user)")
    assert [(module.name, text) for module in of_room("rules") for text in module.texts if typed.search(text)] == []


def test_a_rule_names_no_system() -> None:
    """What it finds may come from any; which system holds such things, the page of that system says."""
    said = [(module.name, text) for module in of_room("rules") for text in (*module.texts, *module.sentences)]
    assert [(name, text) for name, text in said if SYSTEMS.search(text)] == []


def test_a_system_that_a_rule_names_is_seen() -> None:
    assert SYSTEMS.findall("An IAM user of AWS, [asked](configuration/ldap.md) by LDAP") == ["IAM", "AWS", "ldap.md"]
