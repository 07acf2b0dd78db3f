"""Its parsers of outside data, and what each may raise."""

from pathlib import Path

from offboarding.sources._collected.lines import CollectionError
from offboarding.sources.openvpn_clients.collection import read_collection as read_openvpn
from offboarding.sources.openvpn_clients.issued import issued_in
from offboarding.sources.openvpn_clients.server import served
from tests.fuzz.parsing import Target

HERE = Path(__file__).parent / "corpus"


def _openvpn(data: bytes) -> None:
    """And what its servers go by, and its authorities issued."""
    told = read_openvpn(data)
    for server in told.servers:
        served(server)
    issued_in(told.folders)


TARGETS = (Target(folder=HERE / "openvpn", read=_openvpn, raises=(CollectionError,)),)
