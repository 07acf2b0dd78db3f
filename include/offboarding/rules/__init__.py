"""What is wrong: one file a kind of finding.

All that is known of a kind of finding stands in its rule, and nowhere else. A rule is pure: a case and `as_of` in,
findings out; it reads no clock and nothing outside the case. Its file is its id with underscores
(`leaver_access_key.py` is `leaver-access-key`) and holds `RULE`, the ready object. Files that begin with `_` are what
several rules share: ways in and their standing, use, sentences, controls, steps. What is to be done in a system is said
as data (`Remedy`); that system's own package says how.

A rule that yields nothing about a thing in its case says that a complete live read of this run has seen it dead (or
that the rule doesn't concern the person any more), so its silence may close a finding. What couldn't be read is
yielded as UNKNOWN. docs/rules.md is made of what each rule says of itself.
"""

import importlib
import pkgutil
from functools import cache
from typing import cast

from offboarding.model.errors import ConfigError
from offboarding.rules._evidence import not_dead_yet, told_anew
from offboarding.rules._rule import Rule
from offboarding.rules._sentences import tells_departure

__all__ = ["Rule", "all_rules", "not_dead_yet", "rule_of", "tells_departure", "told_anew"]


@cache
def all_rules() -> tuple[Rule, ...]:
    """Return every rule of this room, in the order of their ids.

    Raises ConfigError where a file holds no `RULE`, or one with another id than the file's name.
    """
    names = sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))
    return tuple(sorted((_rule(name) for name in names), key=lambda rule: rule.id))


@cache
def rule_of(rule_id: str) -> Rule | None:
    """Return the rule of this id; None where there is none, or none any more."""
    return next((rule for rule in all_rules() if rule.id == rule_id), None)


def _rule(name: str) -> Rule:
    module = importlib.import_module(f"{__name__}.{name}")
    rule = cast("Rule | None", getattr(module, "RULE", None))
    if rule is None:
        raise ConfigError(f"rules/{name}.py: it holds no RULE. Add one, or begin the file's name with _")
    if rule.id != name.replace("_", "-"):
        raise ConfigError(f"rules/{name}.py: its rule calls itself {rule.id}. Give file and rule the same name")
    return rule
