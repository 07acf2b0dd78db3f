"""A leaver in a tenant of Entra ID: the account, and the application's secret that outlives it, each by a night."""

from base64 import b64encode
from collections.abc import Generator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from demo.certificates import make_certificate
from offboarding.config.settings import Settings
from offboarding.interfaces import Source
from offboarding.model import OWN_ID, AccountKey, IdentityKeyKind, IdentityKeyOrigin, Standing
from offboarding.report import night as report
from offboarding.sources import entra_id
from offboarding.sources.ldap.entry import Entry
from offboarding.sources.ldap.flavors import FLAVORS
from offboarding.store import reading
from tests.support.aged import pass_by
from tests.support.departure import departure
from tests.support.left_out import found_after
from tests.support.listed_tracker import ListedTracker
from tests.support.office import Office, login
from tests.support.small_company import LEFT, key, worker
from tests.systems.entra_id.service import EPOCH, LATER, EntraPlace, entra_place

pytestmark = pytest.mark.slow

KIM, KIMM, LEE = (f"{who}@corp.example" for who in ("kim", "kimm", "lee"))
SOON = "2026-11-21T09:00:00Z"
SIDS = ("S-1-5-21-1004336348-1177238915-682003330-1103", "S-1-5-21-1004336348-1177238915-682003330-1104")
"""Kim's in Active Directory, and Kimm's."""


class AtEntra(Office):
    """An office that has a tenant."""

    place: EntraPlace
    narrowed: dict[str, Any]
    """Settings that leave something out."""

    @property
    def settings(self) -> Settings:
        """With the tenant in the cloud's place, and a directory where it holds somebody."""
        settings = super().settings
        directory = settings.sources[:1] if self.directory.accounts else ()
        source = entra_id.Settings.model_validate(
            {"name": "entra", "kind": "entra_id", "connection": "corp_entra", "id_space": "hr"}
        )
        return settings.model_copy(update={"sources": (*directory, source)})

    def _source(self, name: str, part: str) -> Source:
        return self.place.source(**self.narrowed) if name == "entra" else super()._source(name, part)


@pytest.fixture
def company(office: Office, tmp_path: Path) -> Generator[AtEntra]:
    """Kim has left, and Kimm works here; both have an account, and own an application."""
    with entra_place(make_certificate(tmp_path)) as place:
        made = AtEntra(session=office.session, tracker=office.tracker)
        made.narrowed = {}
        made.place = place
        made.hr.workers = [worker("1042", LEFT, mail=KIM), worker("1043", mail=KIMM)]
        for name in (KIM, KIMM):
            user = place.kept.add(name, mail=name)
            place.kept.register(f"ci of {name}", user)
        yield made
        assert place.service.wrong == []


def test_a_leaver_s_account_and_the_secret_they_knew_are_told_until_both_are_dead_and_nobody_else_s(
    company: AtEntra, tracker: ListedTracker
) -> None:
    kept = company.place.kept
    kim, (theirs, others) = kept.of(KIM), kept.applications.values()
    assert company.night().failed == ()
    (ticket,) = tracker.there()
    body = ticket.draft.body
    assert f"az ad user update --id {kim['id']} --account-enabled false" in body
    assert f"users/{kim['id']}/revokeSignInSessions" in body
    assert f"az ad app credential delete --id {theirs['id']}" in body
    assert others["id"] not in body
    assert kept.of(KIMM)["id"] not in body

    # Shut, then deleted, which takes the owner off the application: its secret lets them in as before.
    kim["accountEnabled"] = False
    assert company.night().failed == ()
    kept.delete(KIM)
    assert company.night().failed == ()
    assert tracker.ticket(ticket.ref).is_open
    assert f"az ad app credential delete --id {theirs['id']}" in tracker.ticket(ticket.ref).draft.body

    # A new owner, and a new secret in place of the old one.
    kept.owners[theirs["id"]] = [kept.of(KIMM)["id"]]
    assert company.night().failed == ()
    assert tracker.ticket(ticket.ref).is_open

    theirs["passwordCredentials"] = []
    assert company.night().failed == ()
    assert tracker.ticket(ticket.ref).is_open  # access tokens that it gave out go on
    pass_by(company.session, hours=2)
    assert company.night().failed == ()
    assert not tracker.ticket(ticket.ref).is_open
    assert company.tracker.calls.count("close") == 1


def test_a_leaver_s_account_that_was_shut_and_not_signed_out_is_told_until_it_is_and_nobody_else_s(
    company: AtEntra, tracker: ListedTracker
) -> None:
    """Lee was shut and signed out as it should be; Kimm works here, and is on leave."""
    kept = company.place.kept
    company.hr.workers = [*company.hr.workers, worker("1044", LEFT, mail=LEE)]
    kept.add(LEE, mail=LEE)
    kept.applications.clear()
    for who, revoked in ((KIM, EPOCH), (LEE, SOON), (KIMM, EPOCH)):
        kept.of(who).update(accountEnabled=False, signInSessionsValidFromDateTime=revoked)
        kept.of(who)["signInActivity"]["lastSuccessfulSignInDateTime"] = LATER

    assert company.night().failed == ()

    (ticket,) = tracker.there()
    body = " ".join(ticket.draft.body.split())
    assert (
        "since nobody revoked them after the last sign-in; the login itself is shut (Entra ID: accountEnabled" in body
    )
    assert f"users/{kept.of(KIM)['id']}/revokeSignInSessions" in body
    assert not [who for who in (KIMM, LEE) if kept.of(who)["id"] in body]

    kept.of(KIM)["signInSessionsValidFromDateTime"] = SOON
    assert company.night().failed == ()
    pass_by(company.session, hours=2)
    assert company.night().failed == ()
    assert not tracker.ticket(ticket.ref).is_open
    assert company.tracker.calls.count("close") == 1


def test_an_account_that_says_nothing_of_its_holder_is_theirs_by_the_directory_that_it_comes_from(
    company: AtEntra, tracker: ListedTracker
) -> None:
    """By onPremisesImmutableId alone: neither mail nor number is told, and the name is nobody's."""
    guid = UUID("5a8c7e7e-11d2-4c2b-9d0c-1f8b1e0a7b51")
    company.directory.accounts = [login(str(guid), key(IdentityKeyKind.NUMBER, "1042"))]
    entry = Entry("", {"objectguid": [guid.bytes_le]})
    assert FLAVORS["ad"].native_id(entry) == str(guid)
    synced = company.place.kept.add("x7@corp.onmicrosoft.com", onPremisesImmutableId=b64encode(guid.bytes_le).decode())

    assert company.night().failed == ()

    assert f"az ad user update --id {synced['id']} " in "".join(each.draft.body for each in tracker.there())


def test_what_a_leaver_let_an_application_do_is_told_until_nobody_gets_tokens_by_it_and_nobody_else_s(
    company: AtEntra, tracker: ListedTracker
) -> None:
    """Kimm works here, and let the same application read mails; an administrator let it read everybody's files."""
    kept = company.place.kept
    kept.applications.clear()
    kim, kimm = kept.of(KIM), kept.of(KIMM)
    app = kept.instantiate("reader of mails")
    theirs, others = (kept.consent(who, app, "Mail.Read offline_access") for who in (kim, kimm))
    for_all = kept.consent(kim, app, "Files.Read.All", consentType="AllPrincipals", principalId=None)

    assert company.night().failed == ()

    (ticket,) = tracker.there()
    body = " ".join(ticket.draft.body.split())
    assert "Consent to reader of mails" in body
    assert f"--method DELETE --url https://127.0.0.1:{company.place.service.port}/v1.0/oauth2PermissionGrants" in body
    assert theirs["id"] in body
    assert not [each["id"] for each in (others, for_all, kimm) if each["id"] in body]

    # Shut and signed out: nothing gets a token by it any more, once those that are out have ended.
    kim.update(accountEnabled=False, signInSessionsValidFromDateTime=SOON)
    assert company.night().failed == ()
    assert tracker.ticket(ticket.ref).is_open
    pass_by(company.session, hours=2)
    assert company.night().failed == ()
    assert not tracker.ticket(ticket.ref).is_open

    # Enabled again, it gets in as before.
    kim["accountEnabled"] = True
    assert company.night().failed == ()
    assert tracker.ticket(ticket.ref).is_open


def test_a_consent_that_may_not_be_read_is_not_checked_and_its_finding_stays(
    company: AtEntra, tracker: ListedTracker
) -> None:
    kept = company.place.kept
    kept.applications.clear()
    kept.consent(kept.of(KIM), kept.instantiate("reader of mails"), "Mail.Read")
    assert company.night().failed == ()
    (ticket,) = tracker.there()

    kept.rights.remove("Directory.Read.All")
    kept.grants.clear()
    kept.of(KIM).update(accountEnabled=False, signInSessionsValidFromDateTime=SOON)
    for _ in range(2):
        told = company.night()
        pass_by(company.session, hours=2)
        said = report.render(reading.night(company.session, told.run.run_id), "Asia/Seoul")
        assert "It needs Directory.Read.All" in " ".join(said.split())

    assert tracker.ticket(ticket.ref).is_open


def test_an_account_is_theirs_by_its_security_identifier_alone(company: AtEntra, tracker: ListedTracker) -> None:
    """Whatever anchor somebody chose; and nobody else's."""
    at_directory(company, theirs=SIDS[0], others=SIDS[1])
    synced, other = (
        company.place.kept.add(
            f"{name}@corp.onmicrosoft.com", onPremisesImmutableId="chosen", onPremisesSecurityIdentifier=sid
        )
        for name, sid in zip(("x7", "x8"), SIDS, strict=True)
    )

    assert company.night().failed == ()

    told = "".join(each.draft.body for each in tracker.there())
    assert f"az ad user update --id {synced['id']} " in told
    assert other["id"] not in told


@pytest.mark.parametrize("elsewhere", [pytest.param(True, id="a colleague's"), pytest.param(False, id="nobody's here")])
def test_two_ids_of_an_account_that_contradict_each_other_are_told_and_link_nobody(
    company: AtEntra, tracker: ListedTracker, elsewhere: bool
) -> None:
    """By its anchor it's Kim's, who has left; its security identifier is another account's."""
    guid = at_directory(company, theirs=SIDS[0], others=SIDS[1])
    torn = company.place.kept.add(
        "x7@corp.onmicrosoft.com",
        onPremisesImmutableId=b64encode(guid.bytes_le).decode(),
        onPremisesSecurityIdentifier=SIDS[1] if elsewhere else f"{SIDS[1]}0",
    )

    assert company.night().failed == ()

    told = [each.draft.body for each in tracker.there() if torn["id"] in each.draft.body]
    assert len(told) == 1
    assert "Review" in next(each.draft.title for each in tracker.there() if torn["id"] in each.draft.body)
    words = " ".join(told[0].split())
    assert "onPremisesImmutableId and onPremisesSecurityIdentifier are of different accounts there" in words
    assert ("Worker 1043 works here" in words) is elsewhere
    assert link_of(company, torn["id"]) == (("disputed" if elsewhere else "probable"), 50)


def test_two_ids_that_lead_to_two_accounts_of_one_person_s_contradict_nobody(
    company: AtEntra, tracker: ListedTracker
) -> None:
    """As after a move to another domain: the anchor stayed the old account's, and both are Kim's."""
    guid = at_directory(company, theirs=SIDS[0], others=SIDS[1])
    moved = login("d2", key(IdentityKeyKind.NUMBER, "1042"), own("S-1-5-21-9-9-9-1104"))
    company.directory.accounts.append(moved)
    synced = company.place.kept.add(
        "x7@corp.onmicrosoft.com",
        onPremisesImmutableId=b64encode(guid.bytes_le).decode(),
        onPremisesSecurityIdentifier="S-1-5-21-9-9-9-1104",
    )

    assert company.night().failed == ()

    assert f"az ad user update --id {synced['id']} " in "".join(each.draft.body for each in tracker.there())
    assert link_of(company, synced["id"]) == ("linked", 100)


def test_who_is_synchronized_is_to_be_disabled_where_they_come_from_and_nobody_else(
    company: AtEntra, tracker: ListedTracker
) -> None:
    company.place.kept.applications.clear()
    company.place.kept.of(KIM)["onPremisesSyncEnabled"] = True
    company.hr.workers = [*company.hr.workers, worker("1044", LEFT, mail=LEE)]
    company.place.kept.add(LEE, mail=LEE, onPremisesSyncEnabled=False)

    assert company.night().failed == ()

    bodies = {each.draft.body for each in tracker.there()}
    by_name = {who: next(each for each in bodies if company.place.kept.of(who)["id"] in each) for who in (KIM, LEE)}
    assert "Disable-ADAccount -Identity SID" in by_name[KIM]
    assert "onPremisesSecurityIdentifier" in by_name[KIM]
    assert by_name[KIM].index("Disable-ADAccount") < by_name[KIM].index("--account-enabled false")
    assert "Disable-ADAccount" not in by_name[LEE]


def at_directory(company: AtEntra, *, theirs: str, others: str) -> UUID:
    """Kim's and Kimm's accounts in Active Directory, known there by number. The id of Kim's."""
    guid = UUID("5a8c7e7e-11d2-4c2b-9d0c-1f8b1e0a7b51")
    company.directory.accounts = [
        login(str(guid), key(IdentityKeyKind.NUMBER, "1042"), own(theirs)),
        login("6b8c7e7e-11d2-4c2b-9d0c-1f8b1e0a7b52", key(IdentityKeyKind.NUMBER, "1043"), own(others)),
    ]
    return guid


def link_of(company: AtEntra, native_id: str) -> tuple[str, int]:
    """What an account's link to Kim is."""
    ((decision, score),) = company.session.execute(
        "select l.decision, l.score from link l join account a using (account_pk) join person p using (person_uid)"
        " join worker w on w.worker_pk = p.shown_worker_pk"
        " where a.native_id = %s and w.worker_id = '1042' and l.valid_to is null",
        (native_id,),
    ).fetchall()
    return str(decision), int(str(score))


def own(sid: str) -> AccountKey:
    """As Active Directory's reader tells it of an entry."""
    authority, *numbers = (int(part) for part in sid.split("-")[2:])
    raw = bytes((1, len(numbers))) + authority.to_bytes(6, "big")
    raw += b"".join(number.to_bytes(4, "little") for number in numbers)
    (told,) = FLAVORS["ad"].also_known_by(Entry("", {"objectsid": [raw]}))
    assert told == sid
    return AccountKey(kind=IdentityKeyKind.DIRECTORY_ID, value=told, origin=IdentityKeyOrigin.ATTRIBUTE, name=OWN_ID)


def test_a_departure_finds_an_account_by_the_security_identifier_of_the_one_in_the_directory(
    company: AtEntra,
) -> None:
    """Since the last night it was synchronized, and nothing else of it is Kim's."""
    at_directory(company, theirs=SIDS[0], others=SIDS[1])
    assert company.night().failed == ()
    synced, other = (
        company.place.kept.add(f"{name}@corp.onmicrosoft.com", onPremisesSecurityIdentifier=sid)
        for name, sid in zip(("x7", "x8"), SIDS, strict=True)
    )

    told = departure(company, "1042")

    assert told.failed == []
    found = {str(row[0]) for row in company.session.execute("select account_native_id from finding").fetchall()}
    assert synced["id"] in found
    assert other["id"] not in found


def test_applications_that_are_switched_off_are_not_gone_and_asked_for_once_their_owner_leaves(
    company: AtEntra,
) -> None:
    found = found_after(company, lambda: company.narrowed.update({"applications": False}), "application/")

    assert found == {("open", Standing.WORKS)}
