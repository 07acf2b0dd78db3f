"""A leaver in a Kubernetes cluster: a certificate that nobody can revoke, and a token that they could know."""

from collections.abc import Generator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from demo.certificates import make_certificate
from offboarding.config.settings import Settings
from offboarding.interfaces import Source
from offboarding.model import Standing
from offboarding.sources import kubernetes_cluster
from tests.support.left_out import found_after
from tests.support.listed_tracker import ListedTracker
from tests.support.office import Office
from tests.support.small_company import LEFT, worker
from tests.systems.kubernetes_cluster.service import OF_BOOTSTRAP, KubernetesPlace, kubernetes_place

pytestmark = pytest.mark.slow

KIM, KIMM = "kim@corp.example", "kimm@corp.example"


class AtCluster(Office):
    """An office whose only accounts are a cluster's."""

    place: KubernetesPlace
    narrowed: dict[str, Any]
    """Settings that leave something out."""
    days = 0
    """Since the first night."""

    @property
    def settings(self) -> Settings:
        """With the cluster in the directory's place."""
        settings = super().settings
        own = {"name": "seoul-1", "kind": "kubernetes_cluster", "connection": "seoul_1"}
        return settings.model_copy(update={"sources": (kubernetes_cluster.Settings.model_validate(own),)})

    def _source(self, name: str, part: str) -> Source:
        del name, part
        return self.place.source(later=timedelta(days=self.days), **self.narrowed)


@pytest.fixture
def company(office: Office, tmp_path: Path) -> Generator[AtCluster]:
    """Kim has left, and Kimm works here."""
    with kubernetes_place(make_certificate(tmp_path)) as place:
        made = AtCluster(session=office.session, tracker=office.tracker)
        made.narrowed = {}
        made.place = place
        made.hr.workers = [worker("1042", LEFT, mail=KIM), worker("1043", mail=KIMM)]
        for name in ("kim", "kimm"):
            place.kept.bind(name, role="view", user=f"{name}@corp.example")
            place.kept.request(name, f"{name}@corp.example", days=3)
        place.kept.service_account("team", "deploys", annotations={"owner": KIM})
        place.kept.token("team", "deploys", "deploys-token")
        place.kept.bind("deploys", role="view", service_account=("team", "deploys"), namespace="team")
        yield made
        assert place.service.wrong == []


def test_a_leaver_s_certificate_goes_on_without_its_request_and_their_service_account_until_its_tokens_are_new(
    company: AtCluster, tracker: ListedTracker
) -> None:
    kept = company.place.kept
    assert company.night().failed == ()
    review, revoke = sorted(tracker.there(), key=lambda each: "certificate" not in each.draft.body)
    assert f"of {KIM}" in review.draft.body
    assert "Nobody can revoke a certificate" in review.draft.body
    assert "kubectl --namespace=team delete secret deploys-token" in revoke.draft.body
    assert KIMM not in review.draft.body + revoke.draft.body

    # The cluster sweeps requests away. Kim's certificate goes on, and so does the token.
    kept.delete("certificatesigningrequests", "", "kim")
    company.days += 1
    assert company.night().failed == ()
    assert [tracker.ticket(each.ref).is_open for each in (review, revoke)] == [True, True]

    # Made anew, and somebody else's: no token of before is left. The certificate has ended.
    kept.delete("serviceaccounts", "team", "deploys")
    kept.service_account("team", "deploys", annotations={"owner": KIMM})
    company.days += 2
    assert company.night(days=2).failed == ()
    assert [tracker.ticket(each.ref).is_open for each in (review, revoke)] == [False, False]

    # Whether anybody gets in as Kim, nobody can tell, as long as a binding names them.
    (doubt,) = (each for each in tracker.there() if tracker.ticket(each.ref).is_open)
    assert "couldn't be told" in doubt.draft.body
    assert KIM in doubt.draft.body
    kept.delete("clusterrolebindings", "", "kim")
    assert company.night().failed == ()
    assert not tracker.ticket(doubt.ref).is_open


def test_bootstrap_tokens_are_not_gone_without_secrets_and_not_checked_once_their_owner_leaves(
    company: AtCluster,
) -> None:
    company.place.kept.secret("kube-system", "bootstrap-token-abcdef", OF_BOOTSTRAP, {"owner": KIM})

    found = found_after(company, lambda: company.narrowed.update({"secrets": False}), "bootstrap/")

    assert found == {("unverified", Standing.UNKNOWN)}
