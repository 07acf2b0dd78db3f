-- Reads that say how much there is, whatever else they couldn't look at: of accounts, or of one kind of keys at the least,
-- a list that came to its end. Of a system that always lacks a call no read is complete, and its accounts are counted all
-- the same.
create view counting_read as
select s.* from source_read s
where s.phase = 'collect' and s.tells <> 'events' and s.realm is not null and (s.status = 'complete'
    or (s.status = 'partial' and s.tells = 'accounts' and exists (
        select from scope c
        where c.realm = s.realm and c.scope = '' and c.kind = 'account' and c.error = '' and c.read_id = s.read_id))
    or (s.status = 'partial' and s.tells = 'keys' and exists (
        select from key_scope k
        where k.realm = s.realm and k.source_kind = s.kind and k.complete and k.error = ''
            and k.observed_at = s.observed_at)));
