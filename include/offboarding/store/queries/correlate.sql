-- name: make_placeholder
-- Values that stand for "none" and weigh nothing.
create temp table if not exists placeholder (value text primary key);

-- name: make_source_setting
-- The configured sources' realms, as settings for the queries below.
create temp table source_setting as
select (row_number() over ())::int as setting, s.realm, s.source, s.kind, s.id_space, s.login_space, s.login_declared
from jsonb_to_recordset(%(sources)s) as s (realm text, source text, kind text, id_space text, login_space text,
    login_declared boolean);

-- name: make_person_key
-- Every key that a person bears or bore.
create temp table person_key as
select w.person_uid, k.kind, k.value, k.space, max(k.loose) as loose,
    bool_or(k.origin = 'current' and k.valid_to is null) as present
from worker_key k join worker w using (worker_pk) join focus_person using (person_uid)
where ltrim(k.value, '0') <> ''
    and not exists (select from placeholder p where p.value = k.value)
group by w.person_uid, k.kind, k.value, k.space;
analyze person_key;

-- name: make_shared
-- Mails, local parts of mails and logins that more than one person ever bore.
create temp table shared as
select kind, value, space from person_key where kind in ('mail', 'login')
group by kind, value, space having count(*) > 1
union all
select 'local', loose, '' from (
    select distinct loose, person_uid from person_key where kind = 'mail' and loose <> '') part
group by loose having count(*) > 1;
analyze shared;

-- name: make_bearing
-- Every key that an account of a configured source bears today; the source's settings are joined where they're asked.
create temp table bearing as
select b.*
from (
    select a.account_pk, s.setting, a.created_at, a.service_like,
        k ->> 0 as kind, k ->> 1 as value, k ->> 2 as loose, k ->> 3 as origin, k ->> 4 as name, k ->> 5 as raw
    from account a join focus_account using (account_pk) join source_setting s using (realm)
    cross join jsonb_array_elements(a.keys) k
    offset 0) b  -- each part of a key is taken out once
where b.kind <> 'name' and (ltrim(b.value, '0') <> '' or (b.value = '' and b.loose <> ''))
    and b.value not in (select p.value from placeholder p);
create index on bearing (account_pk);
analyze bearing;

-- name: make_weightless
-- Values that too many accounts of one realm bear: they weigh nothing anywhere, and are listed. Counted in two steps:
-- nearly no value is borne that often anywhere, and telling realms and accounts apart takes far more than counting.
create temp table weightless as
with crowded as (
    select kind, value from bearing where origin in ('attribute', 'tag')
    group by kind, value having count(*) > %(bearers)s
)
select s.realm, b.kind, b.value, b.loose, min(b.name) as name, count(distinct b.account_pk)::int as accounts
from crowded join bearing b using (kind, value) join source_setting s using (setting) join account a using (account_pk)
where b.origin in ('attribute', 'tag') and a.gone_at is null
group by s.realm, b.kind, b.value, b.loose
having count(distinct b.account_pk) > %(bearers)s;

-- name: drop_weightless
-- With a login goes what is read into it. What went is kept beside: an account that is definitely somebody's vouches for
-- its login, however many bear it elsewhere.
create temp table weighed_nothing as
with dropped as (
    delete from bearing b
    using (select distinct kind, value, loose from weightless) w
    where w.kind = b.kind and w.value = b.value and w.loose = b.loose and b.origin in ('attribute', 'tag', 'owner')
    returning b.account_pk, b.setting, b.kind, b.value, b.origin, b.raw
)
select * from dropped;
delete from bearing b
using weighed_nothing d
where d.account_pk = b.account_pk and d.kind = 'login' and b.kind = 'login' and b.raw = d.raw
    and b.origin in ('pattern', 'usual');

-- name: make_ruling
-- What people decided, by accounts: each rejection, and the last confirmation.
create temp table ruling as
select account_pk, person_uid, verdict, author, decided_at
from (
    select a.account_pk, coalesce(al.person_uid, d.person_uid) as person_uid, d.verdict, d.author, d.decided_at,
        row_number() over (partition by a.account_pk, d.verdict order by d.decision_id desc) as n
    from link_decision d join account a using (realm, native_id) join focus_account using (account_pk)
    left join person_alias al on al.alias_uid = d.person_uid
    where d.revoked_at is null) decided
where verdict = 'reject' or n = 1;
create index on ruling (account_pk);
analyze ruling;

-- name: make_evidence
-- What speaks for an account being a person's, or owned by one; the highest score of a group counts.
create temp table evidence (account_pk bigint, person_uid uuid, relation text, grp text, score integer, text text);

-- name: evidence_directory_id
insert into evidence
select b.account_pk, p.person_uid, 'is', 'id', %(directory_id)s, 'HR gives this account''s own id in ' || s.source
from bearing b join source_setting s using (setting)
join person_key p on p.kind = 'directory_id' and p.value = b.value and p.space in ('', 'source:' || s.source)
where b.kind = 'directory_id';

-- name: evidence_number
-- Employee numbers: exact in the same id space, or by digits alone, or exact where the source names no space.
insert into evidence
with number as (
    select b.account_pk, b.origin, b.name, b.raw, b.value, b.loose, s.id_space
    from bearing b join source_setting s using (setting) where b.kind = 'number' and b.origin in ('attribute', 'tag')
), hit as (
    select b.account_pk, b.origin, b.name, b.raw, b.id_space, true as exact, p.person_uid, p.space, p.value
    from number b join person_key p on p.kind = 'number' and p.value = b.value
    union all
    select b.account_pk, b.origin, b.name, b.raw, b.id_space, false, p.person_uid, p.space, p.value
    from number b join person_key p on p.kind = 'number' and p.loose = b.loose and p.loose <> '' and p.value <> b.value
)
select account_pk, person_uid, 'is', 'number',
    case when not exact or id_space is null then %(loose_number)s
        when origin = 'tag' then %(tag_number)s else %(number)s end,
    name || ' ' || raw || case when not exact then ' resembles ' when id_space is null then ' may be ' else ' = ' end
        || space || ' worker ' || value
from hit where id_space is null or space = id_space;

-- name: evidence_mail
-- Work mails, and who bore a value in turn when the account was made. On a workload's account, or in a tag that names
-- an owner, they name an owner.
insert into evidence
with hit as (
    select b.account_pk, b.created_at, b.service_like, b.origin, b.name, b.value, h.person_uid,
        s.value is not null as is_shared
    from bearing b join person_key h on h.kind = 'mail' and h.value = b.value
    left join shared s on s.kind = 'mail' and s.value = h.value and s.space = h.space
    where b.kind = 'mail' and b.origin in ('attribute', 'tag', 'owner')
), bore as (
    select h.*, count(*) over (partition by h.account_pk, h.origin, h.name, h.value) as bearers
    from hit h
    where h.is_shared and h.created_at is not null and exists (
        select from employment_span e
        where e.person_uid = h.person_uid and (e.started_at is null or e.started_at <= h.created_at)
            and (e.over_at is null or h.created_at < e.over_at))
), borne as (
    select account_pk, person_uid, service_like, origin, name, '' as since from hit where not is_shared
    union all
    select account_pk, person_uid, service_like, origin, name, ', theirs when the account was made'
    from bore where bearers = 1
)
select account_pk, person_uid, case when service_like or origin = 'owner' then 'owns' else 'is' end,
    case when origin = 'owner' then 'owner' else 'mail' end,
    case origin when 'owner' then %(owner)s when 'tag' then %(tag_mail)s else %(mail)s end,
    name || case when origin = 'owner' then ' holds' else ' is' end || ' their work mail' || since
from borne;

-- name: evidence_owner_number
-- A tag that names an owner by number, in the declared form: about a number says too little of whose business it is.
insert into evidence
select b.account_pk, p.person_uid, 'owns', 'owner', %(owner)s,
    b.name || ' ' || b.raw || ' = ' || p.space || ' worker ' || p.value
from bearing b join source_setting s using (setting)
join person_key p on p.kind = 'number' and p.value = b.value and p.space = s.id_space
where b.kind = 'number' and b.origin = 'owner';

-- name: make_ranked
-- Whose an account is, in scores: of each group the highest, and each person's beside the best of anyone else. Mail and
-- login say little of an account made after the departure.
create temp table ranked as
with summed as (
    select account_pk, person_uid,
        coalesce(max(score) filter (where grp = 'id'), 0) + coalesce(max(score) filter (where grp = 'number'), 0)
            + coalesce(max(score) filter (where grp = 'key'), 0) as firm,
        coalesce(max(score) filter (where grp = 'mail'), 0)
            + coalesce(max(score) filter (where grp = 'login'), 0) as soft
    from evidence where relation = 'is' and grp <> all(%(without)s)
    group by account_pk, person_uid
), capped as (
    select t.account_pk, t.person_uid,
        t.firm + case when a.created_at > s.left_at then least(t.soft, %(made_after_cap)s) else t.soft end as score
    from summed t
    left join person_state s on s.person_uid = t.person_uid and not s.returned
    left join account a on a.account_pk = t.account_pk and s.person_uid is not null
), total as (
    select t.account_pk, t.person_uid, least(t.score, 100)::int as score, false as decided
    from capped t
    where not exists (
        select from ruling r
        where r.account_pk = t.account_pk and (r.verdict = 'confirm' or r.person_uid = t.person_uid))
    union all
    select account_pk, person_uid, 100, true from ruling where verdict = 'confirm'
)
select account_pk, person_uid, score, decided,
    coalesce(case when row_number() over best = 1 then lead(score) over best else first_value(score) over best end, 0)
        as other
from total
window best as (partition by account_pk order by score desc, person_uid);
analyze ranked;

-- name: make_vouching
-- Definite links: not resting on a login or key. They, and those that once were, may vouch for equal logins.
create temp table vouching as
select account_pk, person_uid, bool_or(now) as now
from (
    select r.account_pk, r.person_uid, true as now
    from ranked r where r.decided or (r.score >= %(linked)s and r.score - r.other >= %(ahead)s)
    union all
    select l.account_pk, coalesce(al.person_uid, l.person_uid), false
    from link l join focus_account using (account_pk) left join person_alias al on al.alias_uid = l.person_uid
    where l.definite) definite
where now or not exists (
    select from ruling r
    where r.account_pk = definite.account_pk
        and (r.verdict = 'confirm') <> (r.person_uid = definite.person_uid))
group by account_pk, person_uid;
analyze vouching;

-- name: make_vouched_login
-- Logins of such accounts that are one person's alone in their space: one of these, with what people call it, and whether
-- there are others.
create temp table vouched_login as
with borne as (
    select account_pk, setting, value from bearing where kind = 'login' and origin in ('attribute', 'tag')
    union all
    select account_pk, setting, value from weighed_nothing where kind = 'login' and origin in ('attribute', 'tag')
    union all
    select k.account_pk, s.setting, k.value
    from former_account_key k join account a using (account_pk) join source_setting s using (realm)
    where k.kind = 'login' and k.origin in ('attribute', 'tag') and k.value <> ''
        and k.value not in (select p.value from placeholder p)
), told as (
    select s.login_space as space, b.value, v.person_uid::text as person, b.account_pk
    from vouching v join borne b using (account_pk) join source_setting s using (setting)
), single as (
    select space, value, min(person)::uuid as person_uid, min(account_pk) as account_pk,
        min(account_pk) <> max(account_pk) as several
    from told group by space, value having min(person) = max(person)
)
select v.*, s.source || ' account ' || a.label as called
from single v join account a using (account_pk) join source_setting s using (realm);
analyze vouched_login;

-- name: evidence_login
-- Logins: given by HR, borne by an account that is definitely theirs, built on such a one, or merely equal elsewhere.
insert into evidence
with form as (
    select b.account_pk, s.source, b.created_at, s.login_space, s.login_declared, b.value,
        case when b.origin = 'tag' then 'attribute' else b.origin end as origin
    from bearing b join source_setting s using (setting)
    where b.kind = 'login' and b.value <> '' and b.origin <> 'owner'
), known as (
    -- HR's logins: for this source, its realm, no system, or another one; and local parts of work mails.
    select f.account_pk, f.created_at, f.value, f.origin, h.person_uid, s.value is not null as is_shared, h.space,
        case when h.space in (f.login_space, 'source:' || f.source) then 'given'
            when h.space = '' then 'unscoped'
            else 'elsewhere' end as why
    from form f join person_key h on h.kind = 'login' and h.value = f.value
    left join shared s on s.kind = 'login' and s.value = h.value and s.space = h.space
    where f.origin = 'attribute' or h.space in (f.login_space, 'source:' || f.source)
    union all
    select f.account_pk, f.created_at, f.value, f.origin, h.person_uid, s.value is not null, '', 'local'
    from form f join (
        select distinct loose, person_uid from person_key where kind = 'mail' and loose <> '') h on h.loose = f.value
    left join shared s on s.kind = 'local' and s.value = h.loose
    where f.origin = 'attribute'
), bore as (
    select k.*, count(*) over (partition by account_pk, value, origin, why, space) as bearers
    from known k
    where k.is_shared and k.created_at is not null and exists (
        select from employment_span e
        where e.person_uid = k.person_uid and (e.started_at is null or e.started_at <= k.created_at)
            and (e.over_at is null or k.created_at < e.over_at))
), said as (
    select account_pk, person_uid, origin, why, value, 'HR' as by from known where not is_shared
    union all
    select account_pk, person_uid, origin, why, value, 'HR' from bore where bearers = 1
    union all
    select f.account_pk, v.person_uid, f.origin,
        case when f.login_declared and v.space = f.login_space then 'realm' else 'elsewhere' end, f.value,
        case when v.account_pk = f.account_pk then 'another account of theirs' else v.called end
    from form f join vouched_login v on v.value = f.value and (v.several or v.account_pk <> f.account_pk)
    where f.origin = 'attribute' or (f.login_declared and v.space = f.login_space)
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
    when why = 'realm' then 'the login is that of ' || by || ', which is theirs, in the same realm'
    when why = 'local' then 'the login is the local part of their work mail'
    when why = 'unscoped' then 'the login is one HR gives for no system in particular'
    else 'the login equals one known for them in another realm (' || by || ')'
end
from scored where score is not null;

-- name: evidence_external_id
-- An id that another system gave, equal to that of an account there which is linked.
insert into evidence
select distinct b.account_pk, r.person_uid, 'is', 'id', %(directory_id)s,
    b.name || ' is that of ' || s.source || ' account ' || a.label || ', which is theirs'
from bearing b
join bearing o on o.kind = 'directory_id' and o.name = 'id' and o.value = b.value and o.setting <> b.setting
join source_setting s on s.setting = o.setting
join account a on a.account_pk = o.account_pk
join ranked r on r.account_pk = o.account_pk
    and (r.decided or (r.score >= %(linked)s and r.score - r.other >= %(ahead)s))
where b.kind = 'directory_id' and b.name <> 'id';

-- name: evidence_ssh_key
-- The same SSH key on an account that is linked without it, to one person only.
insert into evidence
with single as (
    select b.value, min(r.person_uid::text)::uuid as person_uid, min(b.account_pk) as account_pk,
        count(distinct b.account_pk) as accounts
    from bearing b join ranked r using (account_pk)
    where b.kind = 'ssh_key' and b.origin <> 'owner'
        and (r.decided or (r.score >= %(linked)s and r.score - r.other >= %(ahead)s))
    group by b.value having count(distinct r.person_uid) = 1
)
select distinct b.account_pk, s.person_uid, 'is', 'key', %(ssh_key)s, 'the same SSH key is on an account of theirs'
from bearing b join single s on s.value = b.value and (s.accounts > 1 or s.account_pk <> b.account_pk)
where b.kind = 'ssh_key' and b.origin <> 'owner';

-- name: evidence_owner_label
-- Who is named as manager or owner of a workload's account that is nobody's own.
insert into evidence
with named as (
    select a.account_pk, a.realm,
        plain_label(o.label) as label
    from account a join focus_account using (account_pk) join source_setting using (realm)
    cross join lateral unnest(a.owner_labels) as o(label)
    where a.service_like
        and not exists (select from ranked r where r.account_pk = a.account_pk and r.score >= %(linked)s)
)
select distinct n.account_pk, r.person_uid, 'owns', 'owner', %(owner)s, 'named there as its manager or owner'
from named n
join account b on b.realm = n.realm and plain_label(b.label) = n.label
join ranked r on r.account_pk = b.account_pk
    and (r.decided or (r.score >= %(linked)s and r.score - r.other >= %(ahead)s));

-- name: make_owned
-- Who owns an account, in scores; several may own one thing. Whose own it is, a person said, nobody owns.
create temp table owned as
with grouped as (
    select account_pk, person_uid, grp, max(score) as score
    from evidence where relation = 'owns'
    group by account_pk, person_uid, grp
), summed as (
    select g.account_pk, g.person_uid,
        coalesce(sum(score) filter (where grp <> 'mail'), 0)
            + least(coalesce(sum(score) filter (where grp = 'mail'), 0),
                case when bool_or(a.created_at > s.left_at) then %(made_after_cap)s end) as score
    from grouped g join account a using (account_pk)
    left join person_state s on s.person_uid = g.person_uid and not s.returned
    group by g.account_pk, g.person_uid
)
select t.account_pk, t.person_uid, least(t.score, 100)::int as score
from summed t
where not exists (
    select from ruling r
    where r.account_pk = t.account_pk and (r.verdict = 'confirm' or r.person_uid = t.person_uid));

-- name: make_new_link
-- What correlation concludes today. What may be somebody active's is never a leaver's alone, unless a person said so.
create temp table new_link as
with account_best as (
    select r.account_pk, max(r.score) as top,
        bool_or(r.decided or (r.score >= %(linked)s and r.score - r.other >= %(ahead)s)) as has_link,
        coalesce(max(r.score) filter (where s.person_uid is null), 0) as top_active
    from ranked r left join person_state s on s.person_uid = r.person_uid and not s.returned
    group by r.account_pk
), own as (
    select r.account_pk, r.person_uid, r.score, case
        when r.decided then 'linked'
        when r.score >= %(linked)s and r.score - r.other >= %(ahead)s then
            case when c.person_uid is null then 'linked' else 'disputed' end
        when b.top >= %(linked)s and not b.has_link and (r.score >= %(linked)s or b.top - r.score < %(ahead)s)
            then 'disputed'
        when b.top < %(linked)s and r.score = b.top and r.score >= %(probable)s and b.top_active < %(candidate)s
            then 'probable'
        else 'candidate'
    end as decision
    from ranked r join account_best b using (account_pk)
    left join contested c on c.person_uid = r.person_uid
    where r.score >= %(candidate)s
)
select account_pk, person_uid, 'is' as relation, decision, score from own
union all
select o.account_pk, o.person_uid, 'owns',
    case when o.score < %(linked)s then 'candidate' when c.person_uid is null then 'linked' else 'disputed' end, o.score
from owned o left join contested c on c.person_uid = o.person_uid
where o.score >= %(candidate)s;
analyze new_link;

-- name: add_created_links
-- What a leaver's account made in the last days before the departure, or after it: listed, whosoever it is.
with made as (
    select distinct a.account_pk, l.person_uid
    from account a
    join source_setting using (realm)
    join account b on b.realm = a.realm and b.account_pk <> a.account_pk and lower(b.label) = lower(a.created_by)
    join new_link l on l.account_pk = b.account_pk and l.relation = 'is' and l.decision = 'linked'
    join person_state s on s.person_uid = l.person_uid and not s.returned
    where a.created_by <> '' and a.gone_at is null
        and a.created_at >= s.left_at - make_interval(days => %(created_window_days)s)
        and not exists (
            select from new_link n where n.account_pk = a.account_pk and n.person_uid = l.person_uid
                and n.relation = 'is' and n.decision = 'linked')
), told as (
    insert into evidence
    select account_pk, person_uid, 'created', 'created', %(linked)s, 'an account of theirs made it' from made
)
insert into new_link select account_pk, person_uid, 'created', 'linked', %(linked)s from made;

-- name: make_final_link
-- The links of today with their evidence; for somebody who came back, whether the account is the present one.
create temp table final_link as
with said as (
    select account_pk, person_uid, relation, jsonb_agg(distinct text) as evidence
    from evidence group by account_pk, person_uid, relation
)
select b.account_pk, b.person_uid, b.relation, b.decision, b.score,
    case when d.account_pk is null then '[]'::jsonb
        else jsonb_build_array('decided by ' || d.author || ' on ' || (d.decided_at at time zone 'UTC')::date) end
        || coalesce(s.evidence, '[]'::jsonb) as evidence,
    b.relation = 'is' and coalesce(v.now, false) as definite,
    b.relation = 'is' and p.returned is true and exists (
        select from employment_span e
        where e.person_uid = b.person_uid and e.outcome in ('active', 'future') and e.started_at >= p.left_at and (
            (select a.created_at from account a where a.account_pk = b.account_pk)
                >= e.started_at - make_interval(days => %(pre_start_days)s)
            or exists (
                select from worker_key k join bearing y on y.account_pk = b.account_pk and y.kind = k.kind
                    and y.value = k.value
                join source_setting s on s.setting = y.setting
                where k.worker_pk = e.worker_pk and k.origin = 'current' and k.valid_to is null and (
                    (k.kind = 'number' and (s.id_space is null or s.id_space = k.space))
                    or k.kind = 'mail'
                    or (k.kind = 'login' and k.space in (s.login_space, 'source:' || s.source, ''))))
        )) as own_now
from new_link b
left join said s using (account_pk, person_uid, relation)
left join ruling d on d.account_pk = b.account_pk and d.person_uid = b.person_uid and d.verdict = 'confirm'
    and b.relation = 'is'
left join vouching v on v.account_pk = b.account_pk and v.person_uid = b.person_uid
left join person_state p on p.person_uid = b.person_uid;
analyze final_link;

-- name: close_links
-- Links that no longer hold as they stood.
update link l set valid_to = %(as_of)s
from account a join focus_account using (account_pk) join source_setting using (realm)
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
-- As little about people as the job needs: last use of working people's accounts goes, of unclaimed ones the day stays;
-- it is kept exactly of leavers' accounts, and where a finding stands (or stood: those are looked at each time).
merge into account_use u
using (
    with standing as (
        select a.account_pk from finding f join account a on a.realm = f.realm and a.native_id = f.account_native_id
        where f.state <> 'resolved'
    ), claimed as (
        select account_pk, bool_or(exact) as exact
        from (
            select account_pk, true as exact from standing
            union all
            select l.account_pk, true from link l join departure d on d.person_uid = l.person_uid and d.valid_to is null
            where l.valid_to is null and l.decision in ('linked', 'disputed', 'probable')
            union all
            select account_pk, false from link where valid_to is null and decision = 'linked') claim
        group by account_pk
    ), looked as (
        select account_pk from focus_account
        union
        select account_pk from standing
        union
        select account_pk from account_use where keep_use = 'exact'
    )
    select account_pk, a.observed_at, case when c.exact then 'exact' when c.account_pk is not null then 'none' else 'day' end as keep_use
    from looked join account a using (account_pk) join source_setting using (realm)
    left join claimed c using (account_pk)) w
on u.account_pk = w.account_pk
when matched and w.keep_use = 'none' then delete
when matched and u.keep_use <> w.keep_use then update set keep_use = w.keep_use,
    last_used_at = case when w.keep_use = 'day' then date_trunc('day', u.last_used_at, 'UTC') else u.last_used_at end
when not matched and w.keep_use <> 'none' then insert (account_pk, keep_use, last_used_at, observed_at)
    values (w.account_pk, w.keep_use, null, w.observed_at);

-- name: show_workers
-- Which worker people know a person by: the one at work, else the last.
with face as (
    select distinct on (w.person_uid) w.person_uid, w.worker_pk
    from worker w left join employment_span e using (worker_pk)
    order by w.person_uid, w.superseded, e.outcome is distinct from 'active', e.left_at desc nulls last, w.worker_pk desc
)
update person p set shown_worker_pk = f.worker_pk
from face f where f.person_uid = p.person_uid and p.shown_worker_pk is distinct from f.worker_pk;

-- name: refresh_link_statistics
-- For the queries that make cases of them, and for whoever asks for a live look.
analyze link, departure, person, credential, scope;

-- name: correlation_counts
-- What was linked of the accounts that exist, by realm.
with best as (
    select account_pk, min(array_position(array['linked', 'disputed', 'probable', 'candidate'], decision)) as rank
    from link where valid_to is null and relation <> 'created'
    group by account_pk
)
select count(*)::int as working, count(*) filter (where b.rank = 1)::int as linked,
    count(*) filter (where b.rank = 2)::int as disputed, count(*) filter (where b.rank = 3)::int as probable,
    count(*) filter (where b.rank = 4)::int as candidate, count(*) filter (where b.rank is null)::int as orphan,
    count(*) filter (where b.rank is null and u.last_used_at > %(as_of)s - interval '30 days')::int as orphan_used
from account a join source_setting using (realm) left join best b using (account_pk)
left join account_use u using (account_pk)
where a.gone_at is null and a.kind = 'account' and a.standing <> 'dead';

-- name: weightless_values
-- Of everything, also where this correlation looked at a part.
select realm, kind, name, accounts from crowded order by accounts desc, realm, kind, name limit 20;
