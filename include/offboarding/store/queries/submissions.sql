-- name: insert_submission
insert into submission (caller, decision, digest, author)
values (%(caller)s, %(decision)s, %(digest)s, %(author)s)
on conflict (caller) do nothing;

-- name: submission
select caller, decision, digest, author, submitted_at from submission where caller = %(caller)s;
