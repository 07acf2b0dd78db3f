"""Each thing that is done to a ticket, in a real Roundup: what follows from it is tried in tests/acceptance."""

import pytest

from offboarding.interfaces import Tracker
from offboarding.store.connect import Session
from tests.acceptance import test_tickets as tickets
from tests.acceptance.conftest import office
from tests.acceptance.test_tickets import closed, kim, ticketed, used
from tests.support.begun import Begun
from tests.systems.roundup.tracker import people, roundup, tracker

__all__ = ["closed", "kim", "office", "people", "roundup", "ticketed", "tracker", "used"]

test_renewed = tickets.test_a_deleted_ticket_is_renewed_once
test_told_in_its_language = tickets.test_a_withdrawn_departure_is_told_in_the_ticket_s_language
test_closed_by_hand = tickets.test_closed_by_hand_while_something_works_it_is_reopened
test_queues = tickets.test_each_aws_account_may_have_its_own_queue
test_closed = tickets.test_it_closes_with_evidence_when_all_was_seen_dead
test_reopened = tickets.test_it_is_reopened_when_something_works_again
test_taken_over = tickets.test_long_after_its_end_a_new_ticket_takes_over
test_top_priority = tickets.test_use_after_the_departure_is_its_own_ticket_of_top_priority
test_ticked = tickets.test_what_died_is_ticked_and_told_and_the_rest_holds_the_ticket


@pytest.fixture
def begun(store: Session, tracker: Tracker) -> Begun:
    """Played anew for each test, since tickets in a real tracker can't be copied."""
    return lambda play: play(store, tracker)
