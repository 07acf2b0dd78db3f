-- name: last_look
select seq, hash from look order by seq desc limit 1;

-- name: look_at
-- Where it stood at one of them.
select seq, hash from look where seq = %(seq)s;

-- name: insert_look
insert into look (seq, at, viewer, kind, subject, named, prev_hash, hash)
values (%(seq)s, %(at)s, %(viewer)s, %(kind)s, %(subject)s, %(named)s, %(prev_hash)s, %(hash)s);

-- name: every_look
-- From one of them on.
select seq, at, viewer, kind, subject, named, prev_hash, hash from look where seq >= %(first)s order by seq;

-- name: sealed
-- Where the record last says that this chain stood.
select (text::jsonb ->> 'looks')::bigint as seq, text::jsonb ->> 'hash' as hash
from finding_event where about = 'looks' order by seq desc limit 1;
