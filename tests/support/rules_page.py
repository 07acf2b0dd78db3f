"""docs/rules.md: what holds of all rules is written by hand, a section a rule is made of what it says of itself.

`python -m tests.support.rules_page` writes the sections anew.
"""

from itertools import groupby
from pathlib import Path

from offboarding.rules import Rule, all_rules

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"
_FIRST_SECTION = "\n## `"


def page() -> str:
    """The page as it should be."""
    by_hand, *_ = PAGE.read_text(encoding="utf-8").partition(_FIRST_SECTION)
    return by_hand + "".join(f"\n{_section(rule)}" for rule in all_rules())


def _section(rule: Rule) -> str:
    words = rule.words
    told = {
        "What": words.what,
        "Why": words.why,
        "Severity": f"{rule.default_severity}{words.graded}",
        "Controls": _controls(rule),
        "Closes when": words.closes,
        "Runbook": words.runbook,
    }
    return f"## `{rule.id}`\n" + "".join(f"\n**{title}.** {text}\n" for title, text in told.items())


def _controls(rule: Rule) -> str:
    by_framework = groupby(rule.controls, key=lambda control: control.framework)
    return "; ".join(f"{framework} {', '.join(each.id for each in group)}" for framework, group in by_framework)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
