-- A link that a person's word alone made: nothing had linked it before. Once the word is taken back it's as if it had never
-- stood, where one that the evidence had made first is the evidence's still.
alter table link add column by_word boolean not null default false;
create index on link (account_pk) where by_word;

-- Those whose word was taken back, and those that others by it had brought about: which began no earlier than the word
-- counted, and ended with it.
create view revoked_link as
with revoked as (
    select l.link_id, l.account_pk, l.person_uid, l.valid_from, l.valid_to, d.revoked_by
    from link l join account a using (account_pk)
    left join person_alias al on al.alias_uid = l.person_uid
    cross join lateral (
        select k.revoked_at, k.revoked_by
        from link_decision k left join person_alias ka on ka.alias_uid = k.person_uid
        where k.realm = a.realm and k.native_id = a.native_id and k.verdict = 'confirm'
            and coalesce(ka.person_uid, k.person_uid) = coalesce(al.person_uid, l.person_uid)
        order by k.revoked_at is null desc, k.decision_id desc limit 1) d
    where l.by_word and d.revoked_at is not null
), ended as (
    select account_pk, person_uid, min(valid_from) as valid_from, max(valid_to) as valid_to, min(revoked_by) as revoked_by
    from revoked group by account_pk, person_uid having bool_and(valid_to is not null)
)
select link_id, revoked_by from revoked
union all
select n.link_id, e.revoked_by
from ended e join link n on n.person_uid = e.person_uid and n.valid_to = e.valid_to and n.account_pk <> e.account_pk
where not n.by_word and not exists (
    select from link o
    where o.account_pk = n.account_pk and o.person_uid = n.person_uid and o.relation = n.relation
        and (o.decision = 'linked' or n.decision <> 'linked') and o.valid_from < e.valid_from);
