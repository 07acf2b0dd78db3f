"""A finding's sentences in the store: in English for everybody, and beside it what they were made of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from offboarding.model import DecisionStep, Sentence, WrittenStep, as_kept, kept
from offboarding.model.sentences import Kept


class Said(Protocol):
    """Whatever bears a finding's sentences."""

    @property
    def standing_reason(self) -> str: ...  # noqa: D102 - a field, as its finding says it
    @property
    def warning(self) -> str: ...  # noqa: D102 - a field, as its finding says it
    @property
    def evidence(self) -> Sequence[str]: ...  # noqa: D102 - a field, as its finding says it
    @property
    def resolution_details(self) -> Mapping[str, str]: ...  # noqa: D102 - a field, as its finding says it
    @property
    def revoke(self) -> Sequence[WrittenStep]: ...  # noqa: D102 - a field, as its finding says it


def made_of(texts: Iterable[str], steps: Iterable[WrittenStep]) -> dict[str, Kept]:
    """By its English, what each sentence was made of. `steps`: as they are written out."""
    asked = (step.asks if isinstance(step, DecisionStep) else step for step in steps)
    return {str(text): kept(text) for text in (*texts, *asked) if isinstance(text, Sentence)}


def spoken(known: Mapping[str, Kept], said: Said) -> dict[str, Any]:
    """The same fields with what their sentences were made of, so that they can be told in any language."""

    def sentence(text: str) -> str:
        return as_kept(text, known[text]) if text in known else text

    return {
        "standing_reason": sentence(said.standing_reason),
        "warning": sentence(said.warning),
        "resolution_details": {name: sentence(text) for name, text in said.resolution_details.items()},
        "evidence": [sentence(text) for text in said.evidence],
        "revoke": [
            replace(step, asks=sentence(step.asks)) if isinstance(step, DecisionStep) else sentence(step)
            for step in said.revoke
        ],
    }
