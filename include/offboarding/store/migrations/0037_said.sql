-- What a ticket's tracker was last told, or was to be told, heard or not; and how many different things by now. The same
-- said again bears the same number, by which a tracker that can't be asked knows it again.
alter table ticket add column said_count integer not null default 0;
alter table ticket add column said_digest text not null default '';
