"""A Redmine on 127.0.0.1, as Debian packages it: for the demo that shows it, and for the tests.

Everything lies in the folder it is given: the database, `credentials.json` (mode 0600), keys of the API, the port it
keeps, its log. It takes a minute to be made.
"""

import secrets
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from demo.unpacked import TRACKERS, TicketServer, password_in, port_of, serves

INSIDE = """
mount -t tmpfs tmpfs /var/lib
mkdir /var/lib/redmine
mount --bind "$1" /var/lib/redmine
shift
cd /usr/share/redmine
exec "$@"
"""
"""Debian's package keeps an instance below /var/lib/redmine."""
DATABASE = """
production:
  adapter: sqlite3
  database: /var/lib/redmine/default/db.sqlite3
  timeout: 20000
"""
COMMANDS = ("install --local --quiet", "exec rake db:migrate", "exec rails runner /var/lib/redmine/seed.rb")
SEED = """
passwords = JSON.parse(File.read('/var/lib/redmine/credentials.json'))
Setting.rest_api_enabled = '1'
Setting.notified_events = []
Redmine::DefaultData::Loader.load('en')
manager = Role.find_by!(name: 'Manager')
rights = %i[view_issues add_issues edit_issues add_issue_notes]
own = [*rights, :set_issues_private]
roles = { 'Check' => own, 'Blunt' => rights, 'Blind' => own - [:view_issues], 'Mute' => own - [:add_issue_notes] }
check, blunt, blind, mute = roles.map do |name, may|
  role = Role.create!(name: name, assignable: false, issues_visibility: 'all', permissions: may)
  role.copy_workflow_rules(manager)
  role
end
manager.update!(issues_visibility: 'all')
%w[security cloud].each do |name|
  Project.create!(name: name.capitalize, identifier: name, is_public: false, enabled_module_names: ['issue_tracking'],
                  trackers: Tracker.all.to_a)
end
users = { 'offboarding' => check, 'blunt' => blunt, 'blind' => blind, 'mute' => mute }
users.update({ 'analyst' => manager, 'oncall' => manager })
users.each do |login, role|
  user = User.new(firstname: login.capitalize, lastname: 'Lee', mail: "#{login}@corp.example")
  user.login = login
  user.password = passwords.fetch(login) { SecureRandom.hex }
  user.save!
  Project.all.each { |project| Member.create!(project: project, principal: user, roles: [role]) }
  File.write("/var/lib/redmine/#{login}.key", user.api_key)
end
"""


@contextmanager
def redmine_server(folder: Path) -> Generator[TicketServer]:
    """The folder's Redmine, made first where there is none: two projects, and whoever works in them.

    It needs what scripts/trackers.sh unpacks. Raises FatalError where it doesn't come up.
    """
    inside = ["sh", "-ec", INSIDE, "sh", folder]
    environment = {"RAILS_ENV": "production", "HOME": str(folder), "SCHEMA": "/dev/null"}
    if not (made := folder / "made").exists():
        _fill(folder)
        for command in COMMANDS:
            TRACKERS.run([*inside, "bundle", *command.split()], **environment)
        made.touch()
    port = port_of(folder)
    puma = ["puma", "--bind", f"tcp://127.0.0.1:{port}", "--threads", "2:4", "config.ru"]
    with TRACKERS.running([*inside, *puma], folder / "puma.log", lambda: serves(port), **environment):
        keys = {path.stem: path.read_text(encoding="ascii") for path in folder.glob("*.key")}
        yield TicketServer(folder=folder, port=port, conn_id="secops_redmine", passwords=keys)


def _fill(folder: Path) -> None:
    for name in ("config", "tmp/cache", "tmp/pids", "log", "files", "public"):
        (folder / "default" / name).mkdir(mode=0o700, parents=True)
    (folder / "default/config/database.yml").write_text(DATABASE, encoding="utf-8")
    (folder / "default/config/secret_key.txt").write_text(secrets.token_hex(64), encoding="utf-8")
    (folder / "seed.rb").write_text(SEED, encoding="utf-8")
    password_in(folder)
