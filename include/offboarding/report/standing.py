"""Whether a finding's thing works, and for how long it has, in sentences."""

from collections.abc import Iterator

from offboarding.model import KEY_KINDS, Basis, Effect, Standing, SubjectKind, counted
from offboarding.report.wording import moment
from offboarding.store.reading import FindingView


def standing(finding: FindingView, zone: str, *, why: str = "") -> Iterator[str]:
    """Yield them. `why`: what follows on whether it works, where that is told."""
    works = "it's trusted" if SubjectKind(finding.subject_kind) in KEY_KINDS else "it works"
    said = {Standing.WORKS: works, Standing.DEAD: "it's dead", Standing.UNKNOWN: "not checked"}[finding.standing]
    seen = f"last read {moment(finding.last_confirmed_at, zone)}" if finding.last_confirmed_at else "never read"
    contained = "; everything is denied to it" if finding.effect == Effect.CONTAINED else ""
    yield f"{said}{why}{contained} ({seen})"
    if finding.last_used_at:
        maybe = "" if finding.basis is Basis.AWAY else ", which may be after the departure"
        after = {True: ", after the departure", False: "", None: maybe}
        yield f"last used {moment(finding.last_used_at, zone)}{after[finding.used_after_departure]}"
    if finding.exposure_days is not None:
        since = "HR said so" if finding.basis is Basis.AWAY else "the departure"
        yield f"exposed for {counted(finding.exposure_days, 'day')} since {since}{_until(finding, zone)}"


def _until(finding: FindingView, zone: str) -> str:
    """Counted to the last run's moment, which may lie before the read, and long before now; or to its end."""
    if finding.resolved_at:
        return f", until it was resolved {moment(finding.resolved_at, zone)}"
    return f", as of {moment(finding.judged_at, zone)}" if finding.judged_at else ""
