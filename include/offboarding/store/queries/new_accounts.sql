-- name: numbers
-- Numbers for so many new accounts. The sequence is looked up once.
select nextval(numbers.of) from (select pg_get_serial_sequence('account', 'account_pk')::regclass as of offset 0) numbers
cross join generate_series(1, %(many)s);

-- name: make_room
-- For what was to go straight into place, and has to be merged.
drop table if exists new_account, new_use_told, new_credential;
create temp table new_account (like account);
create temp table new_use_told (like use_told);
create temp table new_credential (like credential);

-- name: give_back
-- As a read stages it. A credential that was told twice with its account stands there once, as it was told last.
insert into s_account ({account}, last_used_at, keys, digest, credentials)
select {a.account}, u.day::timestamptz, a.keys::text, a.digest, coalesce(c.credentials, 0)
from new_account a
left join (select u.* from new_use_told t cross join unnest(t.account_pks, t.days) u (account_pk, day)) u
    using (account_pk)
left join (
    select account_pk, count(distinct (kind, native_id)) as credentials
    from new_credential group by account_pk) c using (account_pk)
order by a.account_pk;
insert into s_credential (account_native_id, {credential})
select distinct on (c.account_pk, c.kind, c.native_id) a.native_id, {c.credential}
from new_credential c join new_account a using (account_pk)
order by c.account_pk, c.kind, c.native_id, c.ctid desc;
drop table new_account, new_use_told, new_credential;
