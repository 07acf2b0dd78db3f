"""The kinds that read Vault or OpenBao, and `_api`, how they ask."""
