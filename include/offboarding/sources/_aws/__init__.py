"""What aws_iam.py and aws_identity_center.py need beside them.

Read from below: `failures` and `meter` (what went wrong, what was asked), `session` talks, `report`, `inventory` and
`users` read an account cheaply, `policies` says who is privileged or contained, `trusts` and `conditions` whom a role
lets in, `accounts` turns a user into a fact, `credentials` asks about a leaver's user alone. `organization` asks about
accounts as such, `center` reads Identity Center.
"""
