-- Whose sessions are open: one that was begun before an account was locked goes on.
select distinct user from information_schema.processlist
