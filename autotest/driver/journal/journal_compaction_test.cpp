#include "driver/journal/journal.h"
#include "driver/journal/journal_document.h"
#include "driver/journal/journal_files.h"
#include "driver/journal/tell_journal.h"
#include "driver/store/opening/open_store.h"

#include "stac/error.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <random>
#include <set>

using namespace tiledir;
using namespace tiledir::journal;

namespace
{

/// A journal in memory, where files cost nothing.
class ManyFilesTest : public testing::Test
{
protected:
    void SetUp() override { clear(); }

    void clear()
    {
        for (const auto &name : m_store->list(".tiledir/journal"))
        {
            m_store->remove(".tiledir/journal/" + name);
        }
    }
    std::size_t files() const { return m_store->list(".tiledir/journal").size(); }
    std::size_t bytes() const
    {
        std::size_t bytes = 0;
        for (const auto &name : m_store->list(".tiledir/journal"))
        {
            bytes += m_store->read(".tiledir/journal/" + name)->size();
        }
        return bytes;
    }
    /// `5/1/2 stored`, ... of all that a journal says.
    std::set<std::string> said() const
    {
        const Journal journal(*m_store, m_grid);
        const TileStates &tiles = journal.before();
        std::set<std::string> words;
        const auto add = [&](const char *word, const stac::LevelSets &sets) {
            sets.for_each([&](const stac::TileId &tile)
                          { words.insert(fmt(tile.level, tile.row, tile.col) + " " + word); });
        };
        add("stored", tiles.stored);
        add("empty", tiles.empty);
        add("foreign", tiles.foreign);
        add("failed", tiles.failed);
        add("pending", tiles.pending);
        return words;
    }
    static std::string fmt(int level, std::int64_t row, std::int64_t col)
    {
        return std::to_string(level) + "/" + std::to_string(row) + "/" + std::to_string(col);
    }
    static TileStates told(stac::LevelSets foreign, stac::LevelSets stale)
    {
        TileStates said;
        said.foreign = std::move(foreign);
        said.pending = std::move(stale);
        return said;
    }
    static stac::LevelSets one(int level, std::int64_t row, std::int64_t col)
    {
        return {{level, stac::TileSet(stac::TileRange{row, row, col, col})}};
    }

    const stac::TileMatrixSet m_grid = *stac::TileMatrixSet::well_known("WebMercatorQuad");
    const std::unique_ptr<store::Store> m_store = store::open_store("/vsimem/journal");
};

/// Calls `change` before each change, with the key.
class WatchedStore : public store::Store
{
public:
    WatchedStore(store::Store &inner, std::function<void(const std::string &)> change)
        : m_inner(inner)
        , m_change(std::move(change))
    {
    }
    std::string path(const std::string &key) const override { return m_inner.path(key); }
    std::optional<store::Bytes> read(const std::string &key) const override { return m_inner.read(key); }
    std::optional<store::StampedObject> read_stamped(const std::string &key) const override
    {
        return m_inner.read_stamped(key);
    }
    void write(const std::string &key, const void *data, std::size_t size) override
    {
        m_change(key);
        m_inner.write(key, data, size);
    }
    bool write_if(const std::string &key, const void *data, std::size_t size,
                  const std::optional<store::Stamp> &before) override
    {
        return m_inner.write_if(key, data, size, before);
    }
    bool remove(const std::string &key) override
    {
        m_change(key);
        return m_inner.remove(key);
    }
    bool remove_if(const std::string &key, const std::optional<store::Stamp> &before) override
    {
        return m_inner.remove_if(key, before);
    }
    std::optional<store::Stamp> stamp(const std::string &key) const override { return m_inner.stamp(key); }
    std::optional<store::Seconds> age(const std::string &key) override { return m_inner.age(key); }
    std::vector<std::string> list(const std::string &folder) const override { return m_inner.list(folder); }
    void sync() override { m_inner.sync(); }

private:
    store::Store &m_inner;
    std::function<void(const std::string &)> m_change;
};

/// Lists some files, and says that they are not there.
class HidingStore : public WatchedStore
{
public:
    HidingStore(store::Store &inner, std::string part)
        : WatchedStore(inner, [](const std::string &) {})
        , m_part(std::move(part))
    {
    }
    void show() { m_is_hiding = false; }
    std::optional<store::Bytes> read(const std::string &key) const override
    {
        return m_is_hiding && key.find(m_part) != std::string::npos ? std::nullopt : WatchedStore::read(key);
    }

private:
    std::string m_part;
    bool m_is_hiding = true;
};

} // namespace

TEST_F(ManyFilesTest, ALongRunLeavesFewFilesThatSayAll)
{
    Journal journal(*m_store, m_grid);
    std::set<std::string> expected;
    for (int flush = 0; flush < 3000; ++flush)
    {
        journal.add({12, flush / 50, flush % 50}, flush % 7 != 0);
        expected.insert(fmt(12, flush / 50, flush % 50) + (flush % 7 != 0 ? " stored" : " empty"));
        journal.flush();
    }
    EXPECT_LE(files(), 45U);
    EXPECT_EQ(said(), expected);
    journal.compact();
    EXPECT_EQ(files(), 1U);
    EXPECT_EQ(said(), expected);
}

TEST_F(ManyFilesTest, AFinishedTileTakesLessThanAByteWhateverLiesBesideIt)
{
    constexpr std::int64_t kSide = 1000;
    std::mt19937 random(1);
    const auto patterns = std::vector<std::function<int(std::int64_t, std::int64_t)>>{
        [](std::int64_t row, std::int64_t col) { return (row + col) % 2 == 0 ? 1 : 2; }, // every second one is empty
        [&](std::int64_t, std::int64_t) { return random() % 2 == 0 ? 1 : 2; },           // at random
        [](std::int64_t row, std::int64_t col) { return (row / 8 + col / 8) % 2; },      // half, in batches
        [&](std::int64_t row, std::int64_t col) { return col + 5 * (row % 9) < kSide / 2 ? 1 : 2; }, // a coast
    };
    for (const auto &state : patterns)
    {
        clear();
        Journal journal(*m_store, m_grid);
        std::size_t done = 0;
        for (std::int64_t row = 0; row < kSide; ++row)
        {
            for (std::int64_t col = 0; col < kSide; ++col)
            {
                if (const int is = state(row, col); is != 0)
                {
                    journal.add({12, row, col}, is == 1);
                    ++done;
                }
            }
        }
        journal.flush();
        EXPECT_LT(bytes(), done);
        const Journal again(*m_store, m_grid);
        EXPECT_EQ(static_cast<std::size_t>(again.before().all().at(12).count()), done);
    }
}

TEST_F(ManyFilesTest, WritersSideBySideLoseNoWordOfEachOther)
{
    std::mt19937 random(3);
    for (int round = 0; round < 20; ++round)
    {
        clear();
        std::set<std::string> expected;
        {
            Journal earlier(*m_store, m_grid);
            earlier.add({9, 0, 0}, true);
            earlier.flush();
            expected.insert("9/0/0 stored");
        }
        Journal one(*m_store, m_grid);
        Journal other(*m_store, m_grid);
        for (int step = 0; step < 200; ++step)
        {
            Journal &writer = random() % 2 == 0 ? one : other;
            writer.add({10, static_cast<std::int64_t>(random() % 4), step}, true);
            writer.flush();
        }
        const std::set<std::string> both = said();
        EXPECT_EQ(both.size(), 201U);
        if (round % 2 == 0) // a third one comes after their end
        {
            Journal(*m_store, m_grid).compact();
        }
        EXPECT_EQ(said(), both);
    }
}

TEST_F(ManyFilesTest, WhatOthersSayIsStaleWhileARunGoesOnStaysSo)
{
    Journal run(*m_store, m_grid);
    run.add({5, 1, 1}, true);
    run.flush();
    tell_journal(*m_store, m_grid, told(one(5, 2, 2), one(5, 1, 1)));
    for (int flush = 0; flush < 40; ++flush) // its files become few, twice
    {
        run.add({6, 0, flush}, true);
        run.flush();
    }
    run.compact();
    EXPECT_EQ(said().count("5/1/1 pending"), 1U);
    EXPECT_EQ(said().count("5/2/2 foreign"), 1U);
}

TEST_F(ManyFilesTest, ATileThatARunIsToMakeStaysSoWhereOthersHaveWrittenAPartOfIt)
{
    Journal run(*m_store, m_grid);
    run.redo({{5, stac::TileSet(stac::TileRange{1, 1, 1, 3})}});
    run.add({5, 1, 1}, true);
    run.fail({5, 1, 2}, "no input", 1);
    run.flush();
    TileStates said_by_writer;
    said_by_writer.parts = {{5, stac::TileSet(stac::TileRange{1, 1, 1, 4})}};
    tell_journal(*m_store, m_grid, said_by_writer);
    EXPECT_EQ(said(), (std::set<std::string>{"5/1/1 foreign", "5/1/2 failed", "5/1/3 pending", "5/1/4 foreign"}));
    Journal(*m_store, m_grid).compact();
    EXPECT_EQ(said(), (std::set<std::string>{"5/1/1 foreign", "5/1/2 failed", "5/1/3 pending", "5/1/4 foreign"}));
}

TEST_F(ManyFilesTest, WhatIsSaidWhileFilesBecomeOneIsStillSaidAfterwards)
{
    for (int run = 0; run < 20; ++run)
    {
        Journal journal(*m_store, m_grid);
        journal.add({5, 1, run}, true);
        journal.flush();
    }
    std::atomic<bool> was_said{false}; // files are removed by several threads
    WatchedStore store(*m_store,
                       [&](const std::string &)
                       {
                           if (!was_said.exchange(true))
                           {
                               tell_journal(*m_store, m_grid, told(one(5, 2, 2), one(5, 1, 7)));
                           }
                       });
    Journal(store, m_grid).compact();
    EXPECT_EQ(files(), 3U);
    EXPECT_EQ(said().count("5/1/7 pending"), 1U);
    EXPECT_EQ(said().count("5/1/6 stored"), 1U);
    EXPECT_EQ(said().count("5/2/2 foreign"), 1U);
}

TEST_F(ManyFilesTest, AKillAtAnyMomentLosesNothingThatWasWritten)
{
    struct Killed
    {
    };
    bool was_killed = true;
    for (int moment = 0; was_killed; ++moment)
    {
        clear();
        was_killed = false;
        std::atomic<int> changes{0};
        std::set<std::string> written;
        WatchedStore store(*m_store,
                           [&](const std::string &)
                           {
                               if (changes++ >= moment) // from here on nothing arrives any more
                               {
                                   throw Killed();
                               }
                           });
        try
        {
            for (int run = 0; run < 2; ++run) // the second one finds what the first has left
            {
                Journal journal(store, m_grid);
                for (int flush = 0; flush < 35; ++flush)
                {
                    journal.add({7, run, flush}, flush % 2 == 0);
                    journal.flush();
                    written.insert(fmt(7, run, flush) + (flush % 2 == 0 ? " stored" : " empty"));
                }
                journal.compact();
            }
        }
        catch (const Killed &)
        {
            was_killed = true;
        }
        const std::set<std::string> found = said();
        ASSERT_TRUE(std::includes(found.begin(), found.end(), written.begin(), written.end())) << moment;
        ASSERT_LE(found.size(), written.size() + 1) << moment; // what was not acknowledged may be there
    }
}

TEST_F(ManyFilesTest, WhatFailedIsRememberedWithItsReasonUntilItIsMade)
{
    {
        Journal journal(*m_store, m_grid);
        journal.redo({{5, stac::TileSet(stac::TileRange{1, 1, 1, 3})}});
        journal.add({5, 1, 1}, true);
        journal.fail({5, 1, 2}, "dem.tif, band 1:\ncannot be read", 3);
        journal.flush();
    }
    const Journal after(*m_store, m_grid);
    EXPECT_EQ(said(), (std::set<std::string>{"5/1/1 stored", "5/1/2 failed", "5/1/3 pending"}));
    const NotedFailure &failure = after.before().failures.at({5, 1, 2});
    EXPECT_EQ(failure.reason, "dem.tif, band 1: cannot be read");
    EXPECT_EQ(failure.attempts, 3);
    EXPECT_EQ(after.before().all().at(5).count(), 1) << "it is not done";
    Journal again(*m_store, m_grid);
    again.add({5, 1, 2}, false);
    again.flush();
    EXPECT_EQ(said(), (std::set<std::string>{"5/1/1 stored", "5/1/2 empty", "5/1/3 pending"}));
    EXPECT_TRUE(Journal(*m_store, m_grid).before().failures.empty());
}

TEST_F(ManyFilesTest, AFileOfANewerVersionAndADamagedOneAreNamed)
{
    m_store->write(".tiledir/journal/00000001-1done-x-000001", std::string("tiledir journal 2\nwhat ever\n"));
    EXPECT_THROW(Journal(*m_store, m_grid), InputError);
    m_store->write(".tiledir/journal/00000001-1done-x-000001", std::string("tiledir journal 1 packed\nrubbish"));
    EXPECT_THROW(Journal(*m_store, m_grid), TileError);
}

TEST_F(ManyFilesTest, TheLastFileOfAWriterSaysNothingWhereItIsCutShort)
{
    {
        Journal journal(*m_store, m_grid);
        journal.add({5, 1, 1}, true);
        journal.flush();
    }
    const std::string name = ".tiledir/journal/00000002-1done-x-00000";
    stac::LevelSets many;
    for (int i = 0; i < 300; ++i)
    {
        many[9].insert(i, i, i);
    }
    TileStates said;
    said.stored = many;
    const std::string packed = journal_document(said, m_grid);
    said.stored = one(5, 1, 2);
    for (const std::string &whole : {packed, journal_document(said, m_grid)})
    {
        for (std::size_t size = 0; size < whole.size(); ++size)
        {
            m_store->write(name + "1", whole.substr(0, size));
            const Journal journal(*m_store, m_grid);
            const stac::LevelSets done = journal.before().all();
            ASSERT_EQ(done.count(), 1) << size << " of " << whole.size();
            EXPECT_TRUE(done.contains({5, 1, 1})) << size;
            const bool is_at_line = size > 0 && whole.substr(0, size) == "tiledir journal 1\n"; // says nothing either
            EXPECT_EQ(journal.cut_short().size(), is_at_line ? 0U : 1U) << size;
        }
    }
    m_store->write(name + "1", std::string(100, '\0'));
    EXPECT_EQ(Journal(*m_store, m_grid).cut_short().size(), 1U);
    m_store->write(name + "2", packed);
    EXPECT_THROW(Journal(*m_store, m_grid), TileError) << "what follows was written after it had been durable";
}

TEST_F(ManyFilesTest, NumbersAreInOrderWhateverTheirSize)
{
    const std::vector<std::int64_t> numbers = {0, 1, 9, 10, 999999, 1000000, 1000001, 9999999, 10000000, 123456789};
    for (std::size_t i = 1; i < numbers.size(); ++i)
    {
        EXPECT_LT(sortable_number(numbers[i - 1], 6), sortable_number(numbers[i], 6)) << numbers[i];
    }
    EXPECT_EQ(sortable_number(42, 6), "000042");
}

TEST_F(ManyFilesTest, AFileThatIsListedAndNotThereIsAnErrorAndIsNotDeleted)
{
    for (int i = 0; i < 20; ++i)
    {
        Journal run(*m_store, m_grid);
        run.add({5, 1, i}, true);
        run.flush();
    }
    Journal(*m_store, m_grid).redo({{5, stac::TileSet(stac::TileRange{1, 1, 0, 19})}}); // and is killed
    HidingStore store(*m_store, "0redo");
    EXPECT_THROW(Journal(store, m_grid), StoreError);
    store.show();
    Journal journal(store, m_grid);
    EXPECT_TRUE(journal.before().all().empty());
    journal.compact();
    EXPECT_TRUE(Journal(*m_store, m_grid).before().all().empty());
}

TEST_F(ManyFilesTest, AJournalElsewhereIsThisOutputsAlone)
{
    const std::string place = "/vsimem/journal/elsewhere";
    const auto first = store::open_store("/vsimem/journal/first");
    const auto second = store::open_store("/vsimem/journal/second");
    {
        Journal journal(*first, journal::JournalFolder(*first, place), m_grid);
        EXPECT_TRUE(store::open_store(place)->list("").empty()) << "nothing is written before it is claimed";
        journal.claim();
        journal.add({5, 1, 1}, true);
        journal.flush();
    }
    EXPECT_EQ(first->list(".tiledir/journal"), std::vector<std::string>{"elsewhere"});
    tell_journal(*first, m_grid, told(one(5, 1, 2), {}));
    const Journal found(*first, m_grid); // who does not know the recipe is told by the output
    EXPECT_TRUE(found.before().stored.at(5).contains(1, 1));
    EXPECT_TRUE(found.before().foreign.at(5).contains(1, 2));
    EXPECT_THROW(journal::JournalFolder(*second, place), InputError);
    EXPECT_THROW(journal::JournalFolder(*first, ""), InputError);
    EXPECT_THROW(journal::JournalFolder(*first, "/vsimem/journal/nowhere"), InputError);
    EXPECT_TRUE(second->list(".tiledir/journal").empty());
}

TEST_F(ManyFilesTest, AJournalInTheOutputDoesNotMove)
{
    Journal journal(*m_store, m_grid);
    journal.add({5, 1, 1}, true);
    journal.flush();
    EXPECT_THROW(journal::JournalFolder(*m_store, "/vsimem/journal/elsewhere"), InputError);
}

TEST_F(ManyFilesTest, WhoHasListedFilesThatBecomeOneMeanwhileListsAgain)
{
    for (int run = 0; run < 20; ++run)
    {
        Journal journal(*m_store, m_grid);
        journal.add({5, 1, run}, true);
        journal.flush();
    }
    journal::JournalFolder listed(*m_store);
    Journal(*m_store, m_grid).compact();
    const Journal journal(*m_store, std::move(listed), m_grid);
    EXPECT_EQ(journal.before().stored.at(5).count(), 20);
}
