"""The first hour on somebody else's systems, as a newcomer spends it: what is there is found."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import pytest
import yaml

from demo.newcomer import LEAVER, LEFT_ON, feed
from tests.support.lasting import Lasting, descriptions_read_once
from tests.support.memory import Folder
from tests.support.newcomer import Office, Typed, office


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstHour:
    """What each command said, in the order in which they were typed."""

    office: Office
    init: Typed
    doctor: Typed
    night: Typed
    findings: Typed

    @property
    def settings(self) -> dict[str, Any]:
        """What `init` wrote."""
        return yaml.safe_load(self.office.config.read_text("utf-8"))


@pytest.fixture(scope="module")
def hour(in_memory: Folder, lasting: Lasting) -> Generator[FirstHour]:
    """One hour for all of this file: nothing is mended by hand."""
    lasting("descriptions", descriptions_read_once)
    with office(in_memory("newcomer")) as at:
        init = at.type(*at.systems.init(feed(at.folder, {LEAVER: LEFT_ON})))
        yield FirstHour(
            office=at,
            init=init,
            doctor=at.type("doctor"),
            night=at.type("nightly"),
            findings=at.type("findings", "--format", "jsonl"),
        )


def test_a_call_that_the_system_lacks_costs_its_kind_alone(hour: FirstHour) -> None:
    """Plain moto has no ListServiceSpecificCredentials."""
    lacking = "ListServiceSpecificCredentials isn't answered as AWS does (HTTP 500"
    assert lacking in flat(hour.doctor.out)
    assert lacking in flat(hour.night.out)
    assert "aws-main 123456789012 was read in part" in hour.night.out
    (key,) = (line for line in hour.findings.lines if line["rule"] == "leaver-access-key")
    assert key["subject"]["account_label"].endswith(f":user/{LEAVER}")
    assert (key["standing"], key["state"]) == ("works", "open")


def flat(printed: str) -> str:
    """What was printed, whatever the lines' length."""
    return " ".join(printed.split())


def test_a_directory_that_locks_nobody_is_proposed_so_and_its_leaver_found(hour: FirstHour) -> None:
    directory = hour.settings["sources"][0]
    assert (directory["kind"], directory["locks"]) == ("ldap", "none")
    assert "witness" not in directory

    said = "locks: none is declared: every account here counts as working as long as its entry is there"
    assert said in flat(hour.doctor.out)
    assert said in flat(hour.night.out)
    assert "9 accounts: 9 may get in" in hour.doctor.out
    (found,) = (line for line in hour.findings.lines if line["rule"] == "leaver-account-works")
    assert found["subject"]["label"].startswith(f"uid={LEAVER},")
    assert (found["standing"], found["state"]) == ("works", "open")
    assert "unverified" not in hour.night.out


def test_a_robot_is_its_owners_whom_a_tag_names_by_login(hour: FirstHour) -> None:
    (robot,) = (line for line in hour.findings.lines if line["subject"]["label"].endswith(":user/deploy-bot"))
    assert (robot["rule"], robot["worker_id"], robot["standing"]) == ("leaver-owned-service-account", "2001", "works")

    orphans = next(
        line for line in hour.findings.lines if (line["rule"], line["source"]) == ("orphan-account", "aws-main")
    )
    told = "\n".join(orphans["evidence"])
    assert "user/old-bot" in told
    assert "its tag owner says zz.nobody, who is nobody we know" in told
    assert "backup-bot" not in told


def test_a_directory_that_was_just_loaded_is_no_directory_of_back_doors(hour: FirstHour) -> None:
    said = "\n".join(sentence for line in hour.findings.lines for sentence in line["evidence"])
    assert "back door" not in said
    night = flat(hour.night.out)
    assert night.count("accounts of ldap-main were made") == 1
    assert night.count("a back door of that hour can't be told apart") == 2  # the directory's, and AWS's
