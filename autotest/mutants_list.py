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
LOCAL_STORE = "driver/store/local/local_store_sync.cpp"
JOURNAL = "driver/journal/journal.cpp"
EXPLORER = ["explorer_test"]


def order(selection):
    return ["autotest/tools/write_order_test.py", "-k", selection]


def unit(selection):
    return ["BUILD/autotest/driver_test", f"--gtest_filter={selection}"]


def explored(selection):
    return ["BUILD/autotest/explorer_test", f"--gtest_filter=ExplorerTest.{selection}"]


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
        [*PROGRAMS, "failing_sync"],
        ["autotest/tools/sync_failure_test.py", "-k", "flush_cache"],
    ),
    Mutant(
        "folders-are-not-synced",
        LOCAL_STORE,
        "    for (const std::string &folder : folders)\n    {\n        fsync_path(folder, O_DIRECTORY);\n    }\n",
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
        "    flush(\n        [&]\n        {\n            for (const auto &object : objects)\n            {\n"
        "                fsync_path(object->file.path(), O_NONBLOCK);\n            }\n        });\n    for",
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
        "driver/store/http/http_client.cpp",
        "status == 500 || ",
        "",
        ["driver_test"],
        unit("HttpObjectsTest.AServerThatFailsForAMoment*"),
        few=True,
    ),
    Mutant(
        "a-wipe-keeps-the-inputs",
        "tools/engine/output/output_state.cpp",
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
        "driver/writing/tile_writer.cpp",
        "    record_changes(stale);\n    m_store->sync();\n",
        "    record_changes(stale);\n",
        PROGRAMS,
        order("temporary and gdal-update"),
    ),
    Mutant(
        "another-run-has-changed-it-and-nobody-looks",
        "tools/engine/run/run_room.cpp",
        "    if (now.recipe() != start.state.recipe() && ",
        "    if (false && ",
        PROGRAMS,
        ["autotest/tools/changed_meanwhile_test.py"],
    ),
    Mutant(
        "a-wipe-removes-what-is-done-alone",
        "tools/engine/run/wipe.cpp",
        "tiles_to_wipe(pyramid, journal.before(), journal::Intent::all(store))",
        "journal.before().all()",
        EXPLORER,
        explored("AnOverwriteOntoAnotherGridAfter*"),
    ),
    Mutant(
        "who-is-taken-for-dead-is-not-told",
        "driver/journal/intent.cpp",
        "    document->taken_by = by.id();\n    return store.write_if(intent.key, to_text(*document), intent.stamp);\n",
        "    return true;\n",
        EXPLORER,
        explored("ARunThatSlept*"),
    ),
    Mutant(
        "words-are-said-without-a-look-at-the-intent",
        "tools/engine/run/run.cpp",
        "    journal->write_only_while([&mark] { mark.check(); });\n",
        "",
        EXPLORER,
        explored("ARunThatSlept*"),
    ),
    Mutant(
        "an-old-intent-is-only-looked-at",
        "driver/journal/intent.cpp",
        "boot_time() - m_written > kDeadAfter / 2 ? write() : look();",
        "look();",
        EXPLORER,
        explored("ARunThatSlept*"),
    ),
    Mutant(
        "the-recipe-is-written-whoever-has-changed-it",
        "tools/engine/output/output_state.cpp",
        "    while (!store.write_if(key, text, before))\n",
        "    store.write(key, text);\n    while (false)\n",
        EXPLORER,
        explored("ARunThatSlept*"),
    ),
    Mutant(
        "runs-of-other-inputs-are-one",
        "tools/engine/run/run.cpp",
        "    return document.dump() + fingerprint(*start.resolved);\n",
        "    return document.dump();\n",
        EXPLORER,
        explored("RunsOfOneRecipeAfter*"),
    ),
    Mutant(
        "the-item-is-as-the-run-knew-it",
        "tools/engine/output/item_writer.cpp",
        "stac::merged_item(own_item(resolved, said, before), there)",
        "own_item(resolved, said, before)",
        EXPLORER,
        explored("*InTheItem*"),
    ),
    Mutant(
        "a-run-removes-a-tile-without-its-lock",
        "tools/engine/making/batch_runner.cpp",
        "                                     const auto alone = context.store.lock(key); // who merges meanwhile must "
        "see this\n",
        "",
        EXPLORER,
        explored("APixelPutBesideARunThatRemoves*"),
    ),
    Mutant(
        "what-is-listed-and-unreadable-is-passed-over",
        "driver/journal/journal_reading.cpp",
        "        if (attempt == kMostReads)\n        {\n",
        "        if (attempt == kMostReads)\n        {\n            for (auto &content : contents)\n            {\n"
        '                content = content.value_or("tiledir journal 1\\n");\n            }\n'
        "            return understood(folder, std::move(names), std::move(contents), grid, each);\n",
        EXPLORER,
        explored("AFileOfTheJournal*"),
    ),
    Mutant(
        "parts-of-pending-tiles-are-foreign",
        "driver/journal/tile_states.cpp",
        "        return say_part(level, tiles);\n",
        "        return say(&TileStates::foreign, level, tiles);\n",
        EXPLORER,
        explored("*WasKilled"),
    ),
    Mutant(
        "overviews-are-not-made-again-beside-others",
        "tools/engine/run/run.cpp",
        "renew_beside_others(store, resolved, journal, mark.intent_key());",
        "",
        EXPLORER,
        explored("OverviewsFit*"),
    ),
]
