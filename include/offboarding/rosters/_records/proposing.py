"""What is proposed of a table for a first configuration: which columns are known, and what its status words mean."""

from collections.abc import Iterable, Mapping, Sequence

from offboarding.interfaces import Chooser
from offboarding.model import EmploymentStatus, HrStatus, counted
from offboarding.model.errors import ConfigError
from offboarding.rosters._records.columns import NAMES
from offboarding.rosters._records.usual_words import plain, usual

_MOST_STATUSES = 30
"""A column with more words tells no status."""
_OWN_SHARE = 0.05
"""A mail domain that fewer of the people have is somebody else's."""
ANYBODYS = frozenset(
    {"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "yahoo.com", "icloud.com", "naver.com", "daum.net"}
    | {"hanmail.net", "gmx.de", "web.de", "t-online.de", "qq.com", "163.com", "yahoo.co.jp", "proton.me"}
)
"""Domains of mails that anybody may have."""


def known_columns(header: Iterable[str]) -> dict[str, str]:
    """Our name -> the header's, for what is known; of two that mean the same the surer one."""
    best: dict[str, tuple[int, str]] = {}
    for cell in header:
        meaning, place = usual("columns").get(plain(cell), ("", 0))
        if meaning and (meaning not in best or place < best[meaning][0]):
            best[meaning] = (place, cell)
    return {name: best[name][1] for name in NAMES if name in best}


def name_parts(header: Sequence[str]) -> tuple[str, ...]:
    """The columns of first and last name, as they follow each other; empty unless both are there."""
    best: dict[str, tuple[int, str]] = {}
    for cell in header:
        part, place = usual("name_parts").get(plain(cell), ("", 0))
        if part and (part not in best or place < best[part][0]):
            best[part] = (place, cell)
    found = {cell for _, cell in best.values()}
    return tuple(cell for cell in header if cell in found) if len(best) == len(found) == 2 else ()


def frequencies(values: Iterable[str]) -> Mapping[str, int]:
    """Each value, and how often; the most frequent first."""
    counts: dict[str, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def tells_leavers(statuses: Mapping[str, str]) -> bool:
    """Whether one of HR's words means that somebody has left, for whatever reason."""
    return any(HrStatus(meaning).status is EmploymentStatus.LEFT for meaning in statuses.values())


def lists_everyone(statuses: Mapping[str, str]) -> bool:
    """Whether some of HR's words mean that somebody works here, and some that somebody has left."""
    here = (EmploymentStatus.ACTIVE, EmploymentStatus.LEAVE)
    return tells_leavers(statuses) and any(HrStatus(meaning).status in here for meaning in statuses.values())


def coverage_of(statuses: Mapping[str, str], asker: Chooser, *, untold: str | None = None) -> str:
    """Whom the feed lists; `untold`: what is proposed where no word means that somebody has left."""
    question = "Does it list everyone, leavers with their dates (full), only who works here (active), or leavers"
    proposed = "full" if lists_everyone(statuses) else None if tells_leavers(statuses) else untold
    options = ["full", "active", "leavers"] if statuses else ["active", "leavers"]
    return asker.choose("coverage", question, options, proposed=proposed)


def last_day_of(columns: Mapping[str, object], days: Sequence[str], asker: Chooser) -> dict[str, str]:
    """Our name of the column that tells when somebody left, and the header's; none where one is known or nobody says.

    `days`: columns that hold days, and are of no use yet.
    """
    if not days or columns.keys() & {"last_working_day", "end"}:
        return {}
    question = "Some have left. Which column tells the day (nothing if none does)"
    chosen = asker.choose("columns.end", question, ["", *days])
    return {"end": chosen} if chosen else {}


def statuses_of(header: str, values: Iterable[str], asker: Chooser) -> dict[str, str]:
    """HR's word -> ours, of all that stand in a column. Raises ConfigError where nobody says what one means."""
    words = frequencies(values)
    if len(words) > _MOST_STATUSES:
        raise ConfigError(
            f'The column "{header}" holds {len(words)} different words: no status. Name another one with'
            " --set NAME.columns.status=COLUMN, or none with --set NAME.columns.status="
        )
    known = usual("statuses")
    options = [status.value for status in HrStatus]
    meanings: dict[str, str] = {}
    unknown: list[str] = []
    for word, number in words.items():
        proposed = known[plain(word)][0] if plain(word) in known else None
        question = f'What does the status "{word}" mean ({counted(number, "row")})'
        try:
            meanings[word] = asker.choose(f"statuses.{word}", question, options, proposed=proposed, confirm=True)
        except ConfigError:
            unknown.append(word)
    if unknown:
        flags = " ".join(f'--status "{word}=MEANING"' for word in unknown)
        raise ConfigError(
            f'Nobody says what these words of "{header}" mean: {", ".join(unknown)}. Each is one of'
            f" {', '.join(options)}; say it so: {flags}"
        )
    return meanings


def known_zones(places: Iterable[str]) -> dict[str, str]:
    """HR's word for a location -> its zone, of those that are known."""
    known = usual("zones")
    return {word: known[plain(word)][0] for word in places if plain(word) in known}


def own_domains(mails: Iterable[str]) -> tuple[str, ...]:
    """What look like the company's own, the most frequent first."""
    domains = [mail.rpartition("@")[2].casefold() for mail in mails if "@" in mail]
    return tuple(
        domain
        for domain, number in frequencies(domains).items()
        if number >= _OWN_SHARE * len(domains) and domain not in ANYBODYS
    )
