"""A second opinion on who may reach a key in AWS: one concrete request at a time, in two values.

Written from AWS's pages alone, and shares no code with `offboarding.sources.aws._api`.
"""
