"""Who still trusts a key: one package a kind of verifier.

A verifier is read as a source of keys is (interfaces.KeySource), and its copies count (`Key.verifies`): what it
publishes or accepts works, whatever the key's owner believes. Its name is the `kind` under `verifiers:`; what
begins with `_` is what several kinds share.
"""
