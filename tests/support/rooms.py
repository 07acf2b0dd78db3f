"""The plan of the house: which room may use which (docs/architecture.md).

A module belongs to the longest name that it begins with: what is written once about net holds for net.page too, and
net.revocation has a line of its own.
"""

ADAPTER_ROOMS = ("rosters", "sources", "verifiers", "trackers", "pagers", "queues", "notifiers")
NOUNS = {"model"}
ARROWS: dict[str, set[str]] = {
    "model": set(),
    # Folders that hold rooms, and no code of their own.
    "config": set(),
    "guard": set(),
    "tickets": set(),
    "config.spelling": set(),
    "config.values": set(),
    # What every key of every file is held to.
    "config.strict": {"model"},
    "custody.thumbprints": set(),
    "net.destinations": {"model", "config.strict"},
    "net.plain_file": set(),
    "interfaces.kinds": set(),
    # Where a connection may lead is part of what every entry's settings hold.
    "interfaces": NOUNS | {"net.destinations", "config.strict"},
    # What stands between readers and the store.
    "runs.ingest.gate": NOUNS,
    "identity": NOUNS,
    "rules": NOUNS | {"interfaces"},
    "rosters": NOUNS
    | {"net.destinations", "net.plain_file", "net.postgres", "net.service", "net.sshkeys", "interfaces"},
    # One guard for whatever is asked at an address that somebody else names.
    "net": NOUNS,
    "net.postgres": NOUNS | {"interfaces", "net.destinations", "config.spelling"},
    "net.service": NOUNS | {"interfaces", "net.destinations", "net", "config.strict"},
    "net.github": NOUNS | {"interfaces", "net.destinations", "net.service"},
    "net.revocation": NOUNS | {"interfaces", "net.plain_file", "custody.thumbprints", "net"},
    "net.sshkeys": NOUNS | {"custody.thumbprints"},
    # What makes a key the same key in two systems is told in one place, and what a CRL says of a certificate.
    "sources": NOUNS
    | {"net.destinations", "interfaces", "net.postgres", "net.revocation", "custody.thumbprints"}
    | {"net.service", "net.github", "net.plain_file", "net.sshkeys"},
    "verifiers": NOUNS
    | {"net.plain_file", "net.destinations", "interfaces", "net.revocation", "custody.thumbprints", "net"}
    | {"net.sshkeys"},
    # The register is read as the configuration is, and its mistakes are told as that's are.
    "custody": NOUNS | {"interfaces", "config.mistakes", "config.spelling", "custody.thumbprints", "config.yaml_file"},
    "config.yaml_file": NOUNS,
    "trackers": NOUNS | {"net.destinations", "net.service", "net.github", "interfaces", "report.texts"},
    "queues": NOUNS | {"net.destinations", "interfaces"},
    "runs.messages": NOUNS | {"interfaces", "store"},
    "store": NOUNS | {"net.destinations", "config.spelling"},
    "config.mistakes": {"model", "config.spelling"},
    "waivers": NOUNS | {"interfaces", "config.mistakes", "rules", "config.spelling", "config.yaml_file"},
    # Each file beside the configuration, by the room that it belongs to; a rule that is named is one that there is.
    "config.beside": {"custody", "waivers", "config.mistakes", "rules", "config.settings", "report.texts"},
    "config.policy": NOUNS | {"interfaces", "config.values"},
    "config.settings": NOUNS
    | {
        "net.destinations",
        "interfaces",
        "config.policy",
        "config.spelling",
        "custody",
        "waivers",
        "guard.limits",
        "report.texts",
    }
    | {"config.values"},
    "config.schedules": NOUNS | {"config.loading", "config.policy", "config.settings"},
    "config.across": {"config.beside", "config.mistakes", "config.settings", "config.spelling", "interfaces.kinds"},
    # A kind's own keys are declared by its file, and a severity is given to a rule that there is.
    "config.loading": NOUNS
    | {
        "net.destinations",
        "net.plain_file",
        "interfaces",
        "interfaces.kinds",
        "config.across",
        "config.mistakes",
        "config.policy",
        "config.settings",
        "config.spelling",
        "config.beside",
        "config.yaml_file",
    },
    # What tickets say, in the reader's language, of plain views.
    "report.texts": NOUNS,
    # Whether a run is red is decided once, and only shown by the report.
    "runs.troubles": NOUNS | {"store"},
    # What a rule says of itself is shown in its own words.
    "report": NOUNS | {"rules", "store", "report.texts", "runs.troubles"},
    # What the rules ask for, as the system's own package does it.
    "tickets.remedies": NOUNS | {"interfaces", "interfaces.kinds"},
    "tickets.remedies_page": NOUNS | {"interfaces", "interfaces.kinds", "tickets.remedies"},
    "tickets.routing": NOUNS | {"identity", "tickets.remedies", "rules", "config.policy", "config.settings", "store"},
    "tickets.succession": NOUNS | {"store"},
    "tickets.plan": NOUNS | {"report", "store", "report.texts", "tickets.succession"},
    "tickets.confided": NOUNS | {"report.texts", "store"},
    "tickets.counts": NOUNS,
    "tickets.refusing": NOUNS | {"report", "store"},
    # Whether what a tracker finds is the ticket that was looked for.
    "tickets.adopting": NOUNS | {"store"},
    "tickets.desk": NOUNS
    | {
        "interfaces",
        "report",
        "store",
        "report.texts",
        "tickets.adopting",
        "tickets.confided",
        "tickets.counts",
        "tickets.plan",
        "tickets.refusing",
    },
    "tickets.moving": NOUNS | {"store", "tickets.succession"},
    "tickets.paging": NOUNS | {"interfaces", "config.settings", "store", "tickets.routing"},
    "tickets.desks": NOUNS
    | {
        "identity",
        "report",
        "interfaces",
        "config.settings",
        "store",
        "report.texts",
        "tickets.counts",
        "tickets.desk",
        "tickets.plan",
        "tickets.refusing",
        "tickets.routing",
    },
    "identity.people": NOUNS | {"identity", "store"},
    "guard.limits": NOUNS | {"interfaces", "config.yaml_file"},
    "guard.holds": NOUNS | {"report", "config.settings", "store", "guard.limits"},
    "guard.releasing": NOUNS
    | {"guard.holds", "interfaces", "runs.pipeline", "report", "config.settings", "config.spelling", "store"},
    "runs.alerting": NOUNS | {"interfaces", "store"},
    "notifiers": NOUNS | {"interfaces", "net.destinations", "net.service"},
    "pagers": NOUNS | {"interfaces", "net.destinations", "net.service"},
    "runs.ingest.progress": set(),
    "runs.ingest.details": NOUNS | {"runs.ingest.bounds"},
    "runs.ingest.bounds": NOUNS | {"interfaces", "config.settings"},
    "runs.ingest.reads": NOUNS
    | {"interfaces", "config.settings", "identity", "runs.ingest.gate", "runs.ingest.progress", "runs.ingest.bounds"}
    | {"store"},
    "runs.departure": NOUNS
    | {
        "interfaces",
        "config.settings",
        "identity",
        "identity.people",
        "runs.ingest.reads",
        "report",
        "store",
        "runs.troubles",
    },
    "runs.recheck": NOUNS
    | {"interfaces", "config.settings", "runs.ingest.reads", "runs.ingest.details", "report", "store", "runs.troubles"},
    "waivers.applying": NOUNS | {"identity", "waivers", "config.settings", "store"},
    "custody.registration": NOUNS | {"identity", "custody", "config.settings", "store"},
    # The rules' findings, from case to closing.
    "runs.evaluation": NOUNS | {"identity", "guard.holds", "tickets.routing", "rules", "config.settings", "store"},
    "runs.opening": NOUNS
    | {"interfaces", "config.settings", "custody.registration", "waivers.applying"}
    | {"runs.ingest.reads", "runs.ingest.bounds", "runs.recheck", "store"},
    "runs.pipeline": NOUNS
    | {
        "interfaces",
        "config.settings",
        "identity",
        "rules",
        "tickets.routing",
        "runs.departure",
        "runs.ingest.bounds",
        "runs.ingest.details",
        "runs.ingest.reads",
        "runs.opening",
        "runs.recheck",
    }
    | {"tickets.plan", "tickets.desks", "tickets.paging", "report", "store", "runs.messages"}
    | {"runs.alerting", "runs.evaluation", "guard.holds", "runs.troubles"},
    # A decision is one function, whoever brings it: some do more than write a row. What the files beside the
    # configuration are refused for, a person is refused for, too.
    "decisions": NOUNS
    | {
        "interfaces",
        "config.settings",
        "identity.people",
        "runs.ingest.reads",
        "config.spelling",
        "store",
        "config.beside",
        "waivers.applying",
        "waivers",
    }
    | {"config.mistakes", "guard.releasing", "report"},
    # The DAG knows it as well.
    "runs.order": set(),
    "runs": NOUNS | {"interfaces", "runs.order", "config.settings", "runs.pipeline", "store"},
    # What a person approved is looked at again by the run that looks at some people.
    "guard.revoking": NOUNS
    | {"interfaces", "interfaces.kinds", "config.policy", "config.settings", "guard.releasing", "report", "runs"}
    | {"identity", "runs.pipeline", "store"},
    "runs.doctor": NOUNS | {"interfaces", "config.settings", "runs.pipeline", "runs", "runs.ingest.progress", "store"},
    "wiring.connections": NOUNS | {"interfaces"},
    "wiring.forms": NOUNS
    | {"net.destinations", "interfaces", "interfaces.kinds", "config.loading", "store", "wiring.connections"},
    "wiring": NOUNS
    | {
        "net.destinations",
        "interfaces",
        "wiring.connections",
        "config.loading",
        "config.schedules",
        "interfaces.kinds",
        "config.settings",
        "store",
    }
    | {*ADAPTER_ROOMS},
    "config.init": NOUNS
    | {
        "interfaces",
        "config.loading",
        "config.mistakes",
        "config.policy",
        "config.settings",
        "config.spelling",
        "wiring",
    },
    # For auditors: what the store knows, as spreadsheets and programs read it.
    "report.evidence": NOUNS | {"decisions", "rules", "store"},
    "cli": NOUNS
    | {
        "report.evidence",
        "interfaces",
        "config.loading",
        "config.settings",
        "config.spelling",
        "wiring",
        "runs.opening",
        "runs.pipeline",
        "runs",
        "runs.ingest.progress",
        "runs.troubles",
    }
    | {
        "tickets.moving",
        "tickets.remedies_page",
        "tickets.routing",
        "config.init",
        "config.policy",
        "runs.doctor",
        "report",
        "store",
        "rules",
        "custody",
        "waivers",
        "config.mistakes",
    }
    | {"identity", "identity.people", "runs.ingest.reads", "decisions", "guard.revoking"},
    "__main__": NOUNS | {"cli", "config.loading", "wiring"},
}
"""What a room may use. A new room begins with its line here."""
