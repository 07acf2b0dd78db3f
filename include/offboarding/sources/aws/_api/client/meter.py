"""Counts requests as they leave, retries and polls apart: the budget is about what AWS is asked, not what we call."""

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING

from offboarding.model import RequestCounts

if TYPE_CHECKING:
    from boto3.session import Session
    from botocore.model import OperationModel


class Purpose(StrEnum):
    """What a request is for; the fields of RequestCounts."""

    INVENTORY = "inventory"
    DETAIL = "detail"
    OVERHEAD = "overhead"


_ALWAYS_OVERHEAD = frozenset(
    {"AssumeRole", "DescribeAccount", "ListAccounts", "DescribeOrganization"}
    | {"DescribePolicy", "ListParents", "ListPoliciesForTarget", "ListRoots"}
)
_IDENTITY = "GetCallerIdentity"
"""Which account this is: an inventory needs it once, before anything else. Asked again for another session, a second
look, or of the account that speaks for the organization, it's overhead."""


class Meter:
    """Every request of the sessions it watches."""

    def __init__(self) -> None:
        self._counts: Counter[Purpose] = Counter()
        self._purpose = Purpose.OVERHEAD
        self._next: Purpose | None = Purpose.OVERHEAD
        """None: the inventory, if that is what comes next."""
        self._identified = False
        self._ahead = 0
        """Requests of which that isn't known yet."""

    @property
    def requests(self) -> RequestCounts:
        """What has been asked so far."""
        counts = self._counts + Counter({Purpose.OVERHEAD: self._ahead})
        return RequestCounts(**{purpose.value: counts[purpose] for purpose in Purpose})

    @contextmanager
    def asking_for(self, purpose: Purpose) -> Generator[None]:
        """What the calls within are for."""
        before, self._purpose = self._purpose, purpose
        self._counts[_of_identity(purpose)] += self._ahead
        self._ahead = 0
        try:
            yield
        finally:
            self._purpose = before

    def watch(self, session: "Session") -> None:
        """Count what this session's clients send (made after this call).

        botocore emits `before-call` once a call, and `before-send` for each attempt of it.
        """
        session.events.register("before-call", self._before_call)
        session.events.register("before-send", self._before_send)

    def _before_call(self, model: "OperationModel", **_: object) -> None:
        self._next = self._purpose_of(model.name)

    def _purpose_of(self, call: str) -> Purpose | None:
        if call == _IDENTITY and not self._identified:
            self._identified = True
            return None if self._purpose is Purpose.OVERHEAD else _of_identity(self._purpose)
        return Purpose.OVERHEAD if call in (_IDENTITY, *_ALWAYS_OVERHEAD) else self._purpose

    def _before_send(self, **_: object) -> None:
        if self._next is None:
            self._ahead += 1
        else:
            self._counts[self._next] += 1
        self._next = Purpose.OVERHEAD


def _of_identity(purpose: Purpose) -> Purpose:
    return purpose if purpose is Purpose.INVENTORY else Purpose.OVERHEAD
