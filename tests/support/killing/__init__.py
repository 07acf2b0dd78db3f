"""Tasks killed with SIGKILL at any message that they send, run again to their end, and what stands then.

A relay stands in front of the store, and one in front of the tracker; the nth message to one of them is the process's
last. Drawn by a seed, over the whole length of each task (drawing.py); `make stress` runs
hundreds, `make test-slow` some.
"""
