-- name: insert_question
insert into question (caller, digest)
values (%(caller)s, %(digest)s)
on conflict (caller) do nothing;

-- name: is_first_question
select digest = %(digest)s from question where caller = %(caller)s;
