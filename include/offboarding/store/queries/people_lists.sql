-- name: insert_people_list
insert into people_list (realm, listed_on, people, reason, author)
values (%(realm)s, %(listed_on)s, %(people)s, %(reason)s, %(author)s)
returning people_list_id;

-- name: newest_people_list
-- The list of a system that counts on a day. One whose words were forgotten, or set aside, shows nobody gone.
select listed_on, people, author
from people_list
where realm = %(realm)s and listed_on <= %(day)s and people <> ''
order by listed_on desc, people_list_id desc
limit 1;
