"""What is to be done on a ticket that isn't one thing's alone: said once, with the numbers of the things it is for.

Prose is broken at the margin, commands never are; a command with a here-document stands at the very left, since its
end must (POSIX Shell Command Language, 2.7.4).
"""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace

from offboarding.model import DONE, DecisionStep
from offboarding.report.ticket_words import MOST_ITEMS, flowed, on_one_line
from offboarding.report.wording import with_key
from offboarding.store.tickets import TicketItem

_NAMED = "NAME"
"""Stands for an account's name in a step that several share."""

Shared = dict[str, list[int]]
"""A step -> the numbers of the things that it is for."""


def shared(items: Sequence[TicketItem]) -> Shared:
    """Steps that are the same for several things, but for the names of their accounts."""
    numbers: Shared = {}
    for number, item in enumerate(items[:MOST_ITEMS], start=1):
        if item.state not in DONE:
            for step in item.revoke:
                if not isinstance(step, DecisionStep):
                    numbers.setdefault(without_name(step, item), []).append(number)
    return {step: of for step, of in numbers.items() if len(of) > 1}


def without_name(step: str, item: TicketItem) -> str:
    """A step that may be shared. A name that a shell would take for more than a name stays where it is quoted."""
    name = item.account_label
    return step.replace(name, _NAMED) if name and shlex.quote(name) == name else step


def common(steps: Shared) -> Iterator[str]:
    """Yield a paragraph for each set of things that share steps, in the order of the steps."""
    groups: dict[tuple[int, ...], list[str]] = {}
    for step, numbers in steps.items():
        groups.setdefault(tuple(numbers), []).append(step)
    for numbers, texts in groups.items():
        named = f", where {_NAMED} is the account's name in the list" if any(_NAMED in text for text in texts) else ""
        lines = [line for text in texts for line in written(text, "")]
        yield "\n".join([flowed(f"How it's done for {_listed(numbers)} alike{named}:"), *lines])


def written(step: str, indent: str) -> Iterator[str]:
    """Yield a step's lines: prose first, the command below it."""
    first, *command = step.splitlines()
    yield flowed(f"{indent}- {first}", hang=len(indent) + 2)
    before = "" if any("<<" in line for line in command) else f"{indent}  "
    yield from (f"{before}{line}" for line in command)


def decisions(items: Sequence[TicketItem], forms_url: str) -> Iterator[str]:
    """Yield how a person decides, a paragraph a form: here, by the form, and last by a command."""
    forms: dict[str, list[tuple[int, DecisionStep]]] = {}
    for number, item in enumerate(items[:MOST_ITEMS], start=1):
        for step in item.revoke if item.state not in DONE else ():
            if isinstance(step, DecisionStep):
                forms.setdefault(step.form, []).append((number, with_key(step, item.finding_key)))
    for form, asked in forms.items():
        yield "\n".join(_decided(asked, _where(form, forms_url)))


def _decided(asked: Sequence[tuple[int, DecisionStep]], where: str) -> Iterator[str]:
    yield flowed(where)
    asks: dict[DecisionStep, list[int]] = {}
    rows: dict[tuple[tuple[str, str], ...], list[int]] = {}
    for number, step in asked:
        asks.setdefault(replace(step, fields=()), []).append(number)
        rows.setdefault(step.fields, []).append(number)
    everyone = {number for number, _ in asked}
    for step, numbers in asks.items():
        choice = f": the decision is {step.choice}" if step.choice else ""
        of = "" if set(numbers) == everyone else f" ({_numbers(numbers)})"
        yield flowed(f"- {step.asks}{choice}{of}.", hang=2)
    alone = next(iter(rows)) if len(rows) == 1 else None
    yield "What goes into the form:" if alone else "What goes into the form, by the list's numbers:"
    for fields, numbers in rows.items():
        values = on_one_line(", ".join(f"{name} {value}" for name, value in fields))
        yield values if alone else f"{_numbers(numbers)}: {values}"
    yield "Whoever has a shell where the check runs may type instead:"
    typed = (
        replace(step, fields=alone or tuple((name, name.upper()) for name, _ in step.fields)).command
        for _, step in asked
    )
    yield from dict.fromkeys(typed)


def _where(form: str, forms_url: str) -> str:
    if forms_url:
        page = forms_url.replace("{form}", form)
        return f"What may be decided: answer here, or fill in this form (press Trigger): {page}"
    return (
        f"What may be decided: answer here, or fill in the form offboarding_decide_{form}. Whoever runs this check"
        " shows you where it is (in Airflow, among the Dags)."
    )


def _listed(numbers: Sequence[int]) -> str:
    *most, last = _numbers(numbers).split(", ")
    return f"{', '.join(most)} and {last}" if most else last


def _numbers(numbers: Sequence[int]) -> str:
    """Such as "1, 3-5"."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(", ".join(map(str, run)) if len(run) < 3 else f"{run[0]}-{run[-1]}" for run in runs)
