-- That something can't be read at all is known only where somebody said just that; else what is read in part is.
alter table exception add column covers text not null default '' check (covers in ('', 'unread'));
