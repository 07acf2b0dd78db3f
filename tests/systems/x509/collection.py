"""A verifier of collected certificates."""

from offboarding.interfaces import KeySource
from offboarding.verifiers import x509 as kind
from tests.support.usual_read import CONTEXT


def verifier(folder: object, *, checks_revocation: bool = False, **settings: object) -> KeySource:
    """The verifier of the collection `idp`, whose files lie in this folder; it may ask this machine."""
    own = {"realm": "idp", "folder": str(folder), "expected": ["*"], "checks_revocation": checks_revocation}
    usual: dict[str, object] = {"name": "certs", "kind": "x509", "internal": True, "collections": [own]}
    valid = kind.Settings.model_validate(usual | settings)
    return kind.build(valid, None, "idp", CONTEXT)
