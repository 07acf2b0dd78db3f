"""Calls that aren't answered: the others go on, and what is missing is told once for all that it concerns."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from offboarding.model import first_few
from offboarding.sources.aws._api.client.answers import UnreadableAnswerError
from offboarding.sources.aws._api.client.failures import (
    CallerIdentity,
    error_code,
    http_status,
    is_denied,
    is_lasting,
    is_unknown_call,
)

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

Answer = TypeVar("Answer")

_NAMED = 3
_NO_REGION = frozenset({"UnrecognizedClientException", "InvalidClientTokenId", "AuthFailure"})
"""What a region answers that isn't enabled, to a key that is good elsewhere."""
_GONE = frozenset({"NotFoundException", "ResourceNotFoundException", "ParameterNotFound"})


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Unanswered:
    """That one call isn't answered here, whatever the others are: a right is missing, or there is no such call."""

    action: str
    code: str
    """AWS's own word; "" where what came can't be read."""
    status: int
    denied: bool

    def sentence(self, asker: CallerIdentity, *, where: str = "", advice: str = "") -> str:
        """What isn't checked for it, and what to do. `where`, `advice`: as `CallerIdentity.grant` takes them."""
        if self.denied:
            return asker.grant(self.action, self.code, where=where, advice=advice)
        said = f"{self.code}, HTTP {self.status}" if self.code else f"HTTP {self.status}, and nothing that can be read"
        return asker.lacks(self.action, said, where=where)


def asked(call: Callable[[], Answer]) -> Answer | Unanswered:
    """What is told by a call that others don't depend on, or that it isn't answered here.

    Raises botocore's errors, and UnreadableAnswerError, where it might be in a minute, or where it's about a thing that
    isn't there.
    """
    from botocore.exceptions import ClientError  # noqa: PLC0415 - see interfaces

    try:
        return call()
    except ClientError as error:
        if unanswered := _unanswered(error):
            return unanswered
        raise
    except UnreadableAnswerError as error:
        if not is_lasting(error):
            raise
        return Unanswered(action=error.operation_name, code="", status=error.status, denied=False)


def _unanswered(error: "ClientError") -> Unanswered | None:
    denied = is_denied(error)
    if not denied and not is_unknown_call(error):
        return None
    return Unanswered(action=error.operation_name, code=error_code(error), status=http_status(error), denied=denied)


@dataclass(slots=True, kw_only=True)
class Refusals:
    """What wasn't answered so far, of one key or one region after the other."""

    asker: CallerIdentity
    advice: str = ""
    """What else may help, a sentence."""
    _where: dict[Unanswered, list[str]] = field(default_factory=dict[Unanswered, list[str]])

    def ask(self, where: str, call: Callable[[], Answer]) -> Answer | None:
        """What the call tells; None where it isn't answered, which is kept, or about what was deleted since it was
        listed. Raises as `asked` for all else.
        """
        from botocore.exceptions import ClientError  # noqa: PLC0415 - see interfaces

        try:
            answer = asked(call)
        except ClientError as error:
            if error_code(error) in _GONE:
                return None
            raise
        if isinstance(answer, Unanswered):
            self._where.setdefault(answer, []).append(where)
            return None
        return answer

    def ask_region(self, region: str, call: Callable[[], Answer]) -> Answer | None:
        """The same, of the first call in a region, which may not be enabled."""
        from botocore.exceptions import ClientError  # noqa: PLC0415 - see interfaces

        try:
            return self.ask(region, call)
        except ClientError as error:
            if error_code(error) not in _NO_REGION:
                raise
            unanswered = Unanswered(
                action=error.operation_name, code=error_code(error), status=http_status(error), denied=True
            )
            self._where.setdefault(unanswered, []).append(region)
            return None

    def __len__(self) -> int:
        """How many calls weren't answered."""
        return sum(len(where) for where in self._where.values())

    def sentences(self) -> tuple[str, ...]:
        """One for each call that wasn't answered."""
        return tuple(self._sentence(unanswered, where) for unanswered, where in sorted(self._where.items()))

    def _sentence(self, unanswered: Unanswered, where: list[str]) -> str:
        named = first_few(where, _NAMED)
        if unanswered.code in _NO_REGION:
            return (
                f"{self.asker}: {named} refuses the key ({unanswered.action}: {unanswered.code}). Enable the region "
                "for this account, or take it out of the source's regions"
            )
        return unanswered.sentence(self.asker, where=named, advice=self.advice)
