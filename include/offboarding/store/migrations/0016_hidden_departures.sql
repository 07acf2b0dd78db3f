-- Departures that another employment of the same person hides: somebody has left by one record, and works here by another.

create table hidden_departure (
    -- People call it d-418, as they call a departure: no number is both.
    departure_id   bigint primary key default nextval(pg_get_serial_sequence('departure', 'departure_id')),
    person_uid     uuid not null,                     -- of person
    worker_pk      bigint not null,                   -- of worker: by whose record they have left
    here_worker_pk bigint not null,                   -- by whose they work here
    left_at        timestamptz not null,
    certain_at     timestamptz not null,
    left_on        date,
    zone           text not null,
    basis          text not null check (basis in ('actual', 'inferred')),
    told           text not null,
    here_told      text not null,
    joined_by      text not null check (joined_by in ('record', 'number', 'mail and login')),
    valid_from     timestamptz not null,
    valid_to       timestamptz
);
create unique index on hidden_departure (person_uid, worker_pk, left_at) where valid_to is null;

-- A person's word on one counts for good: it's about an end that HR has told.
alter table departure_word drop constraint departure_word_basis_check;
alter table departure_word add constraint departure_word_basis_check
    check (basis in ('planned', 'inferred', 'hidden'));
alter table departure_word drop constraint departure_word_check;
alter table departure_word add constraint departure_word_check
    check (verdict = 'confirm' or basis = 'hidden' or until is not null);
