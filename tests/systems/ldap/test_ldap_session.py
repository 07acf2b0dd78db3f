"""How the LDAP source gets in, and what it says when it can't."""

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from demo import slapd
from demo.certificates import make_certificate
from offboarding.model import Gap
from offboarding.model.errors import ConfigError, FatalError, IncompleteReadError, OffboardingError, RetriableError
from tests.systems.ldap.directory import READER, READER_PASSWORD, Told, collect, connection, directory, person, source

Certified = tuple[slapd.Server, slapd.Tls]


def fails(reached: Any, kind: type[OffboardingError], **changes: Any) -> str:
    """The text of the error, which never holds the password."""
    with pytest.raises(kind) as error:
        list(source(reached, **changes).collect())
    texts = [str(error.value), *(str(cause) for cause in (error.value.__cause__, error.value.__context__) if cause)]
    assert reached.password not in "".join(texts)
    assert str(error.value).startswith("sources.corp-ldap")
    return str(error.value)


@pytest.mark.parametrize("tls", ("starttls", "ldaps"))
def test_verified_tls_by_address(certified: Certified, tls: str) -> None:
    server, files = certified
    port = server.tls_port if tls == "ldaps" else server.port
    reached = connection(server, port=port, extra={"tls": tls, "ca_certs_file": str(files.authority)})

    reader = source(reached)
    told = Told(list(reader.collect()))

    assert told.account("alice")
    assert not [gap for gap in told.gaps if "TLS" in gap.text]
    assert reader.requests.overhead == (2 if tls == "starttls" else 1)


@pytest.mark.parametrize("tls", ("starttls", "ldaps"))
def test_a_stranger_is_refused(certified: Certified, tmp_path: Path, tls: str) -> None:
    server, files = certified
    port = server.tls_port if tls == "ldaps" else server.port
    other = make_certificate(tmp_path / "other").authority

    unknown = connection(server, port=port, extra={"tls": tls})
    wrong = connection(server, port=port, extra={"tls": tls, "ca_certs_file": str(other)})
    elsewhere = connection(
        server, port=port, host="localhost", extra={"tls": tls, "ca_certs_file": str(files.authority)}
    )

    for reached in (unknown, wrong):
        text = fails(reached, FatalError)
        assert f"the TLS certificate of 127.0.0.1:{port} isn't trusted" in text
        assert "ca_certs_file" in text
    assert f"localhost:{port} isn't trusted: Hostname mismatch" in fails(elsewhere, FatalError)


def test_starttls_is_the_default_and_a_server_without_it_is_told(tmp_path: Path) -> None:
    with directory(tmp_path, person("alice")) as server:
        text = fails(connection(server, extra={}), FatalError)

    assert "doesn't start TLS" in text
    assert "tls: ldaps" in text


def test_an_authoritys_file_that_is_missing(certified: Certified) -> None:
    server, _ = certified
    reached = connection(server, extra={"ca_certs_file": "/nowhere/authority.pem"})

    with pytest.raises(ConfigError, match=r"connection corp_ldap: extra\.ca_certs_file: there is no file"):
        list(source(reached).collect())


def test_an_authoritys_file_that_holds_none(certified: Certified, tmp_path: Path) -> None:
    server, _ = certified
    (tmp_path / "empty.pem").touch()

    assert "ca_certs_file" in fails(
        connection(server, extra={"ca_certs_file": str(tmp_path / "empty.pem")}), FatalError
    )


def test_no_tls_is_loud_in_every_read(certified: Certified) -> None:
    server, _ = certified
    told = collect(server)
    again = Told(list(source(connection(server)).detail([told.ref("alice")])))

    for facts in (told, again):
        (gap,) = [gap for gap in facts.gaps if "WITHOUT TLS" in gap.text]
        assert isinstance(gap, Gap)
        assert not gap.red


def test_a_wrong_password(certified: Certified) -> None:
    server, _ = certified
    text = fails(connection(server, password="not the reader's"), FatalError)

    assert f"the server refused the login {READER} (result 49 invalidCredentials)" in text
    assert "Set the password in the Airflow connection" in text


def test_nobody_answers() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        server: Any = type("Server", (), {"host": "127.0.0.1", "port": closed.getsockname()[1]})

        assert "can't be reached or hung up" in fails(connection(server), RetriableError)


def test_a_host_that_does_not_exist() -> None:
    server: Any = type("Server", (), {"host": "directory.invalid", "port": 389})

    assert "directory.invalid:389 can't be reached" in fails(connection(server), RetriableError)


def test_a_connection_that_breaks_in_the_middle(tmp_path: Path) -> None:
    people = (person(f"p{number}", description="x" * 500) for number in range(200))
    with directory(tmp_path, *people) as server, cut_after(server, 6000) as port:
        text = fails(connection(server, port=port), RetriableError)

    assert "can't be reached or hung up" in text
    assert "Nothing was concluded" in text


@contextmanager
def cut_after(server: slapd.Server, size: int) -> Generator[int]:
    """A wire to the server that breaks after so many bytes from it; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        relaying = threading.Thread(target=_relay, args=(listening, server, size))
        relaying.start()
        yield listening.getsockname()[1]
        relaying.join()


def _relay(listening: socket.socket, server: slapd.Server, size: int) -> None:
    near, _ = listening.accept()
    with near, socket.create_connection((server.host, server.port)) as far:

        def forward() -> None:
            while data := near.recv(65536):
                far.sendall(data)

        forwarding = threading.Thread(target=forward)
        forwarding.start()
        while size > 0 and (data := far.recv(min(size, 4096))):
            near.sendall(data)
            size -= len(data)
        near.shutdown(socket.SHUT_RDWR)
        forwarding.join()


def test_something_that_is_no_directory() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_speak_http, args=(listening,), daemon=True).start()
        server: Any = type("Server", (), {"host": "127.0.0.1", "port": listening.getsockname()[1]})

        assert "sent what is no LDAP message" in fails(connection(server), IncompleteReadError)


def _speak_http(listening: socket.socket) -> None:
    near, _ = listening.accept()
    with near:
        near.recv(65536)
        near.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def test_a_filter_that_is_none(certified: Certified) -> None:
    server, _ = certified
    text = fails(connection(server), ConfigError, user_filter="(uid=*")

    assert text.startswith("sources.corp-ldap.user_filter: this is no LDAP filter")


def test_the_password_is_in_no_representation(certified: Certified) -> None:
    server, _ = certified

    assert READER_PASSWORD not in repr(connection(server))
    assert READER_PASSWORD not in repr(source(connection(server)))
