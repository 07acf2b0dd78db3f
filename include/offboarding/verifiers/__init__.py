"""Who still trusts a key: one file a kind of verifier.

A verifier is read as a source of keys is (interfaces.KeySource), and its copies count (`Key.verifies`): what it
publishes or accepts works, whatever the key's owner believes. A file's name is the `kind` under `verifiers:`; files
that begin with `_` are what several kinds share.
"""
