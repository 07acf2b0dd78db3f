-- The time zone in which whom a finding is about worked, as the departure that it rests on has it: routes go by it.
alter table finding add column worked_in text not null default '';
update finding f set worked_in = d.zone from departure d where d.person_uid = f.person_uid and d.valid_to is null;
