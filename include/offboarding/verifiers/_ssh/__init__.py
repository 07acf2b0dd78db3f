"""What sshd trusts: public keys of certificate authorities, certificates, authorized_keys, and what is revoked.

Formats: sshd(8) (AUTHORIZED_KEYS FILE FORMAT), sshd_config(5) (TrustedUserCAKeys, RevokedKeys), OpenSSH's
PROTOCOL.certkeys and PROTOCOL.krl.
"""
