"""A ticket's text as Jira Cloud keeps it, a document (ADF); and our part of a description, there and on Data Center.

https://developer.atlassian.com/cloud/jira/platform/apis/document/structure: text of a document is text, whatever it
holds; a link or a mention would be a node of its own. On Data Center a text is markup (`wiki`).
"""

import json
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

from offboarding.model import Language, say
from offboarding.report.texts.languages import told
from offboarding.trackers._markup.blocks import Block, Part, Prose, TicketStep, TicketThing, Verbatim
from offboarding.trackers._markup.fitting import fitted
from offboarding.trackers.jira.wiki import wiki

MOST_CHARACTERS: Final = 32_767
"""Of a description or comment. Of a document we count its JSON: Jira's pages don't say what it counts."""
_LINE_ENDS = re.compile(r"\r\n?")
Node = Mapping[str, Any]


def document(text: str, language: Language, most: int = MOST_CHARACTERS) -> list[Node]:
    """The nodes of a document, of at most so many characters; what is left out is counted, with the command for it."""
    return fitted(text, most, _nodes, lambda nodes: len(written(nodes)), language)


def written(nodes: Sequence[Node]) -> str:
    """As it's sent."""
    return json.dumps(nodes, ensure_ascii=False)


def whole(nodes: Sequence[Node]) -> Node:
    """A document."""
    return {"type": "doc", "version": 1, "content": [*nodes]}


def with_part(described: Any, key: str, text: str, language: Language) -> Node:
    """A description with this as our part, between two paragraphs that say so; what people wrote stays around it."""
    ours = say("Written by the offboarding check, and written anew when something changes:")
    begin = _mark(f"[{key}] {told(ours, language)}")
    end = _mark(f"[/{key}]")
    content: list[Node] = cast("dict[str, Any]", described).get("content", []) if isinstance(described, dict) else []
    starts = [at for at, node in enumerate(content) if _says(node).startswith(f"[{key}] ")]
    ends = [at for at, node in enumerate(content) if _says(node) == f"[/{key}]"]
    if starts and ends and starts[0] < ends[-1]:
        before, after = content[: starts[0]], content[ends[-1] + 1 :]
    else:
        before, after = [], [node for at, node in enumerate(content) if at not in {*starts, *ends}]
    room = MOST_CHARACTERS - len(written([*before, begin, end, *after])) - 2
    return whole([*before, begin, *document(text, language, room), end, *after])


def with_wiki_part(described: Any, key: str, text: str, language: Language) -> str:
    """The same for Data Center, between two anchors, which nobody sees."""
    before = _LINE_ENDS.sub("\n", described) if isinstance(described, str) else ""
    begin, end = f"{{anchor:{key}}}", f"{{anchor:{key}-end}}"
    start, stop = before.find(begin), before.rfind(end)
    if 0 <= start < stop:
        first, last = before[:start], before[stop + len(end) :]
    else:
        theirs = before.replace(begin, "").replace(end, "").strip("\n")
        first, last = "", f"\n\n{theirs}" if theirs else ""
    room = MOST_CHARACTERS - len(first) - len(last) - len(begin) - len(end) - 2
    return f"{first}{begin}\n{wiki(text, language, room)}\n{end}{last}"


def same(one: Any, other: Any) -> bool:
    """Whether two descriptions say the same; Jira gives its tasks ids of its own."""
    return _without_ids(one) == _without_ids(other)


def _without_ids(part: Any) -> Any:
    if isinstance(part, list):
        return [_without_ids(each) for each in cast("list[Any]", part)]
    if isinstance(part, dict):
        answered = cast("dict[str, Any]", part)
        return {
            name: _without_ids(each) for name, each in answered.items() if name != "localId" and each not in ({}, [])
        }
    return _LINE_ENDS.sub("\n", part) if isinstance(part, str) else part


def _nodes(found: Sequence[Block]) -> list[Node]:
    nodes: list[Node] = []
    for each in found:
        if isinstance(each, TicketThing) and each.box != "-":
            first, *rest = each.parts
            words = first.text if isinstance(first, Prose) else ""
            nodes.append(_task(words, done=each.box == "x"))
            nodes += _parts(rest)
        elif isinstance(each, TicketThing):
            first, *rest = each.parts
            nodes += _parts([Prose(f"[-] {first.text if isinstance(first, Prose) else ''}"), *rest])
        else:
            nodes += _parts(each.parts)
    return nodes


def _task(words: str, *, done: bool) -> Node:
    local = str(uuid.uuid5(uuid.NAMESPACE_OID, words))
    item = {
        "type": "taskItem",
        "attrs": {"localId": local, "state": "DONE" if done else "TODO"},
        "content": [_text(words)],
    }
    return {"type": "taskList", "attrs": {"localId": f"{local}-list"}, "content": [item]}


def _parts(parts: Sequence[Part]) -> Iterator[Node]:
    """Yield paragraphs, of lines; lists of steps; code."""
    lines: list[Node] = []
    steps: list[Node] = []
    for part in parts:
        if lines and not isinstance(part, Prose):
            yield {"type": "paragraph", "content": lines}
            lines = []
        if steps and not isinstance(part, TicketStep):
            yield {"type": "bulletList", "content": steps}
            steps = []
        if isinstance(part, Prose):
            lines = [*lines, *([{"type": "hardBreak"}] if lines else []), _text(part.text)]
        elif isinstance(part, Verbatim):
            yield _code(part)
        else:
            steps = [*steps, {"type": "listItem", "content": [*_parts(part.parts)]}]
    if lines:
        yield {"type": "paragraph", "content": lines}
    if steps:
        yield {"type": "bulletList", "content": steps}


def _code(part: Verbatim) -> Node:
    return {"type": "codeBlock", "content": [_text("\n".join(part.shown))]}


def _text(text: str) -> Node:
    return {"type": "text", "text": text or " "}


def _mark(text: str) -> Node:
    return {"type": "paragraph", "content": [_text(text)]}


def _says(node: Any) -> str:
    """A paragraph's own text, where it's nothing but that."""
    content = cast("dict[str, Any]", node).get("content") if isinstance(node, dict) else None
    if not isinstance(content, list) or cast("dict[str, Any]", node).get("type") != "paragraph":
        return ""
    return "".join(str(each.get("text", "\n")) for each in cast("list[dict[str, Any]]", content))
