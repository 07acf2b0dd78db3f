"""A leaver's IAM user, which a cluster on EKS lets in: the mapping is told, and its worth is the user's own keys'."""

from collections.abc import Generator
from pathlib import Path

import pytest
import yaml

from demo.certificates import make_certificate
from offboarding.config.settings import Settings
from offboarding.interfaces import Source
from offboarding.model import IdentityKeyKind, Standing, TicketRef
from offboarding.sources import kubernetes_cluster
from tests.support.kubernetes_service import KubernetesPlace, documented, kubernetes_place
from tests.support.listed_tracker import ListedTracker
from tests.support.office import Office, access_key, switched_off, user
from tests.support.small_company import LEFT, key, worker

pytestmark = pytest.mark.slow

MASTERS = "system:masters"


class AtEks(Office):
    """An office with an AWS account, and a cluster on EKS."""

    place: KubernetesPlace

    @property
    def settings(self) -> Settings:
        """With the cluster in the directory's place."""
        settings = super().settings
        own = {"name": "seoul-1", "kind": "kubernetes_cluster", "connection": "seoul_1", "aws_auth": True}
        sources = (settings.sources[1], kubernetes_cluster.Settings.model_validate(own))
        return settings.model_copy(update={"sources": sources})

    def _source(self, name: str, part: str) -> Source:
        return self.place.source(aws_auth=True) if name == "seoul-1" else Office._source(self, name, part)

    def maps(self, *names: str) -> None:
        """These users of IAM's to administrators of the cluster."""
        listed = [{"userarn": user(each).label, "username": each, "groups": [MASTERS]} for each in names]
        self.place.kept.config_map("aws-auth", {"mapUsers": yaml.dump(listed)})


@pytest.fixture
def company(office: Office, tmp_path: Path) -> Generator[AtEks]:
    """Kim has left, and Kimm works here; each has an IAM user with a key."""
    with kubernetes_place(make_certificate(tmp_path)) as place:
        made = AtEks(session=office.session, tracker=office.tracker)
        made.place = place
        made.hr.workers = [worker("1042", LEFT, logins=("kim",)), worker("1043", logins=("kimm",))]
        made.cloud.accounts = [user(name, key(IdentityKeyKind.LOGIN, name)) for name in ("kim", "kimm")]
        made.cloud.credentials = [access_key(f"AKIA{each.login.upper()}", each) for each in made.cloud.accounts]
        yield made
        assert place.service.wrong == []


def about(tracker: ListedTracker, *texts: str) -> list[TicketRef]:
    """Tickets that say all of it."""
    bodies = {each.ref: " ".join(each.draft.body.split()) for each in tracker.there()}
    return [ref for ref, body in bodies.items() if all(text in body for text in texts)]


def test_a_mapping_is_told_beside_the_user_s_keys_and_goes_on_without_them(
    company: AtEks, tracker: ListedTracker
) -> None:
    company.maps("kim", "kimm")
    assert company.night().failed == ()
    (ticket,) = about(tracker, "aws-auth lets it in as kim in system:masters", "get configmap aws-auth")
    assert ticket in about(tracker, "AKIA")
    assert about(tracker, "as kimm") == []

    # Without a key nobody gets in by it, and a new one is made in a moment.
    company.cloud.change("AKIAKIM", **switched_off())
    company.cloud.change("kim", standing=Standing.DEAD, standing_reason="credential report: no active key")
    assert company.night().failed == ()
    assert tracker.ticket(ticket).is_open
    assert ticket in about(tracker, "No way into the user itself works now")

    company.place.kept.forbid("configmaps", "get")
    company.maps("kimm")
    company.night()
    assert tracker.ticket(ticket).is_open  # nobody saw that it's gone

    company.place.kept.rules = documented()
    assert company.night().failed == ()
    assert not tracker.ticket(ticket).is_open


def test_a_user_whom_nothing_maps_has_its_keys_alone(company: AtEks, tracker: ListedTracker) -> None:
    company.maps("kimm")
    assert company.night().failed == ()

    assert about(tracker, "AKIA")
    assert about(tracker, "aws-auth") == []
