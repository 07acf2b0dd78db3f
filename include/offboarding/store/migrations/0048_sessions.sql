-- From when on sessions and refresh tokens of an account count: older ones have been revoked.
alter table account add column sessions_valid_from timestamptz;
