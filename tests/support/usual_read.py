"""When stand-ins are read, and what a read knows."""

from datetime import UTC, datetime

from offboarding.interfaces import ReadContext

AS_OF = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)
CONTEXT = ReadContext(as_of=AS_OF, default_zone="Asia/Seoul")
