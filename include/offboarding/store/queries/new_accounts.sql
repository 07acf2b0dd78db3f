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
insert into s_account (native_id, label, login, display_name, owner_labels, created_at, created_by, standing,
    standing_reason, has_own_login, password_set_at, service_like, privileged, privileged_by, last_used_at,
    last_used_exact, kind, product, keys, digest, credentials)
select a.native_id, a.label, a.login, a.display_name, a.owner_labels, a.created_at, a.created_by, a.standing,
    a.standing_reason, a.has_own_login, a.password_set_at, a.service_like, a.privileged, a.privileged_by,
    u.day::timestamptz, a.last_used_exact, a.kind, a.product, a.keys::text, a.digest,
    coalesce(c.credentials, 0)
from new_account a
left join (select u.* from new_use_told t cross join unnest(t.account_pks, t.days) u (account_pk, day)) u
    using (account_pk)
left join (
    select account_pk, count(distinct (kind, native_id)) as credentials
    from new_credential group by account_pk) c using (account_pk)
order by a.account_pk;
insert into s_credential (account_native_id, kind, native_id, label, standing, standing_reason, can_reactivate, effect,
    fingerprint, created_at, last_used_at, last_used_service, last_used_region, expires_at, sessions_until)
select distinct on (c.account_pk, c.kind, c.native_id)
    a.native_id, c.kind, c.native_id, c.label, c.standing, c.standing_reason, c.can_reactivate, c.effect,
    c.fingerprint, c.created_at, c.last_used_at, c.last_used_service, c.last_used_region, c.expires_at, c.sessions_until
from new_credential c join new_account a using (account_pk)
order by c.account_pk, c.kind, c.native_id, c.ctid desc;
drop table new_account, new_use_told, new_credential;
