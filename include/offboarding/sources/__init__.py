"""What exists: one package, or file, for each kind of system that holds accounts, credentials or keys.

Its name is the `kind` in the configuration; it holds `Settings` and `build` (see interfaces). What several kinds share
lies in a package with a leading underscore (`_aws/`), which is nobody's kind.
"""
