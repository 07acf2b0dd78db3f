"""What can be wrong with a JWKS and with whoever serves it, and the sentence about each."""

import gzip
import json
import socket
import time
from pathlib import Path

import pytest

from demo.login_service import DISCOVERY, JWKS, Answer, LoginService, public_jwk
from offboarding.model import Exportable, Key
from offboarding.model.errors import ConfigError, RetriableError
from offboarding.net import addresses
from tests.contract.key_contract import of
from tests.systems.jwks.login import FIRST, JSON, SECRET_D, facts, refused

pytestmark = pytest.mark.slow


class TestWhatIsWrongWithAnAnswer:
    @pytest.mark.parametrize("status", [429, 500, 503])
    def test_an_ill_service_is_tried_again(self, service: LoginService, status: int) -> None:
        service.answers[JWKS] = Answer(status=status)

        assert refused(service, RetriableError) == (
            f"verifiers.login: https://login/keys: {status}, it's busy or ill: try again in a minute."
        )

    def test_no_such_page(self, service: LoginService) -> None:
        del service.answers[DISCOVERY]

        assert refused(service) == (
            "verifiers.login: https://login/.well-known/openid-configuration: 404. Mend the address in issuers or urls,"
            " or ask whoever runs it where its JWKS is."
        )

    @pytest.mark.parametrize("media_type", ["text/html; charset=utf-8", "application/json"])
    def test_a_web_page(self, service: LoginService, media_type: str) -> None:
        page = b"\n <!doctype html><title>Sign in</title>"
        service.answers[JWKS] = Answer(body=page, headers={"Content-Type": media_type})

        assert refused(service) == (
            "verifiers.login: https://login/keys: it answers with a web page, no JSON: a login page or a proxy's, or"
            " the wrong address."
        )

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"ok",
            b'{"keys": [{"kty": "RSA", "d": "' + SECRET_D.encode(),
            b"\xff\xfe{",
            b"[" * 100_000,
            b'{"keys": ' + b"1" * 5000 + b"}",
        ],
        ids=["nothing", "a word", "cut off", "no text", "too deep", "a number without end"],
    )
    def test_no_json(self, service: LoginService, body: bytes) -> None:
        service.answers[JWKS] = Answer(body=body)

        assert refused(service) == (
            "verifiers.login: https://login/keys: it's no JSON, or ends in its middle: nothing of it counts."
        )

    @pytest.mark.parametrize("body", [b"[]", b'"keys"', b"7", b"null"])
    def test_no_object(self, service: LoginService, body: bytes) -> None:
        service.answers[JWKS] = Answer(body=body)

        assert refused(service) == (
            "verifiers.login: https://login/keys: it's JSON, and no object: that is no JWKS and no discovery page."
        )

    @pytest.mark.parametrize("body", [b"{}", b'{"keys": {}}', b'{"error": "try later"}'])
    def test_no_jwks(self, service: LoginService, body: bytes) -> None:
        service.answers[JWKS] = Answer(body=body)

        assert refused(service) == (
            "verifiers.login: https://login/keys: it has no list called keys, so it is no JWKS."
        )

    def test_a_discovery_page_in_place_of_a_jwks(self, service: LoginService) -> None:
        assert refused(service, urls=[service.issuer + DISCOVERY]) == (
            "verifiers.login: https://login/.well-known/openid-configuration: it's a discovery page: write its issuer"
            " under issuers."
        )

    def test_an_absurd_size_is_not_read(self, service: LoginService) -> None:
        service.answers[JWKS] = Answer(body=b" " * (512 * 1024 + 1))

        assert refused(service) == (
            "verifiers.login: https://login/keys: it's larger than 512 KiB, and nothing of it was read. If that's"
            " right, raise max_kilobytes."
        )

    def test_what_was_packed_to_be_absurd_is_not_unpacked(self, service: LoginService) -> None:
        packed = {**JSON, "Content-Encoding": "gzip"}
        service.answers[JWKS] = Answer(body=gzip.compress(b" " * 50_000_000), headers=packed)

        assert "it's larger than 512 KiB" in refused(service)

    def test_what_comes_packed_without_being_asked_for_is_unpacked(self, service: LoginService) -> None:
        packed = {**JSON, "Content-Encoding": "gzip"}
        whole = service.answers[JWKS].body
        service.answers[JWKS] = Answer(body=gzip.compress(whole), headers=packed)
        assert len(of(Key, facts(service))) == 2
        assert {headers["Accept-Encoding"] for _, headers in service.asked} == {"identity"}

        service.answers[JWKS] = Answer(body=whole, headers=packed)
        assert refused(service).endswith("/keys: what it says to be gzip is damaged.")

    def test_an_answer_that_ends_early_is_tried_again(self, service: LoginService) -> None:
        service.answers[JWKS] = Answer(body=service.answers[JWKS].body, sent=200)

        assert refused(service, RetriableError).startswith("verifiers.login: https://login/keys: no answer (")

    @pytest.mark.parametrize("pause", [0.05, 5])
    def test_a_slow_answer_is_given_up(self, service: LoginService, pause: float) -> None:
        """Also one that never quite stops coming."""
        service.answers[JWKS] = Answer(body=service.answers[JWKS].body, pause_seconds=pause)
        began = time.monotonic()

        said = refused(service, RetriableError, issuers=[service.issuer], timeout_seconds=0.4)

        assert said == "verifiers.login: https://login/keys: no whole answer within 0.4 seconds. Is it up?"
        assert time.monotonic() - began < 2

    def test_redirects_count_for_the_same_time(self, service: LoginService) -> None:
        service.answers[JWKS] = Answer(status=301, headers={"Location": JWKS}, body=b"moved", pause_seconds=0.05)

        said = refused(service, RetriableError, issuers=[service.issuer], timeout_seconds=0.6)

        assert said == "verifiers.login: https://login/keys: no whole answer within 0.6 seconds. Is it up?"

    def test_nobody_answers(self, service: LoginService) -> None:
        said = refused(service, RetriableError, urls=["https://127.0.0.1:9/keys"])

        assert said.startswith("verifiers.login: https://127.0.0.1:9/keys: no answer (")
        assert said.endswith("). Is it up, and its name right?")

    @pytest.mark.parametrize("host", ["login.corp.invalid", "999.1.1.1"])
    def test_a_name_that_nobody_knows(self, service: LoginService, host: str) -> None:
        said = refused(service, RetriableError, urls=[f"https://{host}/keys"])

        assert said.startswith(f"verifiers.login: https://{host}/keys: no answer (")

    def test_a_certificate_that_nobody_trusts(self, service: LoginService) -> None:
        assert refused(None, issuers=[service.issuer]).replace(service.issuer, "https://login") == (
            "verifiers.login: https://login/.well-known/openid-configuration: its certificate isn't trusted: unable to"
            " get local issuer certificate. Mend it, or set ca_certs_file."
        )

    def test_a_certificate_of_another_name(self, service: LoginService, resolving) -> None:
        resolving.answers["other.corp.example"] = ["127.0.0.1"]
        port = service.issuer.rpartition(":")[2]

        said = refused(service, urls=[f"https://other.corp.example:{port}/keys"])

        assert "its certificate isn't trusted: Hostname mismatch" in said

    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            (None, "there is no file {} on this machine."),
            ("not a certificate", "{} holds no PEM certificate."),
        ],
    )
    def test_authorities_that_are_not_there(
        self, service: LoginService, tmp_path: Path, content: str | None, sentence: str
    ) -> None:
        path = tmp_path / "ca.pem"
        if content:
            path.write_text(content)

        said = refused(service, ConfigError, issuers=[service.issuer], ca_certs_file=str(path))

        assert said == f"verifiers.login: ca_certs_file: {sentence.format(path)}"


class TestWhoSpeaksForWhom:
    def test_another_issuers_discovery_counts_for_nothing(self, service: LoginService) -> None:
        service.describe(issuer="https://accounts.example")

        assert refused(service) == (
            "verifiers.login: https://login/.well-known/openid-configuration: it is of the issuer"
            " 'https://accounts.example', not of https://login: nothing of it counts. Write the issuer as it spells"
            " itself, if that's the same."
        )
        assert JWKS not in [path for path, _ in service.asked]

    def test_a_slash_makes_another_issuer(self, service: LoginService) -> None:
        assert "not of https://login/: nothing" in refused(service, issuers=[service.issuer + "/"])

    @pytest.mark.parametrize(
        ("jwks_uri", "why"),
        [
            (None, "an address is at most 2,048 characters"),
            ("http://login.example/keys", "an address begins with https:// and a host"),
            ("file:///etc/passwd", "an address begins with https:// and a host"),
            ("https://user:pw@login.example/keys", "an address holds no login"),
            ("https://login.example:99999/keys", "login.example:99999 has no port from 1 to 65535"),
        ],
    )
    def test_a_jwks_uri_that_cannot_be_asked(self, service: LoginService, jwks_uri: str | None, why: str) -> None:
        service.describe(jwks_uri=jwks_uri)

        said = refused(service)
        assert f"its jwks_uri {jwks_uri!r} can't be asked: {why}" in said

    def test_a_redirect_to_another_host_is_not_followed(self, service: LoginService) -> None:
        target = "https://169.254.169.254/latest/meta-data?token=abc"
        service.answers[JWKS] = Answer(status=302, headers={"Location": target})

        assert refused(service) == (
            "verifiers.login: https://login/keys: it redirects to https://169.254.169.254, which isn't followed. If"
            " that is the place, write it instead."
        )

    @pytest.mark.parametrize(
        "location", ["http://{host}/elsewhere", "https://127.0.0.1:9/", "//evil.example/", "https://x y/"]
    )
    def test_nor_to_another_scheme_or_port(self, service: LoginService, location: str) -> None:
        host = service.issuer.removeprefix("https://")
        service.answers[JWKS] = Answer(status=307, headers={"Location": location.format(host=host)})

        assert "it redirects to " in refused(service)
        assert len(service.asked) == 2

    def test_a_redirect_on_the_same_host_is_followed(self, service: LoginService) -> None:
        service.answers["/moved"] = service.answers.pop(JWKS)
        service.answers[JWKS] = Answer(status=301, headers={"Location": "/moved"})

        assert len(of(Key, facts(service))) == 2

    def test_a_redirect_in_a_circle_ends(self, service: LoginService) -> None:
        service.answers[JWKS] = Answer(status=301, headers={"Location": JWKS})

        assert "/keys: it redirects more than 3 times." in refused(service)


class Resolving:
    """A DNS of our own, in front of the system's; it counts how often each name is asked for."""

    def __init__(self) -> None:
        self.answers: dict[str, list[str]] = {}
        self.asked: list[str] = []
        self._system = socket.getaddrinfo

    def __call__(self, host, port, *args, **options):
        if host not in self.answers:
            return self._system(host, port, *args, **options)
        self.asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in self.answers[host]]


@pytest.fixture
def resolving(monkeypatch) -> Resolving:
    own = Resolving()
    monkeypatch.setattr(addresses.socket, "getaddrinfo", own)
    return own


class TestNoRequestIsForged:
    def test_an_internal_address_is_refused_unless_it_is_meant(self, service: LoginService) -> None:
        said = refused(service, issuers=[service.issuer], internal=False)

        assert said == (
            "verifiers.login: https://login/.well-known/openid-configuration: its address 127.0.0.1 isn't public. If"
            " it's meant, set internal: true."
        )
        assert service.asked == []

    def test_a_name_of_this_machine_is_refused_too(self, service: LoginService) -> None:
        port = service.issuer.rpartition(":")[2]

        said = refused(service, urls=[f"https://localhost:{port}/keys"], internal=False)

        assert "/keys: localhost has the address " in said
        assert "isn't public. If it's meant, set internal: true." in said
        assert service.asked == []

    def test_a_public_name_with_one_internal_address_is_refused_whole(self, service: LoginService, resolving) -> None:
        resolving.answers["login.corp.example"] = ["93.184.215.14", "10.0.0.5"]

        said = refused(service, urls=["https://login.corp.example/keys"], internal=False)

        assert "login.corp.example has the address 10.0.0.5, which isn't public" in said

    def test_a_jwks_uri_is_as_good_as_a_configured_address(self, service: LoginService) -> None:
        service.describe(jwks_uri="https://169.254.169.254/latest/meta-data/")

        assert refused(service) == (
            "verifiers.login: https://169.254.169.254/latest/meta-data/: its address 169.254.169.254 is never asked:"
            " machines' own services lie there."
        )

    def test_the_address_that_was_checked_is_the_one_that_is_asked(self, service: LoginService, resolving) -> None:
        """A name that is resolved again for the connection could lead elsewhere by then."""
        resolving.answers["login.corp.example"] = ["127.0.0.1"]
        port = service.issuer.rpartition(":")[2]

        told = facts(service, urls=[f"https://login.corp.example:{port}/keys"])

        assert len(of(Key, told)) == 2
        assert resolving.asked == ["login.corp.example"]
        assert [headers["Host"] for _, headers in service.asked] == [f"login.corp.example:{port}"]

    def test_no_proxy_is_asked(self, service: LoginService, monkeypatch) -> None:
        for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, "http://127.0.0.1:9")

        assert len(of(Key, facts(service))) == 2

    def test_another_of_its_addresses_is_asked_where_one_is_silent(self, service: LoginService, resolving) -> None:
        resolving.answers["login.corp.example"] = ["127.0.0.2", "127.0.0.1"]
        port = service.issuer.rpartition(":")[2]

        assert len(of(Key, facts(service, urls=[f"https://login.corp.example:{port}/keys"]))) == 2


class TestFiles:
    def test_no_file(self, tmp_path: Path) -> None:
        assert refused(None, files={"apps": str(tmp_path / "x")}) == (
            f"verifiers.login: files.apps: there is no file {tmp_path / 'x'} on this machine. Mend the path."
        )

    def test_a_file_that_is_too_large(self, tmp_path: Path) -> None:
        (tmp_path / "x").write_bytes(b" " * 2048)

        assert refused(None, files={"apps": str(tmp_path / "x")}, max_kilobytes=1) == (
            f"verifiers.login: files.apps: {tmp_path / 'x'} is larger than 1 KiB, and nothing of it was read. If that's"
            " right, raise max_kilobytes."
        )

    def test_a_private_key_in_a_file(self, tmp_path: Path) -> None:
        """Where a service reads its own keys from, they lie with their private halves."""
        (tmp_path / "x").write_text(json.dumps({"keys": [public_jwk(FIRST, "own", d=SECRET_D)]}))

        told = facts(None, files={"apps": str(tmp_path / "x")})

        assert [key.carryable for key in of(Key, told)] == [Exportable.YES]
        assert SECRET_D not in repr(told)
