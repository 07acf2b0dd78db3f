"""The company that `make demo` checks: its directory, its AWS accounts and its ticket system, on this machine."""
