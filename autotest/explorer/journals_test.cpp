// The journal beside compaction, and where a file of it is listed and cannot be read.
#include "autotest/explorer/explorer_test.h"
#include "autotest/explorer/memory_store.h"
#include "driver/journal/journal.h"

using namespace tiledir;
using namespace tiledir::explorer;

namespace
{

constexpr const char *kJournal = ".tiledir/journal/";
constexpr const char *kAbove = "4/6/6.png"; ///< the tiles of which others may have changed some
constexpr int kMany = 17;                   ///< files: more than are left apart

/// Says again what is said already, many times.
void say_much(MemoryFolder &folder, const Recipe &recipe)
{
    alone(folder,
          [&](const OpenFolder &open)
          {
              const auto store = open();
              const auto resolved = resolved_of(recipe);
              for (int count = 0; count < kMany; ++count)
              {
                  journal::Journal said(*store, resolved->grid);
                  said.add({resolved->finest, 12, 13}, true);
                  said.flush();
              }
          });
}

/// An overwrite was killed before its first tile: all are pending, and those that are there are the old ones.
MemoryFolder interrupted(const Recipe &before, const Recipe &recipe)
{
    MemoryFolder folder = finished(before);
    say_much(folder, before);
    alone_until(
        folder, [](const Step &step) { return step.changes && is_tile(step.key); },
        [&](const OpenFolder &open) { run(open, recipe, "overwrite"); });
    return folder;
}

/// The first line of a store's trouble: the key of the file that says what is pending.
std::string pending_file(const MemoryFolder &folder)
{
    std::string found;
    for (const auto &[key, object] : folder.objects)
    {
        found = key.rfind(kJournal, 0) == 0 && key.find("-0redo-") != std::string::npos ? key : found;
    }
    return found;
}

/// One word more, of one tile that is to be made again.
void make_pending(MemoryFolder &folder, const Recipe &recipe)
{
    alone(folder,
          [&](const OpenFolder &open)
          {
              const auto store = open();
              const auto resolved = resolved_of(recipe);
              journal::Journal(*store, resolved->grid)
                  .redo({{resolved->finest, stac::TileSet(stac::TileRange{12, 12, 13, 13})}});
          });
}

/// A run where a file of the journal cannot be read: all the time, or until the store has recovered.
Scenario hidden_file(const std::string &name, const MemoryFolder &start, const std::string &key, bool recovers)
{
    Scenario scenario;
    scenario.name = name;
    scenario.start = start;
    scenario.start.hidden.insert(key);
    scenario.play = [key, recovers]
    {
        const auto end = std::make_shared<RunEnd>();
        Writer store_itself;
        store_itself.name = "the store";
        store_itself.work = [key](const OpenFolder &open)
        {
            const auto store = open();
            static_cast<MemoryStore &>(*store).show(key);
        };
        Play play;
        play.writers = {run_writer("run", {150}, "", end)};
        if (recovers)
        {
            play.writers.push_back(store_itself);
        }
        play.check = [end](const Played &played)
        {
            played.folder.hidden.clear();
            std::string wrong = journal_is_true(played.folder, {{150}});
            wrong += end->finished() ? tiles_are(played.folder, clean({150})) : "";
            wait_for_the_dead(played.folder);
            const RunEnd again = run_alone(played.folder, {150});
            return wrong + (again.finished() ? "" : "the same command ends so: " + again.refusal + "; ") +
                   tiles_are(played.folder, clean({150}));
        };
        return play;
    };
    return scenario;
}

/// Is what a writer says never lost while another one makes few files of many?
Scenario compaction(const std::string &name, const Recipe &recipe, const std::string &option, const Writer &other)
{
    Scenario scenario;
    scenario.name = name;
    scenario.start = finished({100}, Exclusion::Locks);
    say_much(scenario.start, {100});
    scenario.play = [recipe, option, other]
    {
        const auto end = std::make_shared<RunEnd>();
        Play play;
        play.writers = {run_writer("run", recipe, option, end), other};
        play.check = [](const Played &played)
        {
            return journal_is_true(played.folder, {{100}, {150}, {200}}, {kAbove}) + no_intent_is_left(played.folder) +
                   (recorded(played.folder, {{100}, {150}, {200}}) == nullptr ? "no recipe is recorded; " : "");
        };
        return play;
    };
    return scenario;
}

} // namespace

TEST_F(ExplorerTest, AFileOfTheJournalThatCannotBeReadIsNotPassedOver)
{
    const MemoryFolder start = interrupted({100}, {150});
    expect_right(hidden_file("an unreadable file", start, pending_file(start), false));
    expect_right(hidden_file("a file that is unreadable for a while", start, pending_file(start), true));
}

TEST_F(ExplorerTest, AFileOfTheJournalThatCannotBeReadIsNotDeleted)
{
    MemoryFolder start = interrupted({100}, {150});
    const std::string key = pending_file(start);
    make_pending(start, {150});
    expect_right(hidden_file("an unreadable file beside others", start, key, false));
    expect_right(hidden_file("a file beside others that is unreadable for a while", start, key, true));
}

TEST_F(ExplorerTest, CompactionLosesNoWordOfAnotherRun)
{
    expect_right(compaction("compaction beside a run", {150}, "overwrite",
                            run_writer("other", {200}, "overwrite", std::make_shared<RunEnd>())));
}

TEST_F(ExplorerTest, CompactionLosesNoWordOfARunOfTheSameRecipe)
{
    expect_right(compaction("compaction beside a run of the same recipe", {150}, "overwrite",
                            run_writer("other", {150}, "overwrite", std::make_shared<RunEnd>())));
}

TEST_F(ExplorerTest, CompactionLosesNoWordOfAGdalWriter)
{
    expect_right(compaction("compaction beside a GDAL writer", {150}, "overwrite",
                            gdal_writer("gdal", [](GdalWriter &dataset) { dataset.write_pixel(12, 12, 3, 3, 7); })));
}

TEST_F(ExplorerTest, WhoReadsTheJournalBesideCompactionSeesAllThatIsDone)
{
    const auto seen = std::make_shared<std::string>();
    Writer reader;
    reader.name = "reader";
    reader.work = [seen](const OpenFolder &open)
    {
        const auto store = open();
        const auto resolved = resolved_of({100});
        try
        {
            const journal::Journal said(*store, resolved->grid);
            const stac::LevelSets all = said.before().all();
            const bool is_whole = all.at(resolved->finest).contains(stac::TileSet(stac::TileRange{12, 12, 12, 13}));
            *seen = is_whole ? "" : "the reader has not seen all that is done; ";
        }
        catch (const Error &error)
        {
            *seen = std::string("the reader ends so: ") + error.what();
        }
    };
    Scenario scenario = compaction("compaction beside a reader", {100}, "check", reader);
    scenario.start.erase("4/6/6.png"); // there is something to make
    const auto play = scenario.play;
    scenario.play = [play, seen]
    {
        Play with_reader = play();
        const auto check = with_reader.check;
        with_reader.check = [check, seen](const Played &played) { return *seen + check(played); };
        return with_reader;
    };
    expect_right(scenario);
}
