"""Processes that tests start and kill: forks of a server that has imported what they need.

A plain fork would take the tests' own threads and sockets along. There's one such server a process, and what it imports
is said once.
"""

import multiprocessing

FORK_SERVER = multiprocessing.get_context("forkserver")
FORK_SERVER.set_forkserver_preload(["tests.support.crashing", "tests.support.killing.tasks"])
