"""`make demo`: an invented company is checked, on servers of its own that stop in the end.

    python -m demo [--keep] [--airflow] [--fresh] [--tracker roundup|redmine|rt]

With `--airflow` that is `make up`: the night runs in a whole Airflow, and all of it stays until Ctrl-C.

Exit codes: 0 the night ran, red or green; 1 it didn't; 2 something on this machine must be mended first; 130 stopped.
"""

import argparse
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from types import FrameType
from typing import NoReturn

from demo import standalone, up
from demo.dag_run import PROJECT, Airflow
from demo.folder import DemoFolder
from demo.nights import Night
from demo.own_store import OwnStore, own_store
from demo.servers import Servers, running
from demo.trackers import ROUNDUP, SHOWN
from offboarding.model.errors import ConfigError, OffboardingError

STOPS = (signal.SIGINT, signal.SIGTERM)
LOGIN_PORT = 18643
"""The committed configuration names it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo. Returns the exit code."""
    options = _parser().parse_args(arguments)
    # A kill of a supervisor is a Ctrl-C: everything that was started is stopped.
    for stop in STOPS:
        signal.signal(stop, _interrupted)
    folder = DemoFolder(root=PROJECT / ".demo", shown=SHOWN[options.tracker])
    try:
        return _demo(folder, options)
    except KeyboardInterrupt:
        print("\nStopped; nothing is left running. The next make demo goes on from here.")
        return 130
    except OffboardingError as error:
        print(f"make {'up' if options.airflow else 'demo'}: {error}", file=sys.stderr)
        return 2 if isinstance(error, ConfigError) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog='make demo ARGS="..."',
        description="Check an invented company of 400 people, on servers that run on this machine for as long as it"
        " takes: a directory, AWS accounts, a vendors' database, a login service, a ticket system.",
        epilog="What it must find of whom: docs/demo.md. Everything that it writes lies in .demo and .offboarding.",
    )
    parser.add_argument("--keep", action="store_true", help="leave the servers running until Ctrl-C, to read tickets")
    parser.add_argument("--airflow", action="store_true", help="run tonight in a whole Airflow, and leave that, too")
    parser.add_argument("--fresh", action="store_true", help="forget earlier demos, and begin with the night before")
    parser.add_argument(
        "--tracker",
        choices=SHOWN,
        default=ROUNDUP.kind,
        help="where tickets are shown (default: %(default)s); redmine and rt are fetched once, 100 MB, and need root on"
        " Linux with apt. Another than the last time begins with the night before",
    )
    return parser


def _demo(folder: DemoFolder, options: argparse.Namespace) -> int:
    with folder.locked(_show) as lock:
        standalone.end_leftover(folder.airflow)
        shown = folder.shown
        shown.fetch()
        config = shown.configuration(folder.root)
        store = own_store(config)
        # What a killed first night left is half a company's: it's quicker made anew than understood.
        if options.fresh or not store.exists() or not folder.is_done(Night.BEFORE):
            store.remove()
            folder.clear()
            config = shown.configuration(folder.root)
        store.mark()
        airflow = Airflow(folder=folder, lock=lock, config=config)
        _show(f"Starting the company's servers: a directory, AWS accounts, the vendors' database, {shown.name}.")
        with ThreadPoolExecutor(max_workers=1) as pool:
            preparing = pool.submit(airflow.prepare)
            with running(folder, LOGIN_PORT) as servers:
                preparing.result()
                return _nights(folder, airflow, servers, store, options)


def _nights(
    folder: DemoFolder, airflow: Airflow, servers: Servers, store: OwnStore, options: argparse.Namespace
) -> int:
    for night in Night:
        if night is not Night.TONIGHT and folder.is_done(night):
            continue
        with servers.night(night) as connections:
            _show(f"\n== The night of {night.as_of:%d %B %Y, %H:%M} in Seoul ==")
            if night is Night.TONIGHT and options.airflow:
                return _up(folder, servers, store, connections)
            status = _status(folder, airflow, store, night, connections)
            if status is None:
                return 1
            if status == "green":
                folder.note_done(night)
            if night is Night.TONIGHT:
                keep = "--keep" if folder.shown.own is None else f'"--tracker {folder.shown.kind} --keep"'
                _where_to_look(folder, servers, store, f"   (up while the demo runs: make demo ARGS={keep})")
                if options.keep:
                    _wait_for_interrupt()
    return 0


def _up(folder: DemoFolder, servers: Servers, store: OwnStore, connections: Mapping[str, str]) -> int:
    with up.up(folder, store, connections, _show) as airflow:
        if up.tonight(airflow, store, _show) == "green":
            folder.note_done(Night.TONIGHT)
        _where_to_look(folder, servers, store, "")
        _wait_for_interrupt()
    _show("All of it is ended.")
    return 0


def _status(
    folder: DemoFolder, airflow: Airflow, store: OwnStore, night: Night, connections: Mapping[str, str]
) -> str | None:
    """Run a night: green, red, or None where it didn't run to its end. Says so where it isn't green."""
    begun = datetime.now(UTC)
    if airflow.run(night, connections, _show) == 0:
        return "green"
    status = store.status_of(night, begun)
    if status == "red":
        _show(f"\nThe night ran, and is red: why, stands above. Airflow's output: {folder.log(night)}")
        return status
    _show(f"\nThe night didn't run to its end. Airflow's last words: {airflow.last_words(night)}")
    _show(f"All of them: {folder.log(night)}")
    return None


def _where_to_look(folder: DemoFolder, servers: Servers, store: OwnStore, again: str) -> None:
    """`again`: how the tracker is seen for longer."""
    tracker, path, shown = servers.tracker, store.loaded.path, folder.shown
    other = "" if shown.own is None else f"OFFBOARDING_CONFIG={path.relative_to(PROJECT)} "
    _show(
        "\n"
        f"Findings  {other}.venv/bin/python -m offboarding findings   (then: links, runs, worker 10452, explain KEY)\n"
        f"Tickets   {tracker.url}{again}\n"
        f"          log in as analyst; the password is in {tracker.credentials_path}\n"
        f"Logs      {folder.log(Night.TONIGHT).parent}"
    )


def _wait_for_interrupt() -> None:
    _show("\nAll of it runs until Ctrl-C.")
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        _show("")


def _show(line: str) -> None:
    print(line, flush=True)


def _interrupted(number: int, frame: FrameType | None) -> NoReturn:
    del number, frame
    # A second one, of somebody in a hurry, would leave running what isn't stopped yet.
    for stop in STOPS:
        signal.signal(stop, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
