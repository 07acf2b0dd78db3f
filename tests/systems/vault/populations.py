"""As many people as one likes in the stand-in, with what usually is theirs."""

from tests.support.populations import Allowed, Population
from tests.systems.vault.multiplied import MultipliedVault, multiplied_vault_place


def _vault(kept: MultipliedVault, users: int) -> None:
    kept.users = users


POPULATIONS = {
    "vault_auth": Population(
        # A tenth of four for the roles, an entity, a user, and each token twice.
        opened=multiplied_vault_place,
        fill=_vault,
        allowed=Allowed(an_account=2, each=4.4, fixed=20, a_leaver=2),
        few=1_500,
    ),
}
