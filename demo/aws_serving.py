"""Listens, and hands each request to the proxy before moto. Only the server's own process loads this."""

import os

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

from demo.aws_proxy import AwsProxy
from demo.aws_seed import AwsSeed

HOST = "127.0.0.1"


class QuietHandler(MotoRequestHandler):
    """Keeps connections open, sends at once (TCP_NODELAY), and writes no line for each request."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Write nothing."""
        del code, size


def serve(seed: AwsSeed, port: int) -> None:
    """Serve until the process ends. The port is printed once calls are answered."""
    os.environ.setdefault("AWS_ACCESS_KEY_ID", "none")  # moto makes a boto3 session, which would search the machine
    os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "none")
    proxy = AwsProxy(DomainDispatcherApplication(create_backend_app), seed)
    server = make_server(HOST, port, proxy, threaded=True, request_handler=QuietHandler)
    print(server.server_port, flush=True)
    server.serve_forever()
