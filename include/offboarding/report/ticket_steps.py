"""What is to be done on a ticket that isn't one thing's alone: said once, with the numbers of the things it is for."""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace

from offboarding.model import DONE, DecisionStep
from offboarding.model.sentences import replaced
from offboarding.report.texts.layout import on_one_line
from offboarding.report.texts.views import ChoiceView, DecisionView, SharedStepsView
from offboarding.report.wording import with_key
from offboarding.store.tickets import TicketItem

_NAMED = "NAME"
"""Stands for an account's name in a step that several share."""

Shared = dict[str, list[int]]
"""A step -> the numbers of the things that it is for."""


def shared(items: Sequence[TicketItem]) -> Shared:
    """Steps that are the same for several things, but for the names of their accounts."""
    numbers: Shared = {}
    for number, item in enumerate(items, start=1):
        if item.state not in DONE:
            for step in item.revoke:
                if not isinstance(step, DecisionStep):
                    numbers.setdefault(without_name(step, item), []).append(number)
    return {step: of for step, of in numbers.items() if len(of) > 1}


def without_name(step: str, item: TicketItem) -> str:
    """A step that may be shared. A name that a shell would take for more than a name stays where it is quoted."""
    name = item.account_label
    return replaced(step, name, _NAMED) if name and shlex.quote(name) == name else step


def common(steps: Shared) -> Iterator[SharedStepsView]:
    """Yield a paragraph for each set of things that share steps, in the order of the steps."""
    groups: dict[tuple[int, ...], list[str]] = {}
    for step, numbers in steps.items():
        groups.setdefault(tuple(numbers), []).append(step)
    for numbers, texts in groups.items():
        yield SharedStepsView(numbers=numbers, named=any(_NAMED in text for text in texts), steps=tuple(texts))


def decisions(items: Sequence[TicketItem], forms_url: str) -> Iterator[DecisionView]:
    """Yield how a person decides, a paragraph a form: here, by the form, and last by a command."""
    forms: dict[str, list[tuple[int, DecisionStep]]] = {}
    for number, item in enumerate(items, start=1):
        for step in item.revoke if item.state not in DONE else ():
            if isinstance(step, DecisionStep):
                forms.setdefault(step.form, []).append((number, with_key(step, item.finding_key)))
    for form, asked in forms.items():
        yield _decision(asked, form, forms_url)


def _decision(asked: Sequence[tuple[int, DecisionStep]], form: str, forms_url: str) -> DecisionView:
    asks: dict[DecisionStep, list[int]] = {}
    rows: dict[tuple[tuple[str, str], ...], list[int]] = {}
    for number, step in asked:
        asks.setdefault(replace(step, fields=()), []).append(number)
        rows.setdefault(step.fields, []).append(number)
    everyone = {number for number, _ in asked}
    alone = next(iter(rows)) if len(rows) == 1 else None
    typed = (
        replace(step, fields=alone or tuple((name, name.upper()) for name, _ in step.fields)).command
        for _, step in asked
    )
    return DecisionView(
        form=form,
        page=forms_url.replace("{form}", form),
        choices=tuple(
            ChoiceView(asks=step.asks, choice=step.choice, numbers=() if set(numbers) == everyone else tuple(numbers))
            for step, numbers in asks.items()
        ),
        rows=tuple(
            (tuple(numbers), on_one_line(", ".join(f"{name} {value}" for name, value in fields)))
            for fields, numbers in rows.items()
        ),
        commands=tuple(dict.fromkeys(typed)),
    )
