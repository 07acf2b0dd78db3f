-- Whose sessions are open: one that was begun before an account was locked goes on. Not distinct: names are compared
-- without regard to case here, and Bob is another than bob.
select user from information_schema.processlist
