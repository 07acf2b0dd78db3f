"""What docs/limits.md says of it."""

from offboarding.queues import sqs

BOUNDS: dict[str, tuple[float, str]] = {
    "Queue: messages at once": (sqs.MOST_AT_ONCE, ""),
}
