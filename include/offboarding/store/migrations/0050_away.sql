-- Whoever is to have no access for a while, and hasn't left.

alter table departure drop constraint departure_basis_check;
alter table departure add constraint departure_basis_check
    check (basis in ('actual', 'notice', 'planned', 'inferred', 'away'));
