"""Who is told: one file a ticket system.

Each holds `Settings` and `build` (see interfaces.py), and passes tests/contract/tracker_contract.py.
"""
