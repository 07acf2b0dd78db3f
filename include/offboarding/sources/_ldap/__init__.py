"""What ldap.py needs beside it: the strict read of a directory, and what an entry says about an account.

Read from below: `ber` and `strategy` decode, `session` talks, `paging` reads to the end or fails, `flavor` is
what differs between directories (`openldap`, `active_directory`, `dirsrv`, `freeipa`), `accounts` turns an entry into
facts, `directory` is one read.
"""
