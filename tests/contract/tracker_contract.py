"""What every tracker must do (interfaces.Tracker), against a real one.

    class TestContract(TrackerContract):
        pass

with two fixtures: `tracker`, ready and allowed what our user needs; `people`, who work on the same tickets by hand.
Tests share one tracker, so each has tickets with keys of its own.
"""

import itertools
import secrets
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Protocol

import pytest

from offboarding.interfaces import Tracker
from offboarding.model import TicketDraft, TicketPriority, TicketRef, TicketState


class People(Protocol):
    """What people do and see in the tracker itself, by other means than the adapter's."""

    def close(self, ref: TicketRef) -> None:
        """Close by hand."""
        ...

    def reopen(self, ref: TicketRef) -> None:
        """Open by hand."""
        ...

    def delete(self, ref: TicketRef) -> None:
        """Delete, as far as the tracker knows that."""
        ...

    def title(self, ref: TicketRef) -> str:
        """The title as it shows."""
        ...

    def retitle(self, ref: TicketRef, title: str) -> None:
        """Give it another title, and take off what else of ours bears a key."""
        ...

    def priority(self, ref: TicketRef) -> str:
        """The tracker's own word."""
        ...

    @property
    def members(self) -> tuple[str, str]:
        """Two who work on tickets, by the word that a configuration names them by."""
        ...

    def assignee(self, ref: TicketRef) -> str:
        """Whose it is, by that word; "" for nobody's."""
        ...

    def assign(self, ref: TicketRef, member: str) -> None:
        """Give it to somebody; "" to nobody."""
        ...

    def mark(self, ref: TicketRef, word: str) -> None:
        """Put a word of their own on it, a label or the like: none of what we set."""
        ...

    def marks(self, ref: TicketRef) -> list[str]:
        """Such words on it."""
        ...

    def say(self, ref: TicketRef, text: str) -> None:
        """Comment."""
        ...

    def repeat(self, ref: TicketRef, on: TicketRef) -> None:
        """Say on another ticket, word for word, what was said last on this one, with whatever of it isn't shown."""
        ...

    def texts(self, ref: TicketRef) -> list[str]:
        """Every text that a person reads on the ticket, the checklist first, then the comments as they came."""
        ...

    def copy(self, ref: TicketRef) -> TicketRef:
        """Make another ticket with the very same title."""
        ...

    def trace(self, ref: TicketRef) -> str:
        """Something that differs after any change to the ticket or its texts."""
        ...


_numbers = itertools.count(1)


def draft(**changes: Any) -> TicketDraft:
    """A ticket's draft, with a key that no other test has."""
    key = f"offb-{next(_numbers):04x}{secrets.token_hex(4)}"
    body = "Two things still work.\n\n[ ] 1  Access key AKIA...7Q3A\n       Undo: ... Active\n[ ] 2  Console password"
    template = TicketDraft(
        key=key,
        queue="",
        title=f"Revoke what still works of worker 10442 (left 2026-11-13) [{key}]",
        body=body,
        priority=TicketPriority.HIGH,
        due_at=datetime(2026, 11, 25, 4, 30, tzinfo=UTC),
    )
    return replace(template, **changes)


class TrackerContract:
    """The suite."""

    @staticmethod
    def shown(text: str) -> str:
        """How a text of ours reads there: other than it was written, where a tracker that renders it breaks lines."""
        return text

    def test_a_key_that_no_ticket_bears_finds_nothing(self, tracker: Tracker) -> None:
        assert tracker.find("offb-ffffffffffff") is None

    def test_an_opened_ticket_is_found_at_once_by_its_key(self, tracker: Tracker, people: People) -> None:
        wanted = draft()

        opened = tracker.open(wanted)

        assert tracker.find(wanted.key) == opened
        assert people.title(opened) == wanted.title
        assert people.texts(opened) == [self.shown(wanted.body)]
        assert tracker.state(opened) is TicketState.OPEN

    def test_a_key_within_a_longer_key_is_another(self, tracker: Tracker) -> None:
        longer = draft()
        short = longer.key[:-2]
        long_ref = tracker.open(longer)

        assert tracker.find(short) is None

        short_ref = tracker.open(replace(longer, key=short, title=f"Revoke [{short}]"))
        assert tracker.find(short) == short_ref
        assert tracker.find(longer.key) == long_ref
        assert short_ref != long_ref

    def test_a_title_bears_the_key_at_its_end_and_no_other(self, tracker: Tracker) -> None:
        other, wanted = draft(), draft()
        told = f"Used after departure: account uid=kim [{other.key}],dc=corp of worker 10442 [{wanted.key}]"

        ref = tracker.open(replace(wanted, title=told))

        assert tracker.find(other.key) is None
        assert tracker.find(wanted.key) == ref
        assert tracker.open(other) != ref

    def test_a_key_that_the_text_alone_mentions_is_not_found(self, tracker: Tracker) -> None:
        other = draft()
        tracker.open(draft(body=f"See also [{other.key}]"))

        assert tracker.find(other.key) is None

    def test_of_several_tickets_with_one_key_the_oldest_is_found(self, tracker: Tracker, people: People) -> None:
        wanted = draft()
        oldest = tracker.open(wanted)
        copy = people.copy(oldest)

        assert copy.ref != oldest.ref
        assert tracker.find(wanted.key) == oldest

    def test_what_somebody_else_made_with_a_key_of_ours_is_not_found(self, tracker: Tracker, people: People) -> None:
        """Keys can be computed, and whoever may write in a tracker can be there first."""
        planned = draft()
        first = tracker.open(planned)
        planted = people.copy(first)
        people.delete(first)

        assert tracker.find(planned.key) is None
        opened = tracker.open(planned)

        assert opened.ref != planted.ref
        assert tracker.find(planned.key) == opened
        assert tracker.state(planted) is TicketState.OPEN

    def test_a_ticket_at_the_place_of_ours_that_is_none_of_ours_is_missing(
        self, tracker: Tracker, people: People
    ) -> None:
        """A tracker restored from a backup, or a connection that leads elsewhere: the number is another's."""
        wanted, other = draft(), draft()
        theirs = people.copy(tracker.open(wanted))
        people.retitle(theirs, "Printer broken")
        another_of_ours = tracker.open(other)

        assert tracker.state(replace(theirs, key=wanted.key)) is TicketState.MISSING
        assert tracker.state(replace(another_of_ours, key=wanted.key)) is TicketState.MISSING
        assert tracker.state(replace(another_of_ours, key=other.key)) is TicketState.OPEN

    @pytest.mark.parametrize("title", ["Kim's accounts", "URGENT {title}", "{title} (see INC-7) [offb-ffffffffffff]"])
    def test_ours_stays_ours_whatever_people_call_it(self, tracker: Tracker, people: People, title: str) -> None:
        wanted = draft()
        ref = tracker.open(wanted)

        people.retitle(ref, title.format(title=wanted.title))

        assert tracker.state(replace(ref, key=wanted.key)) is TicketState.OPEN

    def test_text_of_any_language_comes_back_as_it_was(self, tracker: Tracker, people: People) -> None:
        text = 'Kim Minjun (김민준) 님의 마지막 근무일 · Jürgen Groß · 王小明\n  "quotes" <b>no markup</b> & 100 % 🔑'
        ref = tracker.open(draft(body=text))
        tracker.comment(ref, "event", text)

        assert people.texts(ref) == [self.shown(text)] * 2

    def test_a_checklist_of_100_items_fits(self, tracker: Tracker, people: People) -> None:
        item = (
            "[ ] {n}  Access key AKIA...{n:04d} of an IAM user\n         aws iam update-access-key --status Inactive "
            + "x" * 400
        )
        text = "\n".join(item.format(n=n) for n in range(1, 101))

        ref = tracker.open(draft(body=text))

        assert people.texts(ref) == [self.shown(text)]

    def test_update_makes_title_text_and_priority_say_what_the_draft_says(
        self, tracker: Tracker, people: People
    ) -> None:
        before = draft()
        ref = tracker.open(before)
        high = people.priority(ref)
        after = replace(
            before,
            title=f"Revoke what is left of worker 10442 [{before.key}]",
            body=before.body.replace("[ ] 1", "[x] 1"),
            priority=TicketPriority.URGENT,
        )

        tracker.update(ref, after)

        assert people.title(ref) == after.title
        assert people.texts(ref) == [self.shown(after.body)]
        assert people.priority(ref) != high
        assert tracker.find(before.key) == ref
        assert tracker.state(ref) is TicketState.OPEN

    @pytest.mark.parametrize(
        "part", ["ou=a department of the company,", "ou=開発本部 개발 본부 🔑,"], ids=["dn", "wide"]
    )
    def test_a_label_of_any_length_costs_a_title_neither_its_key_nor_whose_it_is(
        self, tracker: Tracker, people: People, part: str
    ) -> None:
        template = draft()
        told = f"Used after departure: account uid=kim,{part * 40}dc=corp of worker 10442"
        wanted = replace(template, title=f"{told} [{template.key}]")

        ref = tracker.open(wanted)
        shown, before = people.title(ref), people.trace(ref)
        tracker.update(ref, wanted)

        assert shown.startswith("Used after departure: account uid=kim,")
        assert shown.endswith(f"of worker 10442 [{wanted.key}]")
        assert tracker.find(wanted.key) == ref
        assert people.trace(ref) == before

    def test_update_without_a_change_leaves_no_trace(self, tracker: Tracker, people: People) -> None:
        wanted = draft()
        ref = tracker.open(wanted)
        before = people.trace(ref)

        tracker.update(ref, wanted)

        assert people.trace(ref) == before

    def test_each_priority_is_another_word(self, tracker: Tracker, people: People) -> None:
        words = {people.priority(tracker.open(draft(priority=priority))) for priority in TicketPriority}

        assert len(words) == len(TicketPriority)

    def test_an_event_is_told_once(self, tracker: Tracker, people: People) -> None:
        wanted = draft()
        ref = tracker.open(wanted)

        tracker.comment(ref, "run 7: item 2 ticked", "Item 2 was seen dead.")
        tracker.comment(ref, "run 7: item 2 ticked", "Item 2 was seen dead.")
        tracker.comment(ref, "run 8: item 3 added", "Item 3 is new.")

        assert people.texts(ref) == [self.shown(wanted.body), "Item 2 was seen dead.", "Item 3 is new."]

    def test_one_event_is_told_on_each_of_two_tickets(self, tracker: Tracker, people: People) -> None:
        refs = [tracker.open(draft()), tracker.open(draft())]

        for ref in refs:
            tracker.comment(ref, "event", "It happened.")

        assert [people.texts(ref)[1:] for ref in refs] == [["It happened."]] * 2

    def test_what_somebody_else_says_in_our_words_is_not_said_by_us(self, tracker: Tracker, people: People) -> None:
        ref, other = tracker.open(draft()), tracker.open(draft())
        tracker.comment(other, "event", "It happened.")
        people.repeat(other, ref)

        tracker.comment(ref, "event", "It happened.")
        tracker.comment(ref, "event", "It happened.")

        assert people.texts(ref)[1:] == ["It happened."] * 2

    def test_two_events_in_the_same_words_are_both_told(self, tracker: Tracker, people: People) -> None:
        ref = tracker.open(draft())

        tracker.comment(ref, "one", "The same words.")
        tracker.comment(ref, "two", "The same words.")

        assert people.texts(ref)[1:] == ["The same words."] * 2

    def test_the_checklist_stays_the_checklist_after_comments(self, tracker: Tracker, people: People) -> None:
        wanted = draft()
        ref = tracker.open(wanted)
        tracker.comment(ref, "event", "A comment.")

        tracker.update(ref, replace(wanted, body="[x] 1  All done"))

        assert people.texts(ref) == [self.shown("[x] 1  All done"), "A comment."]

    @pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
    def test_a_comment_leaves_the_ticket_open_or_closed(self, tracker: Tracker, closed: bool) -> None:
        ref = tracker.open(draft())
        if closed:
            tracker.close(ref, "All dead.")

        tracker.comment(ref, "event", "A comment.")

        assert tracker.state(ref) is (TicketState.CLOSED if closed else TicketState.OPEN)

    def test_close_says_why_once(self, tracker: Tracker, people: People) -> None:
        ref = tracker.open(draft())

        tracker.close(ref, "All dead, seen at 01:31.")
        tracker.close(ref, "All dead, seen at 01:31.")

        assert tracker.state(ref) is TicketState.CLOSED
        assert people.texts(ref)[1:] == ["All dead, seen at 01:31."]

    def test_a_closed_ticket_is_still_found(self, tracker: Tracker) -> None:
        wanted = draft()
        ref = tracker.open(wanted)
        tracker.close(ref, "All dead.")

        assert tracker.find(wanted.key) == ref

    def test_reopen_says_why_once(self, tracker: Tracker, people: People) -> None:
        ref = tracker.open(draft())
        tracker.close(ref, "All dead.")

        tracker.reopen(ref, "Item 1 works again.")
        tracker.reopen(ref, "Item 1 works again.")

        assert tracker.state(ref) is TicketState.OPEN
        assert people.texts(ref)[1:] == ["All dead.", "Item 1 works again."]

    def test_what_a_person_closed_shows_and_is_reopened(self, tracker: Tracker, people: People) -> None:
        ref = tracker.open(draft())

        people.close(ref)
        assert tracker.state(ref) is TicketState.CLOSED

        tracker.reopen(ref, "Item 1 still works.")
        assert tracker.state(ref) is TicketState.OPEN

    def test_what_a_person_closed_still_gets_the_evidence(self, tracker: Tracker, people: People) -> None:
        ref = tracker.open(draft())
        people.close(ref)

        tracker.close(ref, "All dead.")
        tracker.close(ref, "All dead.")

        assert people.texts(ref)[1:] == ["All dead."]
        assert tracker.state(ref) is TicketState.CLOSED

    def test_what_a_person_reopened_is_closed_again(self, tracker: Tracker, people: People) -> None:
        ref = tracker.open(draft())
        tracker.close(ref, "All dead.")

        people.reopen(ref)
        assert tracker.state(ref) is TicketState.OPEN

        tracker.close(ref, "All dead.")
        assert tracker.state(ref) is TicketState.CLOSED

    def test_what_a_person_deleted_is_missing_and_not_found(self, tracker: Tracker, people: People) -> None:
        wanted = draft()
        ref = tracker.open(wanted)

        people.delete(ref)

        assert tracker.state(ref) is TicketState.MISSING
        assert tracker.find(wanted.key) is None

    def test_a_deleted_ticket_is_opened_afresh(self, tracker: Tracker, people: People) -> None:
        wanted = draft()
        people.delete(tracker.open(wanted))

        again = tracker.open(wanted)

        assert tracker.find(wanted.key) == again
        assert people.texts(again) == [self.shown(wanted.body)]

    def test_a_ticket_that_never_was_is_missing(self, tracker: Tracker) -> None:
        assert tracker.state(TicketRef(ref="99999999", url="")) is TicketState.MISSING

    # --- whose it is, and what is people's ----------------------------------------------------------------------------

    def test_a_ticket_is_its_assignees_to_begin_with(self, tracker: Tracker, people: People) -> None:
        for member in people.members:
            wanted = draft(assignee=member)

            ref = tracker.open(wanted)

            assert people.assignee(ref) == member
            assert people.texts(ref) == [self.shown(wanted.body)]

    def test_a_ticket_without_an_assignee_is_nobodys(self, tracker: Tracker, people: People) -> None:
        assert people.assignee(tracker.open(draft())) == ""

    def test_an_assignee_whom_the_tracker_does_not_know_costs_no_ticket_and_is_told_on_it(
        self, tracker: Tracker, people: People
    ) -> None:
        wanted = draft(assignee="nobody-of-this-name")

        ref = tracker.open(wanted)
        tracker.update(ref, wanted)

        assert tracker.find(wanted.key) == ref
        assert tracker.state(ref) is TicketState.OPEN
        assert people.assignee(ref) == ""
        body, told = people.texts(ref)
        assert body == self.shown(wanted.body)
        assert "nobody-of-this-name" in told

    @pytest.mark.parametrize("to_nobody", [False, True], ids=["to another", "to nobody"])
    def test_whom_people_give_it_to_has_it_whatever_we_say_later(
        self, tracker: Tracker, people: People, to_nobody: bool
    ) -> None:
        first, second = people.members
        wanted, to = draft(assignee=first), "" if to_nobody else second
        ref = tracker.open(wanted)

        people.assign(ref, to)
        tracker.update(ref, replace(wanted, body="[x] 1  All done", priority=TicketPriority.URGENT))
        tracker.comment(ref, "event", "A comment.")
        tracker.close(ref, "All dead.")
        tracker.reopen(ref, "Item 1 works again.")

        assert people.assignee(ref) == to

    def test_whose_it_has_become_is_not_undone_by_a_draft_that_names_nobody(
        self, tracker: Tracker, people: People
    ) -> None:
        wanted = draft()
        ref = tracker.open(wanted)
        people.assign(ref, people.members[0])

        tracker.update(ref, replace(wanted, body="[x] 1  All done"))

        assert people.assignee(ref) == people.members[0]

    def test_what_people_say_and_mark_stays(self, tracker: Tracker, people: People) -> None:
        wanted = draft()
        ref = tracker.open(wanted)
        people.say(ref, "He still works here!")
        people.mark(ref, "asked-hr")

        tracker.update(ref, replace(wanted, body="[x] 1", title=f"Revoke [{wanted.key}]"))
        tracker.comment(ref, "event", "Noted.")
        tracker.close(ref, "All dead.")
        tracker.reopen(ref, "Item 1 works again.")

        assert people.marks(ref) == ["asked-hr"]
        assert people.texts(ref) == ["[x] 1", "He still works here!", "Noted.", "All dead.", "Item 1 works again."]
