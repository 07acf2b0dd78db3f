"""docs/limits.md: each bound is the code's."""

import csv
import re
from datetime import timedelta
from typing import Any

from pydantic import BaseModel

from offboarding.config import loading, strict, yaml_file
from offboarding.custody import commits
from offboarding.decisions import spreadsheet
from offboarding.interfaces.settings import ReadSettings
from offboarding.model import RunKind
from offboarding.net import page
from offboarding.net.revocation import lists as lists_of_crls
from offboarding.net.revocation.settings import AskedCrls
from offboarding.net.service import asking
from offboarding.queues import sqs
from offboarding.report.texts import checking, sandbox
from offboarding.rosters import bamboohr, personio, postgres, successfactors, workday
from offboarding.rosters._records import delimited
from offboarding.rosters.csv import deadlines, drivers, manifests, openpgp, proof, s3
from offboarding.rosters.csv.settings import Settings as Csv
from offboarding.rosters.csv.sftp import login as sftp
from offboarding.rosters.csv.workbook import reading as workbook
from offboarding.rosters.csv.workbook import structure
from offboarding.rosters.scim import bounds as pushed
from offboarding.rosters.scim import endpoint
from offboarding.rosters.scim.described import MOST_RESULTS
from offboarding.rosters.workday import workers as workday_workers
from offboarding.runs import messages, opening
from offboarding.runs.ingest import bounds as read_bounds
from offboarding.sources import (
    entra_id,
    github_org,
    gitlab_users,
    google_workspace,
    kubernetes_cluster,
    mariadb_logins,
    okta,
    postgres_logins,
)
from offboarding.sources._collected import files
from offboarding.sources._http import rows
from offboarding.sources.attested import lists
from offboarding.sources.aws import cloudtrail as aws_cloudtrail
from offboarding.sources.aws._api.client import session as aws
from offboarding.sources.aws.cloudtrail import bucket
from offboarding.sources.kubernetes_cluster import client as kubernetes_client
from offboarding.sources.ldap import paging, session, strategy
from offboarding.sources.ldap.settings import LdapSettings
from offboarding.sources.mariadb_logins import server as mariadb
from offboarding.sources.vault import auth as vault_auth
from offboarding.sources.vault import transit as vault_transit
from offboarding.sources.vault._api import listing
from offboarding.trackers import roundup
from offboarding.verifiers._collected import folder
from offboarding.verifiers.jwks.settings import JwksSettings

PAGE = (loading.project_folder() / "docs/limits.md").read_text("utf-8")
ROW = re.compile(r"^\| (.+?) \| ([\d,]+)(?: (\w+))? \| (constant|`\w+`) \| .+ \|$", re.MULTILINE)
KB, MB = 1024, 1 << 20
UNITS = {"KB": KB, "MB": MB, "minutes": 60, "seconds": 1, "characters": 1, "": 1}


def default(model: type[BaseModel], name: str) -> Any:
    """Of a setting; in seconds where it's a duration."""
    value = model.model_fields[name].default
    return value.total_seconds() if isinstance(value, timedelta) else value


BOUNDS: dict[str, tuple[float, str]] = {
    "Every read: its time in a night": (default(ReadSettings, "max_read_minutes") * 60, "max_read_minutes"),
    "Every read: its time in an hour's run": (read_bounds.LONGEST[RunKind.VERIFY].total_seconds(), ""),
    "Every read: its time in a departure": (read_bounds.LONGEST[RunKind.DEPARTURE].total_seconds(), ""),
    "Every read: how much memory it may fill": (read_bounds.MOST_MEGABYTES * MB, ""),
    "Every system: listing what there is to read of it, such as accounts": (opening.PARTS_MINUTES * 60, ""),
    "LDAP: a message before the login": (strategy.SMALL_BYTES, ""),
    "LDAP: an answer that is no entry, and its paging cookie": (strategy.SMALL_BYTES, ""),
    "LDAP: a message (an entry)": (default(LdapSettings, "max_message_megabytes") * MB, "max_message_megabytes"),
    "LDAP: messages of one answer": (strategy.MOST_MESSAGES, ""),
    "LDAP: bytes of one answer, in largest messages": (
        strategy.ANSWER_MESSAGES_OF_MOST_BYTES,
        "max_message_megabytes",
    ),
    "LDAP: the connection": (session.CONNECT_SECONDS, ""),
    "LDAP: silence, and the whole login": (session.ANSWER_SECONDS, ""),
    "LDAP: empty pages in a row": (paging.EMPTY_PAGES, ""),
    "CSV: a file, packed and unpacked (gzip, zip, .xlsx, OpenPGP)": (
        default(Csv, "max_megabytes") * MB,
        "max_megabytes",
    ),
    "CSV: a line": (delimited.LONGEST_LINE, ""),
    "CSV: a field": (csv.field_size_limit(), ""),
    "CSV: a manifest": (manifests._MOST_BYTES, ""),
    "CSV: a trailer, a manifest's line": (proof.LONGEST_PROOF, ""),
    "CSV: all of a workbook but its sheets": (workbook.MOST_IN_MEMORY, ""),
    "CSV: tags of a workbook's texts, four each": (workbook.MOST_TEXTS, ""),
    "CSV: tags of a workbook's formats and other parts but its sheets": (workbook.MOST_FORMATS, ""),
    "CSV: a workbook's formulas without a result": (structure._MOST_UNCALCULATED, ""),
    "CSV: a workbook's rows, by Excel's own measure": (structure.MOST_ROWS, ""),
    "OpenPGP: a private key, its passphrase": (openpgp.MOST_BYTES_OF_A_KEY, ""),
    "OpenPGP: the file of certificates": (openpgp.MOST_BYTES_OF_CERTIFICATES, ""),
    "S3 feed: the connection": (s3.CONNECT_SECONDS, ""),
    "S3 feed: silence": (s3.READ_SECONDS, ""),
    "SMB feed: the connection": (drivers.CONNECT_SECONDS, ""),
    "SMB, gs and abfs feed: each answer": (deadlines.ANSWER_SECONDS, ""),
    "SFTP feed: the connection": (sftp.CONNECT_SECONDS, ""),
    "SFTP feed: silence, and each step of the login": (sftp.ANSWER_SECONDS, ""),
    "PostgreSQL roster: a statement, a portion of rows": (
        default(postgres.Settings, "statement_timeout"),
        "statement_timeout",
    ),
    "BambooHR: requests of a read": (default(bamboohr.Settings, "max_requests"), "max_requests"),
    "BambooHR: waits for its limits, in all": (
        default(bamboohr.Settings, "max_wait_minutes") * 60,
        "max_wait_minutes",
    ),
    "BambooHR: an answer": (asking.MOST_BYTES, ""),
    "BambooHR: a whole call": (default(bamboohr.Settings, "timeout_seconds"), "timeout_seconds"),
    "Personio: requests of a read": (default(personio.Settings, "max_requests"), "max_requests"),
    "Personio: waits for its limits, in all": (
        default(personio.Settings, "max_wait_minutes") * 60,
        "max_wait_minutes",
    ),
    "Personio: an answer": (asking.MOST_BYTES, ""),
    "Personio: a whole call": (default(personio.Settings, "timeout_seconds"), "timeout_seconds"),
    "SuccessFactors: requests of a read": (default(successfactors.Settings, "max_requests"), "max_requests"),
    "SuccessFactors: waits for its limits, in all": (
        default(successfactors.Settings, "max_wait_minutes") * 60,
        "max_wait_minutes",
    ),
    "SuccessFactors: an answer": (asking.MOST_BYTES, ""),
    "SuccessFactors: a whole call": (default(successfactors.Settings, "timeout_seconds"), "timeout_seconds"),
    "Workday: a report": (default(workday.Settings, "max_megabytes") * MB, "max_megabytes"),
    "Workday: a whole report": (default(workday.Settings, "timeout_seconds"), "timeout_seconds"),
    "Workday: waits for its limits, in all": (
        default(workday.Settings, "max_wait_minutes") * 60,
        "max_wait_minutes",
    ),
    "Workday's workers: requests of a read": (default(workday_workers.Settings, "max_requests"), "max_requests"),
    "Workday's workers: waits for its limits, in all": (
        default(workday_workers.Settings, "max_wait_minutes") * 60,
        "max_wait_minutes",
    ),
    "Workday's workers: an answer": (asking.MOST_BYTES, ""),
    "Workday's workers: a whole call": (default(workday_workers.Settings, "timeout_seconds"), "timeout_seconds"),
    "Workday: requests of a read": (default(workday.Settings, "max_requests"), "max_requests"),
    "SCIM: a push, in bytes": (pushed.LARGEST_BODY, ""),
    "SCIM: a push on its way": (endpoint.LONGEST_BODY_SECONDS, ""),
    "SCIM: how deep a push is nested": (pushed.DEEPEST, ""),
    "SCIM: a value that is kept": (pushed.LONGEST_VALUE, ""),
    "SCIM: a value that is dropped": (pushed.LONGEST_TEXT, ""),
    "SCIM: a filter, or a path": (pushed.LONGEST_EXPRESSION, ""),
    "SCIM: what users are found by, in bytes": (pushed.LONGEST_KEY, ""),
    "SCIM: values and names of a push": (pushed.MOST_VALUES, ""),
    "SCIM: mails of a user": (pushed.MOST_MAILS, ""),
    "SCIM: fields of a query": (pushed.MOST_FIELDS, ""),
    "Systems that nobody can ask: a list": (lists.LARGEST, ""),
    "SCIM: a search, in bytes": (pushed.LARGEST_SEARCH, ""),
    "SCIM: operations of a change, as carried out": (pushed.MOST_OPERATIONS, ""),
    "SCIM: users of an answer": (MOST_RESULTS, ""),
    "SCIM: requests of a roster in a second": (endpoint.A_SECOND, ""),
    "SCIM: requests of a roster that are sent or wait": (endpoint.MOST_WAITING, ""),
    "JWKS: a page, or a file": (default(JwksSettings, "max_kilobytes") * KB, "max_kilobytes"),
    "JWKS: a page, redirects included": (default(JwksSettings, "timeout_seconds"), "timeout_seconds"),
    "CRL: a list, or a file": (default(AskedCrls, "max_kilobytes") * KB, "max_kilobytes"),
    "CRL: a list, redirects included": (default(AskedCrls, "timeout_seconds"), "timeout_seconds"),
    "JWKS and CRL: redirects, to the same host alone": (page.MOST_REDIRECTS, ""),
    "Collected files: a file, and a manifest": (folder.LARGEST, ""),
    "Collected files: those of one host, the smallest first": (folder.MOST_OF_A_HOST, ""),
    "CRL: silent addresses that certificates name, asked one after the other": (lists_of_crls.MOST_SILENT_SECONDS, ""),
    "AWS: the connection": (aws.CONNECT_SECONDS, ""),
    "AWS: silence": (aws.READ_SECONDS, ""),
    "CloudTrail: a file, packed": (bucket.MOST_PACKED, ""),
    "CloudTrail: a file, unpacked": (bucket.MOST_BYTES, ""),
    "CloudTrail: pages of a kind of event in a region": (default(aws_cloudtrail.Settings, "max_pages"), "max_pages"),
    "Vault: an answer": (asking.MOST_BYTES, ""),
    "PostgreSQL logins: a statement, a portion of roles": (
        default(postgres_logins.Settings, "statement_seconds"),
        "statement_seconds",
    ),
    "MariaDB logins: the connection": (mariadb._CONNECT_SECONDS, ""),
    "MariaDB logins: silence": (default(mariadb_logins.Settings, "statement_seconds"), "statement_seconds"),
    "Linux hosts, WireGuard, OpenVPN, kubeconfigs: a machine's file": (files.LARGEST, ""),
    "Vault's logins: requests of a read": (default(vault_auth.Settings, "max_requests"), "max_requests"),
    "Vault's logins: requests about one account": (
        default(vault_auth.Settings, "max_requests_an_account"),
        "max_requests_an_account",
    ),
    "Vault's logins: a list of names": (listing.MOST_MEGABYTES << 20, ""),
    "Vault: a whole call": (default(vault_transit.Settings, "timeout_seconds"), "timeout_seconds"),
    "Ticket systems and pagers: waits that they ask for, in all": (asking.PATIENCE_SECONDS, ""),
    "GitHub organization: requests of a read": (default(github_org.Settings, "max_requests"), "max_requests"),
    "GitHub organization: requests about one account": (
        default(github_org.Settings, "max_requests_an_account"),
        "max_requests_an_account",
    ),
    "GitHub organization: waits for its limits, in all": (
        default(github_org.Settings, "max_wait_minutes") * 60,
        "max_wait_minutes",
    ),
    "GitHub organization: an answer": (asking.MOST_BYTES, ""),
    "GitHub organization: a whole call": (default(github_org.Settings, "timeout_seconds"), "timeout_seconds"),
    "GitHub organization: passes over a list that changes": (rows.MOST_PASSES, ""),
    "GitLab: requests of a read": (default(gitlab_users.Settings, "max_requests"), "max_requests"),
    "GitLab: requests about one account": (
        default(gitlab_users.Settings, "max_requests_an_account"),
        "max_requests_an_account",
    ),
    "GitLab: waits for its limits, in all": (
        default(gitlab_users.Settings, "max_wait_minutes") * 60,
        "max_wait_minutes",
    ),
    "GitLab: an answer": (asking.MOST_BYTES, ""),
    "GitLab: a whole call": (default(gitlab_users.Settings, "timeout_seconds"), "timeout_seconds"),
    "GitLab: passes over a list that changes": (rows.MOST_PASSES, ""),
    "Okta org: requests of a read": (default(okta.Settings, "max_requests"), "max_requests"),
    "Okta org: requests about one account": (
        default(okta.Settings, "max_requests_an_account"),
        "max_requests_an_account",
    ),
    "Okta org: waits for its limits, in all": (default(okta.Settings, "max_wait_minutes") * 60, "max_wait_minutes"),
    "Okta org: an answer": (asking.MOST_BYTES, ""),
    "Okta org: a whole call": (default(okta.Settings, "timeout_seconds"), "timeout_seconds"),
    "Kubernetes cluster: requests of a read": (default(kubernetes_cluster.Settings, "max_requests"), "max_requests"),
    "Kubernetes cluster: requests about one account": (
        default(kubernetes_cluster.Settings, "max_requests_an_account"),
        "max_requests_an_account",
    ),
    "Kubernetes cluster: waits for its limits, in all": (
        default(kubernetes_cluster.Settings, "max_wait_minutes") * 60,
        "max_wait_minutes",
    ),
    "Kubernetes cluster: an answer": (asking.MOST_BYTES, ""),
    "Kubernetes cluster: a whole call": (default(kubernetes_cluster.Settings, "timeout_seconds"), "timeout_seconds"),
    "Kubernetes cluster: beginnings of a list that the server forgets": (kubernetes_client.MOST_BEGINNINGS, ""),
    "Entra ID: requests of a read": (default(entra_id.Settings, "max_requests"), "max_requests"),
    "Entra ID: requests about one account": (
        default(entra_id.Settings, "max_requests_an_account"),
        "max_requests_an_account",
    ),
    "Entra ID: waits for its limits, in all": (default(entra_id.Settings, "max_wait_minutes") * 60, "max_wait_minutes"),
    "Entra ID: an answer": (asking.MOST_BYTES, ""),
    "Entra ID: a whole call": (default(entra_id.Settings, "timeout_seconds"), "timeout_seconds"),
    "Google Workspace: requests of a read": (default(google_workspace.Settings, "max_requests"), "max_requests"),
    "Google Workspace: requests about one account": (
        default(google_workspace.Settings, "max_requests_an_account"),
        "max_requests_an_account",
    ),
    "Google Workspace: waits for its limits, in all": (
        default(google_workspace.Settings, "max_wait_minutes") * 60,
        "max_wait_minutes",
    ),
    "Google Workspace: an answer": (asking.MOST_BYTES, ""),
    "Google Workspace: a whole call": (default(google_workspace.Settings, "timeout_seconds"), "timeout_seconds"),
    "Queue: messages at once": (sqs.MOST_AT_ONCE, ""),
    "Queue: ids in a message": (messages.MOST_IDS, ""),
    "Ticket systems over HTTP: an answer": (asking.MOST_BYTES, ""),
    "Ticket systems over HTTP: a call, headers and body": (
        default(roundup.Settings, "timeout_seconds"),
        "timeout_seconds",
    ),
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


def test_each_bound_is_the_codes() -> None:
    told = {
        name: (float(figure.replace(",", "")) * UNITS[unit or ""], "" if by == "constant" else by.strip("`"))
        for name, figure, unit, by in ROW.findall(PAGE)
    }

    assert told == {name: (float(bound), by) for name, (bound, by) in BOUNDS.items()}


def test_every_row_is_read() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| input |")]

    assert len(rows) == len(ROW.findall(PAGE)) == len(BOUNDS)
