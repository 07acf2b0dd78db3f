-- name: note
-- The same event twice is one alert. A row that no event of the record stands for was written ahead, so that nobody would
-- be told: it counts for nothing. Answers with the key of an alert that is new.
insert into alert (alert_key, run_id, subject, body) values (%(alert_key)s, %(run_id)s, %(subject)s, %(body)s)
on conflict (alert_key) do update
set run_id = excluded.run_id, subject = excluded.subject, body = excluded.body, created_at = now()
where not exists (select from finding_event e where e.about = 'alert:' || alert.alert_key)
returning alert_key;

-- name: forget_told
delete from alert_told where alert_key = %(alert_key)s;

-- name: untold
-- What a notifier has yet to tell, the oldest first; what is older than two days is no news any more.
select a.alert_key as key, a.subject, a.body from alert a
where a.created_at > now() - interval '2 days' and not exists (
    select from alert_told t
    where t.alert_key = a.alert_key and t.notifier = %(notifier)s and t.told_at is not null)
order by a.created_at, a.alert_key;

-- name: note_told
insert into alert_told (alert_key, notifier, told_at) values (%(alert_key)s, %(notifier)s, now())
on conflict (alert_key, notifier) do update set told_at = coalesce(alert_told.told_at, excluded.told_at);

-- name: note_untold
insert into alert_told (alert_key, notifier) values (%(alert_key)s, %(notifier)s) on conflict do nothing;
