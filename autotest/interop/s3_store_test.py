"""The store on S3, each in a process of its own: conditions, faults, many writers. The server is a real one."""

import collections

import pytest
from store_process import client, on_s3, started  # noqa: F401


def content(s3, key):
    return (s3.folder / "tiles" / key).read_text()


def asked(s3):
    return [f"{request.method} {request.status}" for request in s3.proxy.requests()]


def test_one_request_a_write_and_a_look(s3, client):
    assert client("write", "5/1/2.tif", "text") == "done"
    stamp = client("stamp", "5/1/2.tif")
    assert client("read_stamped", "5/1/2.tif") == f"{stamp} text"
    assert asked(s3) == ["PUT 200", "HEAD 200", "GET 200"]
    assert content(s3, "5/1/2.tif") == "text"
    assert client("list", "5/1") == "2.tif"
    assert 0 <= float(client("age", "5/1/2.tif")) < 60
    assert client("age", "5/1/3.tif") == "-"


def test_writes_and_deletes_only_over_the_state_that_was_seen(s3, client):
    assert client("write_if", "a", "first", "-") == "yes"
    assert client("write_if", "a", "second", "-") == "no"
    first = client("stamp", "a")
    assert client("write_if", "a", "third", first) == "yes"
    assert client("write_if", "a", "fourth", first) == "no"
    assert client("remove_if", "a", first) == "no"
    assert content(s3, "a") == "third"
    third = client("stamp", "a")
    assert client("remove_if", "a", third) == "yes"
    assert client("read", "a") == "-"
    assert client("write_if", "a", "fifth", third) == "no"
    assert client("remove", "a") == "yes"  # S3 does not tell


def test_gdal_sees_at_once_what_was_written(client):
    assert client("size_by_gdal", "5/1/2.tif") == "-"
    client("write", "5/1/2.tif", "text")
    assert client("size_by_gdal", "5/1/2.tif") == "4"
    client("write_if", "5/1/2.tif", "longer text", client("stamp", "5/1/2.tif"))
    assert client("size_by_gdal", "5/1/2.tif") == "11"
    client("remove", "5/1/2.tif")
    assert client("size_by_gdal", "5/1/2.tif") == "-"


def test_of_eight_processes_that_add_to_one_object_none_is_lost(s3, on_s3):
    clients = [on_s3() for _ in range(8)]
    for number, client in enumerate(clients):
        client.tell("append", "n", f"writer{number}", "50", "always")
    assert all(client.answer().isdigit() for client in clients)
    words = content(s3, "n").split()
    expected = {(f"writer{writer}", str(number)) for writer in range(8) for number in range(50)}
    assert len(words) == 800
    assert set(zip(words[::2], words[1::2])) == expected


@pytest.mark.parametrize("fault", [503, "reset", "truncate", "lose"])
def test_nor_where_one_request_in_five_fails(s3, on_s3, fault):
    clients = [on_s3(GDAL_HTTP_MAX_RETRY="20") for _ in range(4)]
    with s3.proxy.fault(fault, fraction=0.2):
        for number, client in enumerate(clients):
            client.tell("append", "n", f"writer{number}", "10", "once")
        assert all(client.answer().isdigit() for client in clients)
    words = content(s3, "n").split()
    counts = collections.Counter(zip(words[::2], words[1::2]))
    assert set(counts) == {(f"writer{writer}", str(number)) for writer in range(4) for number in range(10)}


def test_a_write_whose_answer_was_lost_counts_once(s3, client):
    with s3.proxy.fault("lose", method="PUT", times=1):
        assert client("append", "a", "writer", "3", "always") == "0"
    assert content(s3, "a") == "writer 0 writer 1 writer 2 "
    with s3.proxy.fault("lose", method="PUT"):
        assert client("append", "a", "writer", "4", "once") == "0"
    assert content(s3, "a") == "writer 0 writer 1 writer 2 writer 3 "
    with s3.proxy.fault("lose", method="DELETE", times=1):
        assert client("remove_if", "a", client("stamp", "a")) == "yes"


@pytest.mark.parametrize("command", [("write", "a", "new"), ("write_if", "a", "new", "-"), ("remove", "a")])
@pytest.mark.parametrize("fault", [500, 503, "reset"])
def test_a_failure_that_stays_is_an_error_and_leaves_the_old_content(s3, client, fault, command):
    client("write", "a", "old")
    with s3.proxy.fault(fault, method="PUT"), s3.proxy.fault(fault, method="DELETE"):
        answer = client(*command)
    verb = "delete" if command[0] == "remove" else "write"
    assert answer.startswith(f"TileError: {s3.path}/tiles/a: cannot {verb}: ")
    assert answer.endswith("(4 attempts)")
    assert content(s3, "a") == "old"


def test_who_may_not_write_is_told_so_in_one_line(s3, client, on_s3):
    with s3.proxy.fault(403, method="PUT"):
        answer = client("write", "a", "text")
    says = "HTTP 403 AccessDenied, Forbidden; these credentials need the right to write and delete here"
    assert answer == f"StoreError: {s3.path}/tiles/a: cannot write: {says}"
    answer = on_s3(AWS_SECRET_ACCESS_KEY="another")("write_if", "a", "text", "-")
    assert answer.startswith(f"StoreError: {s3.path}/tiles/a: cannot write: HTTP 403 SignatureDoesNotMatch, ")


def test_intents_of_the_dead_and_those_left_are_adopted(s3, on_s3):
    living, killed, adopter = on_s3(), on_s3(), on_s3()
    assert living("announce", "5", "kept") == "done"
    assert living("announce", "6", "left") == "done"
    assert killed("announce", "7", "kept") == "done"
    killed.process.kill()
    killed.process.wait()
    assert adopter("adopt") == "6 7"
    assert adopter("adopt") == ""
    assert len(list((s3.folder / "tiles" / ".tiledir" / "intents").iterdir())) == 1


def test_a_bucket_that_is_not_there_is_an_error(s3, started):
    client = started("/vsis3/no-such-bucket/tiles", s3.environment)
    assert client("write", "a", "text").startswith("StoreError: /vsis3/no-such-bucket/tiles/a: cannot write: HTTP 404")
    assert client("stamp", "a").startswith("StoreError: /vsis3/no-such-bucket/tiles/a: cannot read: HTTP 404")


def test_where_urls_cannot_be_signed_gdal_writes(s3, on_s3):
    client = on_s3(AWS_REQUEST_PAYER="requester")
    assert client("write_if", "a", "first", "-") == "yes"
    assert client("write_if", "a", "second", "-") == "no"
    first = client("stamp", "a")
    assert client("write", "a", "third") == "done"
    assert client("write_if", "a", "fourth", first) == "no"
    assert client("read", "a") == "third"
    assert client("remove_if", "a", client("stamp", "a")) == "yes"
    assert client("read", "a") == "-"
    assert not any("X-Amz-Signature" in request.query for request in s3.proxy.requests())


@pytest.mark.parametrize("fault", [403, 500, 503, "reset"])
def test_a_listing_that_is_refused_is_no_empty_folder(s3, client, fault):
    assert client("write", "5/1/2.tif", "first") == "done"
    with s3.proxy.fault(fault, path=f"/{s3.name}/", method="GET", times=1000):
        assert client("list", "5/1").startswith(f"StoreError: {s3.path}/tiles/5/1: cannot list: ")
    assert client("list", "5/1") == "2.tif"
    assert client("list", "5/7") == ""


@pytest.mark.parametrize("fault", [500, 503, "reset"])
def test_a_listing_is_tried_again(s3, client, fault):
    assert client("write", "5/1/2.tif", "first") == "done"
    with s3.proxy.fault(fault, path=f"/{s3.name}/", method="GET", times=2):
        assert client("list", "5/1") == "2.tif"
