"""What is said of an authority's records, and of files that aren't whole, or aren't what they should be."""

import shlex
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import ExtensionOID

from offboarding.model import (
    Account,
    AccountAction,
    Gap,
    IdentityKeyKind,
    Remedy,
    ScopeRead,
    Subject,
    SubjectKind,
)
from offboarding.model.errors import FatalError
from offboarding.sources._collected.files import propose
from offboarding.sources._collected.lines import CollectionError
from offboarding.sources.openvpn_clients.collection import read_collection
from offboarding.sources.openvpn_clients.remedy import disable
from tests.contract.source_contract import error_of, of, refs, sought
from tests.support import cases
from tests.support.pki import AS_OF, Authority
from tests.systems.openvpn_clients.written_openvpn import SEEN_AT, WrittenVpn, told

pytestmark = pytest.mark.slow
BASIC_CONSTRAINTS = ExtensionOID.BASIC_CONSTRAINTS


@pytest.fixture
def server(tmp_path: Path) -> WrittenVpn:
    made = WrittenVpn(folder=tmp_path / "collected")
    for login in ("alice", "bob"):
        made.person(login)
    return made


def test_a_record_that_was_deleted_shuts_no_door(server: WrittenVpn) -> None:
    """The trap of this kind: whoever deletes a certificate's files thinks that it's gone."""
    known = refs(server.source().collect(), "alice")
    leaf = server.clients.pop("alice")
    server.write()

    (looked,) = of(ScopeRead, server.source().detail(known))
    assert "Revoke it by its number" in looked.error

    server.revoked.append(leaf)
    server.write()
    (looked,) = of(ScopeRead, server.source().detail(known))
    assert not looked.error


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(["option ccd-exclusive", "client plain alice"], id="exclusive"),
        pytest.param(["client disabled DEFAULT", "client plain alice"], id="disabled by default"),
    ],
)
def test_a_deleted_record_is_not_refused_by_a_name_that_nobody_knows_any_more(
    server: WrittenVpn, names: Sequence[str]
) -> None:
    server.options = (*server.options, "option client-config-dir\tccd", *names)
    server.write()
    known = refs(server.source().collect(), "alice")
    del server.clients["alice"]
    server.write()

    (looked,) = of(ScopeRead, server.source().detail(known))

    assert "asks by the common name, which isn't known" in looked.error


def test_who_is_connected_used_it_then(server: WrittenVpn) -> None:
    server.more = (f"connected {int(SEEN_AT.timestamp())} alice", f"connected {int(SEEN_AT.timestamp())} carl")

    assert server.account("alice").last_used_at == SEEN_AT
    assert server.account("bob").last_used_at is None
    red = [gap.text for gap in of(Gap, server.source().collect()) if gap.red]
    assert ["1 client connected by a name" in text for text in red] == [True]


def test_where_clients_are_called_by_users_names_no_certificate_was_used(server: WrittenVpn) -> None:
    server.options = (*server.options, "option username-as-common-name")
    server.more = (f"connected {int(SEEN_AT.timestamp())} alice", f"connected {int(SEEN_AT.timestamp())} carl")

    assert server.account("alice").last_used_at is None
    assert not [gap for gap in of(Gap, server.source().collect()) if gap.red]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        pytest.param(["option secret"], "static key mode", id="static key"),
        pytest.param(
            ["option server", "option verify-client-cert\tnone", "option plugin"], "as plugin decides", id="none"
        ),
        pytest.param(["option server", "option capath\tx"], "can't be told", id="authorities in a folder"),
    ],
)
def test_what_no_certificate_tells_of_is_red(server: WrittenVpn, options: Sequence[str], says: str) -> None:
    server.options = options
    server.write()

    assert any(says in gap.text for gap in of(Gap, server.source().collect()) if gap.red)


def test_an_authority_whose_issue_nobody_collected_is_red_and_shows_nobody_gone(server: WrittenVpn) -> None:
    server.issued = ()
    server.write()

    facts = list(server.source().collect())

    assert "nothing says what that issued" in error_of(facts)
    assert any("issued_folders" in gap.text for gap in of(Gap, facts) if gap.red)


def test_the_records_of_an_authority_before_are_not_those_of_its_successor(server: WrittenVpn) -> None:
    """Made anew it's called the same, as easy-rsa calls each."""
    before = list(server.kept)
    server.root = Authority(name="Easy-RSA CA").root()
    server.issued = before
    server.write()

    assert "nothing says what that issued" in error_of(list(server.source().collect()))


def test_an_authority_without_an_index_says_nothing_of_what_it_issued(server: WrittenVpn) -> None:
    server.issued = [line for line in server.kept if line.startswith(("folder", "authority"))]
    server.write()

    assert "nothing says what that issued" in error_of(list(server.source().collect()))


def test_what_was_issued_may_lie_on_our_machine(server: WrittenVpn, tmp_path: Path) -> None:
    before = {account.native_id for account in of(Account, server.source().collect())}
    server.keep(tmp_path / "pki")
    server.issued = ()
    server.write()

    source = server.source(issued_folders=[str(tmp_path / "pki")])

    assert {account.native_id for account in of(Account, source.collect())} == before
    (tmp_path / "empty").mkdir()
    for folder, says in (("nowhere", r"can't be read \(No such file"), ("empty", "there is nothing in")):
        with pytest.raises(FatalError, match=says):
            list(server.source(issued_folders=[str(tmp_path / folder)]).collect())


def test_a_file_of_ours_that_is_no_certificate_costs_itself(server: WrittenVpn, tmp_path: Path) -> None:
    folder = tmp_path / "private" / "pki"
    folder.parent.mkdir()
    server.keep(folder)
    (folder / "index.txt").unlink()
    server.issued = ()
    server.write()
    (folder / "bob.crt").write_text("-----BEGIN CERTIFICATE-----\nAAAA")

    facts = list(server.source(issued_folders=[str(folder)]).collect())

    assert [account.login for account in of(Account, facts)] == ["alice"]
    assert "bob.crt has a BEGIN without its END: it was cut off" in error_of(facts)
    assert any("bob.crt" in gap.text for gap in of(Gap, facts) if gap.red)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        pytest.param("index V\t270101000000Z\t\tXY\tunknown\t/CN=carl", "line 3 of .*txt isn't as", id="no number"),
        pytest.param("index R\t270101000000Z\t\t0A\tunknown\t/CN=carl", "isn't as openssl", id="revoked on no day"),
        pytest.param("index V\t270101\t\t0A\tunknown\t/CN=carl", "isn't as openssl", id="no end"),
        pytest.param("certificate AAAA", "a certificate in .* can't be read", id="no certificate"),
    ],
)
def test_what_can_not_be_read_of_an_authority_costs_itself(server: WrittenVpn, line: str, says: str) -> None:
    lines = server.kept
    server.issued = [*lines[:4], line, *lines[4:]]
    server.write()

    facts = list(server.source().collect())

    assert {account.login for account in of(Account, facts)} == {"alice", "bob"}
    (red,) = [gap for gap in of(Gap, facts) if gap.red]
    assert red.text.startswith("sources.vpn: vpn1: ")
    with pytest.raises(FatalError, match=says):
        list(server.source().collect_for(sought("bob"), []))


def test_a_certificate_whose_extensions_can_not_be_decoded_costs_itself(server: WrittenVpn) -> None:
    broken = server.authority.issue("carl", extension=x509.UnrecognizedExtension(BASIC_CONSTRAINTS, b"\x30\x05"))
    server.issued = [*server.kept, f"certificate {told(broken.der)}"]
    server.write()

    facts = list(server.source().collect())

    assert {account.login for account in of(Account, facts)} == {"alice", "bob"}
    assert "can't be read: have it issued anew" in error_of(facts)


def test_a_folder_that_may_be_read_and_not_listed_is_red(server: WrittenVpn, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "iterdir", refuse)

    facts = list(server.source().collect())

    assert len(list(of(Account, facts))) == 2
    (red,) = [gap.text for gap in of(Gap, facts) if gap.red]
    assert "collected can't be listed (Permission denied): let our user do that" in red


def test_an_index_tells_names_of_any_script(server: WrittenVpn) -> None:
    """As openssl 3 writes them; what is no UTF-8 stays as it is."""
    lines = (("0A", r"\xEA\xB9\x80\xEC\xB2\xA0\xEC\x88\x98"), ("0B", r"Ren\xE9"))
    server.issued = [
        *server.kept,
        *(f"index V\t270101000000Z\t\t{number}\tunknown\t/CN={name}" for number, name in lines),
    ]
    server.write()

    logins = {account.login for account in of(Account, server.source().collect())}

    assert logins == {"alice", "bob", "김철수", r"Ren\xE9"}


def test_mails_and_the_register_say_whose_it_is(server: WrittenVpn) -> None:
    names = x509.SubjectAlternativeName([x509.RFC822Name("kim@corp.example")])
    server.clients["laptop-7"] = server.authority.issue("laptop-7", extension=names)
    server.register.append("laptop-7,kim")

    account = server.account("kim")

    assert {(key.kind, key.value) for key in account.keys} == {
        (IdentityKeyKind.LOGIN, "kim"),
        (IdentityKeyKind.MAIL, "kim@corp.example"),
    }
    assert account.display_name == "laptop-7"


def test_two_certificates_of_one_number_are_not_checked(server: WrittenVpn) -> None:
    again = Authority(name="Easy-RSA CA", key=server.authority.key)
    leaf = server.clients["alice"]
    other = replace(leaf, certificate=_same_number(again, leaf.certificate.serial_number))
    server.issued = [*server.kept, f"certificate {told(other.der)}"]
    server.write()

    facts = list(server.source().collect())

    assert [account.login for account in of(Account, facts)] == ["bob"]
    assert "two have one number" in error_of(facts)


def _same_number(authority: Authority, serial: int) -> x509.Certificate:
    made = x509.CertificateBuilder().subject_name(authority.subject).issuer_name(authority.subject)
    made = made.public_key(authority.key.public_key()).serial_number(serial)
    made = made.not_valid_before(AS_OF).not_valid_after(AS_OF + timedelta(days=2))
    return made.sign(authority.key, SHA256())


def test_wherever_it_is_cut_it_is_none(server: WrittenVpn) -> None:
    body = server.text.encode()

    for length in range(0, len(body), 7):
        with pytest.raises(CollectionError):
            read_collection(body[:length])
    assert len(read_collection(body).folders[0].certificates) == 2


def test_no_line_can_be_missing_in_between(server: WrittenVpn) -> None:
    lines = server.text.encode().split(b"\n")

    for at in range(len(lines)):
        with pytest.raises(CollectionError):
            read_collection(b"\n".join((*lines[:at], *lines[at + 1 :])))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param(lambda text: text.replace("clients 1\n", "clients 2\n"), "another version of", id="new"),
        pytest.param(lambda text: text.replace("server 42", "server x"), "line 6 isn't as collect.sh", id="no process"),
        pytest.param(lambda text: text.replace("option server\n", "client lost x\n"), "line 7 isn't as", id="no state"),
        pytest.param(lambda text: text.replace("crlfile", "crlfiles"), "isn't as collect.sh", id="no word of its"),
    ],
)
def test_what_it_does_not_write_is_none(server: WrittenVpn, change: Callable[[str], str], says: str) -> None:
    with pytest.raises(CollectionError, match=says):
        read_collection(change(server.text).encode())


def test_another_machine_in_its_place_shows_nobody_gone(server: WrittenVpn) -> None:
    known = refs(server.source().collect(), "alice")
    server.machine = "f" * 32
    server.write()

    (scope,) = of(ScopeRead, server.source().detail(known))

    assert "another machine than the account was seen on" in scope.error


def test_a_first_configuration_names_servers(server: WrittenVpn) -> None:
    proposal = propose(str(server.folder), "openvpn_clients")

    assert proposal.settings == {"folder": str(server.folder), "machines": ["vpn1"]}


def test_a_name_that_a_leaver_chose_stays_one_word() -> None:
    account = cases.directory_account(native_id="ab:1f", display_name="x'; rm -rf / #", login="kim")
    subject = Subject(kind=SubjectKind.ACCOUNT, native_id="ab:1f", label="x", account_label="x")
    steps = disable(AccountAction(remedy=Remedy.DISABLE, kind="openvpn_clients", account=account, subject=subject))

    word = shlex.quote("x'; rm -rf _ #")
    assert any(f"[ ! -e DIR/{word} ]" in step for step in steps)
    assert any(step.endswith('kill "x\'; rm -rf / #"') for step in steps)
