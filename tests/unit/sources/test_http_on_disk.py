"""What a read remembers of its rows on disk, beyond a little of it."""

from collections.abc import Callable

import pytest

from offboarding.model.errors import RetriableError
from offboarding.net.service.answers import Told
from offboarding.sources._http.on_disk import IN_MEMORY_KB, DiskIndex, DiskRows
from tests.support.full_disk import no_file_beyond

WIDE = "x" * 1000
HALF = "half a pair \ud800, and a zero \x00"


class Row(Told):
    id: int
    name: str | None = None


@pytest.mark.parametrize("key", ["", "100", "Kim", "kim", "kim ", "김민준", HALF])
def test_a_key_is_new_once(key: str) -> None:
    index = DiskIndex("sources.okta")
    index.is_new("another")

    assert key not in index
    assert [index.is_new(key), index.is_new(key)] == [True, False]
    assert key in index
    assert [*index] == sorted([key, "another"])


def test_texts_of_a_key_come_in_their_order_and_are_no_other_key_s() -> None:
    index = DiskIndex("sources.okta")
    for key, text in (("b", "2"), ("a", HALF), ("b", "1"), ("a", "3"), ("b", "2")):
        index.add(key, text)

    assert (index.of("a"), index.of("b"), index.of("c")) == ([HALF, "3"], ["2", "1", "2"], [])
    assert [*index] == ["a", "b"]


def test_what_is_put_takes_the_place_of_what_was_there() -> None:
    index = DiskIndex("sources.okta")
    for text in ("1", "2"):
        index.put("a", text)

    assert index.of("a") == ["2"]


def test_thousands_of_keys_are_all_known() -> None:
    index = DiskIndex("sources.okta")
    keys = [f"{number * 7919 % 30_011:06}-{'x' * 100}" for number in range(30_000)]
    for key in keys:
        index.put(key, key[:6])

    assert [index.of(key) for key in keys[::997]] == [[key[:6]] for key in keys[::997]]
    assert sum(1 for _ in index) == len(keys)
    assert not any(index.is_new(key) for key in keys)


def test_rows_come_again_as_they_were_as_often_as_they_are_wanted() -> None:
    rows = DiskRows("sources.okta", Row)
    told = [Row(id=1, name="two\nlines"), Row(id=2), Row(id=1, name="김민준")]
    rows.extend(told[:1])
    rows.extend(told[1:])

    assert [[*rows], [*rows]] == [told, told]


def _fill_index() -> None:
    index = DiskIndex("sources.okta")
    for number in range(10 * IN_MEMORY_KB):
        index.put(str(number), WIDE)


def _fill_rows() -> None:
    rows = DiskRows("sources.okta", Row)
    rows.extend(Row(id=number, name=WIDE) for number in range(10 * IN_MEMORY_KB))


@pytest.mark.parametrize("fill", [_fill_index, _fill_rows])
def test_a_disk_that_is_full_is_said_and_may_be_tried_again(fill: Callable[[], None]) -> None:
    with no_file_beyond(1 << 16), pytest.raises(RetriableError) as error:
        fill()

    assert str(error.value).startswith("sources.okta: what was read can't be kept for now (")
    assert str(error.value).endswith("). Make room in this machine's folder of temporary files")
