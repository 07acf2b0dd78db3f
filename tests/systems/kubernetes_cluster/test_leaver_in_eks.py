"""A leaver's IAM user, which a cluster on EKS lets in: the mapping is told, and its worth is the user's own keys'.

So is an access entry, which AWS itself has.
"""

from collections.abc import Generator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
import yaml

from demo.aws import AwsServer
from demo.aws_seed import AwsSeed
from demo.certificates import make_certificate
from offboarding.config.settings import Settings
from offboarding.interfaces import Source
from offboarding.model import IdentityKeyKind, Standing, TicketRef, TicketState
from offboarding.sources import kubernetes_cluster
from offboarding.sources.aws.iam import build
from offboarding.store import reading
from tests.support.listed_tracker import ListedTracker
from tests.support.office import Office, access_key, switched_off, user
from tests.support.small_company import LEFT, key, worker
from tests.systems.aws.cloud import CONTEXT, CORE, MADE, aws, aws_process, connection, person, role
from tests.systems.aws.cloud import account as aws_account
from tests.systems.aws.cloud import settings as aws_settings
from tests.systems.aws.eks_service import AccessEntry, EksCluster, EksService, eks_before
from tests.systems.kubernetes_cluster.service import KubernetesPlace, documented, kubernetes_place

__all__ = ["aws", "aws_process"]  # fixtures
pytestmark = pytest.mark.slow

MASTERS = "system:masters"


class AtEks(Office):
    """An office with an AWS account, and a cluster on EKS."""

    place: KubernetesPlace
    reads_mappings = True

    @property
    def settings(self) -> Settings:
        """With the cluster in the directory's place."""
        settings = super().settings
        own = {"name": "seoul-1", "kind": "kubernetes_cluster", "connection": "seoul_1"}
        own |= {"aws_auth": self.reads_mappings}
        sources = (settings.sources[1], kubernetes_cluster.Settings.model_validate(own))
        return settings.model_copy(update={"sources": sources})

    def _source(self, name: str, part: str) -> Source:
        if name != "seoul-1":
            return Office._source(self, name, part)
        return self.place.source(aws_auth=self.reads_mappings)

    def maps(self, *names: str) -> None:
        """These users of IAM's to administrators of the cluster."""
        listed = [{"userarn": arn(each), "username": each, "groups": [MASTERS]} for each in names]
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


def test_a_mapping_that_is_not_read_any_more_stays_open_and_is_not_checked(
    company: AtEks, tracker: ListedTracker
) -> None:
    company.maps("kim", "kimm")
    assert company.night().failed == ()
    (ticket,) = about(tracker, "get configmap aws-auth")

    company.reads_mappings = False
    company.maps("kimm")
    for _ in range(2):
        assert company.night().failed == ()
    (told,) = (each for each in reading.findings(company.session) if each.rule == "leaver-role-trust")
    assert (told.state, told.standing) == ("open", Standing.UNKNOWN)

    company.reads_mappings = True
    assert company.night().failed == ()
    assert {each.state for each in reading.findings(company.session, rule="leaver-role-trust")} == {"resolved"}
    assert tracker.ticket(ticket).is_open  # the user's own key is on it


def test_letters_case_counts_for_nothing_and_a_path_for_a_user_of_its_own(
    company: AtEks, tracker: ListedTracker
) -> None:
    company.cloud.change("kim", label=arn("Team/Kim"))
    company.maps("kim", "kimm")
    assert company.night().failed == ()
    assert about(tracker, "AKIA")
    assert about(tracker, "aws-auth") == []

    company.maps("tEAM/kIM", "kimm")
    assert company.night().failed == ()
    (ticket,) = about(tracker, "aws-auth lets it in as tEAM/kIM", "get configmap aws-auth")

    company.maps("kimm")
    assert company.night().failed == ()
    assert (tracker.ticket(ticket).is_open, about(tracker, "get configmap aws-auth")) == (True, [])


def test_a_user_whom_nothing_maps_has_its_keys_alone(company: AtEks, tracker: ListedTracker) -> None:
    company.maps("kimm")
    assert company.night().failed == ()

    assert about(tracker, "AKIA")
    assert about(tracker, "aws-auth") == []


REGION = "us-east-1"
DEPLOYERS = "arn:aws:iam::111111111111:role/Deployers"


class WithEntries(Office):
    """An office whose AWS account has a cluster, which goes by access entries."""

    aws: AwsServer
    eks: EksService
    regions: tuple[str, ...]

    @property
    def settings(self) -> Settings:
        """With AWS alone."""
        settings = super().settings
        return settings.model_copy(update={"sources": settings.sources[1:]})

    def _source(self, name: str, part: str) -> Source:
        del name
        fields = connection(self.aws, extra={"endpoint_url": self.eks.endpoint_url})
        context = replace(CONTEXT, as_of=self.as_of)
        return build(aws_settings(accounts=[CORE], eks_regions=self.regions), fields, part, context)

    def lets_in(self, **entries: str) -> None:
        """These users of IAM's into the cluster, each with an access policy."""
        self.eks.clusters["seoul"].entries = {
            arn(name): AccessEntry(username=name, groups=("deployers",), policies={policy: ()}, created_at=MADE)
            for name, policy in entries.items()
        }

    def trusts(self, *names: str) -> None:
        """A role of the account's lets these users take it on."""
        principals = {"AWS": [arn(name) for name in names]}
        found = role("Deployers", {"Effect": "Allow", "Principal": principals, "Action": "sts:AssumeRole"})
        self.aws.seed(AwsSeed(accounts=(aws_account(CORE, person("kim"), person("kimm"), iam_roles=(found,)),)))

    def states(self) -> dict[str, str]:
        """How findings about what lets users in stand, by what it's called."""
        rows = self.session.execute("select subject_label, state from finding where rule = 'leaver-role-trust'")
        return {str(label): str(state) for label, state in rows.fetchall()}


def arn(name: str) -> str:
    return f"arn:aws:iam::{CORE}:user/{name}"


@pytest.fixture
def with_entries(office: Office, aws: AwsServer) -> Generator[WithEntries]:
    """Kim has left, and Kimm works here; each has an IAM user with a key and a password."""
    with eks_before(aws.endpoint_url, REGION) as eks:
        made = WithEntries(session=office.session, tracker=office.tracker)
        made.aws, made.eks, made.regions = aws, eks, (REGION,)
        made.hr.workers = [worker("1042", LEFT, logins=("kim",)), worker("1043", logins=("kimm",))]
        eks.clusters["seoul"] = EksCluster()
        made.trusts("kim", "kimm")
        yield made
        assert eks.wrong == []


def confirmed(company: WithEntries) -> dict[str, datetime]:
    """When findings were last seen, by what they are about."""
    found = {each.subject_label: each.last_confirmed_at for each in reading.findings(company.session)}
    return {label: at for label, at in found.items() if at}


CLUSTER = f"EKS cluster seoul in {REGION}"


def test_an_access_entry_is_told_with_what_it_gives_until_it_was_seen_gone(
    with_entries: WithEntries, tracker: ListedTracker
) -> None:
    company = with_entries
    company.lets_in(kim="AmazonEKSClusterAdminPolicy", kimm="AmazonEKSViewPolicy")
    assert company.night().failed == ()
    gives = "its access entry lets it in as kim, with AmazonEKSClusterAdminPolicy, group deployers"
    (ticket,) = about(tracker, CLUSTER, gives, f"--principal-arn {arn('kim')}", "delete-access-entry")
    assert about(tracker, "as kimm") == []
    assert company.states() == {CLUSTER: "open", DEPLOYERS: "open"}

    first = confirmed(company)
    tracker.people_turn(ticket, TicketState.CLOSED)
    assert company.night().failed == ()
    again = confirmed(company)
    assert [first[label] < again[label] for label in (CLUSTER, DEPLOYERS)] == [True, True]
    told = " ".join(text for _, text in tracker.ticket(ticket).said)
    # Of both, as of the key and the password.
    assert told.count("): works, seen ") == 4

    company.lets_in(kimm="AmazonEKSViewPolicy")
    assert company.night().failed == ()
    assert company.states() == {CLUSTER: "resolved", DEPLOYERS: "open"}
    assert (tracker.ticket(ticket).is_open, about(tracker, "delete-access-entry")) == (True, [])


@pytest.mark.parametrize("call", ["ListAccessEntries", "DescribeAccessEntry"])
def test_a_call_that_is_refused_concludes_nothing_of_entries_and_leaves_roles_looked_at(
    with_entries: WithEntries, call: str
) -> None:
    company = with_entries
    company.lets_in(kim="AmazonEKSClusterAdminPolicy")
    company.night()
    assert company.states() == {CLUSTER: "open", DEPLOYERS: "open"}

    company.eks.denied.add(call)
    company.eks.clusters["seoul"].entries.clear()
    if call == "DescribeAccessEntry":  # one that is there
        company.lets_in(kim="AmazonEKSViewPolicy")
    company.trusts("kimm")
    told = company.night()
    # The role was looked at all the same: it trusts them no more.
    assert company.states() == {CLUSTER: "open", DEPLOYERS: "resolved"}
    ((gaps,),) = company.session.execute(
        "select gaps::text from source_read where run_id = %s and phase = 'collect'", [told.run.run_id]
    ).fetchall()
    assert f"Grant eks:{call} to the role OffboardingAudit" in str(gaps)

    company.eks.denied.clear()
    company.eks.clusters["seoul"].entries.clear()
    company.night()
    assert company.states() == {CLUSTER: "resolved", DEPLOYERS: "resolved"}


@pytest.mark.parametrize("left", [(), ("eu-central-1",)], ids=["none", "another"])
def test_a_region_that_is_no_longer_asked_concludes_nothing_of_its_entries(
    with_entries: WithEntries, left: tuple[str, ...]
) -> None:
    company = with_entries
    company.lets_in(kim="AmazonEKSClusterAdminPolicy")
    company.night()

    company.regions = left
    company.trusts("kimm")
    assert company.night().failed == ()
    # The entry lets Kim in as before, and nobody looked; roles were looked at all the same.
    assert company.states() == {CLUSTER: "open", DEPLOYERS: "resolved"}

    company.regions = (REGION,)
    company.lets_in(kimm="AmazonEKSViewPolicy")
    company.night()
    assert company.states() == {CLUSTER: "resolved", DEPLOYERS: "resolved"}
