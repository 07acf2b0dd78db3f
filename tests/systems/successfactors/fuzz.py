"""Its parsers of outside data, and what each may raise."""

from offboarding.rosters.successfactors.days import ODataDays
from tests.fuzz.parsing import CORPUS, Target, read_text

TARGETS = (
    Target(
        folder=CORPUS / "times",
        read=read_text(lambda text: ODataDays(("%Y-%m-%d",))(text, "Asia/Seoul")),
        raises=(ValueError,),
    ),
)
