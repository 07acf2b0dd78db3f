"""Asking a web address that the configuration, a certificate or another answer names: one GET, and nothing else.

Whoever can write such an address must not be able to make us ask another machine: an address inside the network, a
cloud's metadata service, or the place that a redirect or a second DNS answer leads to.
"""
