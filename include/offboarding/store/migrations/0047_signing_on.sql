-- Whether a system checks the password of an account's own login itself, and since when it says that it is shut: what is
-- told of a login that still works though the identity provider's is shut.
alter table account add column keeps_password boolean not null default false;
alter table account add column disabled_at timestamptz;
