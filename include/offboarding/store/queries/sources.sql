-- name: forget_merge
-- Of an earlier read in the same session.
drop table if exists twice, here, retold;

-- name: stage_tables
-- Where a read is put before it is merged; emptied for the session's next read, gone with the session.
create temp table s_account as
select {account}, null::timestamptz as last_used_at, null::text as keys, digest, null::integer as credentials
from account with no data;
create temp table s_credential as select null::text as account_native_id, {credential} from credential with no data;
create temp table s_same (account_pk bigint, native_id text, digest bytea, last_used_at text);
create temp table s_stray (native_id text);
create temp table s_scope (scope text, kind text, error text);
create temp table s_left_out (scope text, id text);
create temp table s_membership (group_native_id text, group_label text, account_native_id text);
create temp table s_group (scope text, group_native_id text);
create temp table unseen (account_pk bigint, native_id text, mistaken boolean, left_out boolean default false);
create temp table s_trust as select {trust} from trust with no data;

-- name: knows_digests
-- Whether there is anything to tick off. In the index's order: a realm's accounts lie together, and reading the table for
-- the first of them would pass by all the others.
select count(*) > 0 from (
    select account_pk from account where realm = %(realm)s and digest is not null order by native_id limit 1) one;

-- name: tick_off
-- Which accounts stand here to the letter as they are told. An account's digest is set as long as its row, its keys and
-- its credentials that aren't gone are all that one read told of it, and nothing beside; whoever writes any of these
-- otherwise takes it away. All are looked up in one pass through the index: a table of millions isn't read for a few
-- thousand of them. The join is a full one, since those are never done row by row, whatever PostgreSQL takes the length of
-- a list to be. Returned are the numbers of the others, which are few. Ids and last uses come as JSON, digests end to
-- end: to take them from a table takes longer than to look them up.
with told as (
    select n, native_id, last_used_at, substr(%(digests)s::bytea, (n::int - 1) * 16 + 1, 16) as digest
    from rows from (json_array_elements_text(%(native_ids)s::json), json_array_elements_text(%(last_used)s::json))
        with ordinality told (native_id, last_used_at, n)
), known as (
    select account_pk, native_id, digest from account
    where realm = %(realm)s and gone_at is null
        and native_id = any(array(select json_array_elements_text(%(native_ids)s::json)))
), found as materialized (
    select t.n, native_id, t.digest, t.last_used_at, k.account_pk, k.digest = t.digest as is_same
    from told t full join known k using (native_id)
), same as (
    insert into s_same (account_pk, native_id, digest, last_used_at)
    select account_pk, native_id, digest, last_used_at from found where is_same
)
select n::int - 1 from found where is_same is not true;

-- name: stage_statistics
-- For the merge: of the columns by which it joins.
analyze s_account (native_id);
analyze s_credential (account_native_id);
analyze s_same (account_pk);
analyze s_scope;

-- name: begin_source_read
-- A retry of the task takes its row again.
insert into source_read (run_id, source, part, phase, kind, tells, observed_at, status)
values (%(run_id)s, %(source)s, %(part)s, %(phase)s, %(kind)s, %(tells)s, clock_timestamp(), 'reading')
on conflict (run_id, source, part, phase) do update
set observed_at = excluded.observed_at, status = 'reading', error = '', gaps = '[]'
returning read_id, observed_at;

-- name: upsert_realm
-- The system itself; our name for it may change.
insert into realm as r (realm, kind, source, part) values (%(realm)s, %(kind)s, %(source)s, %(part)s)
on conflict (realm) do update set kind = excluded.kind, source = excluded.source, part = excluded.part
where (r.kind, r.source, r.part) is distinct from (excluded.kind, excluded.source, excluded.part);

-- name: newer_realm_read
-- Whether a whole read that began later has been merged already: an older one never overwrites it.
select exists (select from scope where realm = %(realm)s and scope = '' and complete and observed_at > %(observed_at)s)
    as newer;

-- name: find_unseen
-- Known accounts of the realm that weren't ticked off: what this read no longer shows is among these. And those that were,
-- by mistake.
insert into unseen (account_pk, native_id, mistaken)
select a.account_pk, a.native_id, s.account_pk is not null
from account a left join s_same s using (account_pk)
where a.realm = %(realm)s and (s.account_pk is null
    or (a.digest is distinct from s.digest and a.observed_at <= %(observed_at)s));

-- name: tells_realm
-- Whether the read was to tell of the whole system, and not of some accounts alone.
select exists (select from s_scope where scope = '') as whole;

-- name: find_unseen_of_some
-- The same where it was to tell of some accounts alone: of nobody else's it says anything.
insert into unseen (account_pk, native_id, mistaken)
select a.account_pk, a.native_id, s.account_pk is not null
from (select native_id from s_same union select scope from s_scope) told
join account a on a.realm = %(realm)s and a.native_id = told.native_id
left join s_same s using (account_pk)
where s.account_pk is null or (a.digest is distinct from s.digest and a.observed_at <= %(observed_at)s);

-- name: ticked_by_mistake
-- Ticked off, and written by somebody else since, who may have looked earlier than this read did.
select exists (select from unseen where mistaken) as mistaken;

-- name: knows_accounts
-- Whether any account of the realm is known, or has to be looked at like one that is.
select exists (select from s_stray) or count(*) > 0 as known
from (select account_pk from account where realm = %(realm)s order by native_id limit 1) one;

-- name: leave_out_places
-- Accounts of a read that looks where its settings say: what was told while another place was looked in as well may be
-- there. A look at one of these that doesn't find it says nothing.
insert into s_left_out (scope, id)
select '', a.native_id from account a
where a.realm = %(realm)s and a.gone_at is null and exists (select from s_scope s where starts_with(s.scope, 'in:'))
    and exists (
        select from scope n
        where n.realm = a.realm and n.kind = a.kind and starts_with(n.scope, 'in:') and n.observed_at >= a.first_seen_at
            and n.scope not in (select s.scope from s_scope s));
delete from s_scope s using s_left_out o
where o.scope = '' and o.id = s.scope and not exists (select from s_account a where a.native_id = s.scope)
    and not exists (select from s_same a where a.native_id = s.scope);

-- name: fold_twice
-- Accounts that one read tells more than once count once, with every key and credential that it tells of them; what
-- was ticked off of them is as the store has it.
create temp table twice as
select native_id from (select native_id from s_account union all select native_id from s_same) told
group by native_id having count(*) > 1;
insert into s_account ({account}, last_used_at, keys, digest, credentials)
select {a.account}, s.last_used_at::timestamptz,
    (select jsonb_agg(k - 6) from jsonb_array_elements(a.keys) k)::text, null, 0
from s_same s join twice using (native_id) join account a using (account_pk);
insert into s_credential (account_native_id, {credential})
select a.native_id, {c.credential}
from s_same s join twice using (native_id) join account a using (account_pk)
join credential c on c.account_pk = a.account_pk and c.gone_at is null;
delete from s_same s using twice t where t.native_id = s.native_id;
-- What several records tell together no digest stands for.
update s_account s set digest = null, keys = (
    select jsonb_agg(distinct k) from s_account o cross join jsonb_array_elements(o.keys::jsonb) k
    where o.native_id = s.native_id)::text
from twice t where t.native_id = s.native_id;
insert into s_stray select native_id from twice;
delete from s_account s using twice t
where t.native_id = s.native_id and exists (
    select from s_account o where o.native_id = s.native_id and o.ctid > s.ctid);

-- name: newer_looks
-- Whether anything of this realm was looked at later already.
select exists (select from scope where realm = %(realm)s and complete and observed_at > %(observed_at)s) as newer;

-- name: drop_stale
-- What a read that began later has told already: an older one never overwrites it.
delete from s_account s
where exists (select from scope n where n.realm = %(realm)s and n.scope = '' and n.kind = s.kind and n.complete
        and n.observed_at > %(observed_at)s)
    or exists (select from scope n where n.realm = %(realm)s and n.scope = s.native_id and n.kind = s.kind
        and n.complete and n.observed_at > %(observed_at)s);
delete from s_credential s
where exists (select from scope n where n.realm = %(realm)s and n.scope = '' and n.kind = s.kind and n.complete
        and n.observed_at > %(observed_at)s)
    or exists (select from scope n where n.realm = %(realm)s and n.scope = s.account_native_id and n.kind = s.kind
        and n.complete and n.observed_at > %(observed_at)s);
delete from s_scope s using scope n
where n.realm = %(realm)s and n.scope in ('', s.scope) and n.kind = s.kind and n.complete
    and n.observed_at > %(observed_at)s;
-- What is left of an account isn't all that was told of it.
update s_account set digest = null;

-- name: find_here
-- Accounts of this read that are known; those that are new come to them when they have been written.
create temp table here as
select a.account_pk, a.native_id, true as was_known, false as is_new
from (select native_id from s_account union select native_id from s_stray) s
join account a on a.realm = %(realm)s and a.native_id = s.native_id;
analyze here;

-- name: insert_accounts
-- Accounts never seen before. One whose credentials came elsewhere, too, is compared with what is there like one that is
-- known.
with made as (
    insert into account (realm, {account}, keys, digest, first_seen_at, observed_at, dead_since)
    select %(realm)s, {s.account}, s.keys::jsonb,
        case when not %(exact)s then s.digest end, %(observed_at)s, %(observed_at)s,
        case when s.standing = 'dead' then %(observed_at)s::timestamptz end
    from s_account s
    where s.native_id not in (select h.native_id from here h)
    returning account_pk, native_id
)
insert into here
select m.account_pk, m.native_id, false, m.native_id not in (select s.native_id from s_stray s) from made m;

-- name: insert_uses
-- When those were last used: the day, until it's known whose they are; exactly by a live look.
insert into account_use (account_pk, keep_use, last_used_at, observed_at)
select h.account_pk, case when %(exact)s then 'exact' else 'day' end,
    case when %(exact)s then s.last_used_at else date_trunc('day', s.last_used_at, 'UTC') end, %(observed_at)s
from s_account s join here h using (native_id)
where not h.was_known;

-- name: insert_credentials
-- Credentials of accounts never seen before.
insert into credential (account_pk, {credential}, observed_at, dead_since)
select h.account_pk, {s.credential}, %(observed_at)s, case when s.standing = 'dead' then %(observed_at)s::timestamptz end
from s_credential s join here h on h.native_id = s.account_native_id
where h.is_new;

-- name: merge_accounts
-- Accounts that were known and are told otherwise now.
update account a
set ({account_said}) = row({s.account_said}), observed_at = %(observed_at)s, gone_at = null,
    dead_since = case when s.standing <> 'works' then coalesce(
        case when a.standing <> 'works' or a.gone_at is not null then a.dead_since end,
        case when s.standing = 'dead' then %(observed_at)s::timestamptz end) end
from s_account s join here h using (native_id)
where not h.is_new and a.account_pk = h.account_pk and a.observed_at <= %(observed_at)s and (
    ({a.account_said}) is distinct from ({s.account_said}) or a.gone_at is not null);

-- name: find_retold
-- Known accounts whose keys aren't the ones that they bore, key by key: its five parts, when it began, and what is told
-- now (null: nothing). A key that came back bears the day on which it first came.
create temp table retold as
with changed as (
    select a.account_pk, a.keys as borne, s.keys::jsonb as told
    from here h join account a using (account_pk) join s_account s on s.native_id = a.native_id
    where not h.is_new
        -- The seventh part is since when it's borne, which no read tells.
        and (select jsonb_agg(k - 6) from jsonb_array_elements(a.keys) k) is distinct from s.keys::jsonb
), told as (
    select c.account_pk, k - 5 as id, k as told from changed c cross join jsonb_array_elements(c.told) k
), borne as (
    select c.account_pk, k - 6 - 5 as id, k ->> 5 as raw, k ->> 6 as since
    from changed c cross join jsonb_array_elements(c.borne) k
), ended as (
    select f.account_pk, jsonb_build_array(f.kind, f.value, f.loose, f.origin, f.name) as id, f.valid_from
    from former_account_key f join changed using (account_pk)
)
select account_pk, id, b.id is not null as was_borne, b.raw, t.told,
    case when b.id is not null then b.since::timestamptz else coalesce(e.valid_from, %(observed_at)s) end as since
from told t full join borne b using (account_pk, id) left join ended e using (account_pk, id);

-- name: merge_account_keys
-- Keys that such an account no longer bears have ended; the others are the ones it bears.
insert into former_account_key (account_pk, kind, value, loose, origin, name, raw, valid_from, valid_to)
select r.account_pk, r.id ->> 0, r.id ->> 1, r.id ->> 2, r.id ->> 3, r.id ->> 4, r.raw,
    coalesce(r.since, a.first_seen_at), %(observed_at)s
from retold r join account a using (account_pk) where r.told is null;
delete from former_account_key f using retold r
where r.account_pk = f.account_pk and r.told is not null
    and r.id = jsonb_build_array(f.kind, f.value, f.loose, f.origin, f.name);
update account a set keys = r.keys, observed_at = greatest(a.observed_at, %(observed_at)s)
from (
    select account_pk, coalesce(
        jsonb_agg(told || case when since is null then '[]' else jsonb_build_array(since) end order by told)
        filter (where told is not null), '[]') as keys
    from retold group by account_pk) r
where r.account_pk = a.account_pk;

-- name: merge_credentials
-- The credentials of accounts that were known. MERGE, since ON CONFLICT would lock, and so write, each row that stays as
-- it is. What one read tells in two ways works where one of them says so.
merge into credential c
using (
    select distinct on (h.account_pk, s.kind, s.native_id) h.account_pk, {s.credential}
    from s_credential s join here h on h.native_id = s.account_native_id
    where not h.is_new
    order by h.account_pk, s.kind, s.native_id, s.standing desc) n
on c.account_pk = n.account_pk and c.kind = n.kind and c.native_id = n.native_id
when matched and c.observed_at <= %(observed_at)s and (
    ({c.credential_said}) is distinct from ({n.credential_said}) or c.gone_at is not null) then
update set ({credential_said}) = row({n.credential_said}), observed_at = %(observed_at)s, gone_at = null,
    dead_since = case when n.standing <> 'works' then coalesce(
        case when c.standing <> 'works' or c.gone_at is not null then c.dead_since end,
        case when n.standing = 'dead' then %(observed_at)s::timestamptz end) end
when not matched then insert (account_pk, {credential}, observed_at, dead_since)
    values (n.account_pk, {n.credential}, %(observed_at)s,
        case when n.standing = 'dead' then %(observed_at)s::timestamptz end);

-- name: place_uses
-- What a first read told of this system, as rows of their own, for the next step to compare with. Not before accounts are
-- written: a first correlation waits for whoever writes these, and then takes the same rows.
with told as (
    delete from use_told where realm = %(realm)s returning account_pks, days, observed_at
)
insert into account_use (account_pk, keep_use, last_used_at, observed_at)
select u.account_pk, 'day', u.day::timestamptz, t.observed_at
from told t cross join unnest(t.account_pks, t.days) u (account_pk, day);

-- name: keep_uses
-- When accounts that were known were last used, as far as it is kept of them; a live look begins to keep it exactly. What
-- is told becomes a time where it's kept, which of most it isn't.
update account_use u
set keep_use = case when %(exact)s then 'exact' else u.keep_use end,
    last_used_at = case when %(exact)s or u.keep_use = 'exact' then t.last_used_at::timestamptz
        else date_trunc('day', t.last_used_at::timestamptz, 'UTC') end,
    observed_at = %(observed_at)s
from (
    select account_pk, last_used_at from s_same
    union all
    select h.account_pk, s.last_used_at::text from s_account s join here h using (native_id) where h.was_known) t
where u.account_pk = t.account_pk and u.observed_at <= %(observed_at)s and case
    when %(exact)s or u.keep_use = 'exact'
        then (u.keep_use, u.last_used_at) is distinct from ('exact', t.last_used_at::timestamptz)
    else u.last_used_at is distinct from date_trunc('day', t.last_used_at::timestamptz, 'UTC') end;
insert into account_use (account_pk, keep_use, last_used_at, observed_at)
select t.account_pk, 'exact', t.last_used_at, %(observed_at)s
from (
    select account_pk, last_used_at::timestamptz from s_same
    union all
    select h.account_pk, s.last_used_at from s_account s join here h using (native_id) where h.was_known) t
where %(exact)s and not exists (select from account_use u where u.account_pk = t.account_pk);

-- name: mark_left_out
-- Which of those settings leave out, by their ids or by what comes before the slash in them.
update unseen u set left_out = true
where u.native_id in (select o.id from s_left_out o)
    or split_part(u.native_id, '/', 1) || '/' in (select o.id from s_left_out o);
analyze unseen;

-- name: leave_out_accounts
-- Accounts that settings leave out of this read of their system, and not of the last one: they stay as they were when that
-- one saw them. And those that are told again.
update account a
set last_seen_at = greatest(a.observed_at, (
    select s.observed_at from scope s where s.realm = a.realm and s.scope = '' and s.kind = a.kind and s.complete))
from unseen u
where u.left_out and a.account_pk = u.account_pk and a.gone_at is null and a.observed_at <= %(observed_at)s
    and a.last_seen_at is null
    and exists (select from s_scope c where c.scope = '' and c.kind = a.kind)
    and not exists (select from s_account s where s.native_id = a.native_id);
update account a set last_seen_at = null
where a.realm = %(realm)s and a.last_seen_at is not null
    and exists (select from s_scope c where c.scope = '' and c.kind = a.kind)
    and (exists (select from s_account s where s.native_id = a.native_id)
        or exists (select from s_same s where s.account_pk = a.account_pk));

-- name: gone_accounts
-- Accounts that a complete read of their scope no longer shows; not one of which that very read couldn't tell, or which
-- settings leave out of it.
update account a set gone_at = %(observed_at)s, observed_at = %(observed_at)s, digest = null, last_seen_at = null,
    dead_since = coalesce(case when a.standing <> 'works' then a.dead_since end, %(observed_at)s)
from unseen u cross join s_scope c
where a.account_pk = u.account_pk and a.gone_at is null and a.observed_at <= %(observed_at)s
    and c.kind = a.kind and c.error = '' and c.scope in ('', a.native_id)
    and (c.scope <> '' or not u.left_out)
    and not exists (select from s_account s where s.native_id = a.native_id)
    and not exists (select from s_scope e where e.scope = a.native_id and e.kind = a.kind and e.error <> '')
    and not exists (
        select from scope n where n.realm = a.realm and n.scope = a.native_id and n.kind = a.kind and n.complete
            and n.observed_at > %(observed_at)s);

-- name: leave_out_credentials
-- Credentials that settings leave out of a look at their account: whether they work nobody has looked at.
with unlooked as (
    update credential c set standing = 'unknown', standing_reason = 'left out by settings, so that nobody has looked',
        observed_at = %(observed_at)s
    from unseen a
    where a.account_pk = c.account_pk and c.gone_at is null and c.standing = 'works' and c.observed_at <= %(observed_at)s
        and exists (
            select from s_left_out o
            where o.scope = a.native_id and o.id = split_part(c.native_id, '/', 1) || '/')
        and exists (select from s_scope s where s.kind = c.kind and s.scope = a.native_id)
        and not exists (
            select from s_credential s
            where s.account_native_id = a.native_id and s.kind = c.kind and s.native_id = c.native_id)
    returning c.account_pk
)
update account a set digest = null from unlooked u where a.account_pk = u.account_pk and a.digest is not null;

-- name: gone_credentials
-- Credentials that a complete read of their scope and kind no longer shows, and those of accounts that are gone. An account
-- that has lost one is no longer what its digest says: told again as before, it must be compared.
with gone as (
update credential c set gone_at = %(observed_at)s, observed_at = %(observed_at)s,
    dead_since = coalesce(case when c.standing <> 'works' then c.dead_since end, %(observed_at)s)
from unseen a
where a.account_pk = c.account_pk and c.gone_at is null and c.observed_at <= %(observed_at)s
    and exists (
        select from s_scope s
        where s.kind = c.kind and s.error = '' and (s.scope = a.native_id or s.scope = '' and not a.left_out))
    and not exists (
        select from s_credential s
        where s.account_native_id = a.native_id and s.kind = c.kind and s.native_id = c.native_id)
    and not exists (
        select from s_left_out o
        where o.scope = a.native_id and o.id = split_part(c.native_id, '/', 1) || '/')
    and not exists (select from s_scope e where e.scope = a.native_id and e.kind = c.kind and e.error <> '')
    and not exists (
        select from scope n where n.realm = %(realm)s and n.scope = a.native_id and n.kind = c.kind and n.complete
            and n.observed_at > %(observed_at)s)
returning c.account_pk)
update account a set digest = null from gone g where a.account_pk = g.account_pk and a.digest is not null;

-- name: set_digests
-- Of an inventory: an account that was known, and of which nothing stands here but what this read told in one piece; a
-- later read hasn't written any of it. A live look leaves the digest as it is, unless it changed something. By account,
-- through the index: credentials aren't read whole for a few thousand accounts.
update account a set digest = case when not %(exact)s and s.is_whole then s.digest end
from (
    select h.account_pk, t.digest, c.touched, not exists (select from s_stray x where x.native_id = h.native_id)
        and k.observed_at <= %(observed_at)s and t.credentials = c.borne
        and coalesce(c.newest <= %(observed_at)s, true) as is_whole
    from here h left join s_account t on t.native_id = h.native_id
    cross join lateral (select observed_at from account where account_pk = h.account_pk offset 0) k
    cross join lateral (
        select count(*) filter (where gone_at is null) as borne, max(observed_at) as newest,
            coalesce(bool_or(observed_at = %(observed_at)s), false) as touched
        from credential where account_pk = h.account_pk) c
    where not h.is_new offset 0) s
where a.account_pk = s.account_pk and case
    when %(exact)s then a.digest is not null and (a.observed_at = %(observed_at)s or s.touched)
    else a.digest is distinct from case when s.is_whole then s.digest end end;

-- name: merge_trusts
-- Roles of this realm that let a user take them on.
insert into trust as t (realm, {trust}, observed_at)
select distinct on (s.native_id, s.principal) %(realm)s, {s.trust}, %(observed_at)s
from s_trust s order by s.native_id, s.principal
on conflict (realm, native_id, principal) do update
set ({trust_said}) = row({excluded.trust_said}), observed_at = excluded.observed_at, gone_at = null
where t.observed_at <= excluded.observed_at
    and (t.gone_at is not null or ({t.trust_said}) is distinct from ({excluded.trust_said}));

-- name: gone_trusts
-- Trusts that a complete read of the realm's roles, or of those whose ids begin as theirs, no longer shows.
update trust t set gone_at = %(observed_at)s, observed_at = %(observed_at)s
where t.realm = %(realm)s and t.gone_at is null and t.observed_at <= %(observed_at)s
    and exists (select from s_scope s where starts_with(t.native_id, s.scope) and s.kind = 'role' and s.error = '')
    and not exists (select from s_trust s where s.native_id = t.native_id and s.principal = t.principal);

-- name: end_memberships
-- Memberships of groups that were read to their end, and that no longer stand; a look at one account tells its own.
update membership m set valid_to = %(observed_at)s
where m.realm = %(realm)s and m.valid_to is null and m.valid_from <= %(observed_at)s
    and exists (
        select from s_group g where g.group_native_id = m.group_native_id and g.scope in ('', m.account_native_id))
    and not exists (
        select from s_membership s
        where s.group_native_id = m.group_native_id and s.account_native_id = m.account_native_id);

-- name: begin_memberships
insert into membership (realm, group_native_id, group_label, account_native_id, valid_from)
select distinct on (s.group_native_id, s.account_native_id) %(realm)s, s.group_native_id, s.group_label,
    s.account_native_id, %(observed_at)s
from s_membership s
where not exists (
    select from membership m where m.realm = %(realm)s and m.group_native_id = s.group_native_id
        and m.account_native_id = s.account_native_id and m.valid_to is null)
order by s.group_native_id, s.account_native_id, s.group_label
on conflict do nothing;

-- name: merge_scopes
-- What was read to its end, when that read began, and what couldn't be read.
insert into scope as s (realm, scope, kind, observed_at, read_id, error, error_at, complete)
select distinct on (c.scope, c.kind) %(realm)s, c.scope, c.kind, %(observed_at)s, %(read_id)s, c.error,
    case when c.error <> '' then %(observed_at)s::timestamptz end, c.error = ''
from s_scope c order by c.scope, c.kind, c.error
on conflict (realm, scope, kind) do update
set observed_at = case when excluded.complete then excluded.observed_at else s.observed_at end,
    read_id = case when excluded.complete then excluded.read_id else s.read_id end,
    complete = s.complete or excluded.complete, error = excluded.error, error_at = excluded.error_at
where s.observed_at <= excluded.observed_at;

-- name: staged_counts
-- Scopes read to their end, and those that couldn't be.
select (select count(distinct scope) from s_scope where error = '')::int as scopes,
    (select count(*) from s_scope where error <> '')::int as failed_scopes;

-- name: finish_source_read
update source_read
set finished_at = now(), realm = %(realm)s, status = %(status)s, counts = %(counts)s, requests = %(requests)s,
    gaps = %(gaps)s, error = %(error)s, attested_at = %(attested_at)s
where read_id = %(read_id)s;

-- name: realm_of_part
-- Which system a source's part turned out to be, in this run.
select realm, status from source_read
where run_id = %(run_id)s and source = %(source)s and part = %(part)s and phase = 'collect';

-- name: read_until
-- When the last read of a source's part began that told everything.
select max(observed_at) from source_read
where source = %(source)s and part = %(part)s and phase = 'collect' and status = 'complete';

-- name: realms
-- Every system ever read.
select realm, kind, source, part from realm order by realm;

-- name: accounts_to_detail
-- Accounts of leavers and returners, disputed and probable ones, those that were a leaver's about the departure, those
-- that say otherwise of themselves than when their link stood, and those with findings that aren't closed. Of some people
-- alone: also those that bear an SSH key of theirs, since a whole read, which tells keys, may be a night ago.
with theirs as (
    select l.account_pk
    from link l join departure d on d.person_uid = l.person_uid and d.valid_to is null
    where l.valid_to is null and l.decision in ('linked', 'disputed', 'probable') and d.confirmed
        and (%(persons)s::uuid[] is null or l.person_uid = any(%(persons)s))
    union
    select l.account_pk
    from link l join departure d on d.person_uid = l.person_uid and d.valid_to is null
    where l.relation in ('is', 'owns') and l.decision = 'linked' and d.confirmed and not d.returned
        and l.valid_to >= d.left_at - make_interval(days => %(moved_days)s)
        and (%(persons)s::uuid[] is null or l.person_uid = any(%(persons)s))
    union
    select account_pk from link
    where valid_to is null and held_since is not null
        and (%(persons)s::uuid[] is null or person_uid = any(%(persons)s))
    union
    select c.account_pk
    from link l join departure d on d.person_uid = l.person_uid and d.valid_to is null
    join credential k on k.account_pk = l.account_pk and k.fingerprint <> ''
    join credential c on c.fingerprint = k.fingerprint and c.gone_at is null
    where l.person_uid = any(%(persons)s) and l.relation = 'is' and l.decision = 'linked' and d.confirmed
)
select a.realm, a.native_id, a.label, a.login
from theirs join account a using (account_pk)
where a.realm = %(realm)s and a.gone_at is null
union
select a.realm, a.native_id, a.label, a.login
from finding f join account a on a.realm = f.realm and a.native_id = f.account_native_id
where a.realm = %(realm)s and f.state <> 'resolved' and f.ticket_kind <> 'event'
    and (%(persons)s::uuid[] is null or f.person_uid = any(%(persons)s))
order by native_id;
