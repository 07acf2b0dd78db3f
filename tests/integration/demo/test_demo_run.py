"""What keeps demos from harming one another, and what they leave."""

import os
import socket
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from demo import __main__ as main
from demo import dag_run
from demo.folder import DemoFolder
from demo.login_service import login_service
from demo.nights import Night
from demo.own_store import OwnStore, own_store
from demo.servers import running
from demo.trackers import ROUNDUP, SHOWN
from offboarding import wiring
from offboarding.model import RunKind
from offboarding.model.errors import ConfigError
from offboarding.store import embedded, runs

pytestmark = pytest.mark.slow


def test_a_second_demo_says_that_it_waits_and_then_goes_on(tmp_path: Path) -> None:
    folder = DemoFolder(root=tmp_path / "demo")
    told: list[str] = []
    waiting, entered = threading.Event(), threading.Event()

    def tell(line: str) -> None:
        told.append(line)
        waiting.set()

    def second() -> None:
        with folder.locked(tell):
            entered.set()

    with folder.locked(told.append):
        thread = threading.Thread(target=second)
        thread.start()
        assert waiting.wait(10)
        assert not entered.is_set()
    thread.join(10)

    assert entered.is_set()
    assert told == ["Another demo is running in this folder: waiting for its end."]


def test_a_child_that_outlives_the_demo_holds_the_folder(tmp_path: Path) -> None:
    folder = DemoFolder(root=tmp_path / "demo")
    with folder.locked(print) as lock:
        child = subprocess.Popen(
            [sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE, pass_fds=[lock.fileno()]
        )
    told: list[str] = []

    def end_child(line: str) -> None:
        told.append(line)
        child.communicate()

    with folder.locked(end_child):
        assert child.returncode == 0

    assert len(told) == 1


def test_a_folder_of_another_kind_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("a file")

    with pytest.raises(ConfigError, match="can't be written"), DemoFolder(root=tmp_path / "demo").locked(print):
        pass


def test_a_port_that_another_demo_has_is_told_so(tmp_path: Path) -> None:
    folder = DemoFolder(root=tmp_path / "demo")
    with login_service(tmp_path / "another") as another:
        port = int(another.issuer.rpartition(":")[2])
        with (
            pytest.raises(ConfigError, match=f"another demo runs on this machine.* has port {port}"),
            running(folder, port),
        ):
            pass
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        port = somebody.getsockname()[1]
        with pytest.raises(ConfigError, match=f"needs port {port} of this machine"), running(folder, port):
            pass


def test_clearing_ends_what_runs_and_leaves_the_lock_alone(tmp_path: Path) -> None:
    folder = DemoFolder(root=tmp_path / "demo")
    with folder.locked(print):
        folder.note_done(Night.BEFORE)
        with embedded.server(folder.vendors, durable=False):
            pass
        (folder.root / "link").symlink_to(tmp_path)

        folder.clear()

        assert [path.name for path in folder.root.iterdir()] == ["demo.lock"]
        assert not folder.is_done(Night.BEFORE)
        assert tmp_path.exists()


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OwnStore:
    monkeypatch.setenv(wiring.EMBEDDED_FOLDER, str(tmp_path / "stores"))
    return own_store()


def finish_a_night(store: OwnStore) -> None:
    with wiring.store(store.loaded) as session:
        run = runs.open_run(session, kind=RunKind.NIGHTLY, caller="a test", as_of=Night.TONIGHT.as_of)
        runs.close_run(session, run.run_id, red=["told by a test"], waiting=0)


def test_a_store_that_somebody_else_used_is_left_alone(store: OwnStore) -> None:
    finish_a_night(store)

    with pytest.raises(ConfigError, match="no demo made"):
        store.remove()

    assert (store.folder / "data").exists()


def test_a_store_that_a_command_made_by_looking_is_the_demos(store: OwnStore) -> None:
    with wiring.store(store.loaded):
        pass

    assert store.exists()


def test_a_store_of_the_demo_is_removed(store: OwnStore) -> None:
    store.mark()
    finish_a_night(store)

    store.remove()

    assert not store.folder.exists()


def test_a_night_of_an_earlier_demo_says_nothing_of_this_one(store: OwnStore) -> None:
    before = datetime.now(UTC)
    finish_a_night(store)

    assert store.status_of(Night.TONIGHT, before) == "red"
    assert store.status_of(Night.TONIGHT, datetime.now(UTC)) is None
    assert store.status_of(Night.BEFORE, before) is None


@pytest.mark.parametrize("script", ("print('one\\ntwo', end='')", "print('one'); print('two')"))
def test_output_is_followed_to_its_last_line(tmp_path: Path, script: str) -> None:
    with (tmp_path / "log").open("wb") as output, (tmp_path / "log").open("rb") as written:
        process = subprocess.Popen([sys.executable, "-c", script], stdout=output, start_new_session=True)

        lines = list(dag_run._followed(written, process))

    assert [line for line in lines if line] == ["one", "two"]


def test_whoever_stops_following_ends_the_process(tmp_path: Path) -> None:
    script = "import time; print('begun', flush=True); time.sleep(60)"
    with (tmp_path / "log").open("wb") as output, (tmp_path / "log").open("rb") as written:
        process = subprocess.Popen([sys.executable, "-c", script], stdout=output, start_new_session=True)
        lines = dag_run._followed(written, process)
        assert next(lines) == "begun"

        with pytest.raises(KeyboardInterrupt):
            lines.throw(KeyboardInterrupt())

    assert process.poll() is not None


def test_a_percent_sign_in_the_path_is_told_before_airflow_fails(tmp_path: Path) -> None:
    folder = DemoFolder(root=tmp_path / "50%")
    with folder.locked(print) as lock, pytest.raises(ConfigError, match="%"):
        dag_run.Airflow(folder=folder, lock=lock).prepare()


def test_airflow_is_told_nothing_of_this_shells_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "CeleryExecutor")
    monkeypatch.setenv("OFFBOARDING_CONFIG", "/elsewhere.yaml")
    folder = DemoFolder(root=tmp_path)
    with folder.locked(print) as lock:
        environment = dag_run.Airflow(folder=folder, lock=lock)._environment()

    assert "AIRFLOW__CORE__EXECUTOR" not in environment
    assert "OFFBOARDING_CONFIG" not in environment
    assert environment["AIRFLOW_HOME"] == str(tmp_path / "airflow")
    assert environment["PATH"] == os.environ["PATH"]


@pytest.mark.parametrize("kind", SHOWN)
def test_another_tracker_s_configuration_differs_in_the_tracker_alone(tmp_path: Path, kind: str) -> None:
    committed = own_store().loaded.settings

    store = own_store(SHOWN[kind].configuration(tmp_path))

    own = store.loaded.settings
    assert [(tracker.name, tracker.kind) for tracker in own.trackers] == [("secops", kind)]
    unlike = {"trackers", "custody", "exceptions"}
    assert own.model_dump(exclude=unlike) == committed.model_dump(exclude=unlike)
    assert own.register == committed.register
    assert (store.folder == own_store().folder) is (SHOWN[kind] is ROUNDUP)


def test_a_tracker_that_cannot_run_here_is_told_before_anything_is_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(main, "PROJECT", tmp_path)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    kept = tmp_path / ".demo" / "redmine" / "made"
    kept.parent.mkdir(parents=True)
    kept.touch()

    assert main.main(["--tracker", "redmine", "--fresh"]) == 2

    assert kept.exists()
    assert "Request Tracker and Redmine can't run here: they need root on Linux. Leave out --tracker" in (
        capsys.readouterr().err
    )
