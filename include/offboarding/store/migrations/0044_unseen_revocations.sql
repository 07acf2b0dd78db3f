-- A person may end a revocation of which nobody can see any more whether it was done.
alter table revocation drop constraint revocation_status_check, add constraint revocation_status_check
    check (status in ('proposed', 'approved', 'doing', 'done', 'undoing', 'undone', 'refused', 'unseen', 'lapsed'));
