#include "tools/engine/executors/stage.h"

#include "autotest/tools/engine/executors/small_run.h"
#include "stac/error.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <mutex>
#include <numeric>
#include <thread>
#include <vector>

namespace tiledir::engine
{

namespace
{

constexpr std::int64_t kMuch = std::int64_t{1} << 40;

class FakeMaker : public BatchMaker
{
public:
    using Make = std::function<std::vector<BatchOrder>(const BatchOrder &)>;
    explicit FakeMaker(Make make)
        : m_make(std::move(make))
    {
    }
    std::vector<BatchOrder> make(const BatchOrder &order) override { return m_make(order); }

private:
    const Make m_make;
};

class StageTest : public testing::Test
{
protected:
    /// Rows of 16 tiles, one batch each, made by as many makers.
    void run(const FakeMaker::Make &make, int makers = 2, int rows = 16, int needs_all = -1)
    {
        BatchMakers all;
        for (int i = 0; i < makers; ++i)
        {
            all.push_back(std::make_unique<FakeMaker>(make));
        }
        BatchEnds ends(m_run.context, all.size());
        BatchSizes sizes(16 * rows, all.size(), 1);
        MemoryBudget budget(kMuch, 0, 1, makers);
        Stage stage(m_run.context, budget, all, ends, sizes);
        stage.run(
            [&](const Stage::Offer &offer)
            {
                for (int row = 0; row < rows; ++row)
                {
                    BatchOrder order = order_of_row(row, 16);
                    order.needs_all_memory = row == needs_all;
                    ++m_offered;
                    if (!offer(std::move(order)))
                    {
                        return;
                    }
                }
            });
        stage.finish();
    }

    std::vector<BatchOrder> note(const BatchOrder &order)
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        m_rows.push_back(order.tiles.bounding().min_row);
        return {};
    }

    SmallRun m_run{testing::UnitTest::GetInstance()->current_test_info()->name()};
    int m_offered = 0;
    std::mutex m_mutex;
    std::vector<std::int64_t> m_rows;
};

} // namespace

TEST_F(StageTest, EachBatchIsMadeOnce)
{
    run([&](const BatchOrder &order) { return note(order); }, 3);
    std::sort(m_rows.begin(), m_rows.end());
    std::vector<std::int64_t> all(16);
    std::iota(all.begin(), all.end(), 0);
    EXPECT_EQ(m_rows, all);
}

TEST_F(StageTest, WhatIsToBeTriedAgainComesBeforeWhatWaits)
{
    bool has_failed = false;
    run(
        [&](const BatchOrder &order) -> std::vector<BatchOrder>
        {
            note(order);
            if (!has_failed)
            {
                has_failed = true;
                return {order_of_row(100, 8), order_of_row(101, 8)};
            }
            return {};
        },
        1, 4);
    EXPECT_EQ(m_rows, (std::vector<std::int64_t>{0, 100, 101, 1, 2, 3}));
}

TEST_F(StageTest, WhatAMakerThrowsEndsTheStage)
{
    const auto make = [&](const BatchOrder &order) -> std::vector<BatchOrder>
    {
        if (order.tiles.bounding().min_row == 3)
        {
            throw StoreError("no space left");
        }
        return note(order);
    };
    EXPECT_THROW(run(make, 1, 1000), StoreError);
    EXPECT_LT(m_offered, 100);
    EXPECT_EQ(m_rows, (std::vector<std::int64_t>{0, 1, 2}));
}

TEST_F(StageTest, AStopEndsItAfterTheBatchesInWork)
{
    run(
        [&](const BatchOrder &order)
        {
            m_run.stop = 15;
            return note(order);
        },
        1, 1000);
    EXPECT_EQ(m_rows.size(), 1u);
    EXPECT_LT(m_offered, 100);
    EXPECT_EQ(m_run.abandoned, 0);
}

TEST_F(StageTest, AMakerThatDoesNotEndAfterAStopIsAbandoned)
{
    run(
        [&](const BatchOrder &order)
        {
            m_run.stop = 15;
            while (m_run.abandoned == 0)
            {
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            }
            return note(order);
        },
        1, 2);
    EXPECT_GE(m_run.abandoned, 1);
}

TEST_F(StageTest, ABatchThatNeedsAllMemoryIsMadeAlone)
{
    std::atomic<int> at_once{0};
    std::atomic<int> beside{-1};
    run(
        [&](const BatchOrder &order)
        {
            const int others = at_once++;
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
            if (order.needs_all_memory)
            {
                beside = others + at_once - 1;
            }
            --at_once;
            return note(order);
        },
        4, 16, 9);
    EXPECT_EQ(m_rows.size(), 16u);
    EXPECT_EQ(beside, 0);
}

} // namespace tiledir::engine
