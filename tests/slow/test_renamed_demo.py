"""The demo company, all of whose entries move and whose sources get other names: the same findings and tickets."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import ldap3
import pytest

from demo import slapd
from demo.nights import Night
from demo.world import ADMIN_DN, PEOPLE_DN, SUFFIX
from offboarding.config.settings import Settings
from offboarding.rosters.csv import Settings as CsvSettings
from offboarding.store.connect import Session
from tests.support.demo_company import DemoCompany, demo_company, fields

__all__ = ["demo_company"]


def findings(session: Session) -> set[tuple[object, ...]]:
    return {tuple(row) for row in session.execute("select finding_key, state, ticket_key from finding").fetchall()}


def tickets(session: Session) -> set[tuple[object, ...]]:
    return {tuple(row) for row in session.execute("select ticket_key, ref, state from ticket").fetchall()}


@contextmanager
def remembered_settings(monkeypatch: pytest.MonkeyPatch) -> Generator[list[slapd.Settings]]:
    """What slapd is started with: the administrator's password is made for each start."""
    started: list[slapd.Settings] = []
    running = slapd.running

    def remembering(folder: Path, settings: slapd.Settings) -> object:
        started.append(settings)
        return running(folder, settings)

    with monkeypatch.context() as patch:
        patch.setattr(slapd, "running", remembering)
        yield started


def move_entries(settings: slapd.Settings, host: str, port: int) -> None:
    """One leaver's entry gets another name; then everybody's entries move to another branch of the tree."""
    server = ldap3.Server(host, port, get_info=ldap3.NONE)
    connection = ldap3.Connection(server, ADMIN_DN, settings.admin_password, raise_exceptions=True)
    connection.bind()
    try:
        connection.modify_dn(f"uid=hrkim,{PEOPLE_DN}", "uid=hrkim.left")
        connection.modify_dn(PEOPLE_DN, "ou=staff", new_superior=SUFFIX)
    finally:
        # ldap3 leaves a connection open behind `with` that was bound before.
        connection.unbind()


def test_moved_entries_and_renamed_users_of_the_demo_company(
    demo_company: DemoCompany, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = findings(demo_company.session), tickets(demo_company.session)
    session = demo_company.session

    with (
        remembered_settings(monkeypatch) as started,
        demo_company.servers.night(Night.TONIGHT) as connections,
    ):
        directory = fields(connections, "corp_ldap")
        assert directory.port is not None
        move_entries(started[0], directory.host, directory.port)
        demo_company.servers.aws.operator("111111111111").update_user(UserName="thgil", NewUserName="theo.gil")
        demo_company.check(Night.TONIGHT, connections, settings=renamed(demo_company.settings))

    assert (findings(session), tickets(session)) == before
    assert set(demo_company.calls) == {"update"}
    labels = session.execute("select account_label from finding where state = 'open'").fetchall()
    assert ("uid=hrkim.left,ou=staff,dc=corp,dc=example",) in labels
    assert ("arn:aws:iam::111111111111:user/theo.gil",) in labels

    demo_company.night(Night.TONIGHT)
    assert (findings(session), tickets(session)) == before
    assert set(demo_company.calls) == {"update"}


def renamed(settings: Settings) -> Settings:
    """The same file, in which the sources have other names."""
    ldap, aws, people, *keys = settings.sources
    hr, *others = settings.rosters
    assert isinstance(hr, CsvSettings)
    columns = {name.replace(":corp-ldap", ":people-directory"): column for name, column in hr.columns.items()}
    return settings.model_copy(
        update={
            "sources": (
                ldap.model_copy(update={"name": "people-directory"}),
                aws.model_copy(update={"name": "cloud", "identity_center": "workforce"}),
                people.model_copy(update={"name": "workforce"}),
                *keys,
            ),
            "rosters": (hr.model_copy(update={"columns": columns}), *others),
        }
    )
