"""Why a finding closed, or may stand: a word for code, and the sentence that people read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Self

from offboarding.model.sentences import Sentence, say


class WhoseWord(StrEnum):
    """On whose word a finding closes."""

    PERSON = "person"
    ROSTER = "roster"
    SOURCE = "source"


class Resolution(StrEnum):
    """Why a finding closed; the last three are no rule's.

    On whose word it rests is said where that isn't what a source was seen to say; that there is no departure any more
    the guard counts by itself.
    """

    brief: str
    """Behind a number: "3 seen dead"."""
    sentence: str
    """With what `Resolved` knows in braces."""
    word: WhoseWord

    def __new__(cls, value: str, brief: str, sentence: str, word: WhoseWord = WhoseWord.SOURCE) -> Self:
        """A member, with its words."""
        made = str.__new__(cls, value)
        made._value_, made.brief, made.sentence, made.word = value, brief, sentence, word
        return made

    SEEN_DEAD = "seen dead", "seen dead", "seen dead: {reason}"
    NOTHING_LOCAL = (
        "nothing local",
        "seen dead",
        "seen dead: nothing of the account lets in without the identity provider any more",
    )
    ROLE_SHUT = "role shut", "seen dead", "seen dead: the role lets none of their users in"
    SEEN_GONE = "seen gone", "seen gone", "seen gone: it no longer exists"
    ACCOUNT_GONE = "account gone", "seen gone", "seen gone: the account no longer exists"
    KEY_GONE = "key gone", "seen gone", "seen gone: the key no longer exists"
    SWITCHED_ON = "switched on", "switched on again", "switched on again: see {rule}"
    NOT_TRUSTED = (
        "not trusted",
        "trusted by no verifier any more",
        "no verifier accepts it any more: seen twice{apart}, last at {moment} UTC",
    )
    ATTESTED = "attested", "attested by a person", "attested by {author} until {moment}: {reason}", WhoseWord.PERSON
    OFF_LIST = (
        "off the list",
        "attested by a person",
        "attested by the list of the day that began at {moment} UTC, which doesn't name it; not checked",
    )
    ACCESS_ENDED = "access ended", "access cut", "the access has ended: seen by a whole read"
    SHOWN_NOW = "shown now", "shown by a system now", "a source or verifier shows it now: judged by what that tells"
    VERIFIER_NOW = "verifier now", "told by a verifier now", "a verifier tells now: judged by what it says"
    CAN_LEAVE = "can leave", "exportable after all", "it can be carried away: judged as such"
    CANNOT_LEAVE = (
        "cannot leave",
        "not exportable, says a person",
        "it could not be carried away, says {author}: cutting the access is enough",
    )
    NEWER = "newer", "newer than the departure", "newer than the departure: this material was made after it"
    NO_HOLDER = (
        "no holder",
        "held by nobody who left",
        "nobody who left holds it: their departures were withdrawn, or it is newer",
    )
    ALL_HELD = (
        "all held",
        "with holders known of each key",
        "of each key that is trusted somebody is known who holds it",
    )
    ALL_CLAIMED = "all claimed", "with no account left unclaimed", "no account is left unclaimed"

    REJECTED = "rejected", "not theirs, says a person", "the link was rejected by {author}", WhoseWord.PERSON
    REVOKED = (
        "revoked",
        "whose confirmation was revoked",
        "it was theirs by a decision alone, which {author} revoked",
        WhoseWord.PERSON,
    )
    ANOTHERS = (
        "another's",
        "decided by a person",
        "a person decided that it is worker {worker}'s: {author}",
        WhoseWord.PERSON,
    )
    DECIDED = "decided", "decided by a person", "whose it is was decided by {author}", WhoseWord.PERSON
    CONFIRMED = "confirmed", "decided by a person", "a person decided whose it is", WhoseWord.PERSON
    KEY_NOT_THEIRS = (
        "key not theirs",
        "decided by a person",
        "the key is none of theirs, a person decided",
        WhoseWord.PERSON,
    )
    LINKED_AGAIN = "linked again", "linked again", "linked to them again"
    NEWER_SECRETS = "newer secrets", "with newer secrets", "every secret is newer than their owning it"
    NEVER_THEIRS = "never theirs", "never theirs", "what it said before is no longer theirs either"
    CERTAIN = "certain", "certain now", "it is theirs for certain now, and judged as a leaver's"
    REVIEWED_ELSEWHERE = "reviewed elsewhere", "under another finding", "reviewed under another finding now"
    OWN_NOW = "own now", "their present account", "it is their present account"
    MAIL_MOVED = "mail moved", "with another mail address", "its mail address is no longer theirs"
    HELD_HERE = "held here", "held by somebody who works here", "it is held by somebody who works here"
    OWNED_ANEW = (
        "owned anew",
        "with a new owner and new secrets",
        "it has an active owner, and every secret is newer than the departure",
    )
    WORKS_AT_PROVIDER = (
        "works at the provider",
        "working at the provider again",
        "works at the identity provider again: it doesn't say disabled any more",
    )
    NONE_AT_PROVIDER = (
        "none at the provider",
        "with no account left at the provider",
        "no account of theirs is left that an identity provider could say disabled of",
    )
    UNLINKED = "unlinked", "no longer linked", "never told to anyone, and no longer linked"

    SAME_PERSON = "same person", "the same person's", "the same person as worker {worker}", WhoseWord.ROSTER
    WORKS_HERE = "works here", "back at work", "works here, says the roster{because}"
    SAID_TO_WORK_HERE = "said to work here", "back at work", "works here, says {author}"
    CAME_BACK = "came back", "back at work", "works here again{because}"
    LEFT_AGAIN = "left again", "left again", "left again: judged as a leaver's now", WhoseWord.ROSTER
    LEFT_AFTER_ALL = "left after all", "left after all", "they have left: judged as a leaver's now"
    ONE_RECORD = "one record", "no longer in doubt", "HR no longer says that they left and work here at once"
    WITHDRAWN = "withdrawn", "departure withdrawn", "the departure was withdrawn{because}"
    ACCESS_BACK = "access back", "to have access again", "they are to have access again{because}"
    DEPARTURE_CONFIRMED = (
        "departure confirmed",
        "departures confirmed",
        "the departure is confirmed now",
        WhoseWord.ROSTER,
    )
    SAID_TO_HAVE_LEFT = "said to have left", "departures confirmed", "the departure is confirmed now, says {author}"
    TOLD_OTHERWISE = (
        "told otherwise",
        "departures told otherwise",
        "the departure is told otherwise now",
        WhoseWord.ROSTER,
    )
    USED_BEFORE = (
        "used before",
        "departures moved",
        "the departure was moved to {moment}: it was used before that",
        WhoseWord.ROSTER,
    )
    MOVED_AWAY = (
        "moved away",
        "departures moved",
        "the departure was moved to {moment}: it has nothing to do with that",
        WhoseWord.ROSTER,
    )

    VERDICT = "verdict", "by a person's verdict", "verdict: {reason}"
    EXCEPTED = "excepted", "excepted", "excepted until {moment} UTC, approved by {author}"
    RECORDED = "recorded", "as recorded", "{text}"
    """As its event says, of which no more is known."""


SEEN = (Resolution.SEEN_DEAD, Resolution.SEEN_GONE, Resolution.ACCOUNT_GONE, Resolution.NOTHING_LOCAL)
"""By a look at the system itself, which may let in for a while yet what was let in before."""

SUCCEEDED = frozenset(
    {
        Resolution.SWITCHED_ON,
        Resolution.SHOWN_NOW,
        Resolution.VERIFIER_NOW,
        Resolution.CAN_LEAVE,
        Resolution.CANNOT_LEAVE,
        Resolution.ACCESS_ENDED,
        Resolution.LINKED_AGAIN,
        Resolution.NEWER_SECRETS,
        Resolution.NEVER_THEIRS,
        Resolution.CERTAIN,
        Resolution.REVIEWED_ELSEWHERE,
        Resolution.OWN_NOW,
        Resolution.MAIL_MOVED,
        Resolution.HELD_HERE,
        Resolution.OWNED_ANEW,
        Resolution.WORKS_AT_PROVIDER,
        Resolution.NONE_AT_PROVIDER,
        Resolution.UNLINKED,
        Resolution.LEFT_AGAIN,
        Resolution.LEFT_AFTER_ALL,
    }
)
"""Nothing was seen shut: what still works of it is judged by another finding, which has to be told first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """Why, with what its sentence needs."""

    resolution: Resolution
    author: str = ""
    """Whose word it is."""
    reason: str = ""
    """What was seen, or why, in the words of a system, of HR or of a person."""
    worker: str = ""
    """Such as "hr:1042"."""
    moment: str = ""
    """A day, or a moment in UTC to the minute."""
    hours: str = ""
    """How far apart two looks were."""
    rule: str = ""
    text: str = ""
    """The sentence as it was recorded; where it's there, the rest isn't."""

    def __str__(self) -> str:
        """The sentence."""
        return str(self.told)

    @property
    def told(self) -> Sentence:
        """The same, with what it was made of."""
        if self.text:
            return say(self.text)
        reason = self.reason if isinstance(self.reason, Sentence) else say(self.reason)
        return say(
            self.resolution.sentence,
            author=self.author,
            reason=reason,
            worker=self.worker,
            moment=self.moment,
            rule=self.rule,
            text=self.text,
            apart=say(", {hours} h apart", hours=self.hours) if self.hours else "",
            because=say(": {reason}", reason=reason) if self.reason else "",
        )


def sentence(resolution: str | None, details: Mapping[str, str]) -> Sentence:
    """Return what a finding says of why it closed, or may stand; "" where it stands. `details`: as they are kept."""
    return Resolved(resolution=Resolution(resolution), **details).told if resolution else say("")


class DepartureEnding(StrEnum):
    """How a departure ended, or is told otherwise, as it's kept."""

    WORKS_HERE = "works here"
    TAKEN_BACK = "taken back"
    EXTENDED = "extended"
    MOVED_TO = "moved to"
    SINCE = "since"
    FROM = "from"
    SAYS = "says"
    MOVED = "moved"


def ended(said: Mapping[str, str]) -> Sentence:
    """How a departure was taken back or told otherwise. `said`: as it's kept, a word and what its sentence holds."""
    word = DepartureEnding(said["as"])
    if "day" in said:
        return _moved(word, said)
    if word is DepartureEnding.TAKEN_BACK:
        return say("{notice} was taken back by {author}", notice=said["notice"], author=said["by"])
    if word is DepartureEnding.WORKS_HERE:
        return say("works here, says {author}", author=said["by"])
    return say("says {roster}", roster=said["by"])


def _moved(word: DepartureEnding, said: Mapping[str, str]) -> Sentence:
    day, by = _day(said["day"]), said["by"]
    if word is DepartureEnding.EXTENDED:
        return say("extended to {day}, says {roster}", day=day, roster=by)
    if word is DepartureEnding.MOVED_TO:
        return say("moved to {day}, says {roster}", day=day, roster=by)
    if word is DepartureEnding.SINCE:
        return say("since {day}, says {roster}", day=day, roster=by)
    if word is DepartureEnding.FROM:
        return say("works here from {day}, says {roster}", day=day, roster=by)
    return say("moved from {before} to {after}, says {roster}", before=_day(said["before"]), after=day, roster=by)


def _day(on: str) -> date | str:
    """A day; a moment, where HR told no day, stays as it stands."""
    return date.fromisoformat(on) if len(on) == len("2026-11-13") else on
