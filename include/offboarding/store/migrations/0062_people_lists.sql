-- Who gets into a system that nobody can ask, by a person's word. The newest day counts; of one day the last word.
create table people_list (
    people_list_id bigint generated always as identity primary key,
    realm          text not null,
    listed_on      date not null,                         -- of which day it is, in the company's zone
    people         text not null,                         -- words with blanks between; 'nobody'; '' once it's forgotten
    reason         text not null,
    author         text not null,
    stated_at      timestamptz not null default now(),
    salt           uuid not null default gen_random_uuid()
);
