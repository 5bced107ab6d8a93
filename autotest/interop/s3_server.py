"""An S3 server over a folder, as a context manager: versitygw, which checks signatures.

    with S3Server(folder) as server:
        (server.bucket("tiles") / "stac.json").write_text(...)
        with server.latency(milliseconds=50) as proxy:
            os.environ.update(server.gdal_config(proxy.endpoint))   # or gdal.SetConfigOption
            gdal.Open("/vsis3/tiles")
"""

import hashlib
import http.client
import os
import pathlib
import socket
import subprocess
import time

import go_program
from latency_proxy import LatencyProxy

KEY, SECRET, REGION = "test", "testsecret", "us-east-1"
START_SECONDS = 120
MOST_PORTS = 5


class S3Server:
    """Folders of `folder` are buckets, and files in them objects, whoever writes them. `endpoint` is HOST:PORT.

    Objects that came as files have no ETag until they are tagged, and keep it when they are written over in place.
    """

    def __init__(self, folder, users=None, key=KEY, secret=SECRET):
        """`users`: a folder in which the server keeps users, who come and go."""
        self.folder, self.users, self.key, self.secret = pathlib.Path(folder), users, key, secret

    def __enter__(self):
        for _ in range(MOST_PORTS):
            self.start()
            if self.is_ready():
                return self
            said = self.process.communicate()[1].strip()  # another process has taken the port meanwhile
        raise RuntimeError(f"versitygw did not start: {said}")

    def start(self):
        self.endpoint = f"127.0.0.1:{free_port()}"
        who = ["--access", self.key, "--secret", self.secret, "--region", REGION]
        command = [go_program.versitygw(), "--quiet", "--keep-alive", "--port", self.endpoint, *who]
        if self.users:
            command += ["--iam-dir", self.users, "--iam-cache-disable"]
        self.process = subprocess.Popen(
            list(map(str, [*command, "posix", self.folder])),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def __exit__(self, *error):
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()

    def is_ready(self):
        """Waits until it is; False where it has ended."""
        deadline = time.monotonic() + START_SECONDS
        while self.process.poll() is None and time.monotonic() < deadline:
            connection = http.client.HTTPConnection(self.endpoint, timeout=1)
            try:
                connection.request("GET", "/")
                connection.getresponse().read()
                return self.process.poll() is None
            except OSError:
                time.sleep(0.02)
            finally:
                connection.close()
        self.process.kill()
        return False

    def administer(self, *words):
        """create-user --access A --secret S --role admin; delete-user --access A."""
        who = ["--access", self.key, "--secret", self.secret, "--endpoint-url", f"http://{self.endpoint}"]
        command = [go_program.versitygw(), "admin", *who, *words]
        subprocess.run(list(map(str, command)), check=True, capture_output=True)

    def bucket(self, name):
        """The folder of a bucket (3 characters or more), made where it is not there."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        return folder

    def tag(self, bucket):
        """Gives every object of a bucket the ETag that it has on S3, where it came by PUT."""
        for path in (self.folder / bucket).rglob("*"):
            if path.is_file():
                os.setxattr(path, "user.etag", f'"{hashlib.md5(path.read_bytes()).hexdigest()}"'.encode())

    def latency(self, milliseconds=50):
        return LatencyProxy(self.endpoint, milliseconds)

    def gdal_config(self, endpoint=None):
        """Configuration options of /vsis3/, for this server or a proxy before it; also its environment variables."""
        return {
            "AWS_S3_ENDPOINT": endpoint or self.endpoint,
            "AWS_HTTPS": "NO",
            "AWS_VIRTUAL_HOSTING": "FALSE",
            "AWS_ACCESS_KEY_ID": self.key,
            "AWS_SECRET_ACCESS_KEY": self.secret,
            "AWS_REGION": REGION,
        }


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
