"""What mutants.py takes out, and the tests that see it."""

import dataclasses


@dataclasses.dataclass
class Mutant:
    name: str
    file: str
    search: str  # exactly once in the file
    replace: str
    targets: list
    test: list  # must fail; BUILD stands for the build folder
    few: bool = False


PROGRAMS = ["gdal_TileDir", "tiledir"]
LOCAL_STORE = "driver/store/local_store_sync.cpp"
JOURNAL = "driver/journal/journal.cpp"


def order(selection):
    return ["autotest/tools/write_order_test.py", "-k", selection]


def unit(selection):
    return ["BUILD/autotest/driver_test", f"--gtest_filter={selection}"]


MUTANTS = [
    Mutant(
        "syncfs-is-never-called",
        LOCAL_STORE,
        "else if (syncfs(m_root_fd) != 0)",
        "else if (m_root_fd < 0)",
        PROGRAMS,
        order("temporary and copy"),
    ),
    Mutant(
        "a-failed-sync-is-forgotten",
        LOCAL_STORE,
        "        m_sync_failure = error.what();\n",
        "        static_cast<void>(error);\n",
        PROGRAMS,
        ["autotest/tools/sync_failure_test.py", "-k", "flush_cache"],
    ),
    Mutant(
        "folders-are-not-synced",
        LOCAL_STORE,
        "    for (const std::string &folder : folders)\n        fsync_path(folder, O_DIRECTORY);\n",
        "",
        PROGRAMS,
        order("ramfs and copy"),
    ),
    Mutant(
        "new-folders-above-are-not-synced",
        LOCAL_STORE,
        "        sync_above(m_root);\n",
        "        static_cast<void>(&sync_above);\n",
        PROGRAMS,
        order("ramfs and new-folders"),
    ),
    Mutant(
        "tiles-replace-others-before-they-are-durable",
        LOCAL_STORE,
        "    flush(\n        [&]\n        {\n            for (const auto &object : objects)\n"
        "                fsync_path(object->file.path(), O_NONBLOCK);\n        });\n    for",
        "    for",
        PROGRAMS,
        order("temporary and gdal-update"),
    ),
    Mutant(
        "redo-is-not-durable-before-tiles-change",
        JOURNAL,
        '"0redo", journal_document(said, m_grid)));\n    }\n    make_durable();\n    m_output.sync();\n',
        '"0redo", journal_document(said, m_grid)));\n    }\n',
        ["driver_test"],
        unit("PowerCutTest.*"),
        few=True,
    ),
    Mutant(
        "merge-deletes-before-the-new-file-is-durable",
        JOURNAL,
        "        make_durable();\n        m_check();\n        remove(merged.files);\n",
        "        m_check();\n        remove(merged.files);\n",
        ["driver_test"],
        unit("PowerCutTest.*"),
        few=True,
    ),
    Mutant(
        "compact-deletes-before-the-new-file-is-durable",
        JOURNAL,
        "    make_durable();\n    remove(replaced);\n",
        "    remove(replaced);\n",
        ["driver_test"],
        unit("PowerCutTest.*"),
        few=True,
    ),
    Mutant(
        "the-reader-never-lists-again",
        "driver/journal/journal_reading.cpp",
        "        names = folder.list();\n",
        "",
        ["driver_test"],
        unit("ManyFilesTest.WhoHasListed*"),
        few=True,
    ),
    Mutant(
        "http-500-is-not-tried-again",
        "driver/store/http_client.cpp",
        "status == 500 || ",
        "",
        ["driver_test"],
        unit("HttpObjectsTest.AServerThatFailsForAMoment*"),
        few=True,
    ),
    Mutant(
        "a-wipe-keeps-the-inputs",
        "tools/engine/output_state.cpp",
        "    store.remove(kInputsKey);\n",
        "",
        PROGRAMS,
        order("temporary and other-grid"),
    ),
    Mutant(
        "whole-tiles-are-named-without-their-lock",
        LOCAL_STORE,
        "    const auto alone = lock(object->key);\n",
        "",
        ["driver_test"],
        unit("LocalStoreTest.AWholeObject*"),
        few=True,
    ),
    Mutant(
        "flush-cache-does-not-sync",
        "driver/tile_writer.cpp",
        "    record_changes(stale);\n    m_store->sync();\n",
        "    record_changes(stale);\n",
        PROGRAMS,
        order("temporary and gdal-update"),
    ),
    Mutant(
        "another-run-has-changed-it-and-nobody-looks",
        "tools/engine/run.cpp",
        "    if (now.recipe() != start.state.recipe() && ",
        "    if (false && ",
        PROGRAMS,
        ["autotest/tools/changed_meanwhile_test.py"],
    ),
]
