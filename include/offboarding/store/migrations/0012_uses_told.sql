-- When accounts of a first read were last used: a row for some thousands of them, until correlation, or a further read of
-- the same system, comes to them. Of nearly all it keeps nothing; a row an account would be written to be deleted.
create table use_told (
    realm       text not null,                        -- of realm
    account_pks bigint[] not null,                    -- of account
    days        date[] not null,                      -- in UTC, in their order; null where it wasn't told
    observed_at timestamptz not null                  -- of the read
);
create index on use_told (realm);
-- Not compressed, since they don't stay.
alter table use_told alter account_pks set storage external, alter days set storage external;
