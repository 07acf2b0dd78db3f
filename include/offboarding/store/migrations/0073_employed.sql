-- Who works here, as far as anybody may rely on it: a roster lists them, or nobody has confirmed that they left, and no
-- departure of theirs is certain. A departure by a roster that the guard does not believe is not certain.
create view employed_person as
select p.person_uid
from person p
where (exists (select from worker w where w.person_uid = p.person_uid and w.missing_since is null)
        or exists (
            select from departure d
            where d.person_uid = p.person_uid and d.valid_to is null and not d.returned and not d.confirmed))
    and not exists (
        select from departure d
        where d.person_uid = p.person_uid and d.valid_to is null and not d.returned and d.confirmed and d.basis <> 'away'
            and (d.basis = 'notice' or d.roster not in (select o.roster from doubted_roster o)));

-- An account's number may be one of HR's but for leading letters and zeros.
create index on worker_key (loose) where kind = 'number' and loose <> value;
