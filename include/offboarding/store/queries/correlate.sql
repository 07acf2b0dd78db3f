-- name: make_placeholder
-- Values that stand for "none" and weigh nothing.
create temp table if not exists placeholder (value text primary key);

-- name: make_source_setting
-- The configured sources' realms, as settings for the queries below.
create temp table source_setting as
select s.realm, s.source, s.kind, s.id_space, s.login_space, s.login_declared
from jsonb_to_recordset(%(sources)s) as s (realm text, source text, kind text, id_space text, login_space text,
    login_declared boolean);

-- name: make_person_key
-- Every key that a person bears or bore.
create temp table person_key as
select w.person_uid, k.kind, k.value, k.space, max(k.loose) as loose,
    bool_or(k.origin = 'current' and k.valid_to is null) as present
from worker_key k join worker w using (worker_pk)
where k.kind <> 'name' and k.value <> '' and k.value !~ '^0+$'
    and not exists (select from placeholder p where p.value = k.value)
group by w.person_uid, k.kind, k.value, k.space;
create index on person_key (kind, value, space);
create index on person_key (kind, loose) where loose <> '';
analyze person_key;

-- name: make_holder
-- Who ever bore a mail, a mail's local part or a login, and how many they are.
create temp table holder as
with borne as (
    select distinct kind, value, space, person_uid from person_key where kind in ('mail', 'login')
    union
    select distinct 'local', loose, '', person_uid from person_key where kind = 'mail' and loose <> ''
)
select b.*, count(*) over (partition by kind, value, space) as holders from borne b;
create index on holder (kind, value, space);
analyze holder;

-- name: make_bearing
-- Every key that an account of a configured source bears today.
create temp table bearing as
select a.account_pk, a.realm, a.created_at, a.service_like, s.source, s.id_space, s.login_space, s.login_declared,
    k.kind, k.value, k.loose, k.origin, k.name, k.raw
from account_key k join account a using (account_pk) join source_setting s using (realm)
where k.valid_to is null and k.kind <> 'name' and (k.value <> '' or k.loose <> '') and k.value !~ '^0+$'
    and not exists (select from placeholder p where p.value = k.value);
create index on bearing (kind, value);
create index on bearing (account_pk);
analyze bearing;

-- name: make_weightless
-- Values that too many accounts of one realm bear: they weigh nothing, and are listed.
create temp table weightless as
select b.realm, b.kind, b.value, min(b.name) as name, count(distinct b.account_pk)::int as accounts
from bearing b join account a using (account_pk)
where b.origin in ('attribute', 'tag') and b.value <> '' and a.gone_at is null
group by b.realm, b.kind, b.value
having count(distinct b.account_pk) > %(bearers)s;

-- name: drop_weightless
delete from bearing b using weightless w where w.realm = b.realm and w.kind = b.kind and w.value = b.value;

-- name: make_evidence
-- What speaks for an account being a person's, or owned by one; the highest score of a group counts.
create temp table evidence (account_pk bigint, person_uid uuid, relation text, grp text, score integer, text text);

-- name: evidence_directory_id
insert into evidence
select b.account_pk, p.person_uid, 'is', 'id', %(directory_id)s, 'HR gives this account''s own id in ' || b.source
from bearing b join person_key p on p.kind = 'directory_id' and p.value = b.value and p.space = 'source:' || b.source
where b.kind = 'directory_id';

-- name: evidence_number
-- Employee numbers: exact in the same id space, or by digits alone, or exact where the source names no space.
insert into evidence
select b.account_pk, p.person_uid, 'is', 'number',
    case when b.value = p.value and b.id_space is not null
        then case when b.origin = 'tag' then %(tag_number)s else %(number)s end
        else %(loose_number)s end,
    b.name || ' ' || b.raw || case
        when b.value <> p.value then ' resembles ' when b.id_space is null then ' may be ' else ' = ' end
        || p.space || ' worker ' || p.value
from bearing b
join person_key p on p.kind = 'number' and (p.value = b.value or (p.loose = b.loose and p.loose <> ''))
    and (b.id_space is null or p.space = b.id_space)
where b.kind = 'number' and b.origin in ('attribute', 'tag');

-- name: evidence_mail
-- Work mails, and who bore a value in turn when the account was made. On a workload's account it names an owner.
insert into evidence
with hit as (
    select b.account_pk, h.person_uid, b.service_like, b.origin, b.name, b.value, h.holders, bore.bore_then,
        count(*) filter (where bore.bore_then) over (partition by b.account_pk, b.origin, b.name, b.value) as bearers_then
    from bearing b
    join holder h on h.kind = 'mail' and h.value = b.value
    cross join lateral (
        select b.created_at is not null and exists (
            select from employment_span e
            where e.person_uid = h.person_uid and (e.started_at is null or e.started_at <= b.created_at)
                and (e.over_at is null or b.created_at < e.over_at)) as bore_then) bore
    where b.kind = 'mail' and b.origin in ('attribute', 'tag')
)
select account_pk, person_uid, case when service_like then 'owns' else 'is' end, 'mail',
    case when origin = 'tag' then %(tag_mail)s else %(mail)s end,
    name || ' is their work mail' || case when holders > 1 then ', theirs when the account was made' else '' end
from hit where holders = 1 or (bore_then and bearers_then = 1);

-- name: evidence_owner
-- A tag that names an owner by number or mail.
insert into evidence
with hit as (
    select b.account_pk, h.person_uid, b.name, b.value, h.holders, bore.bore_then,
        count(*) filter (where bore.bore_then) over (partition by b.account_pk, b.name, b.value) as bearers_then
    from bearing b
    join holder h on h.kind = 'mail' and h.value = b.value
    cross join lateral (
        select b.created_at is not null and exists (
            select from employment_span e
            where e.person_uid = h.person_uid and (e.started_at is null or e.started_at <= b.created_at)
                and (e.over_at is null or b.created_at < e.over_at)) as bore_then) bore
    where b.kind = 'mail' and b.origin = 'owner'
)
select account_pk, person_uid, 'owns', 'owner', %(owner)s, name || ' holds their work mail'
from hit where holders = 1 or (bore_then and bearers_then = 1)
union all
select b.account_pk, p.person_uid, 'owns', 'owner',
    case when b.id_space is null then %(loose_number)s else %(owner)s end,
    b.name || ' ' || b.raw || ' = ' || p.space || ' worker ' || p.value
from bearing b
join person_key p on p.kind = 'number' and p.value = b.value and (b.id_space is null or p.space = b.id_space)
where b.kind = 'number' and b.origin = 'owner';

-- name: make_total
-- Scores by account, person and relation. Mail and login say little of an account made after the departure.
create temp table total as
with decided as (
    select a.account_pk, coalesce(al.person_uid, d.person_uid) as person_uid, d.verdict
    from link_decision d join account a using (realm, native_id)
    left join person_alias al on al.alias_uid = d.person_uid
    where d.revoked_at is null
), grouped as (
    select account_pk, person_uid, relation, grp, max(score) as score
    from evidence where grp <> all(%(without)s)
    group by account_pk, person_uid, relation, grp
), summed as (
    select g.account_pk, g.person_uid, g.relation,
        coalesce(sum(score) filter (where grp not in ('mail', 'login')), 0)
            + least(coalesce(sum(score) filter (where grp in ('mail', 'login')), 0),
                case when bool_or(s.left_at is not null and a.created_at > s.left_at) then %(made_after_cap)s else 100 end)
            as score
    from grouped g join account a using (account_pk)
    left join person_state s on s.person_uid = g.person_uid and not s.returned
    group by g.account_pk, g.person_uid, g.relation
)
select t.account_pk, t.person_uid, t.relation, least(t.score, 100)::int as score, false as decided
from summed t
where not exists (
        select from decided d
        where d.account_pk = t.account_pk and d.verdict = 'reject' and d.person_uid = t.person_uid)
    and not exists (select from decided d where d.account_pk = t.account_pk and d.verdict = 'confirm')
union all
select d.account_pk, d.person_uid, 'is', 100, true
from decided d where d.verdict = 'confirm';
create index on total (account_pk);
analyze total;

-- name: make_ranked
-- The `is` scores of an account, each beside the best of anyone else.
create temp table ranked as
select t.account_pk, t.person_uid, t.score, t.decided,
    coalesce((select max(o.score) from total o
        where o.account_pk = t.account_pk and o.relation = 'is' and o.person_uid <> t.person_uid), 0) as other
from total t where t.relation = 'is';
create index on ranked (account_pk);
analyze ranked;

-- name: make_vouching
-- Definite links: not resting on a login or key. They, and those that once were, may vouch for equal logins.
create temp table vouching as
select r.account_pk, r.person_uid, true as now
from ranked r where r.decided or (r.score >= %(linked)s and r.score - r.other >= %(ahead)s)
union
select l.account_pk, coalesce(al.person_uid, l.person_uid), false
from link l left join person_alias al on al.alias_uid = l.person_uid
where l.definite and not exists (
    select from link_decision d join account a using (realm, native_id)
    where a.account_pk = l.account_pk and d.verdict = 'reject' and d.revoked_at is null
        and d.person_uid = coalesce(al.person_uid, l.person_uid));
analyze vouching;

-- name: make_vouched_login
-- Logins of such accounts that are one person's alone in their space.
create temp table vouched_login as
with borne as (
    select distinct s.login_space as space, s.login_declared as declared, k.value, v.person_uid, v.account_pk
    from vouching v join account a using (account_pk) join source_setting s using (realm)
    join account_key k on k.account_pk = v.account_pk and k.kind = 'login' and k.origin = 'attribute'
    where k.value <> '' and not exists (select from placeholder p where p.value = k.value)
), single as (
    select space, value from borne group by space, value having count(distinct person_uid) = 1
)
select b.* from borne b join single using (space, value);
create index on vouched_login (value);
analyze vouched_login;

-- name: evidence_login
-- Logins: given by HR, borne by an account that is definitely theirs, built on such a one, or merely equal elsewhere.
insert into evidence
with form as (
    select account_pk, source, created_at, login_space, login_declared, value, origin, name, raw
    from bearing where kind = 'login' and value <> ''
), known as (
    -- HR's logins: for this source, its realm, no system, or another one; and local parts of work mails.
    select f.account_pk, f.source, f.created_at, f.login_space, f.value, f.origin, h.person_uid, h.holders, h.space,
        case when h.kind = 'local' then 'local'
            when h.space in (f.login_space, 'source:' || f.source) then 'given'
            when h.space = '' then 'unscoped'
            else 'elsewhere' end as why
    from form f join holder h on h.kind in ('login', 'local') and h.value = f.value
    where f.origin = 'attribute' or (h.kind = 'login' and h.space in (f.login_space, 'source:' || f.source))
), bore as (
    select k.*, k.created_at is not null and exists (
            select from employment_span e
            where e.person_uid = k.person_uid and (e.started_at is null or e.started_at <= k.created_at)
                and (e.over_at is null or k.created_at < e.over_at)) as bore_then
    from known k
), theirs as (
    select b.*, count(*) filter (where bore_then) over (partition by account_pk, value, origin, why, space) as bearers_then
    from bore b
), hr as (
    select account_pk, person_uid, origin, why, value, 'HR' as by
    from theirs where holders = 1 or (bore_then and bearers_then = 1)
), vouched as (
    select distinct f.account_pk, v.person_uid, f.origin,
        case when f.login_declared and v.space = f.login_space then 'realm' else 'elsewhere' end as why, f.value,
        'the account that is definitely theirs' as by
    from form f join vouched_login v on v.value = f.value and v.account_pk <> f.account_pk
    where f.origin = 'attribute' or (f.login_declared and v.space = f.login_space)
), said as (
    select * from hr union all select * from vouched
), scored as (
    select s.*, case
        when origin = 'usual' then %(login_usual)s
        when origin = 'pattern' then %(login_pattern)s
        when why = 'given' then %(login_given)s
        when why = 'realm' then %(login_realm)s
        when why in ('unscoped', 'local') then %(login_usual)s
        when length(value) >= 4 and value <> all(%(reserved)s) then %(login_elsewhere)s
    end as score
    from said s
)
select account_pk, person_uid, 'is', 'login', score, case
    when origin = 'pattern' then 'the login is built on theirs by a declared pattern'
    when origin = 'usual' then 'the login looks built on theirs, by a pattern nobody declared'
    when why = 'given' then 'the login is the one HR gives'
    when why = 'realm' then 'the login is that of ' || by || ', in the same realm'
    when why = 'local' then 'the login is the local part of their work mail'
    when why = 'unscoped' then 'the login is one HR gives for no system in particular'
    else 'the login equals one known for them in another realm (' || by || ')'
end
from scored where score is not null;

-- name: evidence_ssh_key
-- The same SSH key on an account that is linked, to one person only.
insert into evidence
with borne as (
    select distinct b.value, b.account_pk, r.person_uid
    from bearing b join ranked r using (account_pk)
    where b.kind = 'ssh_key' and (r.decided or (r.score >= %(linked)s and r.score - r.other >= %(ahead)s))
), single as (
    select value from borne group by value having count(distinct person_uid) = 1
)
select distinct b.account_pk, v.person_uid, 'is', 'key', %(ssh_key)s, 'the same SSH key is on an account of theirs'
from bearing b
join single s on s.value = b.value
join borne v on v.value = b.value and v.account_pk <> b.account_pk
where b.kind = 'ssh_key';

-- name: make_new_link
-- What correlation concludes today.
create temp table new_link as
with account_best as (
    select r.account_pk, max(r.score) as top,
        bool_or(r.decided or (r.score >= %(linked)s and r.score - r.other >= %(ahead)s)) as has_link,
        max(r.score) filter (where s.person_uid is not null) as top_leaver,
        coalesce(max(r.score) filter (where s.person_uid is null), 0) as top_active
    from ranked r left join person_state s on s.person_uid = r.person_uid and not s.returned
    group by r.account_pk
), mine as (
    select r.account_pk, r.person_uid, 'is' as relation, r.score, case
        when r.decided then 'linked'
        when r.score >= %(linked)s and r.score - r.other >= %(ahead)s then
            case when s.person_uid is not null and exists (
                select from possibly_one o
                where o.person_uid = r.person_uid and not exists (
                    select from person_state l where l.person_uid = o.other_uid and not l.returned))
            then 'disputed' else 'linked' end
        when b.top >= %(linked)s and not b.has_link and (r.score >= %(linked)s or b.top - r.score < %(ahead)s)
            then 'disputed'
        when b.top < %(linked)s and s.person_uid is not null and r.score >= %(probable)s
            and r.score = b.top_leaver and b.top_active < %(candidate)s
            then 'probable'
        when r.score >= %(candidate)s then 'candidate'
    end as decision
    from ranked r join account_best b using (account_pk)
    left join person_state s on s.person_uid = r.person_uid and not s.returned
)
select account_pk, person_uid, relation, decision, score from mine where decision is not null
union all
select account_pk, person_uid, relation, case when score >= %(linked)s then 'linked' else 'candidate' end, score
from total where relation = 'owns' and score >= %(candidate)s;
create index on new_link (account_pk);
analyze new_link;

-- name: link_owner_labels
-- Who is named as manager or owner of a workload's account that is nobody's own.
insert into evidence
select distinct a.account_pk, l.person_uid, 'owns', 'owner', %(owner)s,
    'named there as its manager or owner'
from account a join source_setting using (realm)
cross join lateral unnest(a.owner_labels) as o(label)
join account b on b.realm = a.realm and b.account_pk <> a.account_pk
    and lower(regexp_replace(b.label, '\s*([,=])\s*', '\1', 'g')) = lower(regexp_replace(o.label, '\s*([,=])\s*', '\1', 'g'))
join new_link l on l.account_pk = b.account_pk and l.relation = 'is' and l.decision = 'linked'
where a.service_like
    and not exists (select from ranked r where r.account_pk = a.account_pk and r.score >= %(linked)s)
    and not exists (
        select from link_decision d where d.realm = a.realm and d.native_id = a.native_id and d.revoked_at is null
            and (d.verdict = 'confirm' or (d.verdict = 'reject' and d.person_uid = l.person_uid)));

-- name: add_owner_links
insert into new_link
select e.account_pk, e.person_uid, 'owns', 'linked', %(owner)s
from evidence e
where e.grp = 'owner' and e.relation = 'owns' and e.text = 'named there as its manager or owner'
    and not exists (select from new_link n
        where n.account_pk = e.account_pk and n.person_uid = e.person_uid and n.relation = 'owns' and n.decision = 'linked')
group by e.account_pk, e.person_uid;

-- name: make_final_link
-- The links of today with their evidence; for somebody who came back, whether the account is the present one.
create temp table final_link as
with best as (
    select distinct on (account_pk, person_uid, relation) account_pk, person_uid, relation, decision, score
    from new_link order by account_pk, person_uid, relation, score desc
), said as (
    select account_pk, person_uid, relation, jsonb_agg(distinct text) as evidence
    from evidence group by account_pk, person_uid, relation
), decided as (
    select a.account_pk, coalesce(al.person_uid, d.person_uid) as person_uid,
        'decided by ' || d.author || ' on ' || (d.decided_at at time zone 'UTC')::date as text
    from link_decision d join account a using (realm, native_id)
    left join person_alias al on al.alias_uid = d.person_uid
    where d.revoked_at is null and d.verdict = 'confirm'
)
select b.account_pk, b.person_uid, b.relation, b.decision, b.score,
    case when d.text is not null then jsonb_build_array(d.text) else '[]'::jsonb end
        || coalesce(s.evidence, '[]'::jsonb) as evidence,
    b.relation = 'is' and exists (
        select from vouching v where v.account_pk = b.account_pk and v.person_uid = b.person_uid and v.now) as definite,
    b.relation = 'is' and p.returned is true and exists (
        select from employment_span e
        where e.person_uid = b.person_uid and e.outcome in ('active', 'future') and e.started_at >= p.left_at and (
            a.created_at >= e.started_at - make_interval(days => %(pre_start_days)s)
            or exists (
                select from worker_key k join bearing y on y.account_pk = b.account_pk and y.kind = k.kind
                    and y.value = k.value
                where k.worker_pk = e.worker_pk and k.origin = 'current' and k.valid_to is null and (
                    (k.kind = 'number' and (y.id_space is null or y.id_space = k.space))
                    or k.kind = 'mail'
                    or (k.kind = 'login' and k.space in (y.login_space, 'source:' || y.source, ''))))
        )) as own_now
from best b join account a using (account_pk)
left join said s using (account_pk, person_uid, relation)
left join decided d on d.account_pk = b.account_pk and d.person_uid = b.person_uid and b.relation = 'is'
left join person_state p on p.person_uid = b.person_uid;
create index on final_link (account_pk);
analyze final_link;

-- name: close_links
-- Links that no longer hold as they stood.
update link l set valid_to = %(as_of)s
from account a join source_setting using (realm)
where a.account_pk = l.account_pk and l.valid_to is null and not exists (
    select from final_link f
    where (f.account_pk, f.person_uid, f.relation, f.decision, f.score, f.evidence, f.definite, f.own_now)
        = (l.account_pk, l.person_uid, l.relation, l.decision, l.score, l.evidence, l.definite, l.own_now));

-- name: begin_links
insert into link (account_pk, person_uid, relation, decision, score, evidence, definite, own_now, valid_from)
select f.account_pk, f.person_uid, f.relation, f.decision, f.score, f.evidence, f.definite, f.own_now, %(as_of)s
from final_link f
where not exists (
    select from link l where l.account_pk = f.account_pk and l.person_uid = f.person_uid and l.relation = f.relation
        and l.valid_to is null);

-- name: keep_less_use
-- As little about people as the job needs: last use of working people's accounts goes, of unclaimed ones the day stays.
with wanted as (
    select a.account_pk, case
        when bool_or(l.decision in ('linked', 'disputed', 'probable') and d.person_uid is not null) then 'exact'
        when bool_or(l.decision = 'linked') then 'none'
        else 'day' end as keep_use
    from account a join source_setting using (realm)
    left join link l on l.account_pk = a.account_pk and l.valid_to is null
    left join departure d on d.person_uid = l.person_uid and d.valid_to is null
    group by a.account_pk
)
update account a
set keep_use = w.keep_use, last_used_at = case w.keep_use
    when 'exact' then a.last_used_at when 'day' then date_trunc('day', a.last_used_at, 'UTC') end
from wanted w
where w.account_pk = a.account_pk and a.keep_use <> w.keep_use;

-- name: show_workers
-- Which worker people know a person by: the one at work, else the last.
with face as (
    select distinct on (w.person_uid) w.person_uid, w.worker_pk
    from worker w left join employment_span e using (worker_pk)
    order by w.person_uid, w.superseded, e.outcome is distinct from 'active', e.left_at desc nulls last, w.worker_pk desc
)
update person p set shown_worker_pk = f.worker_pk
from face f where f.person_uid = p.person_uid and p.shown_worker_pk is distinct from f.worker_pk;

-- name: correlation_counts
-- What was linked of the accounts that exist, by realm.
with best as (
    select a.account_pk, a.realm, a.standing, a.gone_at, a.last_used_at, coalesce(
        max(case when l.decision = 'linked' then 'linked' end),
        max(case when l.decision = 'disputed' then 'disputed' end),
        max(case when l.decision = 'probable' then 'probable' end),
        max(case when l.decision = 'candidate' then 'candidate' end), 'orphan') as decision
    from account a join source_setting using (realm)
    left join link l on l.account_pk = a.account_pk and l.valid_to is null
    where a.gone_at is null
    group by a.account_pk
)
select count(*) filter (where standing <> 'dead')::int as working,
    count(*) filter (where standing <> 'dead' and decision = 'linked')::int as linked,
    count(*) filter (where standing <> 'dead' and decision = 'disputed')::int as disputed,
    count(*) filter (where standing <> 'dead' and decision = 'probable')::int as probable,
    count(*) filter (where standing <> 'dead' and decision = 'candidate')::int as candidate,
    count(*) filter (where standing <> 'dead' and decision = 'orphan')::int as orphan,
    count(*) filter (where standing <> 'dead' and decision = 'orphan' and last_used_at > %(as_of)s - interval '30 days')::int
        as orphan_used
from best;

-- name: weightless_values
select realm, kind, name, accounts from weightless order by accounts desc, realm, kind, name limit 20;
