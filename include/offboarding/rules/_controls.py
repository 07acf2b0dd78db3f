"""The controls that findings answer, named once.

Sources: NIST SP 800-53 rev. 5, ISO/IEC 27001:2022 annex A, SOC 2 (TSC 2017), PCI DSS 4.0.1,
CIS Controls v8, ISMS-P (Korea).
"""

from offboarding.model import Control

TERMINATION = Control(framework="NIST SP 800-53", id="PS-4")
"""Disable system access and revoke authenticators when employment ends."""
ACCOUNT_MANAGERS_TOLD = Control(framework="NIST SP 800-53", id="AC-2(h)")
"""Account managers are told when users leave or need an account no more."""
AUTHENTICATORS = Control(framework="NIST SP 800-53", id="IA-5")
"""Authenticators are changed when the members of a group account change."""
ACCESS_RIGHTS = Control(framework="ISO/IEC 27001", id="A.5.18")
"""Access rights are reviewed and removed."""
AFTER_EMPLOYMENT = Control(framework="ISO/IEC 27001", id="A.6.5")
"""Duties after the end or change of employment."""
ACCESS_REMOVED = Control(framework="SOC 2", id="CC6.2")
"""Credentials are removed when access is authorised no more."""
ACCESS_CHANGED = Control(framework="SOC 2", id="CC6.3")
"""Access is changed or removed with roles and responsibilities."""
TERMINATED_USERS = Control(framework="PCI DSS 4.0.1", id="8.2.5")
"""Access of terminated users is revoked immediately."""
DISABLE_ACCOUNTS = Control(framework="CIS Controls v8", id="6.2")
"""Access is revoked by disabling accounts, not by deleting them."""
ISMS_ACCOUNTS = Control(framework="ISMS-P", id="2.5.1")
"""User accounts are granted, changed and removed formally."""
ISMS_LEAVERS = Control(framework="ISMS-P", id="2.2.5")
"""Assets are returned and access removed when somebody leaves or moves."""
KEY_REVOKED = Control(framework="NIST SP 800-57 part 1", id="8.3.5")
"""Keys are revoked when their owner has left or they may be known to others."""
KEY_HOLDER_LEFT = Control(framework="PCI DSS 4.0.1", id="3.7.5")
"""Keys are replaced when somebody leaves who knew a clear-text component."""
ASSETS_RETURNED = Control(framework="ISO/IEC 27001", id="A.5.11")
"""What the company owns is returned at the end of employment."""

LEAVER_ACCESS = (
    TERMINATION,
    ACCOUNT_MANAGERS_TOLD,
    ACCESS_RIGHTS,
    AFTER_EMPLOYMENT,
    ACCESS_REMOVED,
    ACCESS_CHANGED,
    TERMINATED_USERS,
    DISABLE_ACCOUNTS,
    ISMS_LEAVERS,
    ISMS_ACCOUNTS,
)
"""What a leaver's own account or credential that still works falls short of."""

SHARED_SECRET = (TERMINATION, ACCOUNT_MANAGERS_TOLD, AUTHENTICATORS, ACCESS_RIGHTS, ACCESS_CHANGED, ISMS_LEAVERS)
"""What a secret that a leaver knew and others use falls short of."""

HELD_KEY = (TERMINATION, AUTHENTICATORS, KEY_REVOKED, KEY_HOLDER_LEFT, ASSETS_RETURNED, ACCESS_CHANGED, ISMS_LEAVERS)
"""What a key that a leaver may have carried along, and that is still trusted, falls short of."""

REVIEW = (ACCOUNT_MANAGERS_TOLD, ACCESS_RIGHTS, ACCESS_CHANGED, ISMS_ACCOUNTS)
"""What an account with no certain holder, or a departure nobody confirmed, falls short of."""
