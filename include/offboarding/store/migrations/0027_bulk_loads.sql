-- Half hours in which so many of a realm's accounts were made that it was loaded or migrated then: when an account was
-- made in one of them tells nothing of anybody. What was found once stays, however much the realm grows afterwards.
create table bulk_load (
    realm text not null,
    began_at timestamptz not null,
    ended_at timestamptz not null,
    primary key (realm, began_at)
);

-- When accounts were made, as far as it tells anything.
create view birth as
select a.account_pk, a.realm, case when exists (
        select from bulk_load b where b.realm = a.realm and a.created_at >= b.began_at and a.created_at < b.ended_at)
    then null else a.created_at end as told_at
from account a;
