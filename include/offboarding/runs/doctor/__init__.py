"""A look at every system that is configured: can it be read, what is missing, and how much would link."""
