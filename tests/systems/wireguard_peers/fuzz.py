"""Its parsers of outside data, and what each may raise."""

from pathlib import Path

from offboarding.model.errors import FatalError
from offboarding.sources._collected.lines import CollectionError
from offboarding.sources.wireguard_peers.collection import read_collection as read_peers
from offboarding.sources.wireguard_peers.source import REGISTER
from tests.fuzz.parsing import Target

HERE = Path(__file__).parent / "corpus"


TARGETS = (
    Target(folder=HERE / "wireguard", read=read_peers, raises=(CollectionError,)),
    Target(
        folder=HERE / "peers",
        read=lambda data: REGISTER.read_body("sources.vpn", "peers.csv", data),
        raises=(FatalError,),
    ),
)
