"""SSH's public keys and certificates, and the text files of sshd that hold them.

`wire` is their binary form, `identity` a key or a certificate, `lines` a file's lines.
"""
