"""Single accounts, live: one that cannot be read, or has no end, costs itself."""

import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import structlog

from offboarding.model import Account, AccountRef, Credential, Fact, ScopeRead, SubjectKind
from offboarding.model.errors import OffboardingError
from offboarding.runs.ingest.bounds import ReadBoundError, ReadBounds

log = structlog.get_logger("offboarding.intake")

MOST_BROKEN = 10
"""Accounts that a reader may break on; after so many it is the reader that is broken, and its error is raised."""

Detail = Callable[[Sequence[AccountRef]], Iterator[Fact]]


def read_details(bounds: ReadBounds, detail: Detail, accounts: Sequence[AccountRef]) -> Iterator[Fact]:
    """Yield what `detail` tells of the accounts. Raises as the reader.

    Once a bound is exceeded, the accounts that were not answered by then are not read. Where the reader breaks, which
    is a defect of ours, the remaining accounts are asked about one by one, and those that it breaks on are not read.
    """
    left = {ref.native_id: ref for ref in accounts}
    try:
        try:
            yield from _answered(bounds, detail, accounts, left)
        except OffboardingError:
            raise
        except Exception as error:  # noqa: BLE001 - raised again where it is not one account's
            log.warning("a reader broke: its accounts are asked about one by one", accounts=len(left), at=_place(error))
            yield from _one_by_one(bounds, detail, left)
    except ReadBoundError as exceeded:
        yield from (_unread(ref, str(exceeded)) for ref in left.values())


def _answered(
    bounds: ReadBounds, detail: Detail, accounts: Sequence[AccountRef], left: dict[str, AccountRef]
) -> Iterator[Fact]:
    """Take an account out of `left` once the reader goes on to the next one: an account may have several ScopeReads."""
    answered = ""
    for fact in bounds.passed(detail(accounts)):
        about = _account_of(fact)
        if about and about != answered:
            left.pop(answered, None)
            answered = ""
        if isinstance(fact, ScopeRead):
            answered = fact.scope
        yield fact
    left.pop(answered, None)


def _account_of(fact: Fact) -> str:
    match fact:
        case ScopeRead():
            return fact.scope
        case Account():
            return fact.native_id
        case Credential():
            return fact.account_native_id
        case _:
            return ""


def _one_by_one(bounds: ReadBounds, detail: Detail, left: dict[str, AccountRef]) -> Iterator[Fact]:
    broken = 0
    for ref in list(left.values()):
        try:
            yield from _answered(bounds, detail, [ref], left)
        except OffboardingError:
            raise
        except Exception as error:
            broken += 1
            if broken > MOST_BROKEN:
                raise
            left.pop(ref.native_id, None)
            text = f"{bounds.where}: an account was not read: its reader broke with {_place(error)}, a defect of ours."
            yield _unread(ref, f"{text} Report it.")


def _place(error: Exception) -> str:
    """Return what and where, without the values that a whole trace may show."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(last.filename).name} line {last.lineno}"


def _unread(ref: AccountRef, error: str) -> ScopeRead:
    return ScopeRead(realm=ref.realm, scope=ref.native_id, kinds=(SubjectKind.ACCOUNT,), error=error)
