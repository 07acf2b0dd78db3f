"""Its parsers of outside data, and what each may raise."""

from offboarding.verifiers.ssh.revocation import RevocationError, Revocations
from tests.fuzz.parsing import CORPUS, Target

TARGETS = (
    Target(
        folder=CORPUS / "ssh",
        read=lambda data: Revocations(path="revoked", body=data).ask({}),
        raises=(RevocationError,),
    ),
)
