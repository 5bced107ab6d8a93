"""What the driver's tests share."""

import http.server
import threading

import pytest
from osgeo import gdal


@pytest.fixture(autouse=True)
def errors_are_no_exceptions():
    """Tests look at return values and error messages, whatever other tests have chosen."""
    gdal.DontUseExceptions()


@pytest.fixture
def web(tmp_path):
    """The folder behind a web server that lists no folders."""

    class Files(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=str(tmp_path))

        def list_directory(self, path):
            self.send_error(404)

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Files)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
