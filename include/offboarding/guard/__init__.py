"""How much may change in a night, and what waits for a person before anything is written outside."""
