"""A directory that refuses one search, as for what it has no index of: what that tells isn't checked, the rest is."""

from pathlib import Path

from offboarding.model import ScopeRead, SubjectKind
from tests.systems.ldap.directory import KEY, REALM, collect, directory, look_again, person


def test_a_search_without_an_index_costs_what_it_was_for(tmp_path: Path) -> None:
    with directory(tmp_path, person("mjkim", sshPublicKey=KEY), person("hnlee"), unindexed_limit=5) as server:
        told = collect(server)
        again = look_again(server, told.ref("mjkim"))

    assert {account.login for account in told.accounts.values()} >= {"mjkim", "hnlee"}
    assert ScopeRead(realm=REALM, scope="", kinds=(SubjectKind.ACCOUNT,)) in told.scopes
    for read in (told, again):
        refused = [text for text in read.red() if "is visible can't be asked" in text]
        assert ["sshPublicKey" in text for text in refused] == [True, False]
        assert ["userCertificate" in text for text in refused] == [False, True]
        assert all("administrative limit" in text for text in refused)
