"""The servers that the demo company runs on, all of them on this machine, and what Airflow must know to reach them."""

import json
import os
import secrets
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field

from demo import slapd
from demo.aws import AwsServer, aws_server
from demo.aws_seed import CALLER_KEY_ID
from demo.certificates import make_certificate
from demo.cloud import aws_seed
from demo.company import company
from demo.directory import ldif
from demo.feeds import fill_vendor_table, write_hr_file
from demo.folder import DemoFolder
from demo.login_service import LoginService, listens, login_service
from demo.nights import Night
from demo.ssh_authority import HostFiles, SshAuthority, collect
from demo.systems import Systems, systems
from demo.trackers import TicketSystem
from demo.world import ADMIN_DN, POLICY_DN, READER_DN, SUFFIX, Part
from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import ConfigError, FatalError
from offboarding.store import embedded

AWS_KEY = "canary-any-key-will-do"
"""The stand-in checks no signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """The servers that keep running from one night to the next; the directory is started for each."""

    folder: DemoFolder
    vendors: embedded.EmbeddedServer
    aws: AwsServer
    tracker: TicketSystem
    login: LoginService
    systems: Systems
    reader_password: str = field(repr=False)

    @contextmanager
    def night(self, night: Night) -> Generator[dict[str, str]]:
        """The company as it is on this night. Yields Airflow's connections, as environment variables."""
        part = company(night)
        for stale in self.folder.feeds.glob("*.csv"):
            stale.unlink()
        write_hr_file(self.folder.feeds, night, part.hr)
        with self.vendors.connect() as connection:
            fill_vendor_table(connection, part.contracts)
        self.aws.seed(aws_seed(part, night.as_of))
        self.systems.seed(part.elsewhere, night.feed_at)
        self.login.publish(*(key.jwk for key in part.held.published))
        collect(self.folder.fleet, _machines(part), at=night.feed_at)
        with slapd.running(self.folder.directory, self._directory(part)) as directory:
            yield dict(map(_variable, self._connections(directory)))

    def _directory(self, part: Part) -> slapd.Settings:
        """Written anew for each start: slapd keeps nothing from one night to the next."""
        self.folder.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder.directory / "company.ldif"
        path.write_text(ldif(part.entries, reader_password=self.reader_password), encoding="utf-8")
        return slapd.Settings(
            suffix=SUFFIX,
            admin_dn=ADMIN_DN,
            admin_password=secrets.token_urlsafe(24),
            ldif=path,
            tls=make_certificate(self.folder.directory / "tls"),
            default_policy_dn=POLICY_DN,
            readers=(READER_DN,),
        )

    def _connections(self, directory: slapd.Server) -> Iterator[tuple[str, ConnectionFields]]:
        yield (
            "ldap",
            ConnectionFields(
                conn_id="corp_ldap",
                host=directory.host,
                port=directory.port,
                login=READER_DN,
                password=self.reader_password,
                extra={"tls": "starttls", "ca_certs_file": str(self.folder.directory / "tls" / "authority.pem")},
            ),
        )
        yield "aws", _aws_connection(self.aws)
        vendors = vendors_connection(self.vendors)
        yield "postgres", vendors
        yield from self.systems.connections(vendors)
        yield "http", self.tracker.connection()


@contextmanager
def running(folder: DemoFolder, login_port: int = 0) -> Generator[Servers]:
    """All of them, started together, stopped in the end. Raises errors of ours where one doesn't start.

    `login_port`: where the login service listens; 0: any that is free.
    """
    with ExitStack() as stack:
        try:
            login = stack.enter_context(login_service(folder.login, port=login_port))
        except OSError as error:
            if listens(login_port):
                raise ConfigError(
                    f"another demo runs on this machine, in another folder: it has port {login_port}. End it there with"
                    " Ctrl-C (--keep leaves one running), and run this one again."
                ) from error
            raise ConfigError(
                f"the login service needs port {login_port} of this machine, which is taken ({error.strerror})."
                " End what listens there, and run the demo again."
            ) from error
        # Each mostly waits. ExitStack notes a context once it was entered, by one append: threads don't disturb it, and
        # those that were entered are left even if another fails.
        with ThreadPoolExecutor(max_workers=2) as pool:
            starting_vendors = pool.submit(stack.enter_context, embedded.server(folder.vendors, durable=False))
            starting_aws = pool.submit(stack.enter_context, _aws())
            # In this thread: a server that is unpacked ends with the thread that began it.
            tracker = stack.enter_context(folder.shown.running(folder.tracker))
        vendors, aws = starting_vendors.result(), starting_aws.result()
        others = stack.enter_context(systems(folder.systems, folder.hosts, vendors))
        yield Servers(
            folder=folder,
            vendors=vendors,
            aws=aws,
            tracker=tracker,
            login=login,
            systems=others,
            reader_password=secrets.token_urlsafe(24),
        )


def vendors_connection(server: embedded.EmbeddedServer) -> ConnectionFields:
    """The connection to the vendors' table, for processes that this one starts.

    A path too long for a socket's name goes through an open file of this process: theirs would have another number.
    """
    host = server.host.replace("/proc/self/", f"/proc/{os.getpid()}/", 1)
    return ConnectionFields(conn_id="hr_db", host=host, port=5432, login=embedded.NAME, schema=embedded.NAME)


def _aws_connection(aws: AwsServer) -> ConnectionFields:
    return ConnectionFields(
        conn_id="aws_audit",
        login=CALLER_KEY_ID,
        password=AWS_KEY,
        extra={"region_name": "us-east-1", "endpoint_url": aws.endpoint_url},
    )


def _machines(part: Part) -> dict[str, HostFiles]:
    """Two machines that take the same authorities' certificates."""
    trusted = [SshAuthority(seed=seed).line for seed in part.held.ssh_authorities]
    return {name: HostFiles(trusted_ca=trusted) for name in ("web-1", "web-2")}


@contextmanager
def _aws() -> Generator[AwsServer]:
    with ExitStack() as stack:
        try:
            server = stack.enter_context(aws_server(aws_seed(Part())))
        except RuntimeError as error:
            raise FatalError(str(error)) from error
        yield server


def _variable(connection: tuple[str, ConnectionFields]) -> tuple[str, str]:
    """AIRFLOW_CONN_..., as JSON."""
    kind, fields = connection
    values = {"conn_type": kind} | {
        name: value for name, value in asdict(fields).items() if value and name != "conn_id"
    }
    return f"AIRFLOW_CONN_{fields.conn_id.upper()}", json.dumps(values)
