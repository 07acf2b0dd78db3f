"""A read ends within its time and memory, whatever its driver does with either."""

import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing, suppress

import pytest

from offboarding.model import RunKind
from offboarding.model.errors import FatalError, RetriableError
from offboarding.runs.ingest import bounds
from offboarding.runs.ingest.bounds import ReadBoundError, bounded, seconds_for
from tests.support.liars import lying
from tests.support.variants import some_of

SECONDS = 0.5


def sleeps() -> Iterator[int]:
    time.sleep(60)
    yield 1


def is_silent() -> Iterator[int]:
    near, far = socket.socketpair()
    with closing(near), closing(far):
        yield len(near.recv(1))


def drips() -> Iterator[int]:
    """Each byte comes in time, and there is no last one."""

    def byte_by_byte(_: bytes) -> Iterator[bytes]:
        while True:
            time.sleep(0.05)
            yield b"."

    with lying(byte_by_byte) as liar, socket.create_connection((liar.host, liar.port), timeout=5) as near:
        near.sendall(b"?")
        while True:
            near.recv(1)
    yield 1


def tries_again_whatever_happens() -> Iterator[int]:
    while True:
        with suppress(Exception):
            time.sleep(60)
    yield 1


def takes_an_answer_apart() -> Iterator[int]:
    while True:
        "".join(str(number) for number in range(100))
    yield 1


def waits_for_a_thread() -> Iterator[int]:
    yield Future[int]().result(60)


def waits_for_a_program() -> Iterator[int]:
    yield subprocess.run(["sleep", "60"], check=False).returncode


def lists_without_end() -> Iterator[int]:
    while True:
        yield 1


def swallows_the_interruption() -> Iterator[int]:
    yield 1
    try:
        time.sleep(60)
    except BaseException:  # noqa: BLE001 - as a driver may
        return


@some_of(
    1,
    "reader",
    (
        *(sleeps, is_silent, drips, tries_again_whatever_happens, takes_an_answer_apart),
        *(waits_for_a_thread, waits_for_a_program, lists_without_end, swallows_the_interruption),
    ),
    ids=lambda reader: reader.__name__,
)
def test_a_reader_is_ended_when_its_time_is_up(
    reader: Callable[[], Iterator[int]], record_property: Callable[[str, object], None]
) -> None:
    record_property("attacks", 1)
    began = time.monotonic()

    with bounded("sources.slow", SECONDS) as read, pytest.raises(ReadBoundError) as ended:
        list(read.passed(reader()))

    assert time.monotonic() - began < 5
    assert str(ended.value).startswith("sources.slow: it was not read to its end within ")


def test_a_reader_that_fills_the_memory_is_ended(
    monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    def fills() -> Iterator[int]:
        held: list[bytearray] = []
        while len(held) < 2_000:
            held.append(bytearray(b"." * (1 << 20)))
            time.sleep(0.001)
        yield len(held)

    record_property("attacks", 1)
    monkeypatch.setattr(bounds, "MOST_MEGABYTES", 100)

    with bounded("sources.large", 60) as read, pytest.raises(ReadBoundError, match="memory"):
        list(read.passed(fills()))


def test_the_store_is_never_interrupted_between_two_records() -> None:
    passed: list[int] = []

    def store(items: Iterator[int]) -> None:
        for item in items:
            time.sleep(2 * SECONDS)
            passed.append(item)

    with bounded("sources.aws", SECONDS) as read, pytest.raises(ReadBoundError):
        store(read.passed(iter(range(10))))

    assert passed == [0]


def test_a_read_within_its_bounds_is_whole_and_a_timer_of_others_goes_on() -> None:
    rang = threading.Event()
    before = signal.signal(signal.SIGALRM, lambda *_: rang.set())
    signal.setitimer(signal.ITIMER_REAL, 1)
    try:
        with bounded("sources.aws", 60) as read:
            assert list(read.passed(iter(range(1000)))) == [*range(1000)]
            time.sleep(2 * bounds._TICK_SECONDS)
        assert not rang.is_set()
        assert rang.wait(5)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_in_a_thread_it_holds_between_two_records() -> None:
    ended = Future[None]()

    def read_there() -> None:
        try:
            with bounded("sources.aws", SECONDS) as read:
                list(read.passed(lists_without_end()))
        except ReadBoundError:
            ended.set_result(None)

    threading.Thread(target=read_there, daemon=True).start()

    ended.result(5)


def test_an_attempt_that_took_long_is_not_tried_again() -> None:
    with bounded("sources.aws", 60) as read:
        assert isinstance(read.refused(RetriableError("busy")), RetriableError)
    with bounded("sources.aws", SECONDS) as read:
        time.sleep(SECONDS / 2)
        refused = read.refused(RetriableError("sources.aws: busy."))

    assert isinstance(refused, FatalError)
    assert str(refused).startswith("sources.aws: busy. ")


@pytest.mark.parametrize(
    ("kind", "minutes", "seconds"),
    (
        (RunKind.NIGHTLY, 60, 3600),
        (RunKind.NIGHTLY, 1, 60),
        (RunKind.VERIFY, 60, 900),
        (RunKind.DEPARTURE, 60, 360),
        (RunKind.DEPARTURE, 1, 60),
    ),
)
def test_how_long_a_read_may_take_in_a_run(kind: RunKind, minutes: float, seconds: float) -> None:
    assert seconds_for(kind, minutes) == seconds
