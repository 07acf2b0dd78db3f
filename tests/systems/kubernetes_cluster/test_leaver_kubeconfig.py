"""A leaver's kubeconfigs on machines: what they let in by is theirs, and no file that is taken away ends it."""

from collections.abc import Generator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from demo.certificates import make_certificate
from offboarding.config.settings import Settings
from offboarding.interfaces import Source
from offboarding.model import TicketRef
from offboarding.sources import kubernetes_cluster
from tests.support.left_out import found_after
from tests.support.listed_tracker import ListedTracker
from tests.support.office import Office
from tests.support.small_company import LEFT, worker
from tests.systems.kubernetes_cluster.service import CONTEXT, KubernetesPlace, kubernetes_place
from tests.systems.kubernetes_cluster.written_kubeconfigs import WrittenKubeconfigs, claims

pytestmark = pytest.mark.slow

ADMIN, MASTERS = "kubernetes-admin", "system:masters"


class AtMachines(Office):
    """An office whose only accounts are a cluster's, whose kubeconfigs lie on a machine."""

    place: KubernetesPlace
    machine: WrittenKubeconfigs
    are_collected = True
    listed: list[str]
    """Machines."""
    days = 0
    """Since the first night."""

    @property
    def settings(self) -> Settings:
        """With the cluster in the directory's place."""
        settings = super().settings
        own = {"name": "seoul-1", "kind": "kubernetes_cluster", "connection": "seoul_1", **self._own}
        return settings.model_copy(update={"sources": (kubernetes_cluster.Settings.model_validate(own),)})

    @property
    def _own(self) -> dict[str, Any]:
        collected = {**self.machine.settings, "kubeconfigs_machines": self.listed} if self.are_collected else {}
        return {**collected, "id_space": "hr", "login_realm": "corp"}

    def _source(self, name: str, part: str) -> Source:
        del name, part
        return self.place.source(later=timedelta(days=self.days), **self._own)

    def wait(self, days: int) -> None:
        """The machine is collected on the last of these days, too."""
        self.days += days
        self.machine.at += timedelta(days=days)
        self.machine.write()

    def ends(self, days: int) -> datetime:
        """So many days after the first night."""
        return CONTEXT.as_of + timedelta(days=days)


@pytest.fixture
def company(office: Office, tmp_path: Path) -> Generator[AtMachines]:
    """Kim has left, and Kimm works here; both work on one machine."""
    with kubernetes_place(make_certificate(tmp_path)) as place:
        made = AtMachines(session=office.session, tracker=office.tracker)
        made.place, made.machine = place, WrittenKubeconfigs(folder=tmp_path / "collected")
        made.listed = [made.machine.name]
        made.hr.workers = [worker("1042", LEFT, logins=("kim",)), worker("1043", logins=("kimm",))]
        made.machine.write()
        yield made
        assert place.service.wrong == []


def about(tracker: ListedTracker, text: str) -> list[TicketRef]:
    """Tickets that say so."""
    return [each.ref for each in tracker.there() if text in " ".join(each.draft.body.split())]


def test_a_leaver_s_own_certificate_is_told_long_after_its_request_until_it_ends(
    company: AtMachines, tracker: ListedTracker
) -> None:
    for login in ("kim", "kimm"):
        company.machine.certificate(login, company.place.kept.signed(login, ends=company.ends(3)))
    assert company.night().failed == ()
    (ticket,) = about(tracker, "Nobody can revoke")
    assert about(tracker, "of kimm") == []

    company.machine.take_away("/home/kim/.kube/config")
    company.wait(1)
    assert company.night().failed == ()
    assert tracker.ticket(ticket).is_open

    company.wait(3)
    assert company.night(days=3).failed == ()
    assert not tracker.ticket(ticket).is_open


def test_a_leaver_s_copy_of_the_admin_s_kubeconfig_is_theirs_until_the_authority_is_replaced(
    company: AtMachines, tracker: ListedTracker
) -> None:
    kept = company.place.kept
    for login in ("kim", "kimm"):
        company.machine.certificate(login, kept.signed(ADMIN, MASTERS, ends=company.ends(300)))
    assert company.night().failed == ()
    (of_kim,) = about(tracker, "/home/kim/.kube/config")
    assert of_kim in about(tracker, "the cluster's authority has to be replaced")
    assert about(tracker, "/home/kimm/.kube/config") == []

    company.machine.take_away("/home/kim/.kube/config")
    company.wait(1)
    assert company.night().failed == ()
    assert tracker.ticket(of_kim).is_open

    # Whoever works here got a new one, which Kim never saw.
    kept.replace_authority()
    company.machine.certificate("kimm", kept.signed(ADMIN, MASTERS, ends=company.ends(300)))
    company.machine.certificate("kim", kept.signed("kim", ends=company.ends(-1)))
    company.wait(1)
    assert company.night().failed == ()
    assert tracker.ticket(of_kim).is_open  # its file is gone, so that nobody sees who signed what was in it

    company.wait(300)
    assert company.night(days=300).failed == ()
    assert not tracker.ticket(of_kim).is_open


def test_a_leaver_s_token_of_a_service_account_is_theirs_until_that_is_made_anew(
    company: AtMachines, tracker: ListedTracker
) -> None:
    kept = company.place.kept
    made = kept.service_account("team", "robot")
    kept.bind("robot", role="view", service_account=("team", "robot"), namespace="team")
    for login in ("kim", "kimm"):
        company.machine.token(login, claims("robot", made["metadata"]["uid"], ends=company.ends(300)))
    assert company.night().failed == ()
    assert about(tracker, "/home/kim") == []  # whether it's taken can't be told: three nights, then it is
    for _ in range(3):
        company.wait(1)
        assert company.night().failed == ()
    (ticket,) = about(tracker, "/home/kim/.kube/config")
    assert about(tracker, "/home/kimm/.kube/config") == []

    kept.delete("serviceaccounts", "team", "robot")
    kept.service_account("team", "robot")
    company.wait(1)
    assert company.night().failed == ()
    assert not tracker.ticket(ticket).is_open


def test_copies_are_not_gone_once_nobody_collects_them_and_not_checked_once_their_holder_leaves(
    company: AtMachines, tracker: ListedTracker
) -> None:
    """What lets in by them an inventory doesn't tell: the night says that it couldn't be read."""
    company.machine.certificate("kim", company.place.kept.signed(ADMIN, MASTERS, ends=company.ends(300)))

    found = found_after(company, lambda: setattr(company, "are_collected", False), "held/")

    assert found == set()
    (gaps,) = company.session.execute("select gaps::text from source_read order by read_id desc limit 1").fetchall()
    assert "the kubeconfig is gone, or holds something else, and that ends nothing" in str(gaps)

    company.are_collected = True
    assert company.night().failed == ()
    assert about(tracker, "/home/kim/.kube/config")


@pytest.mark.parametrize("lost", ["too old", "not listed"])
def test_what_lies_on_a_machine_that_is_not_read_is_not_gone(company: AtMachines, lost: str) -> None:
    ends = company.ends(300)
    other = WrittenKubeconfigs(folder=company.machine.folder, name="build2")
    other.write()
    company.listed.append(other.name)
    company.machine.certificate("kim", company.place.kept.signed(ADMIN, MASTERS, ends=ends))
    company.machine.certificate("kimm", company.place.kept.signed("kimm", ends=ends))
    assert company.night().failed == ()
    asked = "select split_part(native_id, '/', 1) from account where gone_at is null order by 1"
    there = company.session.execute(asked).fetchall()
    assert [each for (each,) in there if each in {"held", "certificate"}] == ["certificate"] * 2 + ["held"]

    if lost == "too old":
        company.machine.at -= timedelta(days=3)
        company.machine.write()
    else:
        company.listed.remove(company.machine.name)
    company.night()
    assert company.session.execute(asked).fetchall() == there
