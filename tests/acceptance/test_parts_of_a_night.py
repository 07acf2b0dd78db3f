"""Which parts of its sources a nightly run reads: none is forgotten, and none is read that the run does not expect."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from offboarding.config.settings import Settings
from offboarding.interfaces import Tracker
from offboarding.model import IdentityKeyKind
from offboarding.model.errors import FatalError
from offboarding.report.red import reasons
from offboarding.runs import order, pipeline, whole
from offboarding.runs.order import Call
from offboarding.runs.troubles import troubles
from offboarding.sources.aws_iam import Settings as AwsSettings
from offboarding.store import reading
from offboarding.store.connect import Session
from offboarding.store.rows import Run
from tests.support.listed_tracker import tracker
from tests.support.office import CLOUD, HeardTracker, Office, access_key, login, user
from tests.support.small_company import LEFT, number, tag, worker
from tests.support.whole_night import Readers

__all__ = ["tracker"]  # a fixture


@dataclass(slots=True, kw_only=True)
class Organization(Office):
    """An office whose AWS accounts an organization names."""

    members: list[str] = field(default_factory=lambda: [CLOUD])

    @property
    def settings(self) -> Settings:
        """The accounts are asked for."""
        own = Office.settings.fget(self)  # type: ignore[attr-defined]
        aws = AwsSettings.model_validate(
            {
                "name": self.called("aws"),
                "kind": "aws_iam",
                "connection": "none",
                "id_space": "hr",
                "login_realm": "corp",
                "role_name": "Audit",
                "organization": True,
            }
        )
        return own.model_copy(update={"sources": (own.sources[0], aws)})

    def readers(self) -> Readers:
        """The organization answers."""

        def parts(*_: object) -> Any:
            return lambda own: tuple(self.members) if own.tells_parts() else own.parts()

        return replace(Office.readers(self), parts=parts)


@pytest.fixture
def office(store: Session, tracker: Tracker) -> Organization:
    """Kim has an IAM user and a login in the directory."""
    made = Organization(session=store, tracker=HeardTracker(tracker))
    made.hr.workers = [worker("1042"), worker("1043")]
    made.directory.accounts = [login("kim", number("1042")), login("lee", number("1043"))]
    made.cloud.accounts = [user("AIDAKIM", tag(IdentityKeyKind.NUMBER, "1042"))]
    made.cloud.credentials = [access_key("AKIAKIM", made.cloud.accounts[0])]
    return made


def why(office: Office, run: Run) -> str:
    return "; ".join(reasons(troubles(reading.night_state(office.session, run.run_id))))


def begun(office: Office) -> tuple[Run, dict[str, list[Call]]]:
    office.as_of += timedelta(days=1)
    run = pipeline.open_run(office.session, office.settings, caller=f"at {office.as_of}", as_of=office.as_of)
    return run, whole.work_of(office.session, office.settings, office.readers(), run, lambda _: None)


def walked(office: Office, run: Run, work: dict[str, list[Call]]) -> None:
    order.walk(work, partial(whole.by_itself, office.session, run))


def test_a_first_task_that_is_repeated_forgets_no_part_that_was_found(office: Organization) -> None:
    office.night()
    run, work = begun(office)
    pipeline.open_run(office.session, office.settings, caller=f"at {office.as_of}", as_of=office.as_of)

    # As though the accounts had been swapped for the directory in the XCom.
    walked(office, run, work | {"collect": work["collect"][:1], "detail": work["detail"][:1]})

    assert f"aws {CLOUD} couldn't be read" in why(office, run)


@pytest.mark.parametrize("step", ["collect", "detail"])
def test_a_part_that_is_not_expected_is_not_read(office: Organization, step: str) -> None:
    office.night()
    office.hr.change("1042", employments=(LEFT,))
    run, work = begun(office)
    work_on, directory = getattr(pipeline, step), office.settings.sources[0]
    refused = partial(work_on, office.session, office.settings, run, directory, "x", office.directory)

    with pytest.raises(FatalError, match="corp-ldap x: run .* does not expect this part"):
        refused()
    walked(office, run, work | {step: [*work[step], refused]})

    found = {each.subject_native_id for each in reading.findings(office.session)}
    assert found == {"kim", "AKIAKIM"}
