-- What its rule says of a finding, beyond what it says itself.
alter table finding add column comes_first boolean not null default false;  -- ahead of what is equally bad
alter table finding add column of_keys boolean not null default false;      -- a digest of a system's keys, not its accounts
alter table finding add column attestable boolean not null default false;   -- nobody can be asked: a person attests

-- Why it closed, or may stand: a word (model/resolutions.py), and what its sentence needs. Of what closed before, its
-- sentence as it stood.
alter table finding alter column resolution drop not null, alter column resolution drop default;
alter table finding add column resolution_details jsonb not null default '{}';
update finding
set resolution_details = jsonb_build_object('text', resolution), resolution = case
    when state = 'excepted' then 'excepted' when starts_with(resolution, 'verdict: ') then 'verdict' else 'recorded' end
where resolution <> '';
update finding set resolution = null where resolution = '';

-- The same word of the event: the chain is of its text, and this is for counting, and for putting a finding back.
alter table finding_event add column resolution text;
