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
-- Every key that a person bears or bore, once; nearly everybody is one worker, who bears each key once. The local parts
-- of work mails stand among the logins; a number has a loose form where that is another one. A previous number that
-- another worker holds is that one's alone.
create temp table several_workers as
select person_uid from worker group by person_uid having count(*) > 1;
create temp table person_key as
select w.person_uid, k.kind, k.value, k.space, case when k.loose = k.value then '' else k.loose end as loose,
    false as is_local
from worker_key k join worker_in_focus w using (worker_pk)
where ltrim(k.value, '0') <> '' and k.value not in (select p.value from placeholder p)
    and (k.worker_pk, k.kind, k.value, k.space) not in (select n.worker_pk, 'number', n.value, n.space from held_number n)
    and w.person_uid not in (select s.person_uid from several_workers s);
insert into person_key (person_uid, kind, value, space, loose, is_local)
select w.person_uid, k.kind, k.value, k.space, max(case when k.loose = k.value then '' else k.loose end), false
from several_workers join worker_in_focus w using (person_uid) join worker_key k using (worker_pk)
where ltrim(k.value, '0') <> '' and k.value not in (select p.value from placeholder p)
    and (k.worker_pk, k.kind, k.value, k.space) not in (select n.worker_pk, 'number', n.value, n.space from held_number n)
group by w.person_uid, k.kind, k.value, k.space;
insert into person_key (person_uid, kind, value, space, loose, is_local)
select distinct person_uid, 'login', loose, '', '', true from person_key where kind = 'mail' and loose <> '';
analyze person_key;

-- name: make_shared
-- Mails, local parts of mails and logins that more than one person ever bore.
create temp table shared as
with crowd as (
    -- First by the value alone, which tells nearly all apart.
    select value, is_local from person_key where kind in ('mail', 'login') group by value, is_local having count(*) > 1
)
select h.kind, h.value, h.space, h.is_local from crowd join person_key h using (value, is_local)
where h.kind in ('mail', 'login')
group by h.kind, h.value, h.space, h.is_local having count(*) > 1;
analyze shared;

-- name: make_ruling
-- What people decided, by accounts: each rejection, and the last confirmation.
create temp table ruling as
select account_pk, person_uid, verdict, author, decided_at
from (
    select a.account_pk, coalesce(al.person_uid, d.person_uid) as person_uid, d.verdict, d.author, d.decided_at,
        row_number() over (partition by a.account_pk, d.verdict order by d.decision_id desc) as n
    from link_decision d join account_in_focus a using (realm, native_id)
    left join person_alias al on al.alias_uid = d.person_uid
    where d.revoked_at is null) decided
where verdict = 'reject' or n = 1;
create index on ruling (account_pk);
-- Of a table that was just made PostgreSQL knows nothing but its size, and joins it by a guess: each one that is joined
-- further on is counted first, here and below.
analyze ruling;

-- name: make_questioned
-- Accounts that say something else of themselves than when a person's link to them stood, about which nobody has decided,
-- or nobody's decision stands any more. What each said then is looked at beside what it says now, as if it were another
-- account: under its number below zero.
create temp table questioned as
select distinct on (w.account_pk) w.account_pk, coalesce(al.person_uid, l.person_uid) as person_uid, w.keys, w.service_like,
    l.held_since
from words_before w join account_in_focus using (account_pk)
join link l on l.account_pk = w.account_pk and l.relation = 'is' and (l.decision = 'linked' or l.held_since is not null)
left join person_alias al on al.alias_uid = l.person_uid
where (l.valid_to is null
        -- Ended a moment ago, since its person turned out to be another one: it's the other's.
        or (l.valid_to = %(as_of)s and al.person_uid is not null)
        -- Ended by a decision that was revoked since: what was said before that was kept.
        or (not l.by_word and not exists (
            select from link n where n.account_pk = l.account_pk and n.relation = 'is' and n.decision = 'linked'
                and not n.by_word and (n.valid_to is null or n.valid_to > l.valid_to))))
    and not exists (
        select from ruling r where r.account_pk = w.account_pk
            and (r.verdict = 'confirm' or r.person_uid = coalesce(al.person_uid, l.person_uid)))
order by w.account_pk, l.by_word, l.valid_to is not null, l.held_since, 2;
-- What was decided of the account holds of what it said before, too.
insert into ruling (account_pk, person_uid, verdict, author, decided_at)
select -r.account_pk, r.person_uid, r.verdict, r.author, r.decided_at from ruling r join questioned using (account_pk);
-- Of these by which words their links go as yet: those before, as long as those now don't say the same by themselves.
create temp table kept (account_pk bigint primary key);

-- name: make_bearing
-- Every key that an account of a configured source bears today, but for its own id; the source's settings are joined
-- where they're asked. Keys by their numbers are the quickest way, but each is looked for from the first: where they are
-- many, all come at once.
create temp table bearing as
with bearer as (
    select a.account_pk, s.setting, a.created_at, a.service_like, a.keys
    from account_in_focus a join source_setting s using (realm)
    union all
    select -q.account_pk, s.setting, a.created_at, q.service_like, q.keys
    from questioned q join account a using (account_pk) join source_setting s using (realm)
), keys as (
    select account_pk, setting, created_at, service_like, keys -> generate_series(0, jsonb_array_length(keys) - 1) as k
    from bearer where jsonb_array_length(keys) <= 64
    union all
    select account_pk, setting, created_at, service_like, jsonb_array_elements(keys)
    from bearer where jsonb_array_length(keys) > 64
), key as (
    select account_pk, setting, created_at, service_like, k ->> 0 as kind, k from keys
    offset 0  -- each part of a key is taken out once
), borne as (
    select account_pk, setting, created_at, service_like, kind, k ->> 1 as value,
        case when kind = 'number' then k ->> 2 else '' end as loose, k ->> 3 as origin, k ->> 4 as name, k ->> 5 as raw
    from key
    where kind <> 'name' and not (kind = 'directory_id' and k ->> 4 = 'id')
    offset 0
)
select b.* from borne b
-- A number of zeros alone is nobody's; one that isn't in the declared form has its digits alone.
where (ltrim(b.value, '0') <> '' or (b.value = '' and b.loose <> ''))
    and b.value not in (select p.value from placeholder p);
-- What few bear, and is asked for again and again: without it, each time all would be passed by.
create index on bearing (kind) where kind in ('directory_id', 'ssh_key') or origin = 'owner' or service_like
    or (kind = 'number' and loose <> value);
-- Accounts' own ids that HR or another system names: nearly nobody does, and every account has one.
insert into bearing (account_pk, setting, created_at, service_like, kind, value, loose, origin, name, raw)
with named as (
    select value from person_key where kind = 'directory_id'
    union
    select value from bearing where kind = 'directory_id'
)
select a.account_pk, s.setting, a.created_at, a.service_like, k ->> 0, k ->> 1, k ->> 2, k ->> 3, k ->> 4, k ->> 5
from account_in_focus a join source_setting s using (realm) cross join jsonb_array_elements(a.keys) k
where exists (select from named) and k ->> 0 = 'directory_id' and k ->> 4 = 'id'
    and k ->> 1 in (select n.value from named n);
insert into bearing
select -b.account_pk, b.setting, b.created_at, q.service_like, b.kind, b.value, b.loose, b.origin, b.name, b.raw
from bearing b join questioned q using (account_pk)
where b.kind = 'directory_id' and b.name = 'id';
analyze bearing;

-- name: make_weightless
-- Values that too many accounts of one realm bear: they weigh nothing there, and are listed. Counted in two steps:
-- nearly no value is borne that often anywhere, and telling realms and accounts apart takes far more than counting.
create temp table weightless as
with crowded as (
    select value from bearing where origin in ('attribute', 'tag') group by value having count(*) > %(bearers)s
)
select s.realm, b.kind, b.value, b.loose, min(b.name) as name, count(distinct a.account_pk)::int as accounts
from crowded join bearing b using (value) join source_setting s using (setting)
join account a on a.account_pk = abs(b.account_pk)
where b.origin in ('attribute', 'tag') and a.gone_at is null
group by s.realm, b.kind, b.value, b.loose
having count(distinct a.account_pk) > %(bearers)s;

-- name: make_weighed_nothing
-- What is dropped for it, kept beside: an account that is definitely somebody's vouches for its login, however many bear it
-- elsewhere.
create temp table weighed_nothing (account_pk bigint, setting integer, kind text, value text, origin text, name text,
    raw text);

-- name: question_weightless
-- Accounts whose link stands, and that bear a value of its holder's that weighs nothing by now: nobody is unlinked by what
-- other accounts say. Looked at with that value, too, as if they had said it before.
with crowd as (
    select distinct b.account_pk, b.kind, b.value, b.loose
    from weightless w join source_setting s using (realm)
    join bearing b on b.setting = s.setting and b.kind = w.kind and b.value = w.value and b.loose = w.loose
    where b.origin in ('attribute', 'tag') and b.account_pk > 0
), added as (
    insert into questioned (account_pk, person_uid, keys, service_like, held_since)
    select distinct on (b.account_pk) b.account_pk, p.person_uid, a.keys, a.service_like, l.held_since
    from crowd b join account a using (account_pk)
    join link l on l.account_pk = b.account_pk and l.relation = 'is'
        and (l.decision = 'linked' or l.held_since is not null)
    left join person_alias al on al.alias_uid = l.person_uid
    cross join lateral (select coalesce(al.person_uid, l.person_uid) as person_uid) p
    join person_key h on h.person_uid = p.person_uid and h.kind = b.kind and (h.value = b.value
        or (b.kind = 'number' and b.loose <> '' and coalesce(nullif(h.loose, ''), h.value) = b.loose))
    where a.kind = 'account' and (l.valid_to is null or (l.valid_to = %(as_of)s and al.person_uid is not null))
        and b.account_pk not in (select q.account_pk from questioned q)
        and not exists (
            select from ruling r where r.account_pk = b.account_pk
                and (r.verdict = 'confirm' or r.person_uid = p.person_uid))
    order by b.account_pk, l.by_word, l.valid_to is not null, l.held_since, 2
    returning account_pk
), decided as (
    insert into ruling (account_pk, person_uid, verdict, author, decided_at)
    select -r.account_pk, r.person_uid, r.verdict, r.author, r.decided_at from ruling r join added using (account_pk)
)
insert into bearing
select -b.account_pk, b.setting, b.created_at, b.service_like, b.kind, b.value, b.loose, b.origin, b.name, b.raw
from bearing b join added using (account_pk);
analyze questioned;

-- name: drop_weightless
-- With a login goes what is read into it. In the realm where they are that many: whoever may make accounts in one system
-- says nothing of those in others. But an SSH key is its holder's by other accounts alone, and one that many bear anywhere
-- is many people's. What an account said before goes on weighing as its holder's.
with dropped as (
    delete from bearing b
    using weightless w join source_setting s using (realm)
    where w.kind = b.kind and w.value = b.value and w.loose = b.loose and b.origin in ('attribute', 'tag', 'owner')
        and (s.setting = b.setting or b.kind = 'ssh_key')
        and not (b.account_pk < 0 and exists (
            select from questioned q join person_key h using (person_uid)
            where q.account_pk = -b.account_pk and h.kind = b.kind and (h.value = b.value
                or (b.kind = 'number' and b.loose <> '' and coalesce(nullif(h.loose, ''), h.value) = b.loose))))
    returning b.account_pk, b.setting, b.kind, b.value, b.origin, b.name, b.raw
)
insert into weighed_nothing select * from dropped;
delete from bearing b
using weighed_nothing d
where d.account_pk = b.account_pk and d.kind = 'login' and b.kind = 'login' and b.raw = d.raw
    and b.origin in ('pattern', 'usual');

-- name: make_evidence
-- What speaks for an account being owned by a person, or made by one.
create temp table evidence (account_pk bigint, person_uid uuid, relation text, grp text, score integer, text text);

-- name: make_borne_then
-- For whom a mail or login counts that several bore: who alone did, of those at work when the account was made, or who
-- began soon after, since accounts are made ahead. Where few bore it that is nobody alone who was ever at work together
-- with another bearer: then it's each one's who bore it at once, or if nobody was there whoever was at work together.
create temp table borne_then as
with asked as (
    select distinct b.account_pk, b.created_at, x.kind, x.value, x.space, x.is_local
    from shared x join bearing b using (kind, value)
), bearer as (
    select a.*, h.person_uid, a.created_at is not null and exists (
            select from employment_span e
            where e.person_uid = h.person_uid
                and (e.started_at is null or e.started_at <= a.created_at + make_interval(days => %(pre_start_days)s))
                and (e.over_at is null or a.created_at < e.over_at)) as was_here
    from asked a join person_key h using (kind, value, space, is_local)
), counted as (
    select *, count(*) over everyone <= %(bearers)s and not is_local as is_few,
        count(*) filter (where was_here) over everyone as here
    from bearer
    window everyone as (partition by account_pk, kind, value, space, is_local)
), few as (
    select distinct kind, value, space, person_uid from counted where is_few
), together as (
    -- Two who were never there at once had it one after the other, and each has it in their time.
    select distinct one.kind, one.value, one.space, one.person_uid, other.person_uid as other_uid
    from few one join few other using (kind, value, space)
    join employment_span e on e.person_uid = one.person_uid
    join employment_span o on o.person_uid = other.person_uid
    where one.person_uid <> other.person_uid
        and greatest(coalesce(e.started_at, '-infinity'), coalesce(o.started_at, '-infinity'))
            < least(coalesce(e.over_at, 'infinity'), coalesce(o.over_at, 'infinity'))
), bore as (
    select account_pk, person_uid, kind, value, space, is_local, is_few from counted where was_here
    union
    select o.account_pk, t.person_uid, o.kind, o.value, o.space, o.is_local, o.is_few
    from counted o join together t on t.kind = o.kind and t.value = o.value and t.space = o.space
        and t.other_uid = o.person_uid
    where o.is_few and (o.was_here or o.here = 0)
), several as (
    select *, count(*) over (partition by account_pk, kind, value, space, is_local) as bearers from bore
)
select account_pk, person_uid, kind, value, space, is_local, bearers = 1 as alone
from several where bearers = 1 or is_few;

-- name: make_claim
-- What HR's word says for an account being a person's: a row for both, and for each sort of evidence the one sentence that
-- counts, with its score: of several the highest, and of equals the last by its letters, so that it's the same each night.
create temp table claim as
with hit as (
    select b.account_pk, h.person_uid, b.kind, b.value, b.origin, b.name, b.raw, h.space, h.value as theirs, h.is_local,
        s.source, s.id_space, h.space in (s.login_space, 'source:' || s.source) as is_given,
        (select exists (select from shared))
            and (h.kind, h.value, h.space, h.is_local) in (select x.kind, x.value, x.space, x.is_local from shared x)
            as is_shared
    from bearing b join source_setting s using (setting)
    join person_key h on h.kind = b.kind and h.value = b.value
    where b.value <> '' and case b.kind
        when 'number' then b.origin in ('attribute', 'tag') and (s.id_space is null or s.id_space = h.space)
        when 'mail' then b.origin in ('attribute', 'tag') and not b.service_like
        when 'login' then b.origin in ('attribute', 'tag') or (not h.is_local and b.origin <> 'owner'
            and h.space in (s.login_space, 'source:' || s.source))
        when 'directory_id' then h.space in ('', 'source:' || s.source) end
    offset 0  -- looked up once
), alike as (
    -- Numbers that differ and come to the same digits.
    select b.account_pk, h.person_uid, b.name, b.raw, h.space, h.value as theirs, s.id_space
    from bearing b join source_setting s using (setting)
    join person_key h on h.kind = 'number' and h.value = b.loose
    where b.kind = 'number' and b.origin in ('attribute', 'tag') and b.loose <> '' and b.loose <> b.value
    union all
    select b.account_pk, h.person_uid, b.name, b.raw, h.space, h.value, s.id_space
    from bearing b join source_setting s using (setting)
    join person_key h on h.kind = 'number' and h.loose = b.loose
    where b.kind = 'number' and b.origin in ('attribute', 'tag') and h.loose <> '' and h.value <> b.value
), sorted as (
    select *, case kind
            when 'number' then case when id_space is null then 'loose_number' when origin = 'tag' then 'tag_number'
                else 'number' end
            when 'mail' then case origin when 'tag' then 'tag_mail' else 'mail' end
            when 'directory_id' then 'directory_id'
            else case when origin = 'pattern' then 'pattern' when origin = 'usual' then 'usual'
                when is_local then 'local part' when is_given then 'given' when space = '' then 'given anywhere'
                when length(value) >= 4 and value <> all(%(reserved)s) then 'elsewhere' end end as sort
    from hit
    where not is_shared or (account_pk, person_uid, kind, theirs, space, is_local) in (
        select t.account_pk, t.person_uid, t.kind, t.value, t.space, t.is_local from borne_then t where t.alone)
    offset 0  -- told once, for its score and for its sentence
), word as (
    select account_pk, person_uid, kind, case sort
            when 'loose_number' then %(loose_number)s when 'tag_number' then %(tag_number)s when 'number' then %(number)s
            when 'tag_mail' then %(tag_mail)s when 'mail' then %(mail)s when 'directory_id' then %(directory_id)s
            when 'pattern' then %(login_pattern)s when 'given' then %(login_given)s
            when 'elsewhere' then %(login_elsewhere)s else %(login_usual)s end as score,
        (case sort
            when 'loose_number' then name || ' ' || raw || ' may be ' || coalesce(nullif(space, 'default') || ' ', '') || 'worker ' || theirs
            when 'tag_number' then name || ' ' || raw || ' = ' || coalesce(nullif(space, 'default') || ' ', '') || 'worker ' || theirs
            when 'number' then name || ' ' || raw || ' = ' || coalesce(nullif(space, 'default') || ' ', '') || 'worker ' || theirs
            when 'directory_id' then 'HR gives this account''s own id in ' || source
            when 'pattern' then 'the login is built on theirs by a declared pattern'
            when 'usual' then 'the login looks built on theirs, by a pattern nobody declared'
            when 'local part' then 'the login is the local part of their work mail'
            when 'given' then 'the login is the one HR gives'
            when 'given anywhere' then 'the login is one HR gives for no system in particular'
            when 'elsewhere' then 'the login equals one known for them in another realm (HR)'
            else name || ' is their work mail' || case when is_shared then ', theirs when the account was made' else '' end
            end) collate "C" as said
    from sorted where sort is not null
    union all
    select account_pk, person_uid, 'number', %(loose_number)s,
        name || ' ' || raw || ' resembles ' || space || ' worker ' || theirs collate "C"
    from alike where id_space is null or id_space = space
), best as (
    select distinct on (account_pk, person_uid, kind) account_pk, person_uid, kind, score, said
    from word order by account_pk, person_uid, kind, score desc, said desc
)
select account_pk, person_uid, max(score) filter (where kind = 'directory_id')::integer as id_score,
    max(said) filter (where kind = 'directory_id') as id, max(score) filter (where kind = 'number')::integer as number_score,
    max(said) filter (where kind = 'number') as number, max(score) filter (where kind = 'mail')::integer as mail_score,
    max(said) filter (where kind = 'mail') as mail, max(score) filter (where kind = 'login')::integer as login_score,
    max(said) filter (where kind = 'login') as login, null::integer as outer_id_score, null::text as outer_id,
    null::integer as key_score, null::text as key, false as decided,
    max(score) filter (where kind = 'login')::integer as hr_login_score
from best
group by account_pk, person_uid;
-- What a person confirmed needs no other word: it stands there even where nothing speaks for it.
insert into claim (account_pk, person_uid, decided)
select r.account_pk, r.person_uid, true from ruling r
where r.verdict = 'confirm'
    and not exists (select from claim c where c.account_pk = r.account_pk and c.person_uid = r.person_uid);
update claim c set decided = true
from ruling r
where r.account_pk = c.account_pk and r.person_uid = c.person_uid and r.verdict = 'confirm' and not c.decided;
analyze claim;

-- name: make_further
-- What accounts that are a person's say for another one: a sentence, and its score.
create temp table further (account_pk bigint, person_uid uuid, kind text, score integer, said text collate "C");
create temp table touched (account_pk bigint);

-- name: add_further
-- To what is claimed already. Of the accounts that it's about everything is ranked anew.
analyze further;
truncate touched;
insert into touched select distinct account_pk from further;
create temp table claimed_anew as
with before as (
    delete from claim c using touched t where t.account_pk = c.account_pk returning c.*
), word as (
    select account_pk, person_uid, kind, score, said from further
    union all
    select b.account_pk, b.person_uid, w.* from before b cross join lateral (values ('mail', b.mail_score, b.mail),
        ('login', b.login_score, b.login), ('outer_id', b.outer_id_score, b.outer_id), ('key', b.key_score, b.key)
        ) w(kind, score, said)
    where w.score is not null
), best as (
    select distinct on (account_pk, person_uid, kind) account_pk, person_uid, kind, score, said
    from word order by account_pk, person_uid, kind, score desc, said collate "C" desc
), added as (
    select account_pk, person_uid, max(score) filter (where kind = 'mail') as mail_score,
        max(said) filter (where kind = 'mail') as mail, max(score) filter (where kind = 'login') as login_score,
        max(said) filter (where kind = 'login') as login, max(score) filter (where kind = 'outer_id') as outer_id_score,
        max(said) filter (where kind = 'outer_id') as outer_id, max(score) filter (where kind = 'key') as key_score,
        max(said) filter (where kind = 'key') as key
    from best group by account_pk, person_uid
)
select account_pk, person_uid, b.id_score, b.id, b.number_score, b.number, a.mail_score, a.mail, a.login_score, a.login,
    a.outer_id_score, a.outer_id, a.key_score, a.key, coalesce(b.decided, false) as decided, b.hr_login_score
from before b full join added a using (account_pk, person_uid);
insert into claim table claimed_anew;
delete from ranked r using touched t where t.account_pk = r.account_pk;
analyze claim, touched;
drop table claimed_anew;
truncate further;

-- name: keep_words
-- Whoever's link stands by HR's word on what the account says now, too, has nothing to do with what it said before. Of the
-- others both change places as yet: what an account says no longer is what it vouches with.
insert into kept
select q.account_pk from questioned q
where not exists (
    select from ranked r where r.account_pk = q.account_pk and r.person_uid = q.person_uid and r.is_clear);
delete from bearing where account_pk in (select -q.account_pk from questioned q except select -k.account_pk from kept k);
delete from claim where account_pk in (select -q.account_pk from questioned q except select -k.account_pk from kept k);
delete from ranked where account_pk in (select -q.account_pk from questioned q except select -k.account_pk from kept k);
update bearing set account_pk = -account_pk where abs(account_pk) in (select k.account_pk from kept k);
update weighed_nothing set account_pk = -account_pk where abs(account_pk) in (select k.account_pk from kept k);
update borne_then set account_pk = -account_pk where abs(account_pk) in (select k.account_pk from kept k);
update claim set account_pk = -account_pk where abs(account_pk) in (select k.account_pk from kept k);
update ranked set account_pk = -account_pk where abs(account_pk) in (select k.account_pk from kept k);

-- name: make_held
-- Whose link stands by what the account said before, or was before other accounts said the same, and wouldn't now: since
-- when.
create temp table held_link as
select q.account_pk, q.person_uid, coalesce(q.held_since, %(as_of)s::timestamptz) as held_since
from questioned q join kept using (account_pk) join ranked b using (account_pk, person_uid)
where b.is_clear and not exists (
    select from ranked n where n.account_pk = -q.account_pk and n.person_uid = q.person_uid and n.is_clear)
union all
select account_pk, person_uid, held_since from restored where account_pk not in (select k.account_pk from kept k);

-- name: settle_words
-- The holder keeps it, and nobody else has more than a claim, by what it says now. All others go by that, from now on: what
-- they vouch with is asked the next time.
delete from ranked r using kept k
where r.account_pk = k.account_pk
    and (r.account_pk, r.person_uid) not in (select h.account_pk, h.person_uid from held_link h);
update ranked r set account_pk = -r.account_pk,
    is_clear = r.is_clear and h.account_pk is null, is_definite = r.is_definite and h.account_pk is null,
    decision = case when h.account_pk is null then r.decision else 'candidate' end
from kept k left join held_link h using (account_pk)
where r.account_pk = -k.account_pk and r.person_uid is distinct from h.person_uid;
delete from ranked where account_pk < 0;
insert into uncorrelated (account_pk)
select k.account_pk from kept k where k.account_pk not in (select h.account_pk from held_link h);

-- name: forget_words
-- What was said before, where nobody's link stands by it alone, and none would but for a decision: that may be revoked.
delete from words_before w using account_in_focus a
where a.account_pk = w.account_pk and w.account_pk not in (select h.account_pk from held_link h)
    and w.account_pk not in (select r.account_pk from ruling r where r.verdict = 'confirm')
    and (w.account_pk not in (select r.account_pk from ruling r)
        or w.account_pk in (select c.account_pk from ranked c where c.is_clear));

-- name: evidence_mail_owner
-- Work mails on a workload's account, or in a tag that names an owner, name an owner: by what it says now, since an owner
-- is handed on by whoever has it.
insert into evidence
select abs(b.account_pk), h.person_uid, 'owns', case b.origin when 'owner' then 'owner' else 'mail' end,
    case b.origin when 'owner' then %(owner)s when 'tag' then %(tag_mail)s else %(mail)s end,
    b.name || case b.origin when 'owner' then ' holds' else ' is' end || ' their work mail'
        || case when x.value is null then '' when t.alone then ', theirs when the account was made'
            else ', and others'' at the same time' end
from bearing b join person_key h on h.kind = 'mail' and h.value = b.value
left join shared x on x.kind = 'mail' and x.value = h.value and x.space = h.space
left join borne_then t on t.kind = 'mail' and t.account_pk = b.account_pk and t.person_uid = h.person_uid
    and t.value = h.value and t.space = h.space
where b.kind = 'mail' and (b.origin = 'owner' or (b.service_like and b.origin in ('attribute', 'tag')))
    and b.account_pk not in (select k.account_pk from kept k)
    and (x.value is null or t.account_pk is not null);

-- name: evidence_owner_number
-- A tag that names an owner by number, in the declared form: about a number says too little of whose business it is.
insert into evidence
select abs(b.account_pk), p.person_uid, 'owns', 'owner', %(owner)s,
    b.name || ' ' || b.raw || ' = ' || coalesce(nullif(p.space, 'default') || ' ', '') || 'worker ' || p.value
from bearing b join source_setting s using (setting)
join person_key p on p.kind = 'number' and p.value = b.value and p.space = s.id_space
where b.kind = 'number' and b.origin = 'owner' and b.account_pk not in (select k.account_pk from kept k);

-- name: evidence_owner_login
-- A tag that names an owner by login, in a declared login realm or as HR gives it for this very source: one that HR says
-- is theirs, or that an account which is definitely theirs bears.
insert into evidence
select distinct o.account_pk, o.person_uid, 'owns', 'owner', %(owner)s, o.name || ' ' || o.raw || ' is their login there'
    || case when o.at_once then ', and others'' at the same time' else '' end
from (
    select abs(b.account_pk) as account_pk, h.person_uid, b.name, b.raw, x.value is not null and not t.alone as at_once
    from bearing b join source_setting s using (setting)
    join person_key h on h.kind = 'login' and h.value = b.value and not h.is_local
        and h.space in (s.login_space, 'source:' || s.source)
    left join shared x on x.kind = 'login' and x.value = h.value and x.space = h.space and not x.is_local
    left join borne_then t on t.kind = 'login' and t.account_pk = b.account_pk and t.person_uid = h.person_uid
        and t.value = h.value and t.space = h.space and not t.is_local
    where b.kind = 'login' and b.origin = 'owner' and b.account_pk not in (select k.account_pk from kept k)
        and (x.value is null or t.account_pk is not null)
    union all
    select abs(b.account_pk), v.person_uid, b.name, b.raw, false
    from bearing b join source_setting s using (setting)
    join vouched_login v on v.value = b.value and v.space = s.login_space and s.login_declared
        and (v.several or v.account_pk <> abs(b.account_pk))
    where b.kind = 'login' and b.origin = 'owner' and b.account_pk not in (select k.account_pk from kept k)) o;

-- name: make_ranked
-- Whose an account is, in scores, and what that makes of it: a link is clear where the score is high enough, and far
-- enough ahead of anyone else's; definite where it would be without a login or anything that rests on one.
create temp table ranked (account_pk bigint, person_uid uuid, score integer, is_clear boolean, is_definite boolean,
    decision text, id text, outer_id text, number text, mail text, login text, key text);

-- name: rank
-- Of every account, or of those that something was added to. Mail and login say little of an account made after the
-- departure. What may be somebody active's is never a leaver's alone, unless a person said so. A person works here until
-- their departure is confirmed.
insert into ranked (account_pk, person_uid, score, is_clear, is_definite, decision, id, outer_id, number, mail, login, key)
with rival as (
    select account_pk from claim group by account_pk having count(*) > 1
), weighed as not materialized (
    select c.account_pk, c.person_uid, c.decided, s.confirmed is not true as works_here,
        c.id, c.outer_id, c.number, c.mail, c.login, c.key,
        -- HR's id and another system's are one word about the same thing: the better counts.
        greatest(c.id_score, c.outer_id_score, 0) + coalesce(c.number_score, 0) + coalesce(c.key_score, 0) as firm,
        -- What ids that contradict each other come to, which add to nothing.
        greatest(-c.outer_id_score, 0) as doubt,
        coalesce(c.mail_score, 0) + coalesce(c.login_score, 0) as soft,
        coalesce(c.mail_score, 0) as soft_alone,
        coalesce(c.id_score, 0) + coalesce(c.number_score, 0) as firm_alone,
        case when s.person_uid is not null
            and (select b.told_at from birth b where b.account_pk = abs(c.account_pk)) > s.left_at
            then %(made_after_cap)s else 200 end as most
    from claim c
    left join person_state s on s.person_uid = c.person_uid and not s.returned and s.basis <> 'away'
    where (not %(again)s or c.account_pk in (select t.account_pk from touched t))
        and (c.decided or ((c.account_pk, c.person_uid) not in (select r.account_pk, r.person_uid from ruling r)
            and c.account_pk not in (select r.account_pk from ruling r where r.verdict = 'confirm')))
    offset 0  -- worked out once
), scored as not materialized (
    select account_pk, person_uid, decided, works_here, id, outer_id, number, mail, login, key, doubt > 0 as is_doubted,
        case when decided then 100 else greatest(least(firm + least(soft, most), 100), doubt) end as score,
        case when decided then 100 else least(firm_alone + least(soft_alone, most), 100) end as alone
    from weighed
), compared as (
    -- For the first of an account the runner-up is who it has to be ahead of; for everyone else, the first.
    select *, first_value(score) over best as top,
        case when row_number() over best = 1 then coalesce(lead(score) over best, 0)
            else first_value(score) over best end as other,
        case when row_number() over alone = 1 then coalesce(lead(alone) over alone, 0)
            else first_value(alone) over alone end as other_alone
    from scored where account_pk in (select r.account_pk from rival r)
    window best as (partition by account_pk order by score desc, person_uid),
        alone as (partition by account_pk order by alone desc, person_uid)
), clear as (
    select *, decided or (score >= %(linked)s and score - other >= %(ahead)s) as is_clear,
        decided or (alone >= %(linked)s and alone - other_alone >= %(ahead)s) as is_definite
    from compared
), judged as (
    select account_pk, person_uid, decided, id, outer_id, number, mail, login, key, score, top, is_clear, is_definite,
        is_doubted, bool_or(is_clear) over everyone as has_link,
        coalesce(max(score) filter (where works_here) over everyone, 0) as top_active
    from clear
    window everyone as (partition by account_pk)
    union all
    -- Nearly every account is claimed for one person alone.
    select account_pk, person_uid, decided, id, outer_id, number, mail, login, key, score, score,
        decided or score >= greatest(%(linked)s, %(ahead)s),
        decided or alone >= greatest(%(linked)s, %(ahead)s), false,
        decided or score >= greatest(%(linked)s, %(ahead)s), case when works_here then score else 0 end
    from scored where account_pk not in (select r.account_pk from rival r)
)
select account_pk, person_uid, score, is_clear, is_definite, case
        when decided then 'linked'
        when is_clear then
            case when person_uid in (select c.person_uid from contested c) then 'disputed' else 'linked' end
        -- Somebody else is claimed as well, and may work here: it's told all the same.
        when is_doubted and not has_link then 'disputed'
        when top >= %(linked)s and not has_link and (score >= %(linked)s or top - score < %(ahead)s) then 'disputed'
        when top < %(linked)s and score = top and score >= %(probable)s and top_active < %(candidate)s then 'probable'
        else 'candidate'
    end, id, outer_id, number, mail, login, key
from judged;
analyze ranked;

-- name: make_vouching
-- Definite links, and those that once were, may vouch for equal logins.
create temp table vouching as
select account_pk, person_uid from ranked where is_definite and account_pk > 0
union all
select distinct l.account_pk, coalesce(al.person_uid, l.person_uid)
from link l join account_in_focus using (account_pk) left join person_alias al on al.alias_uid = l.person_uid
where l.definite
    and not exists (
        select from ranked r
        where r.account_pk = l.account_pk and r.person_uid = coalesce(al.person_uid, l.person_uid) and r.is_definite)
    and not exists (
        select from ruling r
        where r.account_pk = l.account_pk
            and (r.verdict = 'confirm') <> (r.person_uid = coalesce(al.person_uid, l.person_uid)));
analyze vouching;

-- name: make_vouched_login
-- Logins of such accounts that are one person's alone in their space: one of these accounts, and whether there are
-- others. Only where HR doesn't say as much by itself, which it nearly always does.
create temp table vouched_login as
with borne as not materialized (
    select account_pk, setting, value from bearing where kind = 'login' and origin in ('attribute', 'tag')
    union all
    select account_pk, setting, value from weighed_nothing where kind = 'login' and origin in ('attribute', 'tag')
    union all
    select k.account_pk, s.setting, k.value
    from former_account_key k join account a using (account_pk) join source_setting s using (realm)
    where k.kind = 'login' and k.origin in ('attribute', 'tag') and k.value <> ''
        and k.value not in (select p.value from placeholder p)
), given as not materialized (
    select value, person_uid, space from person_key
    where kind = 'login' and not is_local
        and (kind, value, space, is_local) not in (select x.kind, x.value, x.space, x.is_local from shared x)
), told as not materialized (
    select b.account_pk, v.person_uid, s.login_space as space, s.login_declared, b.value
    from vouching v join borne b using (account_pk) join source_setting s using (setting)
), unsaid as materialized (
    select distinct space, value from told
    where not case when login_declared
        then %(login_given)s >= %(login_realm)s
            and (value, person_uid, space) in (select g.value, g.person_uid, g.space from given g)
        else (value, person_uid) in (select g.value, g.person_uid from given g) end
)
select space, value, min(person_uid::text)::uuid as person_uid, min(account_pk) as account_pk,
    min(account_pk) <> max(account_pk) as several
from told join unsaid using (space, value)
group by space, value having min(person_uid::text) = max(person_uid::text);
analyze vouched_login;

-- name: evidence_login
-- Logins borne by an account that is definitely theirs, built on such a one, or merely equal elsewhere: where that is
-- worth more than what HR says of the login.
insert into further
with form as (
    select b.account_pk, v.person_uid, b.origin, v.account_pk as of_pk,
        coalesce(s.login_declared and v.space = s.login_space, false) as in_realm, case
            when b.origin = 'pattern' then %(login_pattern)s
            when b.origin = 'usual' then %(login_usual)s
            when s.login_declared and v.space = s.login_space then %(login_realm)s
            when length(b.value) >= 4 and b.value <> all(%(reserved)s) then %(login_elsewhere)s end as score,
        c.login_score as known_score
    from bearing b join source_setting s using (setting)
    join vouched_login v on v.value = b.value and (v.several or v.account_pk <> abs(b.account_pk))
    left join claim c on c.account_pk = b.account_pk and c.person_uid = v.person_uid
    where b.kind = 'login' and b.value <> '' and b.origin <> 'owner'
        and (b.origin in ('attribute', 'tag') or (s.login_declared and v.space = s.login_space))
    offset 0
)
select f.account_pk, f.person_uid, 'login', f.score, case
    when f.origin = 'pattern' then 'the login is built on theirs by a declared pattern'
    when f.origin = 'usual' then 'the login looks built on theirs, by a pattern nobody declared'
    when f.in_realm then 'the login is that of ' || o.by || ', which is theirs, in the same realm'
    else 'the login equals one known for them in another realm (' || o.by || ')' end
from form f cross join lateral (
    select case when f.of_pk = abs(f.account_pk) then 'another account of theirs'
        else s.source || ' account ' || a.label end as by
    from account a join source_setting s using (realm) where a.account_pk = f.of_pk) o
where f.score > coalesce(f.known_score, 0);

-- name: make_met
-- Ids that another system gave, and the accounts there of which they are own ones, where there are any. Put down, so that
-- what follows is planned by how many there are.
create temp table met as
select distinct b.account_pk, b.name, starts_with(b.value, 's-1-') as is_sid, o.account_pk as other_pk, o.setting
from bearing b
left join bearing o on o.kind = 'directory_id' and o.name = 'id' and o.value = b.value and o.setting <> b.setting
where b.kind = 'directory_id' and b.name <> 'id';
analyze met;

-- name: make_contradicted
-- Accounts whose ids contradict each other: a Windows security identifier is given beside another id, and no account bears
-- both: that one bears another identifier, or this one is another account's. Not where all of these are one person's. An
-- account's ids are put together once, and compared with one another: whether two of millions of rows are equal in
-- several columns PostgreSQL takes to be rare, and tries row by row.
create temp table contradicted as
with given as (
    select m.account_pk, m.name, bool_or(m.is_sid) as is_sid,
        array_agg(m.other_pk) filter (where m.other_pk is not null) as others,
        bool_or(m.other_pk is not null and r.person_uid is null) as nobody_s,
        min(r.person_uid::text) as first_uid, max(r.person_uid::text) as last_uid
    from met m left join ranked r on abs(r.account_pk) = abs(m.other_pk) and r.is_clear
    group by m.account_pk, m.name
), their as (
    select account_pk, name, is_sid, others, bool_or(nobody_s) over one or min(first_uid) over one <> max(last_uid) over one
        as several_s
    from given window one as (partition by account_pk)
), against as (
    select m.account_pk, m.name || ' and ' || g.name as ids, g.others is not null as is_another_s, m.several_s
    from their m join their g using (account_pk)
    where g.name <> m.name and g.is_sid and m.others is not null and coalesce(not m.others && g.others, true)
        and (g.others is not null or exists (
            select from unnest(m.others) pk join account a on a.account_pk = abs(pk)
            cross join jsonb_array_elements(a.keys) k
            where k ->> 0 = 'directory_id' and k ->> 4 = 'id' and starts_with(k ->> 1, 's-1-')))
)
select account_pk, min(ids) as ids from against group by account_pk having not bool_and(is_another_s) or bool_or(several_s);
analyze contradicted;

-- name: evidence_external_id
-- An id that another system gave, equal to an own one of an account there which is linked. Of those that contradict each
-- other it's told, and nothing comes of it (`rank`: a score below zero).
insert into further
select m.account_pk, r.person_uid, 'outer_id',
    case when d.account_pk is null then %(directory_id)s else -greatest(%(probable)s, %(candidate)s) end,
    m.name || ' is that of ' || s.source || ' account ' || a.label || ', which is theirs'
        || coalesce('; but ' || d.ids || ' are of different accounts there, so neither counts', '')
from met m
join source_setting s using (setting)
join account a on a.account_pk = m.other_pk
join ranked r on r.account_pk = m.other_pk and r.is_clear
left join contradicted d on d.account_pk = m.account_pk;

-- name: evidence_ssh_key
-- The same SSH key on an account that is linked without it, to one person only.
insert into further
with single as (
    select b.value, min(r.person_uid::text)::uuid as person_uid, min(b.account_pk) as account_pk,
        count(distinct b.account_pk) as accounts
    from bearing b join ranked r using (account_pk)
    where b.kind = 'ssh_key' and b.origin <> 'owner' and r.is_clear and b.account_pk > 0
    group by b.value having count(distinct r.person_uid) = 1
)
select b.account_pk, s.person_uid, 'key', %(ssh_key)s, 'the same SSH key is on an account of theirs'
from bearing b join single s on s.value = b.value and (s.accounts > 1 or s.account_pk <> abs(b.account_pk))
where b.kind = 'ssh_key' and b.origin <> 'owner';

-- name: make_lost
-- Links that stood, of somebody who works here or held already, that nothing makes clear any more, and about which nobody
-- has decided.
create temp table lost as
select distinct on (l.account_pk) l.account_pk, p.person_uid, l.held_since
from link l join account_in_focus a using (account_pk)
left join person_alias al on al.alias_uid = l.person_uid
cross join lateral (select coalesce(al.person_uid, l.person_uid) as person_uid) p
where l.relation = 'is' and (l.decision = 'linked' or l.held_since is not null) and not l.by_word and a.kind = 'account'
    and (l.valid_to is null or (l.valid_to = %(as_of)s and al.person_uid is not null))
    and (l.account_pk, p.person_uid) not in (select r.account_pk, r.person_uid from ranked r where r.is_clear)
    and not exists (
        select from ruling r where r.account_pk = l.account_pk and (r.verdict = 'confirm' or r.person_uid = p.person_uid))
    and (l.held_since is not null or not exists (
        select from person_state s
        where s.person_uid = p.person_uid and not s.returned and s.confirmed and s.basis <> 'away'))
order by l.account_pk, l.valid_to is not null, l.held_since, 2;

-- name: make_restored
-- Of these, what their holders' other accounts make clear as soon as nobody else's are asked.
create temp table restored (account_pk bigint, person_uid uuid, score integer, id text, outer_id text, number text,
    mail text, login text, key text, held_since timestamptz);

-- name: restore_lost
-- Nobody is unlinked by what other accounts say: another one that bears the same login or SSH key, or so many that it
-- weighs nothing. For the holder counts what their own accounts say, whoever else's say it, too; for others HR's word
-- and ids.
with said as not materialized (
    select account_pk, setting, kind, value, origin, name from bearing where origin <> 'owner'
    union all
    select account_pk, setting, kind, value, origin, name from weighed_nothing where origin <> 'owner'
), their as materialized (
    select r.account_pk, r.person_uid from ranked r
    where r.is_clear and r.account_pk > 0 and r.person_uid in (select t.person_uid from lost t)
), vouched as (
    select v.person_uid, v.account_pk, s.login_space, k.value
    from vouching v join (
        select account_pk, setting, value from said where kind = 'login' and origin in ('attribute', 'tag')
        union all
        select k.account_pk, s.setting, k.value
        from former_account_key k join account a using (account_pk) join source_setting s using (realm)
        where k.kind = 'login' and k.origin in ('attribute', 'tag')) k using (account_pk)
    join source_setting s using (setting)
    where v.person_uid in (select t.person_uid from lost t) and not exists (
        select from ranked r where r.account_pk = v.account_pk and r.is_clear and r.person_uid <> v.person_uid)
), word as (
    select t.account_pk, t.person_uid, b.kind, b.value, b.origin, b.name, b.setting, s.login_space, s.login_declared
    from lost t join said b using (account_pk) join source_setting s using (setting)
    where b.kind in ('login', 'directory_id', 'ssh_key')
), own as (
    select w.account_pk, w.person_uid, 'login' as kind, v.account_pk as of_pk, case
            when w.origin = 'pattern' then %(login_pattern)s
            when w.origin = 'usual' then %(login_usual)s
            when w.login_declared and v.login_space = w.login_space then %(login_realm)s
            when length(w.value) >= 4 and w.value <> all(%(reserved)s) then %(login_elsewhere)s end as score,
        'the login is that of ' as said
    from word w join vouched v on v.person_uid = w.person_uid and v.value = w.value and v.account_pk <> w.account_pk
    where w.kind = 'login' and (w.origin in ('attribute', 'tag') or (w.login_declared and v.login_space = w.login_space))
    union all
    select w.account_pk, w.person_uid, 'outer_id', i.account_pk, %(directory_id)s, w.name || ' is that of '
    from word w join said i on i.kind = 'directory_id' and i.name = 'id' and i.value = w.value and i.setting <> w.setting
    join their v on v.account_pk = i.account_pk and v.person_uid = w.person_uid
    where w.kind = 'directory_id' and w.name <> 'id'
        and w.account_pk not in (select c.account_pk from contradicted c)
    union all
    select w.account_pk, w.person_uid, 'key', i.account_pk, %(ssh_key)s, 'the same SSH key is on '
    from word w join said i on i.kind = 'ssh_key' and i.value = w.value and i.account_pk <> w.account_pk
    join their v on v.account_pk = i.account_pk and v.person_uid = w.person_uid
    where w.kind = 'ssh_key'
), best as (
    select distinct on (o.account_pk, o.person_uid, o.kind) o.account_pk, o.person_uid, o.kind, o.score,
        o.said || s.source || ' account ' || a.label || ', which is theirs' as said
    from own o join account a on a.account_pk = o.of_pk join source_setting s using (realm)
    where o.score is not null
    order by o.account_pk, o.person_uid, o.kind, o.score desc, said collate "C"
), told as (
    select c.account_pk, c.person_uid, c.id_score, c.id, c.number_score, c.number, c.mail_score, c.mail,
        case when c.person_uid = t.person_uid then c.login_score else c.hr_login_score end as login_score, c.login,
        c.outer_id_score, c.outer_id, case when c.person_uid = t.person_uid then c.key_score end as key_score, c.key
    from lost t join claim c using (account_pk)
    where (c.account_pk, c.person_uid) not in (select r.account_pk, r.person_uid from ruling r)
    union all
    select account_pk, person_uid, null, null, null, null, null, null, case when kind = 'login' then score end, said,
        case when kind = 'outer_id' then score end, said, case when kind = 'key' then score end, said
    from best
), weighed as (
    select account_pk, person_uid, max(id) as id, max(outer_id) filter (where outer_id_score > 0) as outer_id,
        max(number) as number, max(mail) as mail,
        (array_agg(login order by login_score desc) filter (where login_score is not null))[1] as login,
        max(key) filter (where key_score is not null) as key,
        greatest(max(id_score), max(outer_id_score), 0) + coalesce(max(number_score), 0) + coalesce(max(key_score), 0)
            as firm,
        coalesce(max(mail_score), 0) + coalesce(max(login_score), 0) as soft
    from told group by account_pk, person_uid
), scored as (
    select w.*, least(firm + least(soft, case
            when (select b.told_at from birth b where b.account_pk = w.account_pk) > s.left_at
            then %(made_after_cap)s else 200 end), 100) as score
    from weighed w
    left join person_state s on s.person_uid = w.person_uid and not s.returned and s.basis <> 'away'
)
insert into restored
select account_pk, person_uid, m.score, m.id, m.outer_id, m.number, m.mail, m.login, m.key,
    coalesce(t.held_since, %(as_of)s::timestamptz)
from lost t join scored m using (account_pk, person_uid)
where m.score >= %(linked)s and m.score - %(ahead)s >= coalesce((
    select max(o.score) from scored o where o.account_pk = t.account_pk and o.person_uid <> t.person_uid), 0);

-- name: keep_restored
-- They vouch for more of their holders'.
delete from ranked r using restored t join lost using (account_pk)
where r.account_pk = t.account_pk and r.person_uid = t.person_uid;
update ranked r set is_clear = false, is_definite = false, decision = 'candidate'
from restored t join lost using (account_pk) where r.account_pk = t.account_pk;
insert into ranked (account_pk, person_uid, score, is_clear, is_definite, decision, id, outer_id, number, mail, login, key)
select account_pk, t.person_uid, t.score, true, false,
    case when t.person_uid in (select c.person_uid from contested c) then 'disputed' else 'linked' end,
    t.id, t.outer_id, t.number, t.mail, t.login, t.key
from restored t join lost using (account_pk);
delete from lost t using restored r where r.account_pk = t.account_pk;

-- name: make_at_once
-- Of an account that nobody has for certain: each of those to whom HR gives its mail or login, or what that is built on, at
-- the same time.
create temp table at_once as
select t.account_pk, t.person_uid, t.kind, t.value, t.space, case
        when t.kind = 'mail' then case b.origin when 'tag' then %(tag_mail)s else %(mail)s end
        when b.origin = 'pattern' then %(login_pattern)s
        when b.origin = 'usual' then %(login_usual)s
        when t.space in (s.login_space, 'source:' || s.source) then %(login_given)s
        when t.space = '' then %(login_usual)s
        when length(t.value) >= 4 and t.value <> all(%(reserved)s) then %(login_elsewhere)s end as score
from borne_then t join bearing b using (account_pk, kind, value) join source_setting s using (setting)
where not t.alone
    and case t.kind when 'mail' then b.origin in ('attribute', 'tag') and not b.service_like
        else b.origin in ('attribute', 'tag')
            or (b.origin <> 'owner' and t.space in (s.login_space, 'source:' || s.source)) end
    and not exists (select from ranked r where r.account_pk = t.account_pk and r.is_clear);
delete from at_once where score is null;

-- name: evidence_at_once
-- That speaks for each of them.
insert into further
select c.account_pk, c.person_uid, c.kind, c.score, 'HR gives the ' || c.kind
    || coalesce(' to ' || o.others || ' at the same time', ' to several at once')
from at_once c left join lateral (
    select string_agg(distinct coalesce(nullif(w.id_space, 'default') || ' ', '') || 'worker ' || w.worker_id, ', ') as others
    from at_once n join person p using (person_uid) join worker w on w.worker_pk = p.shown_worker_pk
    where n.account_pk = c.account_pk and n.kind = c.kind and n.value = c.value and n.space = c.space
        and n.person_uid <> c.person_uid) o on true;

-- name: link_each_leaver
-- Where everybody has left for certain whom such an account may belong to, and is nobody who may work here, it's each
-- one's, and of whom less speaks for it's nobody's.
update ranked r set decision = case when r.score >= %(linked)s then 'linked' else 'candidate' end
where r.decision = 'disputed'
    and (r.score < %(linked)s or (r.account_pk, r.person_uid) in (select c.account_pk, c.person_uid from at_once c))
    and r.account_pk in (
        select c.account_pk from at_once c join ranked o using (account_pk, person_uid) where o.score >= %(linked)s)
    and not exists (
        select from ranked o
        where o.account_pk = r.account_pk and o.score >= %(candidate)s
            and (o.person_uid in (select c.person_uid from contested c) or not exists (
                select from person_state s
                where s.person_uid = o.person_uid and not s.returned and s.confirmed and s.basis <> 'away')));

-- name: evidence_owner_label
-- Who is named as manager or owner of a workload's account that is nobody's own. Of accounts that are clearly somebody's
-- alone, which are few where few are looked at: to look at the label of every other one took longer than all else.
insert into evidence
with named as (
    select a.account_pk, a.realm,
        plain_label(o.label) as label
    from account_in_focus a cross join lateral unnest(a.owner_labels) as o(label)
    where a.service_like
        and not exists (select from ranked r where r.account_pk = a.account_pk and r.score >= %(linked)s)
), clear as materialized (
    select b.realm, b.plain as label, r.person_uid
    from ranked r join labelled_account b using (account_pk)
    where r.is_clear and not b.is_taken and b.realm in (select n.realm from named n)
)
select distinct n.account_pk, c.person_uid, 'owns', 'owner', %(owner)s, 'named there as its manager or owner'
from named n join clear c using (realm, label);

-- name: make_owned
-- Who owns an account, in scores; several may own one thing. Whose own it is, a person said, nobody owns. Nor does a
-- leaver own what is clearly somebody's own and no workload's: whom it names as its manager has no way into it by that.
create temp table owned as
with grouped as (
    select account_pk, person_uid, grp, max(score) as score
    from evidence where relation = 'owns'
    group by account_pk, person_uid, grp
), summed as (
    select g.account_pk, g.person_uid,
        coalesce(sum(score) filter (where grp <> 'mail'), 0)
            + least(coalesce(sum(score) filter (where grp = 'mail'), 0),
                case when bool_or(b.told_at > s.left_at) then %(made_after_cap)s end) as score
    from grouped g join birth b using (account_pk)
    left join person_state s on s.person_uid = g.person_uid and not s.returned and s.basis <> 'away'
    group by g.account_pk, g.person_uid
), own as materialized (
    -- All at once: few are taken to have owners, and every link would be passed by for each of them.
    select k.account_pk from ranked k join account a using (account_pk)
    where k.is_clear and not a.service_like and k.account_pk in (select u.account_pk from summed u)
)
select t.account_pk, t.person_uid, least(t.score, 100)::int as score
from summed t
where not exists (
    select from ruling r
    where r.account_pk = t.account_pk and (r.verdict = 'confirm' or r.person_uid = t.person_uid))
    and not (t.account_pk in (select o.account_pk from own o) and exists (
        select from person_state s where s.person_uid = t.person_uid and not s.returned and s.basis <> 'away'));

-- name: make_owning
-- Who owns what, or made it. Several may own one thing, so nobody has to be ahead of anyone; whoever may have left or not
-- is in doubt here as elsewhere.
create temp table owning as
select o.account_pk, o.person_uid, 'owns' as relation,
    case when o.score < %(linked)s then 'candidate'
        when c.person_uid is null then 'linked' else 'disputed' end as decision, o.score
from owned o left join contested c on c.person_uid = o.person_uid
where o.score >= %(candidate)s;

-- name: add_created_links
-- What a leaver's account made in the last days before the departure, or after it, but for loads, which are somebody's
-- job: listed, whosoever it is. Its maker is an entry of its own system, or where that has none of this name, of any
-- other: administrators often stand elsewhere. A label that another bears by now meant its maker for as long as they bore
-- it. Makers are found first and accounts joined to them by the name: joined
-- the other way round each account of a large directory is compared with each person's.
with maker as materialized (
    select b.account_pk, b.realm, b.plain as label, l.person_uid, s.left_at,
        case when b.is_taken then b.borne_to else 'infinity' end as named_to
    from person_state s
    join ranked l on l.person_uid = s.person_uid and l.decision = 'linked' and l.score >= %(candidate)s
    join labelled_account b on b.account_pk = l.account_pk
    where not s.returned
), made as (
    select distinct a.account_pk, l.person_uid
    from account a
    join source_setting using (realm)
    join maker l on l.label = plain_label(a.created_by) and l.account_pk <> a.account_pk
    join birth b on b.account_pk = a.account_pk
    where a.created_by <> '' and a.gone_at is null
        and b.told_at >= l.left_at - make_interval(days => %(created_window_days)s) and b.told_at <= l.named_to
        and (l.realm = a.realm or not exists (
            select from account o where o.realm = a.realm and plain_label(o.label) = l.label))
        and not exists (
            select from ranked n where n.account_pk = a.account_pk and n.person_uid = l.person_uid
                and n.decision = 'linked' and n.score >= %(candidate)s)
), told as (
    insert into evidence
    select account_pk, person_uid, 'created', 'created', %(linked)s, 'an account of theirs made it' from made
)
insert into owning (account_pk, person_uid, relation, decision, score)
select account_pk, person_uid, 'created', 'linked', %(linked)s from made;

-- name: links_today
-- With their evidence, and whether a person's word alone makes them; what only a word makes definite vouches no longer than
-- it stands. For somebody who came back, whether the account is the present one. In the order of accounts, so
-- that their index grows at its end.
with said as (
    select account_pk, person_uid, relation, jsonb_agg(distinct text) as evidence
    from evidence group by account_pk, person_uid, relation
), back as (
    select e.person_uid, e.worker_pk, e.started_at
    from person_state p join employment_span e using (person_uid)
    where p.returned and e.outcome in ('active', 'future') and e.started_at >= p.left_at
), own_now as (
    select b.account_pk, b.person_uid
    from back e join ranked b using (person_uid) join account a using (account_pk)
    where a.created_at >= e.started_at - make_interval(days => %(pre_start_days)s)
    union
    select b.account_pk, b.person_uid
    from back e join ranked b using (person_uid)
    join worker_key k on k.worker_pk = e.worker_pk and k.origin = 'current' and k.valid_to is null
    join bearing y on y.account_pk = b.account_pk and y.kind = k.kind and y.value = k.value
    join source_setting s using (setting)
    where (k.kind = 'number' and (s.id_space is null or s.id_space = k.space))
        or k.kind = 'mail'
        or (k.kind = 'login' and k.space in (s.login_space, 'source:' || s.source, ''))
)
select r.account_pk, r.person_uid, 'is' as relation, r.decision, r.score,
    to_jsonb(array_remove(array[
        'decided by ' || d.author || ' on ' || (d.decided_at at time zone 'UTC')::date,
        r.id, r.outer_id, r.number, r.mail, r.login, r.key], null)) as evidence,
    r.is_definite and d.account_pk is null as definite,
    (r.account_pk, r.person_uid) in (select o.account_pk, o.person_uid from own_now o) as own_now,
    %(as_of)s::timestamptz as valid_from, h.held_since,
    d.account_pk is not null and not exists (
        select from link s left join person_alias al on al.alias_uid = s.person_uid
        where s.account_pk = r.account_pk and coalesce(al.person_uid, s.person_uid) = r.person_uid
            and s.relation = 'is' and s.decision = 'linked' and not s.by_word
            and (s.valid_to is null or (s.valid_to = %(as_of)s and al.person_uid is not null))) as by_word
from ranked r
left join held_link h on h.account_pk = r.account_pk and h.person_uid = r.person_uid
left join ruling d on d.account_pk = r.account_pk and d.person_uid = r.person_uid and d.verdict = 'confirm'
where r.score >= %(candidate)s
union all
select o.account_pk, o.person_uid, o.relation, o.decision, o.score, coalesce(s.evidence, '[]'::jsonb), false, false,
    %(as_of)s, null, false
from owning o left join said s using (account_pk, person_uid, relation)
order by account_pk;

-- name: make_final_link
-- Those, to be compared with what stands.
create temp table final_link (account_pk bigint, person_uid uuid, relation text, decision text, score integer,
    evidence jsonb, definite boolean, own_now boolean, valid_from timestamptz, held_since timestamptz,
    by_word boolean);

-- name: close_links
-- Links that no longer hold as they stood.
analyze final_link;
update link l set valid_to = %(as_of)s
from account_in_focus a
where a.account_pk = l.account_pk and l.valid_to is null and not exists (
    select from final_link f
    where (f.account_pk, f.person_uid, f.relation, f.decision, f.score, f.evidence, f.definite, f.own_now, f.by_word)
        = (l.account_pk, l.person_uid, l.relation, l.decision, l.score, l.evidence, l.definite, l.own_now, l.by_word)
        and f.held_since is not distinct from l.held_since);

-- name: begin_links
-- Those that didn't hold before.
insert into link (account_pk, person_uid, relation, decision, score, evidence, definite, own_now, valid_from, held_since,
    by_word)
select f.account_pk, f.person_uid, f.relation, f.decision, f.score, f.evidence, f.definite, f.own_now, f.valid_from,
    f.held_since, f.by_word
from final_link f
where not exists (
    select from link l where l.account_pk = f.account_pk and l.person_uid = f.person_uid and l.relation = f.relation
        and l.valid_to is null)
order by f.account_pk;

-- name: analyze_links
-- For what follows.
analyze link, departure;

-- name: show_workers
-- Which worker people know a person by: the one at work, else the last. Nearly everybody is one worker, and known by that.
with several as (
    select person_uid from several_workers
    union all
    select person_uid from person where shown_worker_pk is null
), face as (
    select distinct on (w.person_uid) w.person_uid, w.worker_pk
    from several join worker w using (person_uid) left join employment_span e using (worker_pk)
    order by w.person_uid, w.superseded, e.outcome is distinct from 'active', e.left_at desc nulls last, w.worker_pk desc
)
update person p set shown_worker_pk = f.worker_pk
from face f where f.person_uid = p.person_uid and p.shown_worker_pk is distinct from f.worker_pk;

-- name: refresh_link_statistics
-- For the queries that make cases of them, and for whoever asks for a live look.
analyze person, credential, scope;

-- name: correlation_counts
-- What was linked of the accounts that exist, without those that are only attested. Nearly all are, and of the others alone it's asked what else they are.
with working as (
    select a.account_pk, exists (
            select from link l
            where l.account_pk = a.account_pk and l.valid_to is null and l.decision = 'linked'
                and l.relation <> 'created') as is_linked
    from account a join source_setting using (realm)
    where a.gone_at is null and a.kind = 'account' and a.standing <> 'dead' and a.attested_at is null
), ranked as (
    select account_pk, case when is_linked then 1 else (
            select min(case l.decision when 'disputed' then 2 when 'probable' then 3 else 4 end) from link l
            where l.account_pk = working.account_pk and l.valid_to is null and l.relation <> 'created') end as rank
    from working
)
select count(*)::int as working, count(*) filter (where rank = 1)::int as linked,
    count(*) filter (where rank = 2)::int as disputed, count(*) filter (where rank = 3)::int as probable,
    count(*) filter (where rank = 4)::int as candidate, count(*) filter (where rank is null)::int as orphan,
    (select count(*) from ranked r join account_use u using (account_pk)
        where r.rank is null and u.last_used_at > %(as_of)s - interval '30 days')::int as orphan_used
from ranked;

-- name: weightless_values
-- Of everything, also where this correlation looked at a part.
select realm, kind, name, accounts from crowded order by accounts desc, realm, kind, name limit 20;
