-- Whether a finding's thing looks like a workload's, of which the warning says why: what may be shut goes by it.
alter table finding add column is_workload boolean not null default false;
update finding set is_workload = true where warning <> '';
