"""The flavor FreeIPA: 389-ds with ids, keys and a password plug-in of its own."""

from uuid import UUID

from offboarding.model import Standing
from offboarding.model.errors import IncompleteReadError
from offboarding.sources.ldap.dirsrv import LOCK, NSUNIQUEID, PRINCIPAL_ENDS, DirectoryServer
from offboarding.sources.ldap.standing import AccountStanding


class FreeIpa(DirectoryServer):
    """FreeIPA 4. Set base_dn to cn=accounts,SUFFIX: cn=compat shows every account a second time."""

    name = "freeipa"
    # The container's own, and those of accounts below cn=sysaccounts, is the server's.
    id_attributes = ("ipaUniqueID", "nsUniqueId")
    password_set = "krbLastPwdChange"
    attribute_defaults = {  # noqa: RUF012 - a ClassVar of the base
        "mails": ("mail",),
        "ssh_keys": ("ipaSshPubKey",),
        "last_login": ("lastLoginTime", "krbLastSuccessfulAuth"),
    }
    expired_principal = AccountStanding(
        standing=Standing.UNKNOWN,
        reason=f"{PRINCIPAL_ENDS} has passed: Kerberos ends there, and whether this server's password plug-in refuses "
        f"the login too can't be seen. Set {LOCK}: `ipa user-disable`",
    )

    def id_filter(self, native_id: str) -> str:
        """The filter that finds that account."""
        # UUID takes hyphens anywhere, and nsUniqueId is as many digits.
        if NSUNIQUEID.fullmatch(native_id):
            return super().id_filter(native_id)
        try:
            return f"(ipaUniqueID={UUID(native_id)})"
        except ValueError as error:
            text = f"account {native_id!r} is neither ipaUniqueID nor nsUniqueId; nothing was concluded of it"
            raise IncompleteReadError(text) from error
