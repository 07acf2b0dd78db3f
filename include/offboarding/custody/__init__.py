"""Who can have held a shared key: the register that a company keeps, and what would be proposed for it."""
