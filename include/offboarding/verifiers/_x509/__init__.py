"""X.509 certificates in files, and whether a CRL revokes them (RFC 5280)."""
