"""A tracker's words for our priorities: those that a user gives, over the usual ones."""

from collections.abc import Mapping
from typing import TypeVar

from pydantic import AfterValidator

from offboarding.model import TicketPriority

Word = TypeVar("Word")


def over(usual: Mapping[TicketPriority, Word]) -> AfterValidator:
    """What a setting is annotated with, so that all four are there whichever are given."""

    def completed(given: Mapping[TicketPriority, Word]) -> Mapping[TicketPriority, Word]:
        return {**usual, **given}

    return AfterValidator(completed)
