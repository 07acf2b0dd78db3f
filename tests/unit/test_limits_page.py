"""docs/limits.md: each bound is the code's. Those of single systems are told in their folders of tests."""

import re

import pytest

from offboarding.config import loading, strict, yaml_file
from offboarding.custody import commits
from offboarding.decisions import spreadsheet
from offboarding.interfaces.kinds import kind_module, kinds
from offboarding.interfaces.settings import ReadSettings
from offboarding.model import RunKind
from offboarding.net import page
from offboarding.net.revocation import lists as lists_of_crls
from offboarding.net.revocation.settings import AskedCrls
from offboarding.net.service import asking
from offboarding.net.service.budget import HttpBudget
from offboarding.report.texts import checking, sandbox
from offboarding.runs import messages, opening
from offboarding.runs.ingest import bounds as read_bounds
from offboarding.sources._collected import files
from offboarding.sources._http import rows
from offboarding.sources._http.settings import AccountwiseSettings
from offboarding.verifiers._collected import folder
from tests.support.limits import KB, MB, bounds_of, bounds_of_all, default
from tests.support.rooms import ADAPTER_ROOMS

PAGE = (loading.project_folder() / "docs/limits.md").read_text("utf-8")
ROW = re.compile(r"^\| (.+?) \| ([\d,]+)(?: (\w+))? \| (constant|`\w+`) \| .+ \|$", re.MULTILINE)
UNITS = {"KB": KB, "MB": MB, "minutes": 60, "seconds": 1, "characters": 1, "": 1}

SHARED: dict[str, tuple[float, str]] = {
    "Every read: its time in a night": (default(ReadSettings, "max_read_minutes") * 60, "max_read_minutes"),
    "Every read: its time in an hour's run": (read_bounds.LONGEST[RunKind.VERIFY].total_seconds(), ""),
    "Every read: its time in a departure": (read_bounds.LONGEST[RunKind.DEPARTURE].total_seconds(), ""),
    "Every read: how much memory it may fill": (read_bounds.MOST_MEGABYTES * MB, ""),
    "Every system: listing what there is to read of it, such as accounts": (opening.PARTS_MINUTES * 60, ""),
    "CRL: a list, or a file": (default(AskedCrls, "max_kilobytes") * KB, "max_kilobytes"),
    "CRL: a list, redirects included": (default(AskedCrls, "timeout_seconds"), "timeout_seconds"),
    "JWKS and CRL: redirects, to the same host alone": (page.MOST_REDIRECTS, ""),
    "Collected files: a file, and a manifest": (folder.LARGEST, ""),
    "Collected files: those of one host, the smallest first": (folder.MOST_OF_A_HOST, ""),
    "CRL: silent addresses that certificates name, asked one after the other": (lists_of_crls.MOST_SILENT_SECONDS, ""),
    "Linux hosts, WireGuard, OpenVPN, kubeconfigs: a machine's file": (files.LARGEST, ""),
    "Services asked over HTTP: requests of a read": (default(HttpBudget, "max_requests"), "max_requests"),
    "Services asked over HTTP: requests about one account": (
        default(AccountwiseSettings, "max_requests_an_account"),
        "max_requests_an_account",
    ),
    "Services asked over HTTP: waits for its limits, in all": (
        default(HttpBudget, "max_wait_minutes") * 60,
        "max_wait_minutes",
    ),
    "Services asked over HTTP: an answer": (asking.MOST_BYTES, ""),
    "Services asked over HTTP: a whole call, headers and body": (
        default(HttpBudget, "timeout_seconds"),
        "timeout_seconds",
    ),
    "Services asked over HTTP: passes over a list that changes": (rows.MOST_PASSES, ""),
    "Ticket systems and pagers: waits that they ask for, in all": (asking.PATIENCE_SECONDS, ""),
    "Queue: ids in a message": (messages.MOST_IDS, ""),
    "YAML: a file": (yaml_file.MOST_BYTES, ""),
    "YAML: values, each alias counted as all that it stands for": (yaml_file.MOST_NODES, ""),
    "YAML, forms: a number that has no limit of its own": (strict.MOST_NUMBER, ""),
    "Templates (`policy.texts`): a file": (checking.MOST_BYTES, ""),
    "Templates: a text": (sandbox.MOST_TEXT, ""),
    "Templates: the time for a text": (sandbox.MOST_SECONDS, ""),
    "Spreadsheet of links": (spreadsheet.MOST_BYTES * MB / 1_000_000, ""),
    "Repository (`custody suggest`): a file": (commits._MOST_BYTES, ""),
    "Repository: a call of git": (commits._MOST_SECONDS, ""),
}
BOUNDS = SHARED | bounds_of_all()
USUAL = {by: bound for name, (bound, by) in SHARED.items() if name.startswith("Services asked over HTTP: ") and by}


def test_each_bound_is_the_codes() -> None:
    told = {
        name: (float(figure.replace(",", "")) * UNITS[unit or ""], "" if by == "constant" else by.strip("`"))
        for name, figure, unit, by in ROW.findall(PAGE)
    }

    assert told == {name: (float(bound), by) for name, (bound, by) in BOUNDS.items()}
    assert len(told) == len(re.findall(r"^\| (?!input)", PAGE, re.MULTILINE)), "a row that isn't read"


@pytest.mark.parametrize(
    "kind", [(room, kind) for room in ADAPTER_ROOMS for kind in kinds(room)], ids="{0[0]}.{0[1]}".format
)
def test_a_kind_that_differs_from_what_is_usual_has_its_row(kind: tuple[str, str]) -> None:
    model = kind_module(*kind).Settings
    differs = {
        (bound, by)
        for by, usual in USUAL.items()
        if by in model.model_fields and (bound := default(model, by) * (60 if "minutes" in by else 1)) != usual
    }

    assert differs <= {*SHARED.values(), *bounds_of(model.__module__.split(".")[2]).values()}
