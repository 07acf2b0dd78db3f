-- What correlation has yet to look at. Whoever writes what links rest on, the table itself notes it down here, so that no
-- writer can forget to; correlation takes the notes away, and looks only at what has to do with them.

create table correlated (
    one_row  boolean primary key default true check (one_row),
    settings bytea not null                           -- digest of what the last correlation was told
);

create table uncorrelated (                           -- a row with nothing in it: everything
    account_pk bigint,
    person_uid uuid,
    realm      text,
    label      text                                   -- which some account of the realm had, and others may name
);

create table crowded (                                -- values that more accounts of one realm bear than may weigh
    realm    text not null,
    kind     text not null,
    value    text not null,
    loose    text not null,
    name     text not null,
    accounts integer not null,
    primary key (realm, kind, value, loose)
);

create table contested_person (                       -- who might be the same human as somebody who works here
    person_uid uuid primary key
);

-- A label as others may name it: without regard to case, or to the spaces about a name's separators (RFC 4514).
create function plain_label(label text) returns text language sql immutable parallel safe as $$
    select lower(case when label ~ '\s' then regexp_replace(label, '\s*([,=+])\s*', '\1', 'g') else label end)
$$;

-- Accounts, but for what says nothing of whose they are: a column that correlation comes to read belongs here.
create function note_account() returns trigger language plpgsql as $$
begin
    if not exists (select from correlated) then
        return null;  -- the first time everything is looked at
    end if;
    if tg_op = 'INSERT' then
        insert into uncorrelated (account_pk) select account_pk from written;
        return null;
    end if;
    insert into uncorrelated (account_pk)
    select account_pk from (
        select account_pk, label, login, display_name, owner_labels, created_at, created_by, service_like, kind, keys,
            gone_at is null from written
        except
        select account_pk, label, login, display_name, owner_labels, created_at, created_by, service_like, kind, keys,
            gone_at is null from replaced) changed;
    insert into uncorrelated (realm, label)
    select realm, label from (
        select account_pk, realm, label from replaced except select account_pk, realm, label from written) renamed;
    return null;
end $$;
create trigger note_insert after insert on account
    referencing new table as written for each statement execute function note_account();
create trigger note_update after update on account
    referencing old table as replaced new table as written for each statement execute function note_account();

-- Workers: whose they are, and whose they were.
create function note_worker() returns trigger language plpgsql as $$
begin
    if exists (select from correlated) then
        insert into uncorrelated (person_uid) select person_uid from written;
        if tg_op = 'UPDATE' then
            insert into uncorrelated (person_uid)
            select person_uid from (
                select worker_pk, person_uid from replaced except select worker_pk, person_uid from written) moved;
        end if;
    end if;
    return null;
end $$;
create trigger note_insert after insert on worker
    referencing new table as written for each statement execute function note_worker();
create trigger note_update after update on worker
    referencing old table as replaced new table as written for each statement execute function note_worker();

-- Their employments and keys. A key that is deleted was somebody's reason, and nobody knows whose any more: everything.
create function note_of_worker() returns trigger language plpgsql as $$
begin
    if not exists (select from correlated) then
        return null;
    end if;
    if tg_op = 'DELETE' and tg_table_name = 'worker_key' then
        insert into uncorrelated select from written limit 1;
    else
        insert into uncorrelated (person_uid)
        select w.person_uid from worker w where w.worker_pk in (select worker_pk from written);
    end if;
    return null;
end $$;
create trigger note_insert after insert on employment
    referencing new table as written for each statement execute function note_of_worker();
create trigger note_update after update on employment
    referencing new table as written for each statement execute function note_of_worker();
create trigger note_delete after delete on employment
    referencing old table as written for each statement execute function note_of_worker();
create trigger note_insert after insert on worker_key
    referencing new table as written for each statement execute function note_of_worker();
create trigger note_update after update on worker_key
    referencing new table as written for each statement execute function note_of_worker();
create trigger note_delete after delete on worker_key
    referencing old table as written for each statement execute function note_of_worker();

-- What people decided.
create function note_decision() returns trigger language plpgsql as $$
begin
    insert into uncorrelated (account_pk) select a.account_pk from written join account a using (realm, native_id);
    insert into uncorrelated (person_uid) select person_uid from written;
    return null;
end $$;
create trigger note_insert after insert on link_decision
    referencing new table as written for each statement execute function note_decision();
create trigger note_update after update on link_decision
    referencing new table as written for each statement execute function note_decision();
