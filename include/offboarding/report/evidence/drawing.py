"""Populations as their tables are written, and the sample of each."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from offboarding.model import RunKind
from offboarding.report.evidence.sampling import Draw, size
from offboarding.rules import all_rules, rule_of

_Row = tuple[object, ...]


class Draws:
    """What a pack's tables hold of each population."""

    POPULATIONS = ("population", "control", "rules", "size", "sample_size")
    SAMPLE = ("population", "control", "place", "id")

    def __init__(self, seed: str, zone: str) -> None:
        self._zone = ZoneInfo(zone)
        self._whole = {name: Draw(seed, name) for name in ("leavers", "waivers", "days")}
        controls = sorted({str(control) for rule in all_rules() for control in rule.controls})
        self._findings = {control: Draw(seed, "findings", control) for control in controls}
        self._nights: dict[date, list[int]] = {}

    def watched(
        self, name: str, columns: tuple[str, ...], rows: Iterable[_Row]
    ) -> tuple[tuple[str, ...], Iterator[_Row]]:
        """The same table, whose rows are counted as they pass; findings with the controls that they fall short of."""
        looks = {"leavers": self._leaver, "waivers": self._waiver, "runs": self._run}
        if name == "findings":
            rule = columns.index("rule")
            return (*columns, "controls"), (self._finding(row, str(row[0]), str(row[rule])) for row in rows)
        look = looks.get(name)
        if look is None:
            return columns, iter(rows)
        return columns, (look(dict(zip(columns, row, strict=True)), row) for row in rows)

    def days(self, days: Iterable[date]) -> Iterator[_Row]:
        """Yield each day with the nights that ended and count. Once `runs` has passed."""
        for day in days:
            self._whole["days"].add([day.isoformat()])
            yield day, " ".join(map(str, self._nights.get(day, ())))

    def populations(self) -> Iterator[_Row]:
        """Yield how many there are of each, and how many to look at."""
        for draw in self._all():
            rules = [rule.id for rule in all_rules() if draw.control in map(str, rule.controls)]
            yield draw.population, draw.control, " ".join(rules), draw.amount, size(draw.amount)

    def sample(self) -> Iterator[_Row]:
        """Yield what to look at."""
        for draw in self._all():
            for place, item in enumerate(draw.drawn(), start=1):
                yield draw.population, draw.control, place, item

    def _all(self) -> Sequence[Draw]:
        return (*self._whole.values(), *self._findings.values())

    def _leaver(self, named: Mapping[str, object], row: _Row) -> _Row:
        if named["departed"]:
            self._whole["leavers"].add([str(named["departure"])])
        return row

    def _waiver(self, named: Mapping[str, object], row: _Row) -> _Row:
        self._whole["waivers"].add([str(named["waiver"])])
        return row

    def _run(self, named: Mapping[str, object], row: _Row) -> _Row:
        at, run_id = named["as_of"], named["run_id"]
        if named["counts"] and named["finished_at"] and named["kind"] == RunKind.NIGHTLY:
            assert isinstance(at, datetime)
            assert isinstance(run_id, int)
            self._nights.setdefault(at.astimezone(self._zone).date(), []).append(run_id)
        return row

    def _finding(self, row: _Row, key: str, rule_id: str) -> _Row:
        rule = rule_of(rule_id)
        controls = [str(control) for control in rule.controls] if rule else []
        for control in controls:
            self._findings[control].add([key])
        return (*row, "; ".join(controls))
