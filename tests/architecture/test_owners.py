"""What is known of one thing stands with its owner, so that the next one is one file."""

import re
from collections.abc import Iterator

from tests.support.source_tree import PROJECT, known_to_airflow, modules, of_room, rules

RULES = re.compile(r"(?<![\w-])(" + "|".join(rule.replace("_", "-") for rule in rules()) + r")(?![\w-])")
"""Any rule's id. One rule's may be the beginning of another's."""

MAY_NAME_RULES = ("rules", "demo")


def test_a_rule_is_named_at_home_alone() -> None:
    """No list, query, ticket or report names a rule: it would have to be edited for the next one."""
    assert [(where, found) for where, text in said() for found in RULES.findall(text)] == []


def test_a_rule_that_is_named_is_seen() -> None:
    at_home = {found for module in of_room("rules") for text in module.texts for found in RULES.findall(text)}

    assert {rule.replace("_", "-") for rule in rules()} <= at_home
    assert RULES.findall("case when f.rule = 'leaver-ssh-key' then") == ["leaver-ssh-key"]
    assert RULES.findall("leaver-access-keys, my-leaver-ssh-key") == []


def said() -> Iterator[tuple[str, str]]:
    """Whatever Python says in strings, docstrings too, and SQL as a whole; each with where it stands."""
    every = [*modules(), *known_to_airflow()]
    for module in (each for each in every if each.room not in MAY_NAME_RULES):
        yield from ((module.name, text) for text in (*module.texts, *module.sentences))
    for path in (PROJECT / "include" / "offboarding").rglob("*.sql"):
        yield path.name, path.read_text(encoding="utf-8")
