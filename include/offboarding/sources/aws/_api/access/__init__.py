"""Who has access to a key: effective permissions.

By identity policies, the key's own policy, boundaries, grants, and what the organization takes away. `accesses` asks,
`effective` judges one request.
"""
