"""Who is told: one file or package a ticket system.

Each holds `Settings` and `build` (see interfaces), and passes tests/contract/tracker_contract.py.
"""
