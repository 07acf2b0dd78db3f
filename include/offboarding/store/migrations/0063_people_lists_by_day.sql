-- The list of a system that counts on a day.
create index on people_list (realm, listed_on, people_list_id);
