"""A ticket system over HTTP: its address by the connection, and answers within bounds."""
