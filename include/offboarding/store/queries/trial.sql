-- name: trial_schemas
-- Schemas that trials made, some of them by a process that was killed.
select nspname as schema from pg_namespace where nspname ~ '^offboarding_trial_[0-9]{14}_[0-9a-f]{8}$' order by nspname;

-- name: linked_by_source
-- How many accounts of each source that aren't dead are linked to somebody, of how many.
select r.source, count(*)::int as working, count(*) filter (where exists (
    select from link l where l.account_pk = a.account_pk and l.valid_to is null and l.decision = 'linked'
        and l.relation <> 'created'))::int as linked
from account a join realm r using (realm)
where a.gone_at is null and a.kind = 'account' and a.standing <> 'dead'
group by r.source order by r.source;
