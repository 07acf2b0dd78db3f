"""What a night says of the queue of departures: nothing, unless a departure may wait there unheard."""

from collections.abc import Iterator

from offboarding.model import counted
from offboarding.report.wording import moment
from offboarding.store.messages import QueueLook

_ZONE = "UTC"


def gaps(look: QueueLook | None) -> Iterator[str]:
    """Yield what is not known for it, and what to do."""
    if look is None:
        return
    if look.asked_at is None:
        yield f"queue of departures: not asked{since_answered(look)}. See the log of the task ask_queue"
    elif look.error:
        yield f"{look.error} Departures that are told by message wait unheard{since_answered(look)}."
    elif look.waiting:
        since = f", so it has been since {moment(look.waiting_since, _ZONE)}" if look.waiting_since else ""
        yield (
            f"queue of departures: {counted(look.waiting, 'message')} for two minutes and more{since}. See whether"
            " offboarding_departure is unpaused and a triggerer runs; its log says why it takes nothing."
        )


def since_answered(look: QueueLook) -> str:
    """When it answered last."""
    answered = f"it answered last at {moment(look.answered_at, _ZONE)}" if look.answered_at else "it never has yet"
    return f" ({answered})"
