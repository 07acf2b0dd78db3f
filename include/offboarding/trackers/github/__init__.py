"""Tickets as issues of a GitHub repository, by PyGithub (https://docs.github.com/en/rest/issues).

- The key stands in the title. Our issues bear one label, and are listed by it: a list shows an issue as soon as it's
  made, where GitHub's search lags behind. What was listed once in a run is asked for no more but what came after it.
- The checklist is a part of the description, between two comments; what people write around it stays.
- What we said once we know by a comment within the comment, which no reader sees.
- Priority and queue are labels, made where there are none; people's own labels stay.
- There is no due time: it stands in the text alone.

GitHub has no uniqueness: whoever opens a ticket searches first, under a lock of their own. A request that something
between us and GitHub sent twice is noticed right after, and the later issue closed as a duplicate of the first.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import structlog

from offboarding.interfaces import ConnectionFields
from offboarding.model import Language, TicketDraft, TicketRef, TicketState
from offboarding.model.errors import FatalError
from offboarding.net.destinations import Destination
from offboarding.net.github import destination
from offboarding.trackers._assigning import unknown_assignee
from offboarding.trackers._bearing import as_ours, oldest, unsaid, without_key
from offboarding.trackers._markup.markdown import markdown
from offboarding.trackers._markup.own_part import event_mark, has_part, room_for_part, with_part
from offboarding.trackers._titles import ListedTitles, key_in, keys_in, within
from offboarding.trackers.github.client import RIGHTS, GithubGoneError, GithubInvalidError, asking, client, own_login
from offboarding.trackers.github.settings import Settings

if TYPE_CHECKING:
    from github import Github
    from github.Issue import Issue
    from github.IssueComment import IssueComment
    from github.Repository import Repository

log = structlog.get_logger("offboarding.trackers")

MOST_CHARACTERS: Final = 65_536
"""Of a description or a comment."""
MOST_OF_A_TITLE: Final = 256
_EVENTS = {TicketState.OPEN: "reopened", TicketState.CLOSED: "closed"}
_REASONS = {TicketState.OPEN: "reopened", TicketState.CLOSED: "completed"}
_REF = re.compile(r"(?:(?P<repository>[\w.-]+/[\w.-]+)#)?(?P<number>\d{1,15})")


def destinations(settings: Settings, connection: ConnectionFields) -> Iterator[Destination]:
    """Where the connection leads."""
    yield destination(f"trackers.{settings.name}", connection)


def build(settings: Settings, connection: ConnectionFields) -> "GithubTracker":
    """The repository's issues. Raises ConfigError for a connection that can't be right; nothing is asked yet."""
    where = f"trackers.{settings.name}"
    return GithubTracker(
        settings, client(where, connection, seconds=settings.timeout_seconds, pause=settings.pause_seconds)
    )


class GithubTracker:
    """A Tracker (see interfaces)."""

    def __init__(self, settings: Settings, github: "Github") -> None:
        self._where = f"trackers.{settings.name}"
        self._settings = settings
        self._github = github
        self._ready: Repository | None = None
        self._labels_allowed = False
        self._listed = ListedTitles()
        self._login = ""

    def find(self, key: str) -> TicketRef | None:
        """The lowest number where several bear the key: a person's copy is always the younger one."""
        issues = self._bearing(key)
        first = oldest(key, issues, lambda each: each.number, self._is_by_us)
        return None if first is None else self._ref(first)

    def open(self, draft: TicketDraft) -> TicketRef:
        """One request. A RetriableError says nothing about whether it was made: search before the next attempt."""
        title = within(draft, MOST_OF_A_TITLE)
        repository = self._repository()
        self._may_label(repository)
        labels = [self._settings.label, self._settings.priorities[draft.priority], *self._queue(draft)]
        with asking(self._where, "open an issue"):
            known = not draft.assignee or repository.has_in_assignees(draft.assignee)
            issue = repository.create_issue(
                title,
                body=_description("", draft, self._settings.tells_in),
                labels=labels,
                assignees=[draft.assignee] if draft.assignee and known else [],
            )
            number, bears = issue.number, {label.name for label in issue.labels}
        if self._settings.label not in bears:
            raise FatalError(
                f"{self._where}: issue {number} was opened without its label, by which it would be found again. "
                "Let the connection set labels (role Triage, or Write), and delete that issue."
            )
        ref = self._ref(self._without_doubles(draft.key, issue))
        if not known:
            self.comment(ref, *unknown_assignee(draft.assignee, self._settings.tells_in))
        return ref

    def update(self, ref: TicketRef, draft: TicketDraft) -> None:
        """Title, priority and our part of the description; what is so already is left alone."""
        issue = self._issue(ref)
        with asking(self._where, f"change issue {ref.ref}"):
            title, description = (
                within(draft, MOST_OF_A_TITLE),
                _description(issue.body or "", draft, self._settings.tells_in),
            )
            if issue.title != title or (issue.body or "") != description:
                issue.edit(title=title, body=description)
            wanted, bears = self._settings.priorities[draft.priority], {label.name for label in issue.labels}
            if wanted not in bears:
                issue.add_to_labels(wanted)
            for other in sorted(bears & ({*self._settings.priorities.values()} - {wanted})):
                with suppress(GithubGoneError), asking(self._where, f"change issue {ref.ref}"):
                    issue.remove_from_labels(other)

    def comment(self, ref: TicketRef, event_key: str, text: str) -> None:
        """A comment with a mark of its event, which a later attempt sees."""
        self._say(self._issue(ref), event_key, text)

    def close(self, ref: TicketRef, text: str) -> None:
        """A ticket that is closed already gets the text, once."""
        self._turn(ref, TicketState.CLOSED, text)

    def reopen(self, ref: TicketRef, text: str) -> None:
        """A ticket that is open already gets the text, once."""
        self._turn(ref, TicketState.OPEN, text)

    def state(self, ref: TicketRef) -> TicketState:
        """Missing: deleted, never there, or moved to where the connection sees nothing."""
        if not _REF.fullmatch(ref.ref):
            return TicketState.MISSING
        self._repository()  # if that is gone, no issue is known to be
        try:
            issue = self._issue(ref)
        except GithubGoneError:
            return TicketState.MISSING
        with asking(self._where, f"read issue {ref.ref}"):
            state, borne = TicketState(issue.state), keys_in(issue.title)
        return as_ours(ref, state, borne, ref.ref, lambda: self._is_by_us(issue))

    def _turn(self, ref: TicketRef, state: TicketState, text: str) -> None:
        """Say why, then set the state: each is seen by the next attempt, if this one ends between them.

        The same words may be due again (closed, reopened by a person, closed): so they are marked with how often it
        has been so before.
        """
        issue = self._issue(ref)
        event = _EVENTS[state]
        with asking(self._where, f"read what happened to issue {ref.ref}"):
            before = sum(each.event == event for each in issue.get_events()) - (issue.state == state)
        self._say(issue, f"{state} {before} {text}", text)
        with asking(self._where, f"change issue {ref.ref}"):
            if issue.state != state:
                issue.edit(state=state, state_reason=_REASONS[state])

    def _say(self, issue: "Issue", event_key: str, text: str) -> None:
        mark = event_mark(event_key)
        with asking(self._where, f"comment on issue {issue.number}"):
            if self._said(issue, mark):
                return
            room = MOST_CHARACTERS - len(mark) - 1
            issue.create_comment(f"{markdown(text, room, self._settings.tells_in)}\n{mark}")
            # What was sent twice on its way was said twice.
            said = self._said(issue, mark)
            if not said:
                raise unsaid(self._where, f"issue {issue.number}", RIGHTS)
            for double in said[1:]:
                with suppress(GithubGoneError), asking(self._where, f"comment on issue {issue.number}"):
                    double.delete()

    def _said(self, issue: "Issue", mark: str) -> "list[IssueComment]":
        return [each for each in issue.get_comments() if (each.body or "").endswith(mark) and self._is_by_us(each)]

    def _bearing(self, key: str) -> "list[Issue]":
        """Issues whose title bears the key, the oldest first, as they are now."""
        repository = self._repository()
        with asking(self._where, f"list the issues of {self._settings.repository}"):
            newest = repository.get_issues(state="all", labels=[self._settings.label], sort="created", direction="desc")
            self._listed.read((each.number, each.title) for each in newest)
        numbers = self._listed.bearing(key)
        found = [issue for number in numbers if (issue := self._if_there(repository, number))]
        return [issue for issue in found if key_in(issue.title) == key]

    def _if_there(self, repository: "Repository", number: int) -> "Issue | None":
        try:
            with asking(self._where, f"read issue {number}"):
                return repository.get_issue(number)
        except GithubGoneError:
            return None

    def _without_doubles(self, key: str, opened: "Issue") -> "Issue":
        """The oldest of those that we opened; the others are closed, which takes two requests that came twice."""
        ours = [each for each in self._bearing(key) if has_part(each.body or "", key) and self._is_by_us(each)]
        first, *others = sorted(ours or [opened], key=_number)
        for each in others:
            log.warning("opened twice; the oldest counts", key=key, tickets=[first.number, each.number])
            with asking(self._where, f"close issue {each.number}"):
                each.edit(title=without_key(each.title, key, f"#{first.number}", self._settings.tells_in))
                each.edit(state="closed", state_reason="duplicate")
            self._listed.forget(each.number)
        return first

    def _issue(self, ref: TicketRef) -> "Issue":
        """As it stands now, wherever it was moved to."""
        match = _REF.fullmatch(ref.ref)
        if match is None:
            raise GithubGoneError(f"{self._where}: {ref.ref} is no issue")
        repository = self._repository()
        other = match["repository"]
        with asking(self._where, f"read issue {ref.ref}"):
            if other and other.lower() != self._settings.repository.lower():
                repository = self._github.get_repo(other)
            return repository.get_issue(int(match["number"]))

    def _repository(self) -> "Repository":
        """By the name that it bears now: what is asked by an older one is redirected, and loses what was asked."""
        if self._ready is None:
            with asking(self._where, f"read repository {self._settings.repository}"):
                repository = self._github.get_repo(self._settings.repository)
                issues, archived = repository.raw_data["has_issues"], repository.archived
            if not issues or archived:
                why = "is archived, and takes no changes" if archived else "has no issues: switch them on"
                raise FatalError(f"{self._where}: repository {self._settings.repository} {why}.")
            self._ready = repository
        return self._ready

    def _may_label(self, repository: "Repository") -> None:
        """Make our label or, where it's there, say once more what it's called: that takes the right to set it.

        From whoever lacks that, GitHub takes an issue without its labels, and says nothing.
        """
        if self._labels_allowed:
            return
        name, what = self._settings.label, f"set labels in {self._settings.repository}"
        with suppress(GithubInvalidError), asking(self._where, what):  # made by somebody else meanwhile
            if not self._has_label(repository):
                repository.create_label(name, "b60205", "Opened by the offboarding check")
        with asking(self._where, what):
            label = repository.get_label(name)
            label.edit(label.name, label.color)
        self._labels_allowed = True

    def _has_label(self, repository: "Repository") -> bool:
        try:
            with asking(self._where, "read a label"):
                return repository.get_label(self._settings.label).name != ""
        except GithubGoneError:
            return False

    def _is_by_us(self, made: "Issue | IssueComment") -> bool:
        with asking(self._where, "ask who we are"):
            self._login = self._login or own_login(self._github)
            # Whoever made it may be no user any more.
            return getattr(made.user, "login", "") == self._login

    def _queue(self, draft: TicketDraft) -> list[str]:
        return [self._settings.labels.get(draft.queue, draft.queue)] if draft.queue else []

    def _ref(self, issue: "Issue") -> TicketRef:
        with asking(self._where, "read an issue"):
            repository, number = issue.html_url.split("/")[-4:-2], issue.number
            return TicketRef(ref=f"{'/'.join(repository)}#{number}", url=issue.html_url)


def _description(before: str, draft: TicketDraft, language: Language) -> str:
    return with_part(
        before, draft.key, markdown(draft.body, room_for_part(before, draft.key, MOST_CHARACTERS), language)
    )


def _number(issue: "Issue") -> int:
    return issue.number
