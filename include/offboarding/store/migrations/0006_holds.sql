-- What the guard holds, by whose word it was let through or refused, and what people are told at once.

-- Told through notifiers (SMTP, Slack), beside the tickets; each once to each of them.
create table alert (
    alert_key  text primary key,                      -- of what happened: the same twice is one alert
    run_id     bigint references run,
    subject    text not null,
    body       text not null,
    created_at timestamptz not null default now()
);

create table alert_told (
    alert_key text not null references alert,
    notifier  text not null,                          -- smtp or slack
    told_at   timestamptz not null default now(),
    primary key (alert_key, notifier)
);
