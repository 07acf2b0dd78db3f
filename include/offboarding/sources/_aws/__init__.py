"""What the kinds of source that read AWS (aws_...py) need beside them.

Read from below: `failures`, `refusals` and `meter` (what went wrong, what was denied, what was asked), `session` talks,
`opening` and `regional` reach an account and its regions.

Users: `report`, `inventory` and `users` read an account cheaply, `policies` says who is privileged or contained,
`trusts` and `conditions` whom a role lets in, `accounts` turns a user into a fact, `credentials` asks about a leaver's
user alone. `organization` asks about accounts as such, `center` reads Identity Center.

Keys: `kms` and `secrets` read them, `kms_words` and `secret_words` say what their states mean, `reach*` evaluate who
has access, which `accessing` asks for, `encrypting` knows what a secret is encrypted with. `trail_*` read CloudTrail.
"""
