"""Its parsers of outside data, and what each may raise."""

from pathlib import Path

from offboarding.interfaces import ReadContext
from offboarding.sources._collected.lines import CollectionError
from offboarding.sources.ssh_hosts.collection import read_collection
from offboarding.sources.ssh_hosts.users import HostDescriber
from tests.fuzz.parsing import NIGHT, Target

HERE = Path(__file__).parent / "corpus"


def _host(data: bytes) -> None:
    """And what is said of whoever it tells of."""
    context = ReadContext(as_of=NIGHT, default_zone="UTC")
    list(HostDescriber(host=read_collection(data), called="web1", realm="linux:x", context=context).users())


TARGETS = (Target(folder=HERE / "host", read=_host, raises=(CollectionError,)),)
