-- A run's tasks may be done on many machines: all of them by the code that began it, which this is a digest of.
alter table run add column code text;
