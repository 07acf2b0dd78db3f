"""Whether what a ticket asks a person to decide can be decided by the form that it names."""

from collections.abc import Iterable

from offboarding.decisions import forms
from offboarding.model import DecisionStep, Step


def misfits(steps: Iterable[Step]) -> list[DecisionStep]:
    """Decisions that no form takes, or not with these fields."""
    return [step for step in steps if isinstance(step, DecisionStep) and not _fits(step)]


def _fits(step: DecisionStep) -> bool:
    form = forms.every().get(step.form)
    kind = form.choices.get(step.choice) if form else None
    asked = {name for name, field in kind.fields.model_fields.items() if field.is_required()} if kind else set[str]()
    return asked == {name for name, _ in step.fields} | {"reason"}
