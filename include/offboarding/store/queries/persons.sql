-- name: refresh_statistics
-- A first night's tables have none yet, and plans made without them take hours. To the end of this transaction a small
-- sample does: it has to tell thousands from millions.
set local default_statistics_target = 10;
analyze worker, worker_key, employment, account;

-- name: make_shared_mail
-- Mails that more than one worker bears at present: nearly none. Only of these it is asked by whom.
create temp table shared_mail as
select value from worker_key where kind = 'mail' and origin = 'current' and valid_to is null
    and ltrim(value, '0') <> '' and value not in (select p.value from placeholder p)
group by value having count(*) > 1;
analyze shared_mail;

-- name: make_shared_login
-- Logins that more than one worker bears at present, in whatever realms.
create temp table shared_login as
select value from worker_key where kind = 'login' and origin = 'current' and valid_to is null
    and ltrim(value, '0') <> '' and value not in (select p.value from placeholder p)
group by value having count(distinct worker_pk) > 1;
analyze shared_login;

-- name: make_bearer
-- Present mail and login together, as more than one person bears them. What more than a few bear at once is nobody's; of
-- one name they count once, as somebody with a number for each contract has many. Whose mails and logins are of several
-- reads takes no part: a shifted file that is partial would make everybody the next one.
create temp table bearer as
with borne as (
    select w.worker_pk, w.person_uid, w.vanished_at, m.value as mail, l.value as login, l.space,
        case when lower(btrim(w.name)) not in (select p.value from placeholder p) then w.name else '' end as name
    from shared_mail join worker_key m using (value) join worker w using (worker_pk)
    join worker_key l on l.worker_pk = m.worker_pk and l.kind = 'login' and l.origin = 'current' and l.valid_to is null
    where m.kind = 'mail' and m.origin = 'current' and m.valid_to is null and not w.keys_mixed
        and ltrim(l.value, '0') <> '' and l.value not in (select p.value from placeholder p)
), several as (
    select mail, login from borne group by mail, login having min(person_uid::text) <> max(person_uid::text)
), few as (
    select mail, login from several join borne using (mail, login)
    group by mail, login having count(distinct coalesce(nullif(lower(name), ''), person_uid::text)) <= %(bearers)s
)
select worker_pk, person_uid, name, vanished_at, mail, login, space from few join borne using (mail, login);
analyze bearer;

-- name: make_apart
-- Workers of whom one took over the other's mail and login, as their names tell (correlation/names.py): both ways round.
create temp table apart (one bigint not null, other bigint not null);

-- name: successors
-- Bearers of one mail and login of whom the other began later than the one, and when the one was over, or about then; or
-- nobody tells when, and the one is over. And their names.
with spell as (
    select b.worker_pk, min(e.start_on) as first_on,
        case when bool_and(o.over_on is not null) then max(o.over_on) end as last_on
    from (select distinct worker_pk, vanished_at from bearer) b join employment e using (worker_pk)
    cross join lateral (
        select coalesce(e.last_working_on, e.end_on, (coalesce(case when e.status = 'left' then e.told_left_at end,
            b.vanished_at) at time zone coalesce(e.zone, %(zone)s))::date) as over_on) o
    group by b.worker_pk
)
select distinct a.worker_pk as one, a.name as one_name, b.worker_pk as other, b.name as other_name
from bearer a join spell ended on ended.worker_pk = a.worker_pk
join bearer b using (mail, login) join spell began on began.worker_pk = b.worker_pk
where a.name <> b.name and (a.space = b.space or '' in (a.space, b.space))
    and ended.last_on is not null and (began.first_on is null
        or (began.first_on >= ended.last_on - %(possibly_one_days)s::integer
            and (ended.first_on is null or began.first_on > ended.first_on)));

-- name: keep_apart
insert into apart (one, other)
select p.one, p.other from unnest(%(ones)s::bigint[], %(others)s::bigint[]) pair(one, other)
cross join lateral (values (pair.one, pair.other), (pair.other, pair.one)) p(one, other);
analyze apart;

-- name: make_held_number
-- Previous numbers that make nobody one, with the worker whose own number each is. HR gives it to several rows, or gave it
-- to a row that had been there without it: a mistake, as far as anybody can tell. Or its owner hasn't left by HR's word,
-- and the number hasn't passed to another row: two rows of one person for a while, or a mistake. An end that is only
-- planned may be put off, and a hire to come is no end. Of what nobody known owns a few may be one.
create temp table held_number as
with previous as materialized (
    select k.worker_pk, k.value, k.space, self.value as number, k.valid_from > self.valid_from as is_late
    from worker_key k join worker_key self using (worker_pk, kind, space)
    where kind = 'number' and k.origin = 'former' and k.valid_to is null
        and self.origin = 'current' and self.valid_to is null
        and ltrim(k.value, '0') <> '' and k.value not in (select p.value from placeholder p)
), named as (
    select value, space, count(distinct number) as by_rows from previous group by value, space
), owner as (
    select own.value, own.space, w.worker_pk, r.configured and not w.superseded and exists (
        select from employment e
        cross join lateral (select case when e.status = 'left' then coalesce(e.last_working_on, e.end_on)
            else e.last_working_on end as left_on) told
        where e.worker_pk = w.worker_pk
            and case when told.left_on is null then e.status <> 'left'
                when e.status = 'future' and (e.start_on is null
                    or e.start_on::timestamp at time zone coalesce(e.zone, %(zone)s) > %(as_of)s) then true
                else greatest(day_ends(told.left_on, coalesce(e.zone, %(zone)s)),
                    case when e.zone is null then day_ends(told.left_on, 'Etc/GMT+12') end) > %(as_of)s end) as holds
    from named join worker_key own using (value, space) join worker w using (worker_pk) join roster r on r.name = w.roster
    where own.kind = 'number' and own.origin = 'current' and own.valid_to is null
)
select p.worker_pk, p.value, p.space, o.worker_pk as holder_pk
from previous p join named n using (value, space) left join owner o using (value, space)
where case when o.worker_pk is null then n.by_rows > %(bearers)s else n.by_rows > 1 or p.is_late or o.holds end;
analyze held_number;

-- name: same_person
-- Pairs of persons that turn out to be one: by a number that is both's, or by present mail and login together. A previous
-- number counts as long as a listed row came with it and nobody else holds it; one that HR took back is nobody's.
-- Whoever bears a thing is paired with the first who does: as many pairs as it takes to join them, and no more. A login
-- that HR gives for no realm or system says nothing against one that it gives for some; between two of these it's two.
-- Whom a name tells from another bearer is paired with each of the rest.
with shared_number as (
    select value, space from worker_key
    where kind = 'number' and ltrim(value, '0') <> '' and value not in (select p.value from placeholder p)
    group by value, space having count(*) > 1
), by_number as (
    select w.person_uid as one,
        first_value(w.person_uid) over (partition by k.space, k.value order by w.person_uid) as other, 'the same worker id ' || k.value as evidence
    from shared_number join worker_key k using (value, space) join worker w using (worker_pk)
    where k.kind = 'number' and (k.origin = 'current' or (
        k.valid_to is null and (k.value, k.space) not in (select h.value, h.space from held_number h)
        and (w.missing_since is null or exists (
            -- It was, as the row went whose number it is.
            select from worker_key own join worker gone using (worker_pk)
            where own.kind = 'number' and own.origin = 'current' and (own.value, own.space) = (k.value, k.space)
                and gone.superseded))))
), told_apart as (
    select distinct one as worker_pk from apart
), by_mail_and_login as (
    select person_uid as one,
        coalesce(min(person_uid::text) filter (where space = '') over (partition by mail, login),
            min(person_uid::text) over (partition by mail, login, space))::uuid as other
    from bearer b where not exists (select from told_apart t where t.worker_pk = b.worker_pk)
    union all
    select a.person_uid, b.person_uid
    from told_apart join bearer a using (worker_pk) join bearer b using (mail, login)
    where (a.space = b.space or '' in (a.space, b.space)) and not exists (
        select from apart x where x.one = a.worker_pk and x.other = b.worker_pk)
)
select distinct on (one, other) one, other, evidence
from (select * from by_number union all select *, 'the same present mail and login' from by_mail_and_login) pairs
where one <> other
order by one, other, evidence desc;

-- name: forget_taken_back
-- Previous numbers that HR took back, and that were another person's own when it gave them: no evidence of anything. Of a
-- number that was given anew later both say what was true.
delete from worker_key previous
using worker w, worker_key own, worker owner
where previous.kind = 'number' and previous.origin = 'former' and previous.valid_to is not null
    and w.worker_pk = previous.worker_pk
    and own.kind = 'number' and own.origin = 'current' and own.valid_to is null
    and own.value = previous.value and own.space = previous.space and own.valid_from <= previous.valid_from
    and owner.worker_pk = own.worker_pk and owner.person_uid <> w.person_uid;

-- name: lock_persons
-- In the order of their ids, so that no two runs wait for each other.
select person_uid, first_seen_at from person where person_uid = any(%(uids)s) order by person_uid for update;

-- name: merge_alias
-- The newer person is the older one under another name.
insert into person_alias (alias_uid, person_uid, merged_at, evidence)
values (%(alias)s, %(keeper)s, %(as_of)s, %(evidence)s);

-- name: hide_alias
-- People know the one by a worker; the other only where a finding still names it.
update person p set shown_worker_pk = null
where p.person_uid = %(alias)s and not exists (select from finding f where f.person_uid = p.person_uid);

-- name: move_aliases
update person_alias set person_uid = %(keeper)s where person_uid = %(alias)s;

-- name: move_workers
update worker set person_uid = %(keeper)s where person_uid = %(alias)s;

-- name: end_departures_of_alias
update departure set valid_to = %(as_of)s, ended_because = 'merged' where person_uid = %(alias)s and valid_to is null;

-- name: end_links_of_alias
update link set valid_to = %(as_of)s where person_uid = %(alias)s and valid_to is null;

-- name: revoke_double_decisions
-- Of decisions about one account and both names of a person the last one stands.
update link_decision d set revoked_at = %(as_of)s, revoked_by = 'a later decision about the same person'
where d.person_uid in (%(keeper)s, %(alias)s) and d.revoked_at is null and exists (
    select from link_decision later where later.person_uid in (%(keeper)s, %(alias)s) and later.revoked_at is null
        and later.realm = d.realm and later.native_id = d.native_id and later.decision_id > d.decision_id)
returning d.decision_id;

-- name: move_decisions
-- A person's decisions go with the person.
update link_decision set person_uid = %(keeper)s where person_uid = %(alias)s returning decision_id;

-- name: move_notices
update notice set person_uid = %(keeper)s where person_uid = %(alias)s returning notice_id;

-- name: move_words
update departure_word set person_uid = %(keeper)s where person_uid = %(alias)s returning word_id;

-- name: findings_of_alias
select finding_key, rule, realm, subject_kind, subject_native_id, account_native_id, episode
from finding where person_uid = %(alias)s order by finding_key for update;

-- name: move_finding
-- Where the keeper has the same finding already, the alias's stays as it was.
update finding f set person_uid = %(keeper)s, match_key = %(match_key)s
where f.finding_key = %(finding_key)s and not exists (select from finding o where o.match_key = %(match_key)s);

-- name: move_tickets
-- Where both have some, the plan of tickets says which stands (join_holders).
update ticket t set holder = %(keeper)s::text
where t.holder = %(alias)s::text and not exists (
    select from ticket o where o.holder = %(keeper)s::text and o.kind = t.kind and o.queue = t.queue
        and o.episode = t.episode);

-- name: make_employment_span
-- When each employment began and ended, and what it is at as_of: active, future, lapsed, vanished, left; away: it goes on,
-- and by the policy lets nobody in meanwhile.
create temp table employment_span as
with told as (
    select w.person_uid, w.worker_pk, w.worker_id, w.id_space, w.roster, successor.is_same_person as superseded,
        case when w.superseded and not successor.is_same_person then w.missing_since
            when e.gone_at is null or again.is_here then w.vanished_at else e.gone_at end as vanished_at,
        r.coverage,
        r.configured, e.start_on, e.status, e.circumstance, e.last_working_on, e.end_on, e.zone, e.type, e.told_left_at,
        coalesce(e.zone, %(zone)s) as zone_used,
        case when e.status = 'left' then coalesce(e.last_working_on, e.end_on) else e.last_working_on end as left_on,
        coalesce(e.last_working_on, e.end_on, case when e.status = 'left'
            then (e.told_left_at at time zone coalesce(e.zone, %(zone)s))::date end) as over_on
    from employment e join worker w using (worker_pk) join roster r on r.name = w.roster
    -- A superseded worker has another number only if the record that names this one is the same person's, was not over
    -- before this employment, and begins no later than a next contract may; on no day that HR tells, only if it came before
    -- this one vanished. Any other superseded worker has vanished.
    cross join lateral (
        select w.superseded and exists (
            select from worker_key old join worker_key new using (kind, value, space)
            join worker o on o.worker_pk = new.worker_pk
            where old.worker_pk = w.worker_pk and kind = 'number' and old.origin = 'current' and new.origin = 'former'
                and o.worker_pk <> w.worker_pk and o.person_uid = w.person_uid and exists (
                    select from employment n
                    where n.worker_pk = o.worker_pk
                        and coalesce(coalesce(n.last_working_on, n.end_on) >= e.start_on, true) and coalesce(n.start_on
                        <= (w.missing_since at time zone %(zone)s)::date + %(pre_start_days)s::integer,
                        n.status <> 'future' or w.vanished_at is null or o.first_told_at <= w.vanished_at))
            ) as is_same_person) successor
    -- Who had vanished and is listed for what is to come is here where that follows as soon as a next contract may, and was
    -- where a person had denied that they left before they vanished once more.
    cross join lateral (
        select e.gone_at is not null and case when w.vanished_at is null then exists (
                select from employment n
                where n.worker_pk = w.worker_pk and n.status <> 'left' and n.gone_at is null and n.start_on
                    between gone.day - 1 and gone.day + %(pre_start_days)s::integer)
            else exists (
                select from departure_word k join roster_read d on d.read_id = w.judged_read_id
                where k.person_uid = w.person_uid and k.left_at = e.gone_at and k.verdict = 'deny'
                    and k.decided_at < d.observed_at) end as is_here
        from (select (e.gone_at at time zone %(zone)s)::date as day) gone) again
), timed as (
    select t.*,
        t.start_on::timestamp at time zone t.zone_used as started_at,
        day_ends(t.over_on, t.zone_used) as over_at,
        day_ends(t.left_on, t.zone_used) as left_at,
        greatest(day_ends(t.left_on, t.zone_used),
            case when t.zone is null then day_ends(t.left_on, 'Etc/GMT+12') end) as certain_at,
        day_ends(t.end_on, t.zone_used) as ended_at,
        greatest(day_ends(t.end_on, t.zone_used),
            case when t.zone is null then day_ends(t.end_on, 'Etc/GMT+12') end) as ended_certain_at
    from told t
    offset 0  -- each worked out once
), judged as (
    select t.*,
        case
            when t.status = 'left' and t.left_on is null then 'left'
            when t.status = 'left' then case when t.certain_at <= %(as_of)s then 'left' else 'active' end
            when t.status = 'future' and (t.started_at is null or t.started_at > %(as_of)s) then 'future'
            when t.certain_at <= %(as_of)s then 'left'
            when (t.circumstance = any(%(shut_while)s::text[]) or t.status = any(%(shut_while)s::text[]))
                and t.status <> 'future' and (t.started_at is null or t.started_at <= %(as_of)s)
                -- Released from work up to a day that HR gives, which then decides.
                and (t.circumstance <> 'garden_leave' or t.left_on is null) then 'away'
            when t.ended_certain_at <= %(as_of)s then 'lapsed'
            when t.started_at > %(as_of)s then 'future'
            else 'active'
        end as outcome
    from timed t
    offset 0
), seen as (
    -- What a feed's silence makes of it. HR's word that it ended stands; a new number isn't an end; from a list of who
    -- works here, whose contract had run out, has left; a hire that was withdrawn before it began is none.
    select j.*,
        case
            when j.outcome = 'left' then 'left'
            when j.superseded then 'void'
            when j.vanished_at is not null and (
                j.outcome = 'active' or (j.outcome in ('lapsed', 'away') and j.coverage = 'active')) then 'vanished'
            when (not j.configured and j.outcome <> 'away') or (j.outcome = 'future' and j.vanished_at is not null) then 'void'
            else j.outcome
        end as seen
    from judged j
    offset 0
)
select s.person_uid, s.worker_pk, s.roster, s.coverage, s.start_on, s.status, s.circumstance, s.last_working_on, s.end_on, s.zone,
    s.vanished_at, s.zone_used, s.started_at, s.over_on, s.over_at, s.seen as outcome,
    case s.seen when 'left' then coalesce(s.left_at, s.told_left_at) when 'vanished' then s.vanished_at
        when 'lapsed' then s.ended_at end as left_at,
    case s.seen when 'left' then coalesce(s.certain_at, s.told_left_at) when 'vanished' then s.vanished_at
        when 'lapsed' then s.ended_certain_at end as certain_at,
    case s.seen when 'left' then s.left_on when 'lapsed' then s.end_on end as left_on
from seen s;
create index on employment_span (person_uid);
analyze employment_span;

-- name: doubt_away
-- Who is away, and no longer listed by a feed that lists everyone, may have left: both is true until a person says which.
insert into employment_span (person_uid, worker_pk, roster, coverage, start_on, status, circumstance, last_working_on,
    end_on, zone, zone_used, started_at, over_on, over_at, outcome, left_at, certain_at, left_on)
select s.person_uid, s.worker_pk, s.roster, s.coverage, s.start_on, s.status, s.circumstance, s.last_working_on, s.end_on,
    s.zone, s.zone_used, s.started_at, s.over_on, s.over_at, 'vanished', s.vanished_at, s.vanished_at, null
from employment_span s
where s.outcome = 'away' and s.vanished_at is not null;

-- name: void_withdrawn_hires
-- A rehire that is withdrawn before its first day never begins: the person remains a leaver by the earlier end.
update employment_span s set outcome = 'void'
from employment_span ended
where ended.person_uid = s.person_uid
    and (ended.outcome = 'left' or ended.outcome = 'vanished' and coalesce(ended.left_at >= ended.started_at, true))
    and s.outcome = 'vanished' and s.left_at < s.started_at;

-- name: overrule_spans
-- Employments that a confirmed `hidden` departure overrules: those that began before it, including any that ended later.
-- A later employment is a rehire. One without a first day is later if its worker was first listed after the confirmation.
update employment_span s set outcome = 'void'
from employment_span ended
where ended.person_uid = s.person_uid and ended.outcome in ('left', 'vanished')
    and s.outcome in ('active', 'future', 'away', 'lapsed', 'vanished')
    and (s.outcome, s.left_at) is distinct from (ended.outcome, ended.left_at)
    and ended.person_uid in (select w.person_uid from departure_word w where w.basis = 'hidden')
    and exists (
        select from (
            select w.verdict, w.decided_at from departure_word w
            where w.person_uid = ended.person_uid and w.basis = 'hidden' and w.left_at = ended.left_at
            order by w.word_id desc limit 1) word
        where word.verdict = 'confirm' and coalesce(
            s.start_on < coalesce(ended.over_on, (ended.left_at at time zone ended.zone_used)::date),
            exists (select from worker w where w.worker_pk = s.worker_pk and w.first_told_at < word.decided_at)));

-- name: make_feed_state
-- Who has left, who came back, by HR's word; a row a person. Where HR leaves it open, a person's word settles it, as long
-- as HR says the very same.
create temp table feed_state as
with person_here as (
    -- The next employment is counted from the end of the last one: until it begins after a longer gap, nobody works here.
    select person_uid, bool_or(outcome = 'active') or coalesce(
            min(start_on) filter (where outcome = 'future')
                <= max((left_at at time zone zone_used)::date) + %(pre_start_days)s::integer, false) as here,
        bool_or(outcome = 'lapsed') as lapsed,
        bool_or(outcome = 'vanished' and coverage <> 'active') as vanished_full, bool_or(outcome = 'away') as away,
        max(start_on) filter (where outcome = 'active') as last_start_on
    from employment_span
    where person_uid in (select o.person_uid from employment_span o where o.outcome in ('left', 'lapsed', 'vanished', 'away'))
    group by person_uid
), ended as (
    select s.*, p.here as person_here, p.vanished_full,
        case s.outcome when 'left' then 'actual' when 'lapsed' then 'planned' when 'away' then 'away'
            else 'inferred' end as basis
    from employment_span s join person_here p using (person_uid)
    where s.outcome in ('left', 'lapsed', 'vanished', 'away')
        and case
            -- Works here: only an employment that was over before a present one began makes somebody a returner.
            when p.here then s.outcome = 'left' and p.last_start_on > s.over_on
            -- Employed still, whatever else ended.
            when p.away then s.outcome = 'away'
            when p.lapsed then s.outcome = 'lapsed'
            when p.vanished_full then s.outcome = 'vanished'
            -- Vanished from a list of who works here, and dated by HR shortly before: the date is the better word, unless
            -- that employment was over before the one began from which they vanished.
            else s.outcome = 'left' or not exists (
                select from employment_span l
                where l.person_uid = s.person_uid and l.outcome = 'left'
                    and l.left_at >= s.left_at - make_interval(days => %(possibly_one_days)s)
                    and coalesce(l.over_on >= s.start_on, true))
        end
), told as (
    select distinct on (person_uid) person_uid, person_here as returned,
        case when basis = 'away' then since.at else left_at end as left_at,
        case when basis = 'away' then since.at else certain_at end as certain_at, left_on, zone_used as zone,
        basis, basis in ('actual', 'away') or (basis = 'inferred' and not vanished_full) as confirmed, roster, worker_pk,
        case when basis in ('actual', 'away') then circumstance else '' end as circumstance,
        case basis
            when 'actual' then 'status ' || coalesce(nullif(circumstance, ''), status) || coalesce(', last working day ' || last_working_on, '')
                || coalesce(', end ' || end_on, '')
                || case when left_on is null
                    then ', no day given: first told on ' || (left_at at time zone zone_used)::date else '' end
            when 'away' then 'status ' || coalesce(nullif(circumstance, ''), status)
            when 'planned' then 'planned end ' || end_on || ', and the roster still says ' || status
            else 'no longer listed since the read of ' || (left_at at time zone zone_used)::date || coalesce((
                -- Where somebody pushes whom the roster lists, what they said of this one.
                select ': told ' || case when p.inactive_at is null then 'deleted' else 'inactive' end || ' on '
                    || to_char(coalesce(p.inactive_at, p.deleted_at) at time zone zone_used, 'YYYY-MM-DD HH24:MI')
                from worker w join pushed_user p on p.roster = w.roster and p.worker_id = w.worker_id
                where w.worker_pk = e.worker_pk and coalesce(p.inactive_at, p.deleted_at) is not null
                order by coalesce(p.inactive_at, p.deleted_at) desc limit 1), '')
        end || case when zone is null then ' (zone unknown: ' || zone_used || ' is taken)' else '' end as told
    from ended e
    -- Since when is kept as it was first told: no feed gives a day.
    cross join lateral (
        select coalesce((
            select d.left_at from departure d
            where d.person_uid = e.person_uid and d.valid_to is null and d.basis = 'away'), %(as_of)s) as at) since
    order by person_uid, left_at desc, certain_at desc, left_on desc nulls last, worker_pk
)
select t.person_uid, t.returned, t.left_at, t.certain_at, t.left_on, t.zone, t.basis,
    t.confirmed or coalesce(w.verdict = 'confirm', false) as confirmed, t.roster, t.worker_pk,
    t.circumstance, t.told || case when w.verdict = 'confirm' then '; confirmed by ' || w.author else '' end as told
from told t
left join lateral (
    select d.verdict, d.author, d.until from departure_word d
    where d.person_uid = t.person_uid and d.left_at = t.left_at and (d.basis = t.basis
        -- That they left, beside an employment that the same word overruled.
        or (d.basis = 'hidden' and d.verdict = 'confirm' and t.basis = 'inferred'))
    order by d.word_id desc limit 1) w on not t.returned
where w.verdict is distinct from 'deny' or w.until <= %(as_of)s;
create unique index on feed_state (person_uid);
analyze feed_state;

-- name: make_possibly_one
-- Pairs of persons who may be one: one present mail, or one present login that HR doesn't give for two realms, and one
-- employment starts near the other's end, or near when that was no longer listed; or both, and only their names speak
-- against it; or HR lists one's number as another's previous one, and both. What more than a few bear at once is nobody's.
create temp table possibly_one as
with borne as (
    select distinct w.person_uid, key.kind, key.space, key.value
    from (select 'mail' as kind, value from shared_mail union all select 'login', value from shared_login) shared
    join worker_key key using (kind, value) join worker w using (worker_pk)
    where key.origin = 'current' and key.valid_to is null
), few as (
    select kind, value from borne group by kind, value having count(distinct person_uid) between 2 and %(bearers)s
), pair as (
    select distinct a.person_uid as one, b.person_uid as other
    from few join borne a using (kind, value) join borne b using (kind, value)
    where a.person_uid <> b.person_uid and (a.space = b.space or '' in (a.space, b.space))
), near as (
    select distinct p.one, p.other
    from pair p
    join employment_span ended on ended.person_uid = p.one
    join employment_span began on began.person_uid = p.other
    where abs(began.start_on - ended.over_on) <= %(possibly_one_days)s
        or (ended.outcome = 'vanished'
            and abs(began.start_on - (ended.left_at at time zone ended.zone_used)::date) <= %(possibly_one_days)s)
    union
    select a.person_uid, b.person_uid
    from apart join worker a on a.worker_pk = apart.one join worker b on b.worker_pk = apart.other
    where a.person_uid <> b.person_uid
    union
    select a.person_uid, b.person_uid
    from held_number h join worker a using (worker_pk) join worker b on b.worker_pk = h.holder_pk
    where a.missing_since is null and a.person_uid <> b.person_uid
)
select one as person_uid, other as other_uid from near
union
select other, one from near;

-- name: make_contested
-- Leavers who may be the same human as somebody who works here, or whose departure nobody has confirmed.
create temp table contested as
select distinct o.person_uid
from possibly_one o
join person_state s on s.person_uid = o.person_uid and not s.returned
where not exists (
    select from person_state l
    where l.person_uid = o.other_uid and not l.returned and l.confirmed and l.basis <> 'away');

-- name: make_hidden
-- Ends of people who work here all the same, by an employment that was there before: that one follows another is a rehire
-- or a next contract, and no contradiction. When somebody vanished from a feed is known about, so whatever began about then
-- follows; and where the other record came only as this one went, HR may have written it anew, and says of nobody that they
-- left.
create temp table hidden_now as
with here as (
    select person_uid, worker_pk, roster, start_on, outcome, status, circumstance, started_at,
        null as denied_by, null::timestamptz as denied_left_at
    from employment_span
    where outcome in ('active', 'away') or (outcome = 'future'
        and started_at <= %(as_of)s::timestamptz + make_interval(days => %(pre_start_days)s))
    union all
    -- A denied end: the employment continues. When the denial expires, the end is a departure again.
    select s.person_uid, s.worker_pk, s.roster, s.start_on, s.outcome, s.status, s.circumstance, s.started_at, w.author,
        s.left_at
    from employment_span s
    cross join lateral (
        select d.verdict, d.author from departure_word d
        where d.person_uid = s.person_uid and d.left_at = s.left_at
            and d.basis = case s.outcome when 'lapsed' then 'planned' else 'inferred' end
        order by d.word_id desc limit 1) w
    where s.outcome in ('lapsed', 'vanished') and w.verdict = 'deny'
), ended as (
    select s.*, case when s.outcome = 'left' then s.over_on
        else least(s.over_on, (s.left_at at time zone s.zone_used)::date) - %(possibly_one_days)s::integer end as last_on
    from employment_span s
    where s.outcome in ('left', 'vanished') and s.person_uid in (select h.person_uid from here h)
        and s.person_uid not in (select p.person_uid from person_state p where not p.returned and p.basis <> 'away')
), best as (
    select distinct on (h.person_uid) h.* from here h
    where h.person_uid in (select e.person_uid from ended e)
    order by h.person_uid, h.outcome, h.start_on desc nulls last, h.worker_pk
)
select distinct on (e.person_uid, e.worker_pk, e.left_at) e.person_uid, e.worker_pk, b.worker_pk as here_worker_pk,
    e.left_at, e.certain_at, e.left_on, e.zone_used as zone,
    case e.outcome when 'left' then 'actual' else 'inferred' end as basis,
    case e.outcome when 'left' then 'status ' || e.status || coalesce(', last working day ' || e.last_working_on, '')
            || coalesce(', end ' || e.end_on, '')
        else 'no longer listed since the read of ' || (e.left_at at time zone e.zone_used)::date end as told,
    case when b.denied_by is not null then 'active'
        when b.outcome = 'away' then coalesce(nullif(b.circumstance, ''), b.status) else b.outcome end
        || coalesce(' since ' || b.start_on, '') || coalesce(', as ' || b.denied_by || ' said', '') as here_told,
    case when b.worker_pk = e.worker_pk then 'record'
        when exists (
            select from worker_key one join worker_key other using (kind, value, space)
            where one.worker_pk = e.worker_pk and other.worker_pk = b.worker_pk and kind = 'number') then 'number'
        else 'mail and login' end as joined_by
from ended e join best b using (person_uid)
where not exists (
        select from here h
        where h.person_uid = e.person_uid and h.start_on >= e.last_on
            and (h.worker_pk, h.start_on) is distinct from (e.worker_pk, e.start_on))
    and (e.outcome = 'left' or (coalesce(e.left_at > b.denied_left_at, true) and exists (
        select from worker gone, worker other
        where gone.worker_pk = e.worker_pk and other.worker_pk = b.worker_pk and other.first_told_at < gone.missing_since)))
order by e.person_uid, e.worker_pk, e.left_at, e.start_on desc nulls last;

-- name: write_hidden
update hidden_departure d set valid_to = %(as_of)s
where d.valid_to is null and not exists (
    select from hidden_now n
    where (n.person_uid, n.worker_pk, n.here_worker_pk, n.left_at, n.certain_at, n.zone, n.basis, n.told, n.here_told,
            n.joined_by)
        = (d.person_uid, d.worker_pk, d.here_worker_pk, d.left_at, d.certain_at, d.zone, d.basis, d.told, d.here_told,
            d.joined_by)
        and n.left_on is not distinct from d.left_on);
insert into hidden_departure (person_uid, worker_pk, here_worker_pk, left_at, certain_at, left_on, zone, basis, told,
    here_told, joined_by, valid_from)
select n.person_uid, n.worker_pk, n.here_worker_pk, n.left_at, n.certain_at, n.left_on, n.zone, n.basis, n.told,
    n.here_told, n.joined_by, %(as_of)s
from hidden_now n
where not exists (
    select from hidden_departure d
    where d.person_uid = n.person_uid and d.worker_pk = n.worker_pk and d.left_at = n.left_at and d.valid_to is null);

-- name: end_departures
-- Departures that no longer stand as they were told, with what is told instead.
with here as (
    -- Of who works here, or is about to: the employment that says so.
    select distinct on (person_uid) person_uid, roster, outcome, start_on, coalesce(last_working_on, end_on) as until_on
    from employment_span
    where outcome in ('active', 'future') and person_uid in (select person_uid from departure where valid_to is null)
    order by person_uid, outcome, start_on desc nulls last, worker_pk
)
update departure d
set valid_to = %(as_of)s,
    ended_because = case
        when s.person_uid is null then case when w.author is null then 'withdrawn' else 'denied' end
        when s.returned and not d.returned then 'returned'
        else 'changed' end,
    ended_said = case
        when s.person_uid is null and w.author is not null
            then jsonb_build_object('as', 'works here', 'by', w.author)
        when (s.person_uid is null or s.returned and not d.returned) and n.notice_id is not null
            then jsonb_build_object('as', 'taken back', 'notice', n.notice_id, 'by', n.ended_by)
        when (s.person_uid is null or s.returned and not d.returned) and h.roster is null then null
        when s.person_uid is null and h.outcome = 'future' and h.start_on is not null
            then jsonb_build_object('as', 'from', 'day', h.start_on, 'by', h.roster)
        when s.person_uid is null and h.until_on > o.left_on then jsonb_build_object(
            'as', case when o.basis = 'planned' then 'extended' else 'moved to' end, 'day', h.until_on, 'by', h.roster)
        when s.person_uid is null then jsonb_build_object('as', 'works here', 'by', h.roster)
        when s.returned and not d.returned and h.start_on is not null
            then jsonb_build_object('as', 'since', 'day', h.start_on, 'by', h.roster)
        when s.returned and not d.returned then jsonb_build_object('as', 'says', 'by', h.roster)
        when s.left_at <> o.left_at then jsonb_build_object(
            'as', 'moved', 'before', coalesce(o.left_on::text, o.left_at::text),
            'day', coalesce(s.left_on::text, s.left_at::text), 'by', s.roster) end
from departure o
left join person_state s on s.person_uid = o.person_uid
left join here h on h.person_uid = o.person_uid
left join lateral (
    select k.author from departure_word k
    where k.person_uid = o.person_uid and k.basis = o.basis and k.left_at = o.left_at and not o.returned
        and k.verdict = 'deny' and k.until > %(as_of)s
        and not exists (select from departure_word l where l.person_uid = k.person_uid and l.basis = k.basis
            and l.left_at = k.left_at and l.word_id > k.word_id)) w on true
left join lateral (
    select e.notice_id, e.ended_by from notice e
    where o.told = 'notice ' || e.notice_id and e.ended_at is not null and e.confirmed_at is null) n on true
where d.departure_id = o.departure_id and o.valid_to is null
    and (s.person_uid is null
        or (s.returned, s.left_at, s.certain_at, s.left_on, s.zone, s.basis, s.confirmed, s.roster, s.worker_pk, s.told,
            s.circumstance)
        is distinct from (o.returned, o.left_at, o.certain_at, o.left_on, o.zone, o.basis, o.confirmed, o.roster,
            o.worker_pk, o.told, o.circumstance));

-- name: raise_episodes
-- Whoever came back and left again begins a new episode.
with last as (
    select distinct on (person_uid) person_uid, returned, valid_to from departure order by person_uid, departure_id desc
)
update person p set episode = p.episode + 1
from person_state s join last using (person_uid)
where s.person_uid = p.person_uid and not s.returned and last.returned and last.valid_to is not null;

-- name: begin_departures
-- Departures as they stand now.
insert into departure (person_uid, episode, returned, left_at, certain_at, left_on, zone, basis, confirmed, roster,
    worker_pk, told, circumstance, valid_from)
select s.person_uid, p.episode, s.returned, s.left_at, s.certain_at, s.left_on, s.zone, s.basis, s.confirmed, s.roster,
    s.worker_pk, s.told, s.circumstance, %(as_of)s
from person_state s join person p using (person_uid)
where not exists (select from departure d where d.person_uid = s.person_uid and d.valid_to is null);
