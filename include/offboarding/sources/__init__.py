"""What exists: one package for each kind of system that holds accounts, credentials or keys.

Its name is the `kind` in the configuration (interfaces/kinds.py); it holds `Settings` and `build`. What several kinds
share lies in a file or package with a leading underscore; what those of one vendor share, in the vendor's `_api`.
"""
