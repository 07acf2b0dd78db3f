-- What an account said of itself when somebody's link to it stood, kept from the moment it says something else until
-- correlation has seen that the link stands by that too, or a person has decided whose it is: nobody edits themselves off
-- the list.
create table words_before (
    account_pk   bigint primary key,                  -- of account
    keys         jsonb not null,                      -- as account.keys were then
    service_like boolean not null
);

-- As long as a link stands by these alone: since when.
alter table link add column held_since timestamptz;
create index on link (account_pk) where held_since is not null and valid_to is null;

-- A root user's address is changed on purpose, and its link is known by nothing else.
create or replace function note_account() returns trigger language plpgsql as $$
begin
    if not exists (select from correlated) then
        return null;  -- the first time everything is looked at
    end if;
    if tg_op = 'INSERT' then
        insert into uncorrelated (account_pk) select account_pk from written;
        return null;
    end if;
    insert into uncorrelated (account_pk)
    select account_pk from (
        select account_pk, label, login, display_name, owner_labels, created_at, created_by, service_like, kind, keys,
            gone_at is null from written
        except
        select account_pk, label, login, display_name, owner_labels, created_at, created_by, service_like, kind, keys,
            gone_at is null from replaced) changed;
    insert into words_before (account_pk, keys, service_like)
    select r.account_pk, r.keys, r.service_like
    from replaced r join written w using (account_pk)
    where (w.keys, w.service_like) <> (r.keys, r.service_like) and r.kind = 'account' and w.gone_at is null and exists (
        select from link l where l.account_pk = r.account_pk and l.relation = 'is' and l.valid_to is null
            and (l.decision = 'linked' or l.held_since is not null))
    on conflict do nothing;
    insert into uncorrelated (realm, label)
    select realm, label from (
        select account_pk, realm, label from replaced except select account_pk, realm, label from written) renamed;
    return null;
end $$;

-- Beside a link's evidence, for people.
create function held_told(held_since timestamptz) returns jsonb language sql immutable parallel safe as $$
    select case when held_since is null then '[]'::jsonb else jsonb_build_array(
        'by what it said of itself before ' || to_char(held_since at time zone 'UTC', 'YYYY-MM-DD HH24:MI')
        || ' UTC; nobody has decided whose it is') end
$$;
