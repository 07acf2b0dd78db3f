-- Columns that are read as one of a few words hold no other: a row with another could not be read, nor its ticket told.
-- Which words these are is model/words.py's to say; tests/integration/store/test_words_in_the_store.py compares them.
alter table credential add constraint credential_kind_check
    check (kind in ('access_key', 'console_password', 'ssh_key', 'certificate', 'service_credential'));
alter table finding
    add constraint finding_subject_kind_check check (subject_kind in ('worker', 'account', 'access_key',
        'console_password', 'ssh_key', 'certificate', 'service_credential', 'role', 'root_account', 'source',
        'signing_key', 'shared_secret')),
    add constraint finding_ticket_kind_check
        check (ticket_kind in ('revoke', 'rotate', 'event', 'review', 'confirm', 'unverified')),
    add constraint finding_standing_check check (standing in ('works', 'dead', 'unknown')),
    add constraint finding_effect_check check (effect in ('full', 'contained', 'unknown')),
    add constraint finding_relation_check check (relation in ('is', 'owns', 'created')),
    add constraint finding_basis_check
        check (basis in ('actual', 'notice', 'planned', 'inferred', 'away')),
    add constraint finding_told_basis_check
        check (told_basis in ('actual', 'notice', 'planned', 'inferred', 'away')),
    add constraint finding_shapes_check check (jsonb_typeof(evidence) = 'array' and jsonb_typeof(revoke) = 'array'
        and jsonb_typeof(resolution_details) = 'object' and jsonb_typeof(made_of) = 'object');
alter table revocation add constraint revocation_subject_kind_check
    check (subject_kind in ('worker', 'account', 'access_key', 'console_password', 'ssh_key', 'certificate',
        'service_credential', 'role', 'root_account', 'source', 'signing_key', 'shared_secret'));
