"""What is typed on an OpenVPN server, and at the authority, to let a certificate in no more."""

import shlex

from offboarding.interfaces import AccountRemedies
from offboarding.model import AccountAction, Remedy, say
from offboarding.sources.openvpn_clients.collection import file_of

_OPTIONS = "crl-verify|client-config-dir|ccd-exclusive|management|status"


def disable(action: AccountAction) -> tuple[str, ...]:
    """Return how its name is refused at once, and how that is undone; and how the certificate is, for good."""
    name = _name(action)
    file = shlex.quote(file_of(name))
    serial = shlex.quote(action.account.native_id.rpartition(":")[2])
    return (
        say(
            "On {host}, as root, see which folder of clients (client-config-dir, DIR) and which CRL (crl-verify, CRL)"
            " its servers ask:\n{command}",
            host=_host(action),
            command=f"grep -rsE '^ *({_OPTIONS})' /etc/openvpn",
        ),
        say(
            "Where there is a DIR, refuse the client's name there, which holds from its next connection on, for every"
            " certificate of that name:\n{command}",
            command=f"[ ! -e DIR/{file} ] || cp -p DIR/{file} DIR/{file}.before\nprintf '\\ndisable\\n' >> DIR/{file}",
        ),
        say(
            "Undo:\n{command}",
            command=f"mv DIR/{file}.before DIR/{file} 2>/dev/null || rm DIR/{file}",
        ),
        say(
            "At its authority, find the file of the certificate number {serial} (NAME.crt), revoke it and make a new"
            " CRL; with easy-rsa:\n{command}",
            serial=serial,
            command=f"grep -i -- {serial} pki/index.txt\n./easyrsa revoke NAME\n./easyrsa gen-crl",
        ),
        say(
            "Put the new CRL where crl-verify of each server names it, readable to the server's user; a server that"
            " names none is given the line, and restarted:\n{command}",
            command="install -m 644 pki/crl.pem CRL",
        ),
        say(
            "A revocation can't be undone. Whoever should get in after all is issued a new certificate:\n{command}",
            command="./easyrsa build-client-full NAME",
        ),
        say(
            "End what is open: where the server has a management interface, type there (else it goes on until its key"
            " is renewed, within an hour as a rule, or until the server restarts):\n{command}",
            command=f"kill {_quoted(name)}" if name.isprintable() else "kill NAME",
        ),
    )


def keep_traces(action: AccountAction) -> tuple[str, ...]:
    """Return what the server's log knows of a client."""
    return (
        say(
            "On {host}, as root, first keep what its log knows of the client: when and from where it came:\n{command}",
            host=_host(action),
            command=f"journalctl --no-pager -u 'openvpn*' | grep -F -- {shlex.quote(_name(action))}",
        ),
    )


def _quoted(name: str) -> str:
    """As the management interface takes words apart."""
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"' if escaped != name or " " in name else name


def _name(action: AccountAction) -> str:
    return action.account.display_name or action.account.login


def _host(action: AccountAction) -> str:
    return action.account.reached_by or "the server"


REMEDIES: AccountRemedies = {Remedy.DISABLE: disable, Remedy.KEEP_TRACES: keep_traces}
