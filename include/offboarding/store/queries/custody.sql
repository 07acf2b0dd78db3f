-- name: make_leaver
-- Who has left for certain, or some of them alone. Whoever came back since holds what he holds as somebody who works here.
create temp table leaver as
select d.person_uid, d.left_at
from departure d
where d.valid_to is null and not d.returned and d.confirmed and d.certain_at <= %(as_of)s and d.basis <> 'away'
    and (%(only)s::uuid[] is null or d.person_uid = any(%(only)s::uuid[]));
create unique index on leaver (person_uid);
analyze leaver;

-- name: make_named_principal
-- Whom policies, grants and the register name.
create temp table named_principal as
select row_number() over ()::int as principal_id, n.*
from (
    select principal_kind as kind, principal_realm as realm, principal as name from key_access
    union
    select 'group', r.realm, c.holder
    from custodian c join realm r on c.space in (r.source, r.realm) where c.kind = 'group'
    union
    select 'principal', '', holder from custodian where kind = 'principal') n;
create index on named_principal (name);
analyze named_principal;

-- name: make_moment
-- When a read was, in its run's own time. Memberships, access and copies are dated by the clock on the wall, links and
-- departures by the run's moment (as_of): the same but for the minutes that a night takes, and far apart where a night
-- long past is run again. What is compared here is in the run's time throughout. When accounts went is asked of those
-- by which a principal is reached.
create temp table moment as
select i.at, i.at + coalesce(r.as_of - r.started_at, interval '0') as night_at
from (
    select valid_from as at from membership union select valid_to from membership
    union select valid_from from key_access union select valid_to from key_access
    union select first_seen_at from key_copy union select not_seen_at from key_copy
    union select gone_at from account where gone_at is not null and exists (select from named_principal)
    union select gone_at from trust union select borne_to from former_label) i
left join lateral (
    select n.as_of, n.started_at from counted_run n
    where n.started_at <= i.at and n.kind <> 'release' order by n.started_at desc, n.run_id desc limit 1) r on true
where i.at is not null;
create unique index on moment (at);
analyze moment;

-- name: make_account_holder
-- Whose an account was, and from when until when, of leavers' accounts and of those that events name. The first known
-- holder held it since ever; the last one still does, until it's somebody else's: a link that merely ended (the account
-- bears less of them now) gave nothing back. A person's rejection says that it never was theirs. Where nothing names a
-- principal and no key is an account's SSH key, no leaver's account leads to a key: their millions aren't looked at.
create temp table account_holder as
with concerned as (
    select l.account_pk
    from link l left join person_alias al on al.alias_uid = l.person_uid
    join leaver v on v.person_uid = coalesce(al.person_uid, l.person_uid)
    where l.relation = 'is' and l.decision = 'linked' and (
        exists (select from named_principal) or exists (select from key_copy where ssh_fingerprint <> ''))
    union
    select a.account_pk from event e join account a on a.realm = e.actor_realm and a.native_id = e.actor
    where e.actor <> ''
), turn as (
    select l.account_pk, p.person_uid, l.valid_from,
        lag(p.person_uid) over (partition by l.account_pk order by l.valid_from, p.person_uid) as before
    from concerned join link l using (account_pk) left join person_alias al on al.alias_uid = l.person_uid
    cross join lateral (select coalesce(al.person_uid, l.person_uid) as person_uid) p
    where l.relation = 'is' and l.decision = 'linked' and l.link_id not in (select v.link_id from revoked_link v)
), begun as (
    -- A stretch ends where somebody else's begins; the same person again, after a gap, goes on.
    select account_pk, person_uid,
        case when before is null then '-infinity'::timestamptz else valid_from end as from_at,
        coalesce(lead(valid_from) over (partition by account_pk order by valid_from, person_uid), 'infinity') as to_at
    from turn where before is distinct from person_uid
)
select b.* from begun b
where not exists (
    select from link_decision k join account a using (realm, native_id)
    left join person_alias al on al.alias_uid = k.person_uid
    where a.account_pk = b.account_pk and k.verdict = 'reject' and k.revoked_at is null
        and coalesce(al.person_uid, k.person_uid) = b.person_uid);
create index on account_holder (account_pk);
analyze account_holder;

-- name: make_guarding
-- Groups that are named, and when anything was first told of each: who was in then may have been so since ever.
create temp table guarding as
with known as (
    select realm, group_native_id, max(group_label) as label, min(valid_from) as first_at
    from membership group by realm, group_native_id
)
select p.principal_id, p.name, k.* from known k join named_principal p
    on p.kind = 'group' and p.realm = k.realm and p.name = k.group_native_id
union
select p.principal_id, p.name, k.* from known k join named_principal p
    on p.kind = 'group' and p.realm = k.realm and lower(p.name) = lower(k.label);
analyze guarding;

-- name: make_reach
-- Which of them a leaver is or acts as: by an account, a group or a role; from when until when.
create temp table reach (principal_id integer, kind text, person_uid uuid, left_at timestamptz, from_at timestamptz,
    to_at timestamptz, first_at timestamptz, first_read_at timestamptz, how text, sure boolean, dead boolean);
with theirs as (
    select h.person_uid, v.left_at, h.from_at, least(h.to_at, coalesce(g.night_at, 'infinity')) as to_at, a.realm,
        a.label, a.native_id, a.standing = 'dead' as dead, a.account_pk
    from account_holder h join leaver v using (person_uid) join account a using (account_pk)
    left join moment g on g.at = a.gone_at
), called as (
    select t.*, t.label as name from theirs t union all select t.*, t.native_id from theirs t where t.native_id <> t.label
), role as (
    select c.*, t.realm as role_realm, t.label as role, t.native_id as role_id, t.standing = 'works' as sure,
        coalesce(g.night_at, 'infinity') as gone_at
    from trust t join called c on c.realm = t.principal_realm and c.name = t.principal
    left join moment g on g.at = t.gone_at
    where t.standing <> 'dead'
)
insert into reach
select p.principal_id, p.kind, c.person_uid, c.left_at, c.from_at, c.to_at, '-infinity'::timestamptz, null,
    'as ' || c.label, true, c.dead
from called c join named_principal p on p.name = c.name and (
    (p.kind = 'account' and p.realm = c.realm) or p.kind = 'principal')
union all
-- The register may name a principal by a former label, which meant it until another account bore that.
select p.principal_id, p.kind, t.person_uid, t.left_at, t.from_at,
    least(t.to_at, case when n.is_taken then b.night_at else 'infinity' end), '-infinity'::timestamptz,
    null::timestamptz, 'as ' || n.label, true, t.dead
from theirs t join labelled_account n using (account_pk) join named_principal p on p.kind = 'principal' and p.name = n.label
left join moment b on b.at = n.borne_to
where n.label <> t.label
union all
select g.principal_id, 'group', t.person_uid, t.left_at,
    -- Who was in when the group was first read may have been so since ever.
    greatest(t.from_at, case when m.valid_from = g.first_at then '-infinity'::timestamptz else mf.night_at end),
    least(t.to_at, coalesce(mt.night_at, 'infinity')), f.night_at, g.first_at, 'as a member of ' || g.label, true, t.dead
from theirs t
join membership m on m.realm = t.realm and m.account_native_id = t.native_id
join guarding g on g.realm = m.realm and g.group_native_id = m.group_native_id
join moment mf on mf.at = m.valid_from
join moment f on f.at = g.first_at
left join moment mt on mt.at = m.valid_to
union all
select p.principal_id, p.kind, r.person_uid, r.left_at, r.from_at, least(r.to_at, r.gone_at),
    '-infinity'::timestamptz, null, 'through the role ' || r.role, r.sure, r.dead
from role r join named_principal p on p.name in (r.role, r.role_id) and (
    (p.kind = 'role' and p.realm = r.role_realm) or p.kind = 'principal');
analyze reach (principal_id);

-- name: make_key_name
-- What a key is called where it lies: each version by its own id, all of them by their name.
create temp table key_name as
select realm, native_id as key, key_pk from key_copy union select realm, name, key_pk from key_copy;
create index on key_name (realm, key);
analyze key_name;

-- name: make_granted
-- What these principals may do to which key, and when. Where nothing was read until after a departure, what the first read
-- told stands in. `now`: by what the last read told, of a key that lies there; `fresh`: that read was whole, and live.
create temp table granted as
with first as (
    select a.realm, a.source_kind, m.at, m.night_at
    from (select realm, source_kind, min(valid_from) as at from key_access group by realm, source_kind) a
    join moment m using (at)
), lying as (
    select c.key_pk, c.realm, c.source_kind,
        bool_and(coalesce(s.error = '' and s.access_at >= %(since)s, false)) as fresh
    from key_copy c
    left join copy_read s using (copy_pk)
    where c.gone_at is null
    group by c.key_pk, c.realm, c.source_kind
)
select k.key_pk, p.principal_id, a.principal, a.action, a.carries, a.standing = 'works' as sure, a.reason,
    a.valid_to is null and l.key_pk is not null as now, l.fresh,
    case when a.valid_from = f.at then '-infinity'::timestamptz else af.night_at end as from_at,
    coalesce(at.night_at, 'infinity') as to_at, f.night_at as first_at, f.at as first_read_at
from key_access a
join key_name k using (realm, key)
join named_principal p on p.kind = a.principal_kind and p.realm = a.principal_realm and p.name = a.principal
join first f on f.realm = a.realm and f.source_kind = a.source_kind
join moment af on af.at = a.valid_from
left join moment at on at.at = a.valid_to
left join lying l on l.key_pk = k.key_pk and l.realm = a.realm and l.source_kind = a.source_kind;
analyze granted (principal_id);

-- name: make_way
-- What leavers could do to a key (`held`), or still can (`now`). `stood`: on the day of the departure, which is its last
-- 24 hours. Else it ended before.
create temp table way as
with dated as (
    select g.key_pk, r.person_uid, r.left_at, g.principal_id, g.action, g.principal, g.carries, g.sure and r.sure as sure,
        g.now and r.to_at = 'infinity' and not r.dead as now, g.fresh, greatest(r.from_at, g.from_at) as from_at,
        least(r.to_at, g.to_at) as to_at, g.reason, r.kind, r.how,
        -- Nothing was read before they left: what the first read told stands in for that day, and the sentence says so.
        case when greatest(r.first_at, g.first_at) > r.left_at then greatest(r.first_read_at, g.first_read_at) end
            as unread_until
    from reach r join granted g using (principal_id)
)
select d.*, d.carries and d.from_at < d.to_at and d.from_at < d.left_at as held,
    d.to_at > d.left_at - interval '1 day' as stood
from dated d
where d.now or d.carries and d.from_at < d.to_at and d.from_at < d.left_at;

-- name: make_entry_key
-- Which keys an entry of the register means, or once meant. What nothing shows is a key that the register alone knows.
create temp table entry_key as
select p.name, c.key_pk, bool_or(p.valid_to is null) as current
from registered_place p join (
    select source, native_id as place, key_pk from key_copy
    union all
    select source, name, key_pk from key_copy where name <> native_id) c on c.source = p.reader and c.place = p.place
where p.reader <> ''
group by p.name, c.key_pk
union
select p.name, k.key_pk, bool_or(p.valid_to is null)
from registered_place p join signing_key k on k.material = p.place
where p.reader = ''
group by p.name, k.key_pk;
insert into entry_key
select r.name, k.key_pk, bool_or(r.valid_to is null)
from registered_key r join signing_key k on k.material = 'reg:' || r.name
where not exists (select from entry_key e where e.name = r.name)
group by r.name, k.key_pk;
create index on entry_key (key_pk);
create index on entry_key (name);
analyze entry_key;

-- name: make_custody_span
-- Who the register says was a custodian, from when until when; what was taken out counts until it was. `stretch`: the
-- same holder from the same day on, however often that was written anew.
create temp table custody_span as
select c.name, c.kind, c.space, c.holder, c.team, c.valid_to is null as current,
    dense_rank() over (order by c.name, c.team, c.holder, coalesce(c.since, '-infinity')) as stretch,
    coalesce(c.since, '-infinity') as from_at,
    least(coalesce(c.until, 'infinity'), coalesce(c.valid_to, 'infinity')) as to_at,
    case when c.team = '' then '' else ' through the team ' || c.team end
        || coalesce(' from ' || to_char(c.since at time zone %(zone)s::text, 'YYYY-MM-DD'), '')
        || case when c.valid_to < coalesce(c.until, 'infinity') then ' until '
                || to_char(c.valid_to at time zone %(zone)s::text, 'YYYY-MM-DD') || ', when it was taken off the register'
            else coalesce(' until '
                || to_char((c.until - interval '1 second') at time zone %(zone)s::text, 'YYYY-MM-DD'), '') end as words
from custodian c;
create index on custody_span (name);
analyze custody_span;

-- name: make_event_person
-- Who did what the trails recorded: by the account that acted, else by a mail, login or number that the session bears
-- and only one person ever bore. A login says nothing where it's short or reserved.
create temp table event_person as
with by_account as (
    select e.realm, e.event_id, h.person_uid
    from event e
    join account a on a.realm = e.actor_realm and a.native_id = e.actor
    join account_holder h on h.account_pk = a.account_pk and e.at >= h.from_at and e.at < h.to_at
    where e.actor <> ''
), single as (
    select k.kind, k.value, min(w.person_uid::text)::uuid as person_uid
    from worker_key k join worker w using (worker_pk)
    where k.kind in ('mail', 'login', 'number') and ltrim(k.value, '0') <> ''
        and (k.kind <> 'login' or (length(k.value) >= 4 and k.value <> all(%(reserved)s::text[])))
        -- Nearly no value stands in any trail: those that do are counted, and no others.
        and exists (select from event_key e where e.kind = k.kind and e.value = k.value)
    group by k.kind, k.value having count(distinct w.person_uid) = 1
)
select * from by_account
union
select k.realm, k.event_id, s.person_uid
from event_key k join single s using (kind, value)
where k.origin in ('attribute', 'tag', 'pattern') and not exists (
    select from by_account b where b.realm = k.realm and b.event_id = k.event_id);
create index on event_person (realm, event_id);
analyze event_person;

-- name: make_deed_done
-- What people did with which key. Reading a secret by its name reads the version of that day, none made later.
create temp table deed_done as
select distinct k.key_pk, p.person_uid, e.at, e.action, e.deed, e.event_id, e.actor_label,
    e.deed in ('read', 'exported', 'imported', 'created') as carries
from event_person p
join event e using (realm, event_id)
join key_name k on k.realm = e.object_realm and k.key = e.object
where not e.failed and e.deed <> 'made' and exists (
    select from key_copy c
    where c.key_pk = k.key_pk and c.realm = k.realm and (c.native_id = e.object or (
        -- Five minutes for clocks that differ: a version may be dated a little after the event that made it.
        c.name = e.object and (c.created_at is null or c.created_at <= e.at + interval '5 minutes'))));
create index on deed_done (key_pk);
analyze deed_done;

-- name: make_key_age
-- Since when a material is there: by its copies' own dates, by the reads that showed it first, and by a verifier's whole
-- read that didn't show it yet, before anything else did.
create temp table key_age as
select c.key_pk, min(c.created_at) as made, max(c.created_at) as made_last,
    min(least(c.first_seen_at, f.night_at)) as seen, max(least(c.not_seen_at, n.night_at))
        filter (where c.verifies and c.not_seen_at < e.first_seen_at) as unseen
from key_copy c
join (select key_pk, min(first_seen_at) as first_seen_at from key_copy group by key_pk) e using (key_pk)
join moment f on f.at = c.first_seen_at
left join moment n on n.at = c.not_seen_at
group by c.key_pk;
create unique index on key_age (key_pk);
analyze key_age;

-- name: make_custody_held
-- Why leavers are thought to have held a key.
create temp table custody_held (key_pk bigint, person_uid uuid, grade text, text text, at timestamptz, event_id text,
    action text);
insert into custody_held
select key_pk, person_uid, 'proved', case deed when 'read' then 'Read' when 'exported' then 'Exported'
        when 'imported' then 'Imported' else 'Created' end || ' it on '
    || to_char(at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC: ' || action || ' as ' || actor_label || ', event '
    || event_id || '.', at, event_id, action
from (
    select d.*, row_number() over (partition by key_pk, person_uid, deed order by at desc, event_id) as n
    from deed_done d join leaver using (person_uid) where carries) latest
-- Three of a sort: a job that reads a secret each minute would fill the ticket.
where n <= 3;
insert into custody_held
select distinct on (e.key_pk, v.person_uid, s.stretch) e.key_pk, v.person_uid, 'registered',
    'Registered custodian' || s.words || ' (custody.yaml).', nullif(s.to_at, 'infinity'), '', ''
from custody_span s
join numbered_person n on n.space = s.space and n.value = s.holder
join leaver v on v.person_uid = n.person_uid
join entry_key e on e.name = s.name
where s.kind = 'worker' and s.from_at < v.left_at
order by e.key_pk, v.person_uid, s.stretch, s.current desc, s.to_at desc, s.words;
with named as (
    select e.key_pk, p.principal_id, s.*
    from custody_span s
    join entry_key e on e.name = s.name
    join named_principal p on p.kind = s.kind and p.name = s.holder
    where s.kind = 'principal' or s.kind = 'group' and exists (
        select from realm m where m.realm = p.realm and s.space in (m.source, m.realm))
), acted as (
    select distinct on (n.key_pk, r.person_uid, n.stretch, r.how) n.key_pk, r.person_uid, n.words,
        n.to_at, r.to_at as acted_to, r.how, r.sure,
        case when r.first_at > r.left_at then r.first_read_at end as unread_until
    from named n join reach r using (principal_id)
    where greatest(n.from_at, r.from_at) < least(n.to_at, r.to_at, r.left_at)
    order by n.key_pk, r.person_uid, n.stretch, r.how, n.current desc, r.to_at desc, n.to_at desc,
        r.sure desc, unread_until nulls first, n.words
)
insert into custody_held
select key_pk, person_uid, 'registered',
    'Acted ' || how || coalesce(' until ' || to_char(nullif(acted_to, 'infinity') at time zone %(zone)s::text,
        'YYYY-MM-DD'), '') || ', which is a registered custodian' || words || ' (custody.yaml).'
        || case when sure then '' else ' Whether they could could not be told.' end
        || case when unread_until is null then '' else ' That is as it ' || case when acted_to = 'infinity' then 'stands now'
            else 'stood on ' || to_char(unread_until at time zone %(zone)s::text, 'YYYY-MM-DD') end
            || ': no reads reach back to the departure.' end,
    nullif(least(to_at, acted_to), 'infinity'), '', ''
from acted;
insert into custody_held
select distinct c.key_pk, h.person_uid, 'registered', 'The same SSH key is on their own account ' || a.label || '.',
    null::timestamptz, '', ''
from key_copy c
join credential d on d.fingerprint = c.ssh_fingerprint and d.kind = 'ssh_key'
join account a using (account_pk)
join account_holder h using (account_pk)
join leaver v using (person_uid)
where c.ssh_fingerprint <> '' and h.from_at < v.left_at and (d.created_at is null or d.created_at <= v.left_at);
insert into custody_held
select w.key_pk, w.person_uid, case when w.stood then 'could' else 'inferred' end,
    'Could take it away ' || w.how || case when w.stood then '' else
        ' until ' || to_char(w.to_at at time zone %(zone)s::text, 'YYYY-MM-DD') end || ': ' || w.action || ' by '
        || w.reason || '.'
        || case when w.sure then '' else ' Whether that was granted could not be told.' end
        || case when w.unread_until is null then '' else ' That is as it ' || case when w.to_at = 'infinity'
            then 'stands now' else 'stood on ' || to_char(w.unread_until at time zone %(zone)s::text, 'YYYY-MM-DD') end
            || ': no reads reach back to the departure.' end,
    nullif(w.to_at, 'infinity'), '', w.action
from (
    select distinct on (key_pk, person_uid, principal_id, action) *
    from way where held
    order by key_pk, person_uid, principal_id, action, stood desc, sure desc, to_at desc, reason, unread_until nulls first) w;
-- The register and policies mean every version of a name: what ended before this material was made gave none of it.
-- Materials of which nothing tells when they were made are left out before they meet who held them.
delete from custody_held h using key_age d
where d.key_pk = h.key_pk and (d.made_last is not null or d.unseen is not null) and h.grade <> 'proved'
    and (d.made_last > h.at or d.unseen >= h.at)
    and not (coalesce(d.made <= h.at, false) or d.seen <= h.at);
create index on custody_held (key_pk);
analyze custody_held (key_pk);

-- name: make_custody_access
-- What still lets leavers use a key, or take it away.
create temp table custody_access as
select distinct on (key_pk, person_uid, principal_id, action) key_pk, person_uid, principal, action, carries,
    case when sure then 'works' else 'unknown' end as standing,
    reason || case when kind = 'account' then '' else ', ' || how end as reason, fresh
from way where now
order by key_pk, person_uid, principal_id, action, carries desc, sure desc, way.reason;
create index on custody_access (key_pk);
analyze custody_access (key_pk);

-- name: make_custody_use
-- What leavers did with a key after they had left.
create temp table custody_use as
select key_pk, person_uid, case deed when 'read' then 'Read' when 'exported' then 'Exported'
        when 'imported' then 'Imported' when 'created' then 'Created' else 'Used' end || ' it on '
    || to_char(at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC: ' || action || ' as ' || actor_label || ', event '
    || event_id || '.' as text, at, event_id, action, carries
from (
    select d.*, row_number() over (partition by d.key_pk, d.person_uid order by d.at desc, d.event_id) as n
    from deed_done d join leaver v using (person_uid) where d.at > v.left_at) latest
where n <= 5;
create index on custody_use (key_pk);
analyze custody_use;

-- name: make_custody_holder
-- Departed holders of each key, and whether its material is newer than the departure: one copy says so, by its own date
-- or since a verifier's whole read after the departure didn't show it, before anything else did; and none says otherwise.
-- Who took it afterwards has it.
create temp table custody_holder as
with pair as (
    -- Sorting so many pairs costs half of what hashing them does.
    select distinct on (key_pk, person_uid) key_pk, person_uid
    from (
        select key_pk, person_uid from custody_held
        union all select key_pk, person_uid from custody_access
        union all select key_pk, person_uid from custody_use) every
    order by key_pk, person_uid
)
select p.key_pk, p.person_uid,
    (coalesce(d.made_last > v.left_at, false) or coalesce(d.unseen >= v.left_at, false))
        and not (coalesce(d.made <= v.left_at, false) or coalesce(d.seen <= v.left_at, false))
        and not exists (
            select from deed_done u
            where u.key_pk = p.key_pk and u.person_uid = p.person_uid and u.carries and u.at > v.left_at) as newer
from pair p join leaver v using (person_uid) left join key_age d using (key_pk);
create index on custody_holder (key_pk);
analyze custody_holder (key_pk);
