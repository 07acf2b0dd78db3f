"""Use after the departure: yes, no, or it can't be told."""

from datetime import UTC, datetime

from offboarding.model import Basis, Circumstance, Departure, Sentence, say
from offboarding.rules._access_paths import AccessPath
from offboarding.rules._sentences import at, days_after

_NEVER = datetime.min.replace(tzinfo=UTC)


def used_after(path: AccessPath, departure: Departure) -> bool | None:
    """Return whether it was used once the departure was over everywhere; for a whole account, whether anything was.

    None where it can't be told: no use is known, the stamp may lag or move without a logon, the use fell on the
    departure's own day, or an older read's stamp lies before the departure (a use since wouldn't stand in it).
    """
    answers = {_one_used_after(part, departure) for part in _parts(path)}
    if True in answers:
        return True
    return None if None in answers else False


def use_reported(path: AccessPath, departure: Departure) -> Sentence:
    """Return the last use as a sentence, and what it says of the time after the departure."""
    part = _strongest(path, departure)
    if part.last_used_at is None:
        return say("No use of it is known.")
    used, by = at(part.last_used_at), _by_what(part)
    if departure.basis is Basis.AWAY:
        return say("Last used {moment}{by}.", moment=used, by=by)
    after = _one_used_after(part, departure)
    if after:
        days = days_after(part.last_used_at, departure)
        return say("Last used {moment}{by}, {days}.", moment=used, by=by, days=days)
    if after is False:
        return say("Last used {moment}{by}, before the departure.", moment=used, by=by)
    doubt = _doubt(part, part.last_used_at, departure)
    return say("Last used {moment}{by}; {doubt}.", moment=used, by=by, doubt=doubt)


def is_workload(path: AccessPath, departure: Departure, *, service_like: bool) -> bool:
    """Return whether it looks like a workload's.

    Only the last use is known, never how regular it is, so any use by a service after the departure counts.
    """
    part = _strongest(path, departure)
    by_service = part.credential is not None and bool(part.credential.last_used_service)
    return service_like or (by_service and _one_used_after(part, departure) is True)


def workload_warning(path: AccessPath, departure: Departure, *, service_like: bool) -> str:
    """Return why it looks like a workload's, and what to do first; "" where it doesn't."""
    if service_like:
        return say("It's a workload's by its name, tags or kind. Find what runs with it, and move that first.")
    part = _strongest(path, departure)
    if part.last_used_at is None or not is_workload(path, departure, service_like=False):
        return ""
    if departure.circumstance is Circumstance.DECEASED:
        return say(
            "Used {moment}{by}, {days}: a job runs with it, or somebody else has it. Find out which, and move the job"
            " first.",
            moment=at(part.last_used_at),
            by=_by_what(part),
            days=days_after(part.last_used_at, departure),
        )
    return say(
        "Used {moment}{by}, {days}: unless it was the leaver, a job runs with it. Move the job first.",
        moment=at(part.last_used_at),
        by=_by_what(part),
        days=days_after(part.last_used_at, departure),
    )


def _one_used_after(path: AccessPath, departure: Departure) -> bool | None:
    # Who hasn't left has nothing that could have been used after it.
    if path.last_used_at is None or not path.last_used_exact or departure.basis is Basis.AWAY:
        return None
    if path.last_used_at > departure.certain_at:
        return True
    return None if path.last_used_at > departure.day_began_at or not path.fresh else False


def _strongest(path: AccessPath, departure: Departure) -> AccessPath:
    """Return what tells most of the time after the departure: a sure use, else the latest that is known."""
    return max(_parts(path), key=lambda part: (_one_used_after(part, departure) is True, part.last_used_at or _NEVER))


def _parts(path: AccessPath) -> tuple[AccessPath, ...]:
    return path.parts or (path,)


def _by_what(path: AccessPath) -> str:
    known = path.credential
    service, region = (known.last_used_service, known.last_used_region) if known else ("", "")
    if service and region:
        return say(" by {service} in {region}", service=service, region=region)
    if service:
        return say(" by {service}", service=service)
    return say(" in {region}", region=region) if region else ""


def _doubt(path: AccessPath, used_at: datetime, departure: Departure) -> Sentence:
    if not path.last_used_exact:
        return say("that stamp may lag, or move without a logon, so a use after the departure can't be told")
    if used_at > departure.day_began_at:
        return say("that is the departure's own day, so it may have been after it")
    return say("that was known before this run, so a use after the departure can't be told")
