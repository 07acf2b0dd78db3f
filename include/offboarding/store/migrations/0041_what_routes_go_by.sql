-- What routes go by stands with the finding, so that whoever asks later is answered alike: where they worked, in HR's
-- word; the source's part, which of a key no realm tells; and who answers for the thing, which the next run finds.
alter table finding
    add column location text not null default '',
    add column part text not null default '',
    add column owners text[] not null default '{}';
update finding f set location = w.location
from departure d join worker w using (worker_pk)
where d.person_uid = f.person_uid and d.valid_to is null and w.location <> '';
update finding f set part = r.part from realm r where r.realm = f.realm and r.part <> '';
