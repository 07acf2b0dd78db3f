"""A person's word on who gets into a system that nobody can ask: the whole list, without a file."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from offboarding.config.settings import Settings
from offboarding.decisions.fields import ListedOn, People, Reason, Source
from offboarding.decisions.kinds import ConfiguredContext, Decided, decision, of_field
from offboarding.decisions.signing import said
from offboarding.model import NOBODY, StatedPeople, counted
from offboarding.model.errors import FatalError
from offboarding.store import people_lists

_EARLIEST = date(1970, 1, 1)


@decision(
    "attest-people",
    example='bank-portal --listed-on 2026-11-20 --people "hr:10442 hr:10443" --reason "read off its page of users"',
)
def attest_people(
    context: ConfiguredContext, *, source: Source, listed_on: ListedOn, people: People, reason: Reason
) -> Decided[StatedPeople]:
    """Say who gets into a system that nobody can ask, all of them, as of a day, and how you know. It's the system's
    list until one of a later day, or the next word on the same day. Nobody on it is said to work, and it's asked for
    again as the source's ask_again_days says.

    Raises FatalError where `source` isn't one whose list is a person's word, the day is to come, or `people` holds an
    address, or names nobody without saying so.
    """
    reason = said(reason)
    with of_field("source"):
        realm = _realm(context.settings, source.strip())
    with of_field("listed_on"):
        _check_day(listed_on, context.zone)
    with of_field("people"):
        words = _words(people)
    made = StatedPeople(listed_on=listed_on, people=" ".join(words) or NOBODY, author=context.author)
    number = people_lists.add(context.session, realm, made, reason=reason)
    who = f"{counted(len(words), 'person gets', 'people get')} in there" if words else "nobody gets in there"
    stated = f"{source.strip()}: {who} on {listed_on}, by {context.author}'s word."
    return Decided(
        made=made,
        ids={"source": source.strip(), "listed_on": listed_on.isoformat(), "people": len(words), "list": number},
        says=[
            stated,
            "The next night tells of leavers among them, and closes whom it doesn't name, if the day is after theirs.",
            "To mend it, say it again for the same day.",
        ],
        on_trial=stated,
    )


def _realm(settings: Settings, name: str) -> str:
    stated = {own.name: realm for own in settings.sources if (realm := own.stated_realm())}
    if name not in stated:
        known = f" There is {', '.join(sorted(stated))}." if stated else ""
        raise FatalError(
            f"{name} is no source whose list is a person's word (kind: attested, with by_word).{known}"
            " What can be asked, or gives lists as files, is read."
        )
    return stated[name]


def _check_day(day: date, zone: str) -> None:
    if day > datetime.now(UTC).astimezone(ZoneInfo(zone)).date():
        raise FatalError(f"listed_on: {day} is to come. A list is of a day on which somebody looked.")
    if day < _EARLIEST:
        raise FatalError(f"listed_on: {day} is before {_EARLIEST.year}.")


def _words(people: str) -> list[str]:
    """Each once, in the order in which they came; none where it's said that there's nobody."""
    words = list({word.casefold(): word for word in people.replace(",", " ").replace(";", " ").split()}.values())
    if not all(word.isprintable() for word in words):
        raise FatalError("people: it holds what can't be printed. Type it anew.")
    if not words:
        raise FatalError(f"people: it names nobody. Where nobody gets in, say so: {NOBODY}.")
    if [word.casefold() for word in words] == [NOBODY]:
        return []
    if NOBODY in map(str.casefold, words):
        raise FatalError(f"people: it says {NOBODY} and names somebody.")
    if any("@" in word for word in words):
        raise FatalError("people: it holds an address. Give worker ids, or logins: Airflow keeps what is written here.")
    return words
