-- name: insert_acknowledgement
-- A gap that somebody knows, by their word.
insert into exception (kind, finding, space, worker, source, part, roster, account, rule, queue, covers, reason,
    approver, expires_at, valid_from, origin)
values ('acknowledgement', %(finding)s, null, null, %(source)s, %(part)s, %(roster)s, null, null, %(queue)s, %(covers)s,
    %(reason)s, %(approver)s, %(expires_at)s, clock_timestamp(), 'person')
returning exception_id;

-- name: acknowledgements
-- Gaps that anybody ever acknowledged, by the file or by their word; newest first.
select exception_id as acknowledgement_id, origin, coalesce(finding, '') as finding, coalesce(source, '') as source,
    coalesce(part, '') as part, coalesce(roster, '') as roster, coalesce(queue, '') as queue,
    coalesce(covers, '') as covers, reason,
    approver as author, valid_from as made_at, expires_at, valid_to as ended_at, ended_by, ended_for
from exception where kind = 'acknowledgement' order by exception_id desc;

-- name: end_acknowledgement
-- Taken back by a person.
update exception set valid_to = clock_timestamp(), ended_by = %(author)s, ended_for = %(reason)s
where exception_id = %(acknowledgement_id)s
returning exception_id;
