from tests.contract.roster_contract import RosterContract


class TestContract(RosterContract):
    """A file does what every roster must."""
