"""What zeep, which knows nothing but the schema, sees of a tenant: each worker, and whether they are active."""

import io
import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import requests
from zeep import Client
from zeep.transports import Transport
from zeep.wsse.username import UsernameToken

TOLD = json.load(sys.stdin)
WSDL = """
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:wd="urn:com.workday/bsvc" targetNamespace="urn:com.workday/bsvc">
  <wsdl:types>{schema}</wsdl:types>
  <wsdl:message name="In"><wsdl:part name="body" element="wd:Get_Workers_Request"/></wsdl:message>
  <wsdl:message name="Out"><wsdl:part name="body" element="wd:Get_Workers_Response"/></wsdl:message>
  <wsdl:portType name="Human_Resources">
    <wsdl:operation name="Get_Workers">
      <wsdl:input message="wd:In"/>
      <wsdl:output message="wd:Out"/>
    </wsdl:operation>
  </wsdl:portType>
  <wsdl:binding name="Human_Resources" type="wd:Human_Resources">
    <soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
    <wsdl:operation name="Get_Workers">
      <soap:operation soapAction=""/>
      <wsdl:input><soap:body use="literal"/></wsdl:input>
      <wsdl:output><soap:body use="literal"/></wsdl:output>
    </wsdl:operation>
  </wsdl:binding>
  <wsdl:service name="Human_Resources">
    <wsdl:port name="Human_Resources" binding="wd:Human_Resources"><soap:address location="{address}"/></wsdl:port>
  </wsdl:service>
</wsdl:definitions>
"""


def signed_in() -> Any:
    schema = Path(TOLD["schema"]).read_text("utf-8").partition("?>")[2]
    asking = requests.Session()
    asking.verify = TOLD["trusted"]
    by = UsernameToken(TOLD["user"], TOLD["password"])
    described = io.BytesIO(WSDL.format(schema=schema, address=TOLD["address"]).encode())
    return Client(described, wsse=by, transport=Transport(session=asking)).service


def page(service: Any, number: int) -> Any:
    as_of = {"As_Of_Effective_Date": date.fromisoformat(TOLD["on"])}
    as_of["As_Of_Entry_DateTime"] = datetime.fromisoformat(TOLD["entered"])
    return service.Get_Workers(
        Request_Criteria={"Exclude_Inactive_Workers": False},
        Response_Filter={**as_of, "Page": number, "Count": 3},
        Response_Group={"Include_Employment_Information": True},
        version="v43.0",
    )


def told(worker: Any) -> list[Any]:
    """Whether they are active, their first and their last day."""
    status = worker.Worker_Data.Employment_Data.Worker_Status_Data
    days = (status.Hire_Date, status.Termination_Date)
    return [status.Active, *(each and each.isoformat() for each in days)]


service = signed_in()
pages = [page(service, 1)]
while len(pages) < pages[0].Response_Results.Total_Pages:
    pages.append(page(service, len(pages) + 1))
workers = [each for answer in pages for each in answer.Response_Data.Worker]
json.dump({each.Worker_Data.Worker_ID: [told(each)] for each in workers}, sys.stdout)
