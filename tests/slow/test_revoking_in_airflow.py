"""A revocation under a whole Airflow: a departure proposes, a person is asked, and what they choose is shut."""

from collections.abc import Generator
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
import pytest

from demo.standalone import Standalone, standalone
from tests.support.memory import Folder
from tests.support.revoker import second_connections
from tests.support.standalone import QUICK
from tests.support.tiny_company import LEAVER, READ, TinyCompany, tiny_company
from tests.systems.ldap import directory

pytestmark = pytest.mark.timeout(600)
DEPARTURE, RELEASE = "offboarding_departure", "offboarding_release"
ROLES = {"op": "op", "lead": "user"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The company, its Airflow, and the run that waits for an answer."""

    company: TinyCompany
    airflow: Standalone
    run: str

    @property
    def path(self) -> str:
        return f"/api/v2/dags/{RELEASE}/dagRuns/{self.run}/taskInstances/revoke/-1/hitlDetails"

    def answer(self, who: str, *chosen: str) -> httpx.Response:
        given = {"chosen_options": list(chosen), "params_input": {"reason": "asked HR"}}
        return self.airflow.users[who].client.patch(self.path, json=given)

    def offered(self) -> list[str]:
        shown = self.airflow.users["lead"].client.get(self.path).raise_for_status().json()
        assert shown["multiple"]
        return [str(option) for option in shown["options"]]

    def works(self) -> tuple[bool, bool]:
        """The leaver's key, and their login, by what its directory says of it."""
        keys = self.company.aws.operator(READ).list_access_keys(UserName="mjkim")["AccessKeyMetadata"]
        slapd = self.company.slapd
        return keys[0].get("Status") == "Active", directory.collect(slapd).account("mjkim").standing == "works"


@pytest.fixture(scope="module")
def asked(in_memory: Folder) -> Generator[Asked]:
    folder = in_memory("revoking in Airflow")
    (folder / "tmp").mkdir()
    with tiny_company(folder, second_connections("lead")) as company:
        company.night(datetime.now(UTC).isoformat())
        environment = {**company.environment, **QUICK, "TMPDIR": str(folder / "tmp")}
        with standalone(folder / "airflow", environment, roles=ROLES, dags=(DEPARTURE, RELEASE)) as airflow:
            admin = airflow.admin
            for dag in (RELEASE, DEPARTURE):
                admin.pause(dag, paused=False)
            admin.trigger(DEPARTURE, people=[f"hr:{LEAVER}"])

            def waiting() -> str:
                return next((run for run in admin.runs(RELEASE) if airflow.waits(RELEASE, run, "revoke")), "")

            run = airflow.until(waiting, "somebody is asked what is to be shut", 300)
            yield Asked(company=company, airflow=airflow, run=run)


def test_what_an_approver_chooses_is_shut_and_nothing_else(asked: Asked) -> None:
    offered = asked.offered()
    assert (len(offered), offered[-1]) == (4, "None of them")
    # Both tasks start at once, and either may be first to know what there is to ask.
    asked.airflow.until(lambda: asked.airflow.admin.task(RELEASE, asked.run, "ask") == "skipped", "nothing is held", 60)

    assert asked.answer("op", *offered[:3]).status_code == 403
    assert asked.answer("admin", *offered[:3]).status_code == 403
    assert asked.answer("lead", "f-00000000").status_code >= 400
    assert asked.works() == (True, True)

    key, login = (asked.company.short(rule) for rule in ("leaver-access-key", "leaver-account-works"))
    assert asked.answer("lead", key, login).status_code == 200

    assert asked.airflow.ended(RELEASE, asked.run) == "success", asked.airflow.admin.log(RELEASE, asked.run, "revoke")
    assert asked.works() == (False, False)
    with asked.company.at_the_store() as session:
        rows = session.execute(
            "select status, approved_by, count(*) from revocation group by 1, 2 order by 1"
        ).fetchall()
    assert rows == [("done", "lead", 2), ("proposed", None, 1)]
    said = asked.airflow.admin.log(RELEASE, asked.run, "revoke")
    assert "revoked" in said
    assert "mjkim" not in said, "a log holds no login"
