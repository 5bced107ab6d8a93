"""A folder served by HTTP on 127.0.0.1, ranges of bytes too, that counts what it sends."""

import http.server
import pathlib
import re
import threading

from local_server import local_server


class FileServer:
    """with FileServer(folder) as server: server.url, server.bytes_sent"""

    def __init__(self, folder):
        owner = self
        self.bytes_sent = 0

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_HEAD(self):
                self.answer(with_body=False)

            def do_GET(self):
                self.answer(with_body=True)

            def answer(self, with_body):
                path = pathlib.Path(folder) / self.path.lstrip("/")
                content = path.read_bytes() if path.is_file() else None
                status = 200 if content is not None else 404
                content = content or b""
                asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
                headers = {"Accept-Ranges": "bytes"}
                if asked and content:
                    first, last = int(asked[1]), min(int(asked[2] or len(content) - 1), len(content) - 1)
                    headers["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
                    status, content = 206, content[first : last + 1]
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if with_body:
                    self.wfile.write(content)
                    owner.bytes_sent += len(content)

            def log_message(self, *arguments):
                pass

        self.server = local_server(Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *exception):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
