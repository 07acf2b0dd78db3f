"""An office whose leavers' things may be shut: by a second connection that lies in the test's own hands."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from offboarding.config.settings import Settings
from offboarding.guard.revoking import approving, proposing, settling, undoing
from offboarding.guard.revoking.proposing import ShownLine
from offboarding.guard.revoking.settling import NotSeen
from offboarding.interfaces import Tracker
from offboarding.model import Before, IdentityKeyKind, Revocable, Standing, StepSeen
from offboarding.model.errors import FatalError, OffboardingError
from offboarding.model.keys import short_finding
from offboarding.store import revocations, runs
from offboarding.store.connect import Session
from offboarding.store.revocations import RevocationRow
from offboarding.store.rows import Run
from tests.support.office import HeardTracker, Office, System, access_key, locked, login, switched_off, user
from tests.support.small_company import LEFT, STAFF, number, tag, worker

POLICY: dict[str, Any] = {
    "sources": ["corp-ldap", "aws"],
    "subjects": ["account", "access_key"],
}
KIM = worker("1042", LEFT, mail="kim@corp.example", name="Kim Minjun")
KEY = "AKIAAAAAAAAAAAAAAAAA"
USER = user("AIDAKIM", tag(IdentityKeyKind.NUMBER, "1042"))
LOGIN = login("kim", number("1042"), product="openldap")


class KilledError(BaseException):
    """The process ends here: nothing of ours catches it."""


@dataclass(slots=True, kw_only=True)
class Hands:
    """The second connection to a system of an office's. Everything that it was asked stands in `calls`."""

    system: System
    calls: list[str] = field(default_factory=list[str])
    error: OffboardingError | None = None
    """Of `revoke`, once it has happened, or instead."""
    happens: bool = True
    """Whether what ends in an error happened all the same."""
    at: Callable[[str], None] = lambda _: None
    """Called before and after each change: "before revoke", "after revoke"..."""

    def check(self) -> None:
        self.calls.append("check")

    def before(self, thing: Revocable) -> Before:
        self.calls.append("before")
        if self._standing(thing) is not Standing.WORKS:
            raise FatalError(f"{thing.native_id} is shut already.")
        return {"standing": "works"}

    def called(self, thing: Revocable) -> Sequence[str]:
        found = [each for each in self.system.accounts if each.native_id == thing.account_native_id]
        return [name for each in found for name in (each.login, each.label)]

    def seen(self, thing: Revocable, before: Before) -> StepSeen:
        self.calls.append("seen")
        assert before == {"standing": "works"}
        standing = self._standing(thing)
        if standing is Standing.WORKS:
            return StepSeen.BEFORE
        return StepSeen.SET if standing is Standing.DEAD else StepSeen.CHANGED

    def revoke(self, thing: Revocable, before: Before) -> None:
        assert before == {"standing": "works"}
        self.at("before revoke")
        self.calls.append("revoke")
        if self.error is None or self.happens:
            dead = switched_off() if thing.native_id != thing.account_native_id else locked()
            self.system.change(thing.native_id, **dead)
        self.at("after revoke")
        if self.error:
            raise self.error

    def undo(self, thing: Revocable, before: Before) -> None:
        self.at("before undo")
        self.calls.append("undo")
        if self.seen(thing, before) is StepSeen.CHANGED:
            raise FatalError("somebody changed it since, and nothing was done")
        on = {"can_reactivate": False} if thing.native_id != thing.account_native_id else {}
        self.system.change(thing.native_id, standing=Standing.WORKS, standing_reason="as before", **on)
        self.at("after undo")

    def _standing(self, thing: Revocable) -> Standing | None:
        there = [*self.system.accounts, *self.system.credentials]
        return next((each.standing for each in there if each.native_id == thing.native_id), None)


@dataclass(slots=True, kw_only=True)
class Shutting:
    """What happens between a night and an answer, in an office."""

    office: Office
    policy: dict[str, Any] = field(default_factory=lambda: dict(POLICY))
    hands: dict[str, Hands] = field(default_factory=dict[str, Hands])
    hours: int = 0
    connected: bool = True
    """Whether there is a second connection."""
    logins: Sequence[str] = ()
    """Of the checker's own connections."""

    def __post_init__(self) -> None:
        self.office.policy["revocation"] = self.policy
        self.office.guard["approvers"] = ["sam"]
        self.office.cloud.shows_accounts = False
        self.hands = {"corp-ldap": Hands(system=self.office.directory), "aws": Hands(system=self.office.cloud)}

    @property
    def session(self) -> Session:
        """The office's store."""
        return self.office.session

    @property
    def settings(self) -> Settings:
        """The office's, with a second connection for each source."""
        settings = self.office.settings
        if not self.connected:
            return settings
        sources = tuple(each.model_copy(update={"revoke_connection": "second"}) for each in settings.sources)
        return settings.model_copy(update={"sources": sources})

    def night(self, *, days: int = 1) -> int:
        """A night, what it proposes, and how much that gives a task to see to."""
        told = self.office.night(days=days)
        proposing.propose(self.office.session, self.settings, told.run, self.logins)
        return proposing.waiting(self.office.session, self.settings)

    @property
    def last(self) -> Run:
        """The last night."""
        found = runs.last_finished_night(self.session)
        assert found
        return found

    def offered(self) -> list[str]:
        """What a person would be asked."""
        return list(self.shown())

    def shown(self) -> dict[str, ShownLine]:
        """The same, and what each line is about."""
        asked = proposing.question(self.office.session, self.settings)
        return asked.offered if asked else {}

    def answer(self, *chosen: str, author: str = "sam", reason: str = "looked at them", **changes: Any) -> None:
        """Somebody chooses these. Each answer is an hour after the last night or answer."""
        self.hours += 1
        given = approving.ApprovalAnswer(
            chosen=chosen,
            shown=self.shown(),
            reason=reason,
            author=author,
            caller=f"by answer {self.office.queue} {self.hours}",
            as_of=self.office.as_of + timedelta(hours=self.hours),
        )
        readers = replace(self.office.readers(), logins=lambda _: self.logins)
        approving.answered(self.office.session, self.settings, readers, self.revokers, replace(given, **changes))

    def settle(self) -> list[NotSeen]:
        """A task begins, after whatever was broken off. Returns what it couldn't see."""
        return settling.settle(self.office.session, self.settings, self.office.readers(), self.revokers)

    def nights(self, count: int) -> None:
        """As offboarding_release: it begins where a night finds something for it, and looks first at what was broken
        off.
        """
        for _ in range(count):
            if self.night():
                self.settle()

    def undo(self, key: str, *, reason: str = "a mistake") -> None:
        """Lee takes back what was done of a finding, by its short key."""
        undoing.undo(self.office.session, self.revokers, self.whole(key), reason=reason, author="lee")

    def give_up(self, key: str) -> None:
        """Lee ends what was broken off."""
        reason = "the account was closed"
        settling.give_up(self.office.session, self.revokers, self.whole(key), reason=reason, author="lee")

    def whole(self, key: str) -> str:
        """A finding's whole key."""
        ((whole,),) = self.office.session.execute(
            "select finding_key from finding where starts_with(finding_key, %s)", (key.removeprefix("f-"),)
        ).fetchall()
        return str(whole)

    def said(self, tracker: Any) -> list[str]:
        """What stands on tickets about revocations."""
        return [text for ticket in tracker.tickets for event, text in ticket.said if event.startswith("revocation:")]

    def revokers(self, source: str, part: str) -> Hands:
        del part
        return self.hands[source]

    def rows(self) -> list[RevocationRow]:
        """The oldest first."""
        return revocations.rows(self.office.session)[::-1]

    def stages(self) -> list[str]:
        return [row.status.value for row in self.rows()]

    def changes(self) -> list[str]:
        """What was changed in any system."""
        return [call for hands in self.hands.values() for call in hands.calls if call in ("revoke", "undo")]

    def finding(self, rule: str) -> tuple[str, str]:
        """Short key and state of the one finding of a rule."""
        ((key, state),) = self.office.session.execute(
            "select finding_key, state from finding where rule = %s", (rule,)
        ).fetchall()
        return short_finding(str(key)), str(state)


def of_kim(session: Session, tracker: Tracker) -> Shutting:
    """Kim has left; a login and an access key of his still work, and stand on his ticket."""
    office = Office(session=session, tracker=HeardTracker(tracker))
    office.hr.workers = [KIM, STAFF]
    office.directory.accounts, office.cloud.accounts = [LOGIN], [USER]
    office.cloud.credentials = [access_key(KEY, USER)]
    made = Shutting(office=office)
    assert made.night() == 2
    return made


def shut_for_kim(session: Session, tracker: Tracker) -> Shutting:
    """The same, and Sam had the key shut."""
    made = of_kim(session, tracker)
    made.answer(made.finding("leaver-access-key")[0])
    return made


def opened_again_for_kim(session: Session, tracker: Tracker) -> Shutting:
    """It was seen dead, then somebody switched it on again in its own system, and that was found."""
    made = shut_for_kim(session, tracker)
    made.night()
    made.office.cloud.change(KEY, standing=Standing.WORKS, standing_reason="Active")
    made.night()
    return made


def killed_at(place: str) -> Callable[[str], None]:
    """The process ends there."""

    def at(where: str) -> None:
        if where == place:
            raise KilledError

    return at
