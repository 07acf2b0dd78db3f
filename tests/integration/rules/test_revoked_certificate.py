"""A leaver's certificate that its authority revokes: from a real directory and a real CRL to the finding's end."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import pytest

from demo import slapd
from offboarding.interfaces import ReadContext, Source, Tracker
from offboarding.model import AccountRef, Fact
from offboarding.model.errors import RetriableError
from offboarding.sources.ldap import build
from offboarding.store.connect import Session
from offboarding.store.reading import findings
from tests.support.office import HeardTracker, Office
from tests.support.pki import CrlServer, Leaf, crl_server
from tests.support.revoking import Certified
from tests.support.small_company import KIM, LEFT, STAFF, worker
from tests.support.whole_night import Readers
from tests.systems.ldap.directory import PERMANENT, connection, directory, person, reading, settings

pytestmark = pytest.mark.slow

OPEN, RESOLVED = "open", "resolved"


class Unasked:
    """A directory whose accounts can't be looked at one by one tonight."""

    def __init__(self, inner: Source) -> None:
        self._inner = inner
        self.requests = inner.requests
        self.collect = inner.collect
        self.collect_for = inner.collect_for

    def detail(self, accounts: Sequence[AccountRef]) -> Iterator[Fact]:
        raise RetriableError(f"sources.corp-ldap: no answer about {len(accounts)} accounts")


@dataclass(slots=True, kw_only=True)
class CertifiedOffice(Office):
    """An office whose directory is a real one, and which tells no tracker."""

    corp: Certified
    looks: bool = True
    """Whether single accounts can be looked at."""

    def readers(self) -> Readers:
        return replace(
            Office.readers(self),
            trackers=lambda _: {},
            source=lambda _, name, part, __: self.real() if name == "corp-ldap" else self.clouds[part],
        )

    def real(self) -> Source:
        context: ReadContext = reading(as_of=self.as_of)
        made = build(settings(revocation=self.corp.asking()), connection(self.corp.server), "", context)
        return made if self.looks else Unasked(made)

    def found(self) -> tuple[str, str, str]:
        """State, standing and resolution of the one finding about a certificate."""
        (one,) = findings(self.session, rule="leaver-certificate")
        return one.state, one.standing, one.why

    def red(self) -> list[str]:
        """What turned the last night red, of the live look."""
        rows = self.session.execute(
            "select g ->> 'text' from source_read, jsonb_array_elements(gaps) g where phase = 'detail'"
            " and (g ->> 'red')::boolean and run_id = (select max(run_id) from source_read)"
        ).fetchall()
        return [str(text) for (text,) in rows]


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Generator[slapd.Server]:
    kim = person("kim", employeeNumber="1042", pwdAccountLockedTime=PERMANENT)
    with directory(tmp_path_factory.mktemp("people"), kim, person("lee")) as server:
        yield server


@pytest.fixture(scope="module")
def web() -> Generator[CrlServer]:
    with crl_server() as web:
        yield web


@pytest.fixture
def office(store: Session, people: slapd.Server, web: CrlServer, tmp_path: Path) -> CertifiedOffice:
    """Kim has left, and the account is locked; the authority's CRL is empty."""
    web.pages.clear()
    corp = Certified(server=people, web=web, folder=tmp_path)
    corp.publishes()
    made = CertifiedOffice(session=store, tracker=HeardTracker(cast("Tracker", None)), corp=corp)
    made.hr.workers = [worker("1042", LEFT, mail=KIM, name="Kim Minjun"), STAFF]
    return made


@pytest.fixture
def leaf(office: CertifiedOffice) -> Leaf:
    """Kim's certificate; a night has found it."""
    leaf = office.corp.authority.issue("kim", crl=office.corp.crl)
    office.corp.holds("kim", leaf)
    office.night()
    assert office.found() == (OPEN, "works", "")
    return leaf


def test_closes_once_it_is_seen_revoked(office: CertifiedOffice, leaf: Leaf) -> None:
    office.night()
    before = office.found()

    office.corp.publishes(leaf, number=813)
    office.night()

    assert before == (OPEN, "works", "")
    state, _, resolution = office.found()
    assert (state, office.red()) == (RESOLVED, [])
    assert resolution.startswith("seen dead: revoked since 2026-11-24 15:30 UTC by CRL number 813 of ")


def test_closes_once_it_is_off_the_entry(office: CertifiedOffice, leaf: Leaf) -> None:
    # Somebody else's, so that the absence of this one can be told.
    office.corp.holds("lee", leaf)
    office.corp.holds("kim")
    office.night()

    assert office.found()[0::2] == (RESOLVED, "seen gone: it no longer exists")
    office.corp.holds("lee")


def test_stays_open_while_its_crl_cannot_be_asked(office: CertifiedOffice, leaf: Leaf) -> None:
    office.corp.web.pages.clear()
    office.night()

    assert office.found()[0::2] == (OPEN, "")
    assert [f"{leaf.certificate.serial_number:X} of account" in text for text in office.red()] == [True]


def test_stays_closed_while_its_crl_cannot_be_asked(office: CertifiedOffice, leaf: Leaf) -> None:
    office.corp.publishes(leaf)
    office.night()
    office.corp.web.pages.clear()
    office.night()

    assert office.found()[0] == RESOLVED
    assert len(office.red()) == 1


def test_the_inventorys_word_alone_opens_nothing_again(office: CertifiedOffice, leaf: Leaf) -> None:
    """The night in which no account can be looked at: that it stands on the entry isn't that it works."""
    office.corp.publishes(leaf)
    office.night()
    office.looks = False
    told = office.night()

    assert any("no answer about" in sentence for sentence in told.failed)
    assert office.found()[0] == RESOLVED


def test_opens_again_where_it_is_taken_off_the_crl(office: CertifiedOffice, leaf: Leaf) -> None:
    office.corp.publishes(leaf)
    office.night()
    office.corp.publishes()
    office.night()

    assert office.found()[:2] == (OPEN, "works")
