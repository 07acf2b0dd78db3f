"""What every source, roster and tracker must do: a suite a room, which a new system gets with one line.

A test module of the system's own says `class TestContract(TrackerContract): ...` and offers the fixtures that the
suite's docstring names; pytest collects nothing from this folder itself.
"""
