"""A client that knows nothing of ours asks the same stand-in, and must see the same. scripts/clients.sh"""

from pathlib import Path

import pytest

from demo.slapd import Tls
from tests.support.second_caller import seen_by
from tests.systems.pypi_projects.service import PAY, SHOP, pypi_place

pytestmark = pytest.mark.slow


def test_a_client_of_pypi_s_sees_the_same_owners(tls: Tls, tmp_path: Path) -> None:
    with pypi_place(tls, tmp_path) as place:
        place.kept.projects[SHOP] |= {"alice": "Owner", "bob": "Maintainer"}
        place.kept.projects[PAY] |= {"alice": "Maintainer"}

        seen = seen_by(
            "pypi_projects/client.py",
            address=f"https://127.0.0.1:{place.service.port}/pypi/",
            trusted=str(tls.authority),
            projects=[SHOP, PAY],
        )
        accounts = place.accounts()

        assert {name: each.standing_reason for name, each in accounts.items()} == {
            "corp-bot": f"PyPI: Owner of {SHOP}, {PAY}",
            "alice": f"PyPI: Maintainer of {PAY}; Owner of {SHOP}",
            "bob": f"PyPI: Maintainer of {SHOP}",
        }
        assert sorted(seen) == sorted(
            [user, project, role] for project, roles in place.kept.projects.items() for user, role in roles.items()
        )
        assert place.service.wrong == []
