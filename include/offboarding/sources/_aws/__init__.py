"""What aws_iam.py needs beside it: a session in one account, its inventory, and what a leaver's user still holds.

Read from below: `failures` and `meter` (what went wrong, what was asked), `session` talks, `report` and `inventory`
read an account cheaply, `policies` says who is privileged or contained, `accounts` turns a user into a fact,
`credentials` asks about a leaver's user alone.
"""
