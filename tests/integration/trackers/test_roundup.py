from tests.contract.tracker_contract import TrackerContract


class TestContract(TrackerContract):
    """Roundup does what every tracker must."""
