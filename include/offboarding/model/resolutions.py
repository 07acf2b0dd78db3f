"""Why a finding closed, or may stand: a word for code, and the sentence that people read."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class WhoseWord(StrEnum):
    """On whose word a finding closes."""

    PERSON = "person"
    ROSTER = "roster"
    SOURCE = "source"


class Resolution(StrEnum):
    """Why a finding closed; the last three are no rule's."""

    SEEN_DEAD = "seen dead"
    ROLE_SHUT = "role shut"
    SEEN_GONE = "seen gone"
    ACCOUNT_GONE = "account gone"
    KEY_GONE = "key gone"
    SWITCHED_ON = "switched on"
    NOT_TRUSTED = "not trusted"
    ATTESTED = "attested"
    ACCESS_ENDED = "access ended"
    SHOWN_NOW = "shown now"
    VERIFIER_NOW = "verifier now"
    CAN_LEAVE = "can leave"
    CANNOT_LEAVE = "cannot leave"
    NEWER = "newer"
    NO_HOLDER = "no holder"
    ALL_HELD = "all held"
    ALL_CLAIMED = "all claimed"

    REJECTED = "rejected"
    ANOTHERS = "another's"
    DECIDED = "decided"
    CONFIRMED = "confirmed"
    KEY_NOT_THEIRS = "key not theirs"
    LINKED_AGAIN = "linked again"
    NEWER_SECRETS = "newer secrets"
    NEVER_THEIRS = "never theirs"
    CERTAIN = "certain"
    REVIEWED_ELSEWHERE = "reviewed elsewhere"
    OWN_NOW = "own now"
    MAIL_MOVED = "mail moved"
    HELD_HERE = "held here"
    OWNED_ANEW = "owned anew"
    UNLINKED = "unlinked"

    SAME_PERSON = "same person"
    WORKS_HERE = "works here"
    SAID_TO_WORK_HERE = "said to work here"
    CAME_BACK = "came back"
    LEFT_AGAIN = "left again"
    LEFT_AFTER_ALL = "left after all"
    ONE_RECORD = "one record"
    WITHDRAWN = "withdrawn"
    DEPARTURE_CONFIRMED = "departure confirmed"
    SAID_TO_HAVE_LEFT = "said to have left"
    TOLD_OTHERWISE = "told otherwise"
    USED_BEFORE = "used before"
    MOVED_AWAY = "moved away"

    VERDICT = "verdict"
    EXCEPTED = "excepted"
    RECORDED = "recorded"
    """As its event says, of which no more is known."""

    @property
    def word(self) -> WhoseWord:
        """On whose word it rests."""
        return _WORDS.get(self, WhoseWord.SOURCE)


_WORDS: Mapping[Resolution, WhoseWord] = {
    # What a person decided is nobody else's question.
    **dict.fromkeys(
        (
            *(Resolution.REJECTED, Resolution.ATTESTED, Resolution.DECIDED, Resolution.ANOTHERS, Resolution.CONFIRMED),
            Resolution.KEY_NOT_THEIRS,
        ),
        WhoseWord.PERSON,
    ),
    # That a departure is one, another one, or somebody else's.
    **dict.fromkeys(
        (
            *(Resolution.DEPARTURE_CONFIRMED, Resolution.TOLD_OTHERWISE, Resolution.LEFT_AGAIN),
            *(Resolution.SAME_PERSON, Resolution.USED_BEFORE, Resolution.MOVED_AWAY),
        ),
        WhoseWord.ROSTER,
    ),
}
"""The others are what a source was seen to say; that there is no departure any more the guard counts by itself."""
_SENTENCES = {
    Resolution.SEEN_DEAD: "seen dead: {reason}",
    Resolution.ROLE_SHUT: "seen dead: the role lets none of their users in",
    Resolution.SEEN_GONE: "seen gone: it no longer exists",
    Resolution.ACCOUNT_GONE: "seen gone: the account no longer exists",
    Resolution.KEY_GONE: "seen gone: the key no longer exists",
    Resolution.SWITCHED_ON: "switched on again: see {rule}",
    Resolution.NOT_TRUSTED: "no verifier accepts it any more: seen twice{apart}, last at {moment} UTC",
    Resolution.ATTESTED: "attested by {author} until {moment}: {reason}",
    Resolution.ACCESS_ENDED: "the access has ended: seen by a whole read",
    Resolution.SHOWN_NOW: "a source or verifier shows it now: judged by what that tells",
    Resolution.VERIFIER_NOW: "a verifier tells now: judged by what it says",
    Resolution.CAN_LEAVE: "it can be carried away: judged as such",
    Resolution.CANNOT_LEAVE: "it could not be carried away, says {author}: cutting the access is enough",
    Resolution.NEWER: "newer than the departure: this material was made after it",
    Resolution.NO_HOLDER: "nobody who left holds it: their departures were withdrawn, or it is newer",
    Resolution.ALL_HELD: "of each key that is trusted somebody is known who holds it",
    Resolution.ALL_CLAIMED: "no account is left unclaimed",
    Resolution.REJECTED: "the link was rejected by {author}",
    Resolution.ANOTHERS: "a person decided that it is worker {worker}'s: {author}",
    Resolution.DECIDED: "whose it is was decided by {author}",
    Resolution.CONFIRMED: "a person decided whose it is",
    Resolution.KEY_NOT_THEIRS: "the key is none of theirs, a person decided",
    Resolution.LINKED_AGAIN: "linked to them again",
    Resolution.NEWER_SECRETS: "every secret is newer than their owning it",
    Resolution.NEVER_THEIRS: "what it said before is no longer theirs either",
    Resolution.CERTAIN: "it is theirs for certain now, and judged as a leaver's",
    Resolution.REVIEWED_ELSEWHERE: "reviewed under another finding now",
    Resolution.OWN_NOW: "it is their present account",
    Resolution.MAIL_MOVED: "its mail address is no longer theirs",
    Resolution.HELD_HERE: "it is held by somebody who works here",
    Resolution.OWNED_ANEW: "it has an active owner, and every secret is newer than the departure",
    Resolution.UNLINKED: "never told to anyone, and no longer linked",
    Resolution.SAME_PERSON: "the same person as worker {worker}",
    Resolution.WORKS_HERE: "works here, says the roster{because}",
    Resolution.SAID_TO_WORK_HERE: "works here, says {author}",
    Resolution.CAME_BACK: "works here again{because}",
    Resolution.LEFT_AGAIN: "left again: judged as a leaver's now",
    Resolution.LEFT_AFTER_ALL: "they have left: judged as a leaver's now",
    Resolution.ONE_RECORD: "HR no longer says that they left and work here at once",
    Resolution.WITHDRAWN: "the departure was withdrawn{because}",
    Resolution.DEPARTURE_CONFIRMED: "the departure is confirmed now",
    Resolution.SAID_TO_HAVE_LEFT: "the departure is confirmed now, says {author}",
    Resolution.TOLD_OTHERWISE: "the departure is told otherwise now",
    Resolution.USED_BEFORE: "the departure was moved to {moment}: it was used before that",
    Resolution.MOVED_AWAY: "the departure was moved to {moment}: it has nothing to do with that",
    Resolution.VERDICT: "verdict: {reason}",
    Resolution.EXCEPTED: "excepted until {moment} UTC, approved by {author}",
    Resolution.RECORDED: "{text}",
}


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
        return self.text or _SENTENCES[self.resolution].format(
            author=self.author,
            reason=self.reason,
            worker=self.worker,
            moment=self.moment,
            rule=self.rule,
            text=self.text,
            apart=f", {self.hours} h apart" if self.hours else "",
            because=f": {self.reason}" if self.reason else "",
        )


def sentence(resolution: str | None, details: Mapping[str, str]) -> str:
    """Return what a finding says of why it closed, or may stand; "" where it stands. `details`: as they are kept."""
    return str(Resolved(resolution=Resolution(resolution), **details)) if resolution else ""
