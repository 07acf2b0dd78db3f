-- Trackers that the newest run's configuration names, or tickets stand in: where there is more than one, a ticket's
-- number is said with its tracker's name.
create view tracker_in_use as
select jsonb_array_elements_text(r.summary -> 'trackers') as tracker from run r
where r.run_id = (select max(newest.run_id) from run newest where newest.summary ? 'trackers')
union
select t.tracker from ticket t where t.ref is not null;

-- A ticket's tracker, where its number alone doesn't say which; "" where there is only one.
create view ticket_named as
select t.ticket_key, case when (select count(*) from tracker_in_use) > 1 then t.tracker else '' end as named_tracker
from ticket t;
