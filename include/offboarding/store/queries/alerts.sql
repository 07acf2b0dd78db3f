-- name: note
-- The same event twice is one alert.
insert into alert (alert_key, run_id, subject, body) values (%(alert_key)s, %(run_id)s, %(subject)s, %(body)s)
on conflict (alert_key) do nothing;

-- name: untold
-- What a notifier has yet to tell, the oldest first; what is older than two days is no news any more.
select a.alert_key as key, a.subject, a.body from alert a
where a.created_at > now() - interval '2 days' and not exists (
    select from alert_told t where t.alert_key = a.alert_key and t.notifier = %(notifier)s)
order by a.created_at, a.alert_key;

-- name: note_told
insert into alert_told (alert_key, notifier) values (%(alert_key)s, %(notifier)s) on conflict do nothing;

-- name: untold_count
-- Alerts that a notifier has yet to tell, of those that are news.
select count(*)::int from alert a cross join unnest(%(notifiers)s::text[]) as n(notifier)
where a.created_at > now() - interval '2 days' and not exists (
    select from alert_told t where t.alert_key = a.alert_key and t.notifier = n.notifier);
