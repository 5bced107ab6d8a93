"""Web servers on 127.0.0.1, each at a port that no earlier one of this process had: GDAL keeps what it has read from a URL."""

import http.server

_PORTS = set()


def local_server(handler):
    while True:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        if server.server_port not in _PORTS:
            _PORTS.add(server.server_port)
            return server
        server.server_close()
