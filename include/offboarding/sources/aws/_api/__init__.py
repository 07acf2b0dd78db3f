"""What several kinds of source that read AWS need: `client` asks, `policy` reads documents, `access` judges who may.

`inventory` reads an account's users, roles and policies in a call a page, `bearers` says which accounts some people may
hold, `regional` goes through an account's regions, and `settings` and `proposing` are about accounts as such. What one
kind alone needs lies in its own package.
"""
