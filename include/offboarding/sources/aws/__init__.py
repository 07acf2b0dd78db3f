"""The kinds that read AWS accounts, and `_api`, how they ask."""
