"""A service that we have an account of, over HTTP: its address by the connection, answers within bounds, lists to their
proved end.
"""
