"""Whether an X.509 certificate is revoked, by CRLs that are asked live (RFC 5280): for verifiers and sources alike.

Whoever makes a certificate names the address of its CRL, so addresses are asked through `web`, with its guard.
"""
