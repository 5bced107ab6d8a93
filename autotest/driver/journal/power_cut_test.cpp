#include "driver/journal/journal.h"

#include "autotest/driver/journal/power_cut_store.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>

using namespace tiledir;
using namespace tiledir::journal;

namespace
{

const stac::TileMatrixSet &grid()
{
    static const auto kGrid = *stac::TileMatrixSet::well_known("WebMercatorQuad");
    return kGrid;
}

constexpr int kRuns = 20;

stac::LevelSets one(std::int64_t row, std::int64_t col)
{
    return {{9, stac::TileSet(stac::TileRange{row, row, col, col})}};
}

/// What a power cut at each moment of `work` would leave is given to `check`.
void cut_at_every_moment(const std::map<std::string, std::string> &before,
                         const std::function<void(store::Store &store)> &work,
                         const std::function<void(store::Store &left, int moment)> &check)
{
    for (int moment = 0;; ++moment)
    {
        PowerCutStore store(before, moment);
        bool was_cut = false;
        try
        {
            work(store);
        }
        catch (const PowerCutStore::Cut &)
        {
            was_cut = true;
        }
        PowerCutStore left(store.left());
        check(left, moment);
        if (!was_cut)
        {
            break;
        }
    }
}

/// A journal of runs of one tile each.
std::map<std::string, std::string> journal_of(int runs)
{
    PowerCutStore store;
    for (int run = 0; run < runs; ++run)
    {
        Journal journal(store, grid());
        journal.add({9, 1, run}, true);
        journal.flush();
    }
    store.sync();
    return store.left();
}

} // namespace

TEST(PowerCutTest, WhatIsToBeMadeAgainIsPendingOnceRedoReturns)
{
    PowerCutStore store(journal_of(3));
    {
        Journal journal(store, grid());
        journal.redo(one(1, 1));
    }
    PowerCutStore left(store.left());
    const Journal journal(left, grid());
    EXPECT_TRUE(journal.before().pending.at(9).contains(1, 1));
    EXPECT_EQ(journal.before().stored.at(9).count(), 2);
}

TEST(PowerCutTest, WhileFilesBecomeOneNoWordIsLost)
{
    cut_at_every_moment(
        journal_of(kRuns), [](store::Store &store) { Journal(store, grid()).compact(); },
        [](store::Store &left, int moment)
        {
            const Journal journal(left, grid());
            ASSERT_EQ(journal.before().stored.at(9).count(), kRuns) << moment;
            EXPECT_EQ(journal.cut_short().size(), 0U) << moment;
        });
}

TEST(PowerCutTest, WhileARunsFilesBecomeFewNoWordIsLostButTheLast)
{
    int flushed = 0;
    cut_at_every_moment(
        {},
        [&flushed](store::Store &store)
        {
            Journal journal(store, grid());
            for (flushed = 0; flushed < 40; ++flushed)
            {
                journal.add({9, 1, flushed}, true);
                journal.flush();
            }
        },
        [&flushed](store::Store &left, int moment)
        {
            const Journal journal(left, grid());
            ASSERT_GE(journal.before().stored.at(9).count(), flushed - 1) << moment;
        });
}
