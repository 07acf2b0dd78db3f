"""A Request Tracker on 127.0.0.1, as Debian packages it: for the demo that shows it, and for the tests.

Everything lies in the folder it is given: the database, `credentials.json` (mode 0600), tokens, the port it keeps, its
log, and mail, which goes nowhere.
"""

import secrets
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from demo.unpacked import TRACKERS, TicketServer, password_in, port_of, serves

SITE = """
Set($rtname, 'corp');
Set($WebDomain, '127.0.0.1');
Set($WebPort, {port});
# Over HTTP, on this machine alone: not every browser sends back a secure cookie there.
Set($WebSecureCookies, 0);
Set($DatabaseType, 'SQLite');
Set($DatabaseName, '{folder}/rt.db');
Set($MasonDataDir, '{folder}/mason');
Set($MasonSessionDir, '{folder}/session');
Set($WebSessionClass, 'Apache::Session::File');
Set($MailCommand, 'testfile');
Set($LogToSyslog, undef);
Set($LogToSTDERR, 'warning');
Set($Timezone, 'UTC');
# Each request checks a token; RT's own cost takes most of a second.
Set($BcryptCost, 4);
1;
"""
CHECKLIST, MARK = "Offboarding checklist", "Mark"
OURS = "SeeQueue ShowTicket ShowTicketComments CreateTicket ModifyTicket CommentOnTicket SeeCustomField"
"""What docs/configuration/rt.md says the token's user needs, but ModifyCustomField."""
THEIRS = f"{OURS} ModifyCustomField OwnTicket TakeTicket StealTicket ReassignTicket DeleteTicket"
INITIAL = """
@Users = map {{ {{ Name => $_, EmailAddress => "$_\\@corp.example", Privileged => 1,
                Password => $_ eq 'analyst' ? '{analyst}' : '{nobody}' }} }}
    qw(offboarding analyst oncall powerless blind);
@Groups = ( {{ Name => 'Security', Members => {{ Users => ['analyst', 'oncall'] }} }} );
@Queues = ( {{ Name => 'Cloud team' }}, {{ Name => 'Bare' }} );
@CustomFields = (
    {{ Name => '{checklist}', Type => 'Text', MaxValues => 1, LookupType => 'RT::Queue-RT::Ticket',
       Queue => ['General', 'Cloud team'] }},
    {{ Name => '{mark}', Type => 'Freeform', MaxValues => 0, LookupType => 'RT::Queue-RT::Ticket',
       Queue => 'General' }},
);
@ACL = map {{
    my $queue = $_;
    (map {{ {{ UserId => 'offboarding', Queue => $queue, Right => $_ }} }} qw({ours} ModifyCustomField)),
    (map {{ {{ UserId => 'blind', Queue => $queue, Right => $_ }} }} qw(SeeQueue SeeCustomField CreateTicket)),
    (map {{ {{ GroupDomain => 'UserDefined', GroupId => 'Security', Queue => $queue, Right => $_ }} }} qw({theirs})),
}} ('General', 'Cloud team', 'Bare');
@Final = (sub {{
    for my $name (qw(offboarding analyst oncall powerless blind)) {{
        my $owner = RT::User->new( RT->SystemUser );
        $owner->Load($name);
        my $made = RT::AuthToken->new( RT->SystemUser );
        my ($ok, $said, $token) = $made->Create( Owner => $owner->Id, Description => 'tests' );
        open my $file, '>', "{folder}/$name.token" or die $!;
        print $file $token;
        close $file;
    }}
}});
1;
"""


@contextmanager
def rt_server(folder: Path) -> Generator[TicketServer]:
    """The folder's RT, made first where there is none, with three queues: one that holds all we need, another, and one
    without our field.

    It needs what scripts/trackers.sh unpacks. Raises FatalError where it doesn't come up.
    """
    port = port_of(folder)
    (folder / "site.pm").write_text(SITE.format(port=port, folder=folder), encoding="utf-8")
    site = {"RT_SITE_CONFIG": str(folder / "site.pm"), "RT_SITE_CONFIG_DIR": str(folder / "config.d")}
    if not (made := folder / "made").exists():
        _fill(folder)
        setup = ["/usr/sbin/rt-setup-database-5", "--skip-create", "--action"]
        TRACKERS.run([*setup, "init"], **site)
        TRACKERS.run([*setup, "insert", "--datafile", folder / "initial.pl"], **site)
        made.touch()
    command = ["/usr/share/request-tracker5/libexec/rt-server", "--host", "127.0.0.1", "--port", str(port)]
    with TRACKERS.running([*command, "--max-workers", "2"], folder / "log", lambda: serves(port), **site):
        tokens = {path.stem: path.read_text(encoding="ascii") for path in folder.glob("*.token")}
        yield TicketServer(folder=folder, port=port, conn_id="secops_rt", passwords=tokens)


def _fill(folder: Path) -> None:
    for name in ("config.d", "mason", "session"):
        (folder / name).mkdir(mode=0o700)
    said = {"checklist": CHECKLIST, "mark": MARK, "ours": OURS, "theirs": THEIRS}
    initial = INITIAL.format(folder=folder, analyst=password_in(folder), nobody=secrets.token_hex(), **said)
    (folder / "initial.pl").write_text(initial, encoding="utf-8")
