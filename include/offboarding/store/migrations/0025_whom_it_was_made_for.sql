-- For whom a credential was made is told by its login, which whoever reads the trail knows: what that system's names look
-- like is no matter of a query's. Of what was read before it's the end of the name.
alter table event add column object_login text not null default '';
update event set object_login = split_part(object, '/', -1) where deed = 'made' and object like 'arn:%:user/%';
