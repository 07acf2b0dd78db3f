-- Pairs of persons who may be one human, both ways round, as the last correlation found them: the guard asks which
-- findings about the one rest on the departure of the other.
create table possibly_one_person (
    person_uid uuid not null,
    other_uid  uuid not null,
    primary key (person_uid, other_uid)
);
