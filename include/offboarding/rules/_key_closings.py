"""What closes a finding about a key that its rule says no more; as _closings.py for everything else.

A custodian who is taken out, a read that failed and a closed ticket never close one.
"""

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from offboarding.model import Exportable, Resolution, Resolved, SilentKey
from offboarding.rules._closings import not_gone


def not_trusted(silent: SilentKey, as_of: datetime) -> Resolved | None:
    """Each verifier has seen it trusted no more, twice."""
    del as_of
    if not silent.dead or silent.seen_at is None:
        return None
    return Resolved(resolution=Resolution.NOT_TRUSTED, hours=_hours(silent.cache), moment=minute(silent.seen_at))


def shown_now(silent: SilentKey, as_of: datetime) -> Resolved | None:
    """It was known by its entry in the register alone, and that means other material now."""
    del as_of
    shown = silent.registered_alone and not silent.in_register
    return Resolved(resolution=Resolution.SHOWN_NOW) if shown else None


def newer(silent: SilentKey, as_of: datetime) -> Resolved | None:
    """It was made after the holder had left."""
    del as_of
    return Resolved(resolution=Resolution.NEWER) if silent.person_uid and silent.newer else None


def rejected(silent: SilentKey, as_of: datetime) -> Resolved | None:
    """They held it by what a person said isn't theirs."""
    del as_of
    if silent.person_uid and not silent.holder and silent.rejected_by is not None:
        return Resolved(resolution=Resolution.REJECTED, author=silent.rejected_by)
    return None


def no_holder(silent: SilentKey, as_of: datetime) -> Resolved | None:
    """Of one about the key itself: nobody who left may hold it."""
    del as_of
    return Resolved(resolution=Resolution.NO_HOLDER) if not silent.person_uid and not silent.holders else None


def cannot_leave(silent: SilentKey, as_of: datetime) -> Resolved | None:
    """Nobody could carry it away: by its system's word, or the register's where that can't tell."""
    del as_of
    registered = silent.register_carryable
    by_system = silent.system_cannot_leave and registered != Exportable.YES
    if silent.system_can_leave or not (by_system or registered == Exportable.NO):
        return None
    author = "its system" if silent.system_cannot_leave else "the register"
    return Resolved(resolution=Resolution.CANNOT_LEAVE, author=author)


def minute(at: datetime) -> str:
    """Such as 2026-11-25 16:30, in UTC."""
    return f"{at:%Y-%m-%d %H:%M}"


NO_LEAVERS_KEY = (not_gone, newer, rejected, no_holder)
"""It is no departed holder's."""

HELD = (not_trusted, shown_now, *NO_LEAVERS_KEY, cannot_leave)
"""What ends a finding about a key that a leaver may have carried along."""


def _hours(cache: timedelta | None) -> str:
    """With at most one decimal place; "" for none."""
    if not cache:
        return ""
    hours = Decimal(str(cache.total_seconds())) / 3600
    return f"{hours.quantize(Decimal('0.1'), ROUND_HALF_UP).normalize():f}"
