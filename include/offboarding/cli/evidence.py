"""A folder for auditors: what happened in a period, sealed."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from offboarding.cli import DONE, VERSION
from offboarding.cli.options import command, day, option
from offboarding.cli.output import note, say
from offboarding.cli.stores import session_on
from offboarding.cli.terminal import at_the_terminal
from offboarding.config import loading
from offboarding.config.settings import Settings
from offboarding.model import counted
from offboarding.model.errors import FatalError
from offboarding.report.evidence.pack import AuditPeriod, PackBasis, Packed, write_pack
from offboarding.report.evidence.signing import signer
from offboarding.report.wording import moment

LONGEST = timedelta(days=3653)
_KNOWN = (
    "The settings when the pack was made, without connections and secrets. The store keeps no settings of a run: in"
    " runs `code` is a digest of the code that a run was begun by."
)


@command("evidence", example="--from 2026-01-01 --to 2026-03-31 --out evidence-2026q1 --sign-with evidence-key.pem")
def evidence(
    *,
    first: Annotated[date, option("--from", text="the period's first day", metavar="DATE", parse=day)],
    last: Annotated[date, option("--to", text="the period's last day", metavar="DATE", parse=day)],
    out: Annotated[Path, option("--out", text="a new folder", metavar="FOLDER", parse=Path)],
    key: Annotated[
        Path | None,
        option("--sign-with", text="an Ed25519 private key in PEM, by which it's signed", metavar="FILE", parse=Path),
    ] = None,
) -> int:
    """Write what auditors ask for of a period into a new folder, with hashes of each file and a signature over them.

    It's read and verified without this project; docs/evidence.md says what each file holds.
    """
    _check(first, last)
    loaded = loading.load()
    settings = loaded.settings
    signed_by = signer(key) if key else None
    zone = settings.company.time_zone
    with at_the_terminal(zone=zone, quiet=True), session_on(loaded) as session:
        packed = write_pack(session, AuditPeriod(first=first, last=last, zone=zone), _about(settings), out, signed_by)
    _tell(packed, out, zone)
    return DONE


def today(zone: str) -> date:
    """The day there."""
    return datetime.now(ZoneInfo(zone)).date()


def _check(first: date, last: date) -> None:
    if last < first:
        raise FatalError(f"--to {last} lies before --from {first}: exchange them.")
    if not date(1971, 1, 1) <= first <= last < date(9999, 1, 1):
        raise FatalError("--from and --to lie between 1971 and 9998.")
    if last - first > LONGEST:
        raise FatalError("a period is no longer than ten years: make a pack of each.")


def _about(settings: Settings) -> PackBasis:
    policy = settings.policy
    entries = {
        kind: [{"name": each.name, "kind": each.kind} for each in found]
        for kind, found in (
            ("rosters", settings.rosters),
            ("sources", settings.sources),
            ("verifiers", settings.verifiers),
            ("trackers", settings.trackers),
        )
    }
    return PackBasis(
        version=VERSION,
        made_on=today(settings.company.time_zone),
        with_names=policy.names == "name",
        retention_days=policy.retention_days,
        policy={
            "known": _KNOWN,
            "policy": policy.model_dump(mode="json"),
            "guard": settings.guard.model_dump(mode="json"),
            **entries,
        },
    )


def _tell(packed: Packed, out: Path, zone: str) -> None:
    leavers, findings, waivers = (packed.rows(name) for name in ("leavers", "findings", "waivers"))
    say(
        f"Written to {out}: {counted(leavers, 'departure')}, {counted(findings, 'finding')},"
        f" {counted(waivers, 'waiver')}, {counted(packed.rows('runs'), 'run')}.",
        f"The record ends with event {packed.head.seq}, hash {packed.head.hash}.",
    )
    if not packed.signed:
        note("It isn't signed: whoever holds it can change it. Sign it with --sign-with FILE.")
    if not packed.is_over:
        note(f"The period isn't over by the last night, of {moment(packed.as_of, zone)}: what comes yet isn't in it.")
    if packed.broken_at is not None:
        note(f"The record is broken at event {packed.broken_at}, and the pack says so. See `audit verify`.")
    if packed.troubles:
        note(
            f"{counted(len(packed.troubles), 'row')} stood otherwise than the record says. The pack says which, and"
            " never verifies. See `audit verify`; the next night puts them right."
        )
