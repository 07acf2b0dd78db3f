"""How an Okta org refuses: what isn't allowed, and what isn't there."""

from demo.answering import Answered


def refused(status: int, code: str, said: str) -> Answered:
    """A refusal of its own form."""
    return Answered(status=status, body={"errorCode": code, "errorSummary": said, "errorLink": code, "errorId": "oae1"})


def missing(name: str, sort: str = "User") -> Answered:
    """Of what isn't there."""
    return refused(404, "E0000007", f"Not found: Resource not found: {name} ({sort})")
