"""Calls that are denied for one key or one region: the others go on, and what is missing is told once for all."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from offboarding.sources._aws.client.failures import CallerIdentity, error_code, is_denied

Told = TypeVar("Told")

_NAMED = 3
_NO_REGION = frozenset({"UnrecognizedClientException", "InvalidClientTokenId", "AuthFailure"})
"""What a region answers that isn't enabled, to a key that is good elsewhere."""
_GONE = frozenset({"NotFoundException", "ResourceNotFoundException", "ParameterNotFound"})


@dataclass(slots=True, kw_only=True)
class Refusals:
    """What was denied so far."""

    asker: CallerIdentity
    advice: str = ""
    """What else may help, a sentence."""
    _where: dict[tuple[str, str], list[str]] = field(default_factory=dict[tuple[str, str], list[str]])
    """By call and AWS's word."""

    def ask(self, where: str, call: Callable[[], Told]) -> Told | None:
        """What the call tells; None where it's denied, which is kept, or about what was deleted since it was listed.

        Raises botocore's ClientError for all else.
        """
        from botocore.exceptions import ClientError  # noqa: PLC0415 - see interfaces

        try:
            return call()
        except ClientError as error:
            if error_code(error) in _GONE:
                return None
            if not is_denied(error):
                raise
            self._where.setdefault((error.operation_name, error_code(error)), []).append(where)
            return None

    def ask_region(self, region: str, call: Callable[[], Told]) -> Told | None:
        """The same, of the first call in a region, which may not be enabled."""
        from botocore.exceptions import ClientError  # noqa: PLC0415

        try:
            return self.ask(region, call)
        except ClientError as error:
            if error_code(error) not in _NO_REGION:
                raise
            self._where.setdefault((error.operation_name, error_code(error)), []).append(region)
            return None

    def sentences(self) -> tuple[str, ...]:
        """One for each call that was denied."""
        return tuple(self._sentence(*said, where) for said, where in sorted(self._where.items()))

    def _sentence(self, action: str, code: str, where: list[str]) -> str:
        named = ", ".join(where[:_NAMED]) + (f" and {len(where) - _NAMED} more" if len(where) > _NAMED else "")
        if code in _NO_REGION:
            return (
                f"{self.asker}: {named} refuses the key ({action}: {code}). Enable the region for this account, or "
                "list the others under regions"
            )
        return self.asker.grant(action, code, where=named, advice=self.advice)
