"""How a tenant of Workday's is asked, whichever of its services it is, and by which day."""
