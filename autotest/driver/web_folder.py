"""A folder behind a web server."""

import contextlib
import http.server
import threading


@contextlib.contextmanager
def served(folder, refusal=404):
    """HOST:PORT of a server that lists no folders, and says `refusal` of all that is not there."""

    class Files(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=str(folder))

        def send_error(self, code, *more):
            super().send_error(refusal if code == 404 else code, *more)

        def list_directory(self, path):
            self.send_error(404)

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Files)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
