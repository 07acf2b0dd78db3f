"""What exists: one file for each kind of system that holds accounts, credentials or keys.

A file's name is the `kind` in the configuration; it holds `Settings` and `build` (see interfaces.py). What such a file
needs beside it lies in a package with a leading underscore (`_ldap/` for ldap.py), which is nobody's kind.
"""
