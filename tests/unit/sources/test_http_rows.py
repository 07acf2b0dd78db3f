"""Rows of a list that is asked for over HTTP, where the list or some of them can't be read."""

from collections.abc import Iterator

import pytest

from offboarding.model.errors import FatalError
from offboarding.net.service.answers import Told
from offboarding.sources._http.rows import MOST_PASSES, UnreadRows, settled


class Row(Told):
    id: int


def test_of_pages_none_of_which_can_be_read_that_is_told_and_not_that_they_change() -> None:
    unread, pages = UnreadRows(), list[list[object]]([[{}], [{}]])

    found = list(settled("a list", lambda: iter(pages), Row, lambda row: row.id, unread))

    assert found == []
    assert unread.told == "a list: one can't be read, whose id is wrong (and 1 more)"


def test_a_list_in_which_something_is_new_each_time_is_not_read() -> None:
    read = 0

    def pages() -> Iterator[list[object]]:
        nonlocal read
        read += 1
        yield [{"id": 0}]
        yield [{"id": read}]

    with pytest.raises(FatalError, match="it changes as it's read"):
        list(settled("a list", pages, Row, lambda row: row.id, UnreadRows()))
    assert read == MOST_PASSES
