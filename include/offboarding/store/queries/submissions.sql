-- name: insert_submission
insert into submission (caller, form, digest, author)
values (%(caller)s, %(form)s, %(digest)s, %(author)s)
on conflict (caller) do nothing;

-- name: end_submission
update submission set outcome = %(outcome)s where caller = %(caller)s and outcome = 'begun';

-- name: submission
select caller, form, digest, author, submitted_at, outcome from submission where caller = %(caller)s;
