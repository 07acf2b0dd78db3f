"""What a client of PyPI's JSON API sees of projects: who has which role there."""

import json
import os
import sys

from pypi_json import PyPIJSON

TOLD = json.load(sys.stdin)
os.environ["REQUESTS_CA_BUNDLE"] = TOLD["trusted"]  # requests' own
with PyPIJSON(endpoint=TOLD["address"]) as index:
    told = {name: index.get_metadata(name).ownership for name in TOLD["projects"]}
    roles = [[each["user"], name, each["role"]] for name, ownership in told.items() for each in ownership["roles"]]
    json.dump(roles, sys.stdout)
