-- Numbers that a pushed user bore before, oldest first: who is given another number is the same worker.
alter table pushed_user add column former_worker_ids text[] not null default '{}';
