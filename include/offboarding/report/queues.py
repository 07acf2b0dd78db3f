"""What a night says of the queue of departures: nothing, unless a departure may wait there unheard."""

from collections.abc import Iterator

from include.offboarding.report.wording import counted, moment
from include.offboarding.store.messages import QueueLook

_ZONE = "UTC"


def reasons(look: QueueLook | None) -> Iterator[str]:
    """Yield why the night is red for it."""
    if look is None:
        return
    if look.asked_at is None:
        yield "the queue of departures wasn't asked"
    elif look.error:
        yield f"the queue of departures couldn't be asked{_since(look)}"
    elif look.waiting:
        yield f"{counted(look.waiting, 'message')} on the queue of departures that nobody takes"


def gaps(look: QueueLook | None) -> Iterator[str]:
    """Yield what is not known for it, and what to do."""
    if look is None:
        return
    if look.asked_at is None:
        yield f"queue of departures: not asked{_since(look)}. See the log of the task ask_queue"
    elif look.error:
        yield f"{look.error} Departures that are told by message wait unheard{_since(look)}."
    elif look.waiting:
        since = f", so it has been since {moment(look.waiting_since, _ZONE)}" if look.waiting_since else ""
        yield (
            f"queue of departures: {counted(look.waiting, 'message')} for two minutes and more{since}. See whether"
            " offboarding_departure is unpaused and a triggerer runs; its log says why it takes nothing."
        )


def _since(look: QueueLook) -> str:
    told = f"it answered last at {moment(look.answered_at, _ZONE)}" if look.answered_at else "it never has yet"
    return f" ({told})"
