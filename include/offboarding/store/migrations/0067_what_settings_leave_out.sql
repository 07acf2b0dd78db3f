-- When who has access to keys was last read to the end: a reader may be told not to look. Null: never.
alter table key_scope add column access_at timestamptz;
update key_scope set access_at = observed_at where complete;

-- When an account was last seen that a read has left out since, by its settings; of keys key_copy says it. Null: it's read.
alter table account add column last_seen_at timestamptz;
create index account_left_out on account (realm) where last_seen_at is not null;

-- When each copy was last looked at by a read to the end, and what kept the last try from it; and who has access to it.
-- Nulls: no read covers it. One that a read leaves out by its settings was looked at when it was last seen.
create or replace view copy_read as
select c.copy_pk, case when c.gone_at is null then coalesce(c.last_seen_at, k.confirmed_at) else k.confirmed_at end
    as confirmed_at, k.error, case when c.gone_at is null then least(c.last_seen_at, k.access_at) else k.access_at end
    as access_at
from key_copy c cross join lateral (
    select max(k.observed_at) filter (where k.complete) as confirmed_at,
        (array_agg(k.error order by greatest(k.observed_at, k.error_at) desc, k.error))[1] as error,
        max(k.access_at) as access_at
    from key_scope k
    where k.realm = c.realm and k.source_kind = c.source_kind and k.kind = c.kind and starts_with(c.name, k.scope)) k;

-- Of which scopes a read to the end is a look at an account: its own, and the whole system's unless that leaves it out.
create function scopes_of(native_id text, last_seen_at timestamptz) returns text[]
    language sql immutable parallel safe
    return array[native_id, case when last_seen_at is null then '' else native_id end];
