#include "tools/engine/executors/batch_ends.h"

#include "autotest/tools/engine/executors/small_run.h"

#include <gtest/gtest.h>

#include <future>
#include <stdexcept>

namespace tiledir::engine
{

TEST(BatchEnds, ABatchIsInTheJournalOnlyOnceItIsWritten)
{
    SmallRun run("named");
    BatchEnds ends(run.context, 1);
    std::promise<void> written;
    run.context.made({6, 0, 0}, true, 10);
    ends.made(
        0, [&] { written.get_future().wait(); }, "first");
    EXPECT_TRUE(journal::Journal(*run.store, run.resolved.grid).before().stored.empty());
    written.set_value();
    ends.finish();
    EXPECT_EQ(journal::Journal(*run.store, run.resolved.grid).before().stored.count(), 1);
}

TEST(BatchEnds, AMakerGoesOnWithOneBatchWhileTheOneBeforeEnds)
{
    SmallRun run("one_before");
    BatchEnds ends(run.context, 2);
    std::promise<void> first;
    std::atomic<bool> is_first_written{false};
    ends.made(
        0,
        [&]
        {
            first.get_future().wait();
            is_first_written = true;
        },
        "first");
    ends.made(
        1, [] {}, "of another maker"); // does not wait
    EXPECT_FALSE(is_first_written);
    first.set_value();
    ends.made(
        0, [] {}, "second");
    EXPECT_TRUE(is_first_written) << "no more than one is ending";
    ends.finish();
}

TEST(BatchEnds, WhatWentWrongWithABatchIsThrownAtTheNext)
{
    SmallRun run("failed");
    BatchEnds ends(run.context, 1);
    ends.made(
        0, [] { throw std::runtime_error("disk full"); }, "first");
    EXPECT_THROW(ends.made(
                     0, [] {}, "second"),
                 std::runtime_error);
}

TEST(BatchEnds, WhatWasLeftIsWrittenAtTheEnd)
{
    SmallRun run("left");
    BatchEnds ends(run.context, 1);
    int written = 0;
    ends.left(0, [&] { ++written; });
    ends.left(0, [&] { ++written; });
    EXPECT_EQ(written, 0);
    ends.finish();
    EXPECT_EQ(written, 2);
}

} // namespace tiledir::engine
