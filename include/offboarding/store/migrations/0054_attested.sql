-- Of when the list is on which an account stands, or by which a system was read: somebody's word, where nobody can ask.
alter table account add column attested_at timestamptz;
alter table source_read add column attested_at timestamptz;

-- What a person's word on an account is about, among words on keys.
create function account_material(realm text, native_id text) returns text
    language sql immutable parallel safe return 'account:' || realm || ':' || native_id;
