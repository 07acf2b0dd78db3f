"""What is typed on a WireGuard server to let a peer in no more."""

import shlex

from offboarding.interfaces import AccountRemedies
from offboarding.model import AccountAction, Remedy, say

_FOLDERS = "/etc/wireguard /etc/systemd/network /etc/NetworkManager/system-connections /etc/netplan"


def disable(action: AccountAction) -> tuple[str, ...]:
    """Return how nothing of it is let through, now and after a restart, and how that is undone."""
    key = shlex.quote(action.account.native_id)
    host = action.account.reached_by or "the server"
    return (
        say(
            "On {host}, as root, see which interface lists the peer and with which allowed IPs, and keep that:\n"
            "{command}",
            host=host,
            command=f"wg show all allowed-ips | grep -F -- {key}",
        ),
        say(
            "Take its allowed IPs from it there (INTERFACE); what it sends is dropped from then on:\n{command}",
            command=f"wg set INTERFACE peer {key} allowed-ips ''",
        ),
        say(
            "In each file that lists it, put a # before every line of the peer's section, or it comes back when the"
            " interface starts; after a change of netplan's, type netplan generate:\n{command}",
            command=f"grep -rslF -- {key} {_FOLDERS}",
        ),
        say(
            "Undo, with the allowed IPs that were kept (IP,IP), and take each # away again:\n{command}",
            command=f"wg set INTERFACE peer {key} allowed-ips IP,IP",
        ),
    )


def keep_traces(action: AccountAction) -> tuple[str, ...]:
    """Return what the server knows of a peer, which goes with it."""
    key = shlex.quote(action.account.native_id)
    command = "\n".join(
        f"wg show all {what} | grep -F -- {key}" for what in ("latest-handshakes", "endpoints", "transfer")
    )
    return (
        say(
            "On {host}, as root, first keep what it knows of the peer: when and from where it last came, and how much"
            " it took:\n{command}",
            host=action.account.reached_by or "the server",
            command=command,
        ),
    )


REMEDIES: AccountRemedies = {Remedy.DISABLE: disable, Remedy.KEEP_TRACES: keep_traces}
