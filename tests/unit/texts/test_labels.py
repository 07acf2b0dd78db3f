"""Whoever chose a label chose no code of ours, and no place on the list."""

from dataclasses import replace

import pytest

from offboarding.model import Language
from offboarding.report.texts.rendering import TicketTexts
from offboarding.report.ticket import changes, draft
from tests.unit.report.test_ticket import ACCOUNT, SSH_KEY, TICKET

HOSTILE = [
    "{{ 7*7 }}",
    "{% for x in things %}{{ x.key }}{% endfor %}",
    "{# gone #}",
    "{label} {who} {0} %s %(label)s",
    "kim\n[x] 2. Everything else",
    "2026-99-99 25:61 UTC",
    "kim\u202e\u2066gpj.exe",
    "h1. *bold* {noformat} [~ann] @ann #1 <b>&amp;</b> `x` </pre>",
]


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("label", HOSTILE)
def test_a_label_is_told_to_the_letter_and_is_nothing_else(label: str, language: Language) -> None:
    texts = TicketTexts(language=language, zone="Asia/Seoul")
    shown = " ".join("".join(c if c.isprintable() else " " for c in label).split())
    items = [
        replace(ACCOUNT, subject_label=label, account_label=label, name=label, evidence=[f"It works: {label}."]),
        replace(SSH_KEY, subject_label=label, account_label=label, ticket_says=""),
    ]

    told = draft(TICKET, items, [], texts)
    comment = changes(texts, TICKET, items[1:])

    assert told.title.endswith("[offb-3fa9c1d2e4b7]")
    for text in (" ".join(told.body.split()), comment):
        assert shown in text
        assert "49" not in text
    boxes = [line[:7] for line in told.body.splitlines() if line.startswith("[")]
    assert boxes == ["[ ] 1. ", "[ ] 2. "]
    assert len(comment.splitlines()) == 2
