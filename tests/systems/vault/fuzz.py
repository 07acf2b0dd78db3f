"""Its parsers of outside data, and what each may raise."""

import io
from pathlib import Path

from offboarding.sources.vault._api.listing import aliases_in, names_in
from offboarding.sources.vault._api.policies import PolicyFormatError, rules_of, verdict
from tests.fuzz.parsing import Target, read_text

HERE = Path(__file__).parent / "corpus"


def _allowed(text: str) -> None:
    rules = rules_of("a policy", text)
    for capability in ("read", "update"):
        verdict(rules, "transit/keys/login", capability)


TARGETS = (
    Target(folder=HERE / "vault", read=read_text(_allowed), raises=(PolicyFormatError,)),
    Target(folder=HERE / "vault_list", read=lambda data: list(names_in(io.BytesIO(data))), raises=(ValueError,)),
    Target(folder=HERE / "vault_aliases", read=lambda data: list(aliases_in(io.BytesIO(data))), raises=(ValueError,)),
)
