-- What has to do with what changed: accounts and persons that correlation looks at. Nothing of what a link rests on goes
-- from one such set to another (values borne by both sides, links that stood, decisions, names in other accounts), so
-- that whatever lies outside comes out as it stands.

-- name: is_first
-- Whether nothing was ever correlated, and nobody notes what they write.
select not exists (select from correlated);

-- name: wait_for_writers
-- Whoever is writing without a note is waited for, and whoever comes next waits and takes one: what they wrote would be
-- seen by this correlation neither now nor ever after.
lock table account, worker, employment, worker_key, link_decision in share mode;

-- name: take_notes
-- What was written since the last correlation. Whoever writes meanwhile is taken the next time.
create temp table noted as
with taken as (delete from uncorrelated returning account_pk, person_uid, realm, label)
select * from taken;

-- name: is_everything
-- Whether it's all to be looked at: the first time, under other settings, or where a note says so.
select not exists (select from correlated where settings = %(settings)s)
    or exists (select from noted where account_pk is null and person_uid is null and label is null);

-- name: make_focus
-- Which accounts and persons are looked at, which values they bear or bore, and by which step each was found.
create temp table focus_account (account_pk bigint primary key, step integer not null);
create temp table focus_person (person_uid uuid primary key, step integer not null);
create temp table reached (kind text, value text, step integer not null, own boolean not null default false);
create temp table outer_id (account_pk bigint, value text);

-- name: focus_on_everything
-- What correlation looks at, by views: to look at everything needs no list of it.
create or replace temp view in_focus as select account_pk from account join source_setting using (realm);
create or replace temp view account_in_focus as select a.* from account a join source_setting using (realm);
create or replace temp view worker_in_focus as select w.* from worker w;

-- name: focus_on_part
create or replace temp view in_focus as select account_pk from focus_account;
create or replace temp view account_in_focus as
select a.* from account a join focus_account using (account_pk) join source_setting using (realm);
create or replace temp view worker_in_focus as select w.* from worker w join focus_person using (person_uid);
analyze focus_account, focus_person;

-- name: make_naming
-- By whom a workload says that it's managed, or an account that it was made; who made it may stand in any system.
create temp table naming as
select a.account_pk, n.realm, n.label
from account a join source_setting using (realm) cross join lateral (
    select a.realm, plain_label(o.label) as label from unnest(a.owner_labels) as o(label) where a.service_like
    union
    -- No realm: whoever made it may stand in any.
    select null, plain_label(a.created_by) where a.created_by <> '') n
where a.service_like or a.created_by <> '';
create temp table named as
select n.account_pk, a.account_pk as other_pk
from naming n join labelled_account a on a.plain = n.label and coalesce(n.realm, a.realm) = a.realm
where exists (select from naming);
analyze naming, named;

-- name: focus_on_noted
-- What was written, whose departure or doubt changed, whoever came back (what is theirs now depends on the day), and
-- whoever an audit trail says made something.
insert into focus_account
select account_pk, 0 from noted where account_pk is not null
union
select n.account_pk, 0 from noted o join naming n on n.label = plain_label(o.label)
    and coalesce(n.realm, o.realm) = o.realm
union
select a.account_pk, 0 from event e join account a on a.realm = e.actor_realm and a.native_id = e.actor
where e.deed = 'made' and not e.failed
union
select a.account_pk, 0 from event e join account a on a.realm = e.object_realm and a.native_id = e.object
where e.deed = 'made' and not e.failed
union
select a.account_pk, 0 from event e join account a on a.realm = e.object_realm and a.login = e.object_login
where e.deed = 'made' and not e.failed and e.object_login <> ''
on conflict do nothing;
insert into focus_person
select coalesce(a.person_uid, n.person_uid), 0
from noted n left join person_alias a on a.alias_uid = n.person_uid where n.person_uid is not null
union
select person_uid, 0 from departure where valid_from = %(as_of)s or valid_to = %(as_of)s
union
select person_uid, 0 from person_state where returned
union
-- Who is in doubt now and wasn't the last time, or the other way round: what is theirs is disputed by that alone.
select person_uid, 0 from (
    (select person_uid from contested except select person_uid from contested_person)
    union all
    (select person_uid from contested_person except select person_uid from contested)) doubt
on conflict do nothing;
insert into reached
select distinct k.kind, k.value, 0 from event e join event_key k using (realm, event_id)
where e.deed = 'made' and not e.failed
    and ltrim(k.value, '0') <> '' and k.value not in (select p.value from placeholder p);
analyze focus_account, focus_person;

-- name: find_reached
-- What those whom the last step found bear or bore, as far as it weighs anything: a number as it is and by its digits,
-- since it equals others by the one and resembles them by the other; of a person's mail also the local part, which stands
-- beside logins. An account's own id is told apart: it's named by another system or by HR, or by nobody.
insert into reached
with key as (
    select k ->> 0 as kind, k
    from focus_account f join account a using (account_pk) join source_setting using (realm)
    cross join jsonb_array_elements(a.keys) k
    where f.step = %(step)s
    offset 0  -- taken out once
), ever as (
    select kind, k ->> 1 as value, k ->> 2 as loose, kind = 'directory_id' and k ->> 4 = 'id' as own from key
    union all
    select o.kind, o.value, o.loose, false
    from focus_account f join former_account_key o using (account_pk) join account using (account_pk)
    join source_setting using (realm)
    where f.step = %(step)s
    union all
    select k.kind, k.value, k.loose, false
    from focus_person f join worker w using (person_uid) join worker_key k using (worker_pk)
    where f.step = %(step)s
    union all
    select 'login', k.loose, '', false
    from focus_person f join worker w using (person_uid) join worker_key k using (worker_pk)
    where f.step = %(step)s and k.kind = 'mail'
)
-- What an earlier step reached brings in nobody new, unless it was told then as an own id alone.
select distinct e.kind, v.value, %(step)s::integer, e.own
from ever e cross join lateral (values (e.value), (case when e.kind = 'number' then e.loose end)) v(value)
where e.kind <> 'name' and ltrim(v.value, '0') <> '' and v.value not in (select p.value from placeholder p)
    and not exists (select from reached r where r.kind = e.kind and r.value = v.value and (e.own or not r.own));
analyze reached;

-- name: has_to_pass
-- Whether that step has values that any account may bear; or its first own ids, for which it isn't known yet which
-- accounts name another's.
select exists (select from reached where step = %(step)s and (%(is_first_pass)s or not own));

-- name: pass_accounts
-- Whoever bears them. Of what accounts bear there is no index: to keep one would cost each read more than looking at all of
-- it costs here, once or twice a night. So the values alone are compared; that of another kind now and then brings in
-- somebody who needn't be looked at, and changes nothing. Which accounts name another's id is taken down on the first
-- pass: few do, and each account that is found brings its own.
with key as (
    select a.account_pk, a.keys -> generate_series(0, jsonb_array_length(a.keys) - 1) as k
    from account a join source_setting using (realm) where jsonb_array_length(a.keys) <= 64
    union all
    select a.account_pk, jsonb_array_elements(a.keys)  -- quicker where they are many
    from account a join source_setting using (realm) where jsonb_array_length(a.keys) > 64
    offset 0  -- taken out once
), met as (
    select account_pk, k ->> 1 as value, k ->> 0 = 'directory_id' and k ->> 4 <> 'id' as is_outer,
        k ->> 1 in (select r.value from reached r where r.step = %(step)s and not r.own)
            or (k ->> 2 in (select r.value from reached r where r.step = %(step)s) and k ->> 0 = 'number') as is_reached
    from key
    where k ->> 1 in (select r.value from reached r where r.step = %(step)s and not r.own)
        or (k ->> 2 in (select r.value from reached r where r.step = %(step)s) and k ->> 0 = 'number')
        or (%(is_first_pass)s and k ->> 0 = 'directory_id' and k ->> 4 <> 'id')
), naming_another as (
    insert into outer_id select account_pk, value from met where is_outer and %(is_first_pass)s
)
insert into focus_account
select distinct account_pk, %(step)s + 1 from met where is_reached
on conflict do nothing;

-- name: grow_focus
-- What else has to do with what the last step found.
insert into focus_account
select o.account_pk, %(step)s + 1 from outer_id o
where o.value in (select r.value from reached r where r.step = %(step)s and r.own)
union
select o.account_pk, %(step)s + 1
from former_account_key o join account using (account_pk) join source_setting using (realm)
where exists (select from reached r where r.step = %(step)s)
    and (o.value in (select r.value from reached r where r.step = %(step)s)
        or (o.loose in (select r.value from reached r where r.step = %(step)s) and o.kind = 'number'))
union
-- Ended links too: who once held an account vouches for it still.
select l.account_pk, %(step)s + 1 from link l
    left join person_alias a on a.alias_uid = l.person_uid
    join focus_person f on f.person_uid = coalesce(a.person_uid, l.person_uid) where f.step = %(step)s
union
select a.account_pk, %(step)s + 1 from link_decision d join focus_person f using (person_uid)
    join account a using (realm, native_id) where f.step = %(step)s
union
select n.other_pk, %(step)s + 1 from named n join focus_account f using (account_pk) where f.step = %(step)s
union
select n.account_pk, %(step)s + 1 from named n join focus_account f on f.account_pk = n.other_pk where f.step = %(step)s
on conflict do nothing;
insert into focus_person
select w.person_uid, %(step)s + 1
from worker_key k join worker w using (worker_pk)
where exists (select from reached r where r.step = %(step)s)
    and (k.value in (select r.value from reached r where r.step = %(step)s)
        or k.loose in (select r.value from reached r where r.step = %(step)s))
union
select coalesce(a.person_uid, l.person_uid), %(step)s + 1 from link l join focus_account f using (account_pk)
    left join person_alias a on a.alias_uid = l.person_uid where f.step = %(step)s
union
select coalesce(a.person_uid, d.person_uid), %(step)s + 1 from link_decision d join account using (realm, native_id)
    join focus_account f using (account_pk) left join person_alias a on a.alias_uid = d.person_uid where f.step = %(step)s
on conflict do nothing;
analyze focus_account, focus_person;

-- name: focus_grew
-- Whether that step found anything.
select exists (select from focus_account where step = %(step)s + 1)
    or exists (select from focus_person where step = %(step)s + 1);

-- name: focus_is_most
-- Whether so much is found that looking at everything costs less. More values than are named here may not be held in
-- memory, where those of each account are looked for among them.
-- A quarter of all accounts: asked by an offset, so that it ends as soon as there are more, and counts no table whole.
select exists (select from focus_account)
        and not exists (select from account offset (select greatest(count(*) * 4 - 1, 0) from focus_account))
    or (select count(*) from reached) > 1000000;

-- name: forget_crowded
-- Values that were crowded and aren't as they were, where everything was looked at.
delete from crowded c where not exists (
    select from weightless w
    where (w.realm, w.kind, w.value, w.loose, w.name, w.accounts)
        = (c.realm, c.kind, c.value, c.loose, c.name, c.accounts));

-- name: forget_crowded_in_focus
-- The same of what somebody in focus bears or bore, and so everybody was looked at who bears it.
delete from crowded c
where not exists (
        select from weightless w
        where (w.realm, w.kind, w.value, w.loose, w.name, w.accounts)
            = (c.realm, c.kind, c.value, c.loose, c.name, c.accounts))
    and exists (select from reached r where r.kind = c.kind and r.value in (c.value, c.loose));

-- name: note_crowded
-- Values that weigh nothing, since too many bear them.
insert into crowded (realm, kind, value, loose, name, accounts)
select realm, kind, value, loose, name, accounts from weightless
on conflict do nothing;

-- name: note_correlated
-- What this correlation was told, and whom it found in doubt.
insert into correlated as c (settings) values (%(settings)s)
on conflict (one_row) do update set settings = excluded.settings where c.settings <> excluded.settings;
delete from contested_person o where not exists (select from contested n where n.person_uid = o.person_uid);
insert into contested_person select person_uid from contested on conflict do nothing;
delete from possibly_one_person o
where not exists (select from possibly_one n where (n.person_uid, n.other_uid) = (o.person_uid, o.other_uid));
insert into possibly_one_person select person_uid, other_uid from possibly_one on conflict do nothing;
