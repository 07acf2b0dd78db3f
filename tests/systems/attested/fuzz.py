"""Its parsers of outside data, and what each may raise."""

from pathlib import Path

from offboarding.sources.attested.lists import ListError, read_list
from offboarding.sources.attested.settings import ListColumns
from tests.fuzz.parsing import Target

HERE = Path(__file__).parent / "corpus"


_GIVEN = ListColumns(account="User ID", login="Login", mail="E-Mail")


TARGETS = (Target(folder=HERE / "given", read=lambda data: read_list(data, _GIVEN, ","), raises=(ListError,)),)
