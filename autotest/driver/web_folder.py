"""A folder behind a web server."""

import contextlib
import gzip
import http.server
import threading
import zlib

from local_server import local_server

ENCODERS = {"gzip": gzip.compress, "deflate": zlib.compress}


@contextlib.contextmanager
def served(folder, refusal=404, allows=lambda path, query: True, encoding=None, asked=None):
    """HOST:PORT of a server that lists no folders, says `refusal` of all that is not there, and 403 where it does not
    allow a path with its query; it sends all in a Content-Encoding and adds what it is asked for to a list."""

    class Files(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=str(folder))

        def do_GET(self):
            path, _, query = self.path.partition("?")
            if asked is not None:
                asked.append(self.path)
            if not allows(path, query):
                self.send_error(403)
                return
            if encoding is None:
                super().do_GET() if self.command == "GET" else super().do_HEAD()
                return
            try:
                with open(self.translate_path(self.path), "rb") as file:
                    body = ENCODERS[encoding](file.read())
            except OSError:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Encoding", encoding)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET

        def send_error(self, code, *more):
            super().send_error(refusal if code == 404 else code, *more)

        def list_directory(self, path):
            self.send_error(404)

        def log_message(self, *arguments):
            pass

    server = local_server(Files)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
