"""Which of the files found are the feed, and how old it is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from offboarding.model import Problem
from offboarding.model.errors import FatalError
from offboarding.rosters._records.durations import told
from offboarding.rosters.csv.calendar_days import Deliveries
from offboarding.rosters.csv.names import date_in
from offboarding.rosters.csv.settings import Settings
from offboarding.rosters.csv.stores import FeedFile

_EPOCH = datetime.fromtimestamp(0, tz=UTC)
_LISTED = 5
_AHEAD = timedelta(days=1)
"""So far a date in a name may lie ahead: HR's clock may be a zone further east than it says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A feed."""

    files: Sequence[FeedFile]
    """In the order of their names."""
    made_at: datetime | None
    """The date in their names; None where none is declared, and each file's own time counts."""
    earlier: Sequence[FeedFile]
    """Those that were the feed before, the last first."""
    problems: Sequence[Problem]

    @property
    def origin(self) -> str:
        """For people: "hr_20261124.csv", or "hr_1.csv and 2 more"."""
        more = len(self.files) - 1
        return self.files[0].name + (f" and {more} more" if more else "")


def chosen(found: Sequence[FeedFile], settings: Settings, zone: str, as_of: datetime) -> Chosen:
    """The files that are the feed. Raises FatalError where a date is wanted in names, and none of them has one.

    One of a day to come is passed over, and told: it would be the newest for as long as it lies there.
    """
    made = _dated(found, settings, zone)
    ahead = _ahead(found, settings, made, as_of)
    if ahead:
        found = [file for file in found if file not in ahead]
        made = {file: moment for file, moment in made.items() if file not in ahead} if made else None
    if settings.files == "newest":
        by_age = _by_age(found, settings, made)
        files, earlier = by_age[:1], by_age[1:]
    else:
        files, earlier = sorted(_latest(made) if made else found, key=lambda file: file.path), []
    made_at = made[files[0]] if made else None
    problems = (*_passed_over(ahead), *_miscounted(files, settings))
    return Chosen(files=files, made_at=made_at, earlier=earlier, problems=problems)


def age_problem(name: str, made_at: datetime, settings: Settings, zone: str, as_of: datetime) -> Iterator[Problem]:
    """Yield the sentence for a feed that is too old, or that says to be of a day to come."""
    by_name = settings.date_in_name is not None
    what = "its name says that it was made" if by_name else "last changed"
    if by_name and made_at - as_of > _AHEAD:
        yield Problem(
            record=name,
            text=f"{what} {told(made_at - as_of)} after this night's moment: it would hide every newer one",
            fix="Remove it or mend its name, or date_in_name.",
        )
    limit = settings.max_age
    deliveries = Deliveries(days=settings.expected, holidays=settings.holidays, zone=zone)
    age = deliveries.age(made_at, as_of)
    if limit is None or age <= limit:
        return
    idle = as_of - made_at - age
    without = f" ({told(idle)} of days without delivery not counted)" if idle else ""
    yield Problem(
        record=name,
        text=f"{what} {told(age)} before this night's moment{without}; max_age is {told(limit)}",
        fix="See why HR's delivery didn't come. What the file tells of leavers still counts.",
    )


def _dated(found: Sequence[FeedFile], settings: Settings, zone: str) -> dict[FeedFile, datetime] | None:
    """Each file that has one with the date in its name; None where none is declared."""
    form = settings.date_in_name
    if form is None:
        return None
    made = {file: moment for file in found if (moment := date_in(file.name, form, zone))}
    if not made:
        raise FatalError(
            f"rosters.{settings.name}: {settings.path}: no name holds a date in the form {form} "
            f"({found[0].name}, for one). Mend date_in_name or path of roster {settings.name}."
        )
    return made


def _ahead(
    found: Sequence[FeedFile], settings: Settings, made: Mapping[FeedFile, datetime] | None, as_of: datetime
) -> Sequence[FeedFile]:
    """Files of a day to come, by the date in their names or else their time; none where all of them are."""
    if made is not None:
        ahead = [file for file, moment in made.items() if moment - as_of > _AHEAD]
        return ahead if len(ahead) < len(made) else []
    if settings.files != "newest" or settings.newest == "name":
        return []
    # By the clock: a night of the past may be run again over the files of today.
    latest = max(as_of, datetime.now(UTC)) + _AHEAD
    ahead = [file for file in found if file.modified_at and file.modified_at > latest]
    return ahead if len(ahead) < len(found) else []


def _passed_over(ahead: Sequence[FeedFile]) -> Iterator[Problem]:
    if ahead:
        yield Problem(
            record=ahead[0].name,
            text=f"of a day to come, by its name or its time, and passed over ({_listed(ahead)}): as the newest file it"
            " would hide every later one",
            fix="Remove it, or mend its name or its time.",
        )


def _latest(made: Mapping[FeedFile, datetime]) -> list[FeedFile]:
    """Those of the latest date."""
    latest = max(made.values())
    return [file for file, moment in made.items() if moment == latest]


def _by_age(found: Sequence[FeedFile], settings: Settings, made: Mapping[FeedFile, datetime] | None) -> list[FeedFile]:
    """The newest first. Of several with the same date or time, the last by name is the newest."""
    if made is not None:
        return sorted(made, key=lambda file: (made[file], file.name, file.path), reverse=True)
    if settings.newest == "name":
        return sorted(found, key=lambda file: (file.name, file.path), reverse=True)
    timeless = next((file for file in found if file.modified_at is None), None)
    if timeless and len(found) > 1:
        raise FatalError(
            f"rosters.{settings.name}: {settings.path}: the store doesn't tell when {timeless.name} was changed. "
            f"Set newest: name, or date_in_name, in roster {settings.name}."
        )
    return sorted(found, key=lambda file: (file.modified_at or _EPOCH, file.name, file.path), reverse=True)


def _miscounted(files: Sequence[FeedFile], settings: Settings) -> Sequence[Problem]:
    if not isinstance(settings.files, int) or len(files) == settings.files:
        return ()
    return (
        Problem(
            record=settings.path,
            text=f"{len(files)} files are there, and the feed is {settings.files}: {_listed(files)}",
            fix="See which one didn't come, or came too much. Nobody is taken to have left meanwhile.",
        ),
    )


def _listed(files: Sequence[FeedFile]) -> str:
    names = [file.name for file in files[:_LISTED]]
    return ", ".join(names) + (", ..." if len(files) > _LISTED else "")
