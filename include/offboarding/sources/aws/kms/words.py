"""What a KMS key's state, origin and usage mean: whether it still signs, and whether anybody could take it along.

https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
https://docs.aws.amazon.com/kms/latest/developerguide/importing-keys-conceptual.html
"""

from collections.abc import Mapping

from offboarding.model import Exportable, Standing
from offboarding.sources.aws.kms.keys import EXTERNAL, MACS, KmsKey

_NEVER_LEAVES = "the material was made in KMS, and no call hands it out"
_CARRYABLE: Mapping[str, tuple[Exportable, str]] = {
    "AWS_KMS": (Exportable.NO, f"Origin AWS_KMS: {_NEVER_LEAVES}."),
    EXTERNAL: (Exportable.YES, "Origin EXTERNAL: the material was made outside KMS and imported."),
    "AWS_CLOUDHSM": (
        Exportable.UNKNOWN,
        "Origin AWS_CLOUDHSM: the material lies in a CloudHSM cluster, whose own users may be able to export it.",
    ),
    "EXTERNAL_KEY_STORE": (
        Exportable.UNKNOWN,
        "Origin EXTERNAL_KEY_STORE: the material lies in a key manager outside AWS, which KMS can't say anything of.",
    ),
}
_USED: Mapping[str, tuple[Standing, str]] = {
    "Enabled": (Standing.WORKS, ""),
    "Updating": (Standing.WORKS, ""),
    "Disabled": (Standing.DEAD, "; it can be enabled again"),
    "PendingDeletion": (Standing.DEAD, "; until then the deletion can be cancelled"),
    "PendingReplicaDeletion": (Standing.DEAD, "; it goes with its last replica, until when that can be cancelled"),
    "PendingImport": (Standing.DEAD, ": KMS holds no material of it now; the same can be imported again"),
    "Creating": (Standing.UNKNOWN, ": the replica is being made"),
    "Unavailable": (Standing.UNKNOWN, ": its key store is disconnected, and may be connected again"),
}


def exportable(key: KmsKey) -> tuple[Exportable, str]:
    """Whether its material could be taken along, and the sentence for it."""
    unknown = Exportable.UNKNOWN, f"Origin {key.origin}: not known to this reader."
    return _CARRYABLE.get(key.origin, unknown)


def standing(key: KmsKey) -> tuple[Standing, str]:
    """Whether KMS still signs or verifies with it, and the clause for it."""
    found, more = _USED.get(key.state, (Standing.UNKNOWN, ", which this reader doesn't know"))
    on = f" on {key.deletion_at:%Y-%m-%d}" if key.state == "PendingDeletion" and key.deletion_at else ""
    return found, f"DescribeKey: KeyState {key.state}{on}{more}"


def verifies(key: KmsKey) -> bool:
    """Whether KMS alone says who is believed.

    Signatures are verified by whoever has the public half. A MAC is verified by KMS, and nobody else while the material
    never left it; of imported material a refusal of KMS's says nothing about the others who were given it.
    """
    if key.usage != MACS:
        return False
    return key.origin != EXTERNAL or standing(key)[0] is Standing.WORKS
