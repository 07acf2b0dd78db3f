"""A service that we have an account of, over HTTP: its address by the connection, and answers within bounds."""
