-- Where a day ends in a zone: where the next one begins (model/days.py). PostgreSQL puts it into the query as it stands.
create function day_ends(day date, zone text) returns timestamptz immutable parallel safe language sql
    return (day + 1)::timestamp at time zone zone;
