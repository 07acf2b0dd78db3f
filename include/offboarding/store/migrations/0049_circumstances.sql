-- What HR's status says beside whether somebody works here.

alter table employment add column circumstance text not null default ''
    check (circumstance in ('', 'suspended', 'garden_leave', 'retired', 'deceased'));
alter table departure add column circumstance text not null default ''
    check (circumstance in ('', 'suspended', 'garden_leave', 'retired', 'deceased'));
