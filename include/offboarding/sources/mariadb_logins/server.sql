-- What server this is, who reads, and whether others' sessions may be seen.
select version(), current_user(), exists (
    select 1 from information_schema.user_privileges
    where privilege_type = 'PROCESS' and replace(grantee, '''', '') = replace(current_user(), '''', '')
)
