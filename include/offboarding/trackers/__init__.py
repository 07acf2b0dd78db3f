"""Who is told: one package a ticket system.

Each holds `Settings` and `build` (see interfaces), and passes tests/contract/tracker_contract.py.
"""
