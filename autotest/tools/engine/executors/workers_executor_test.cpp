#include "tools/engine/executors/workers_executor.h"

#include "autotest/tools/engine/executors/small_run.h"
#include "stac/error.h"

#include <gtest/gtest.h>

#include <csignal>
#include <deque>
#include <functional>
#include <utility>

namespace tiledir::engine
{

namespace
{

constexpr std::int64_t kBudget = std::int64_t{1} << 30;

/// What a worker of the test does with a batch: lines that it answers, and whether it dies after them.
struct Answer
{
    std::vector<Json> lines;
    bool dies = false;
    WorkerLink::End end{0, 0};
    std::int64_t memory = 1 << 20;
};

using Work = std::function<Answer(const BatchOrder &)>;

class FakeLink : public WorkerLink
{
public:
    FakeLink(const stac::TileMatrixSet &grid, Work work, int &started, int &killed)
        : m_grid(grid)
        , m_work(std::move(work))
        , m_killed(killed)
    {
        ++started;
    }

    void send(const std::string &line) override
    {
        const Json json = Json::parse(line);
        if (json.contains("recipe"))
        {
            m_lines.emplace_back(R"({"ready": 1})");
            return;
        }
        m_answer = m_work(order_from_json(m_grid, json));
        for (const Json &answer : m_answer.lines)
        {
            m_lines.push_back(answer.dump());
        }
    }

    std::optional<std::string> read_line(std::chrono::milliseconds) override
    {
        if (m_lines.empty())
        {
            m_has_closed = m_has_closed || m_answer.dies;
            return std::nullopt;
        }
        std::string line = m_lines.front();
        m_lines.pop_front();
        return line;
    }

    bool has_closed() const override { return m_has_closed; }
    std::int64_t memory() const override { return m_answer.memory; }
    void ask_to_stop() override { m_has_closed = true; }
    void kill() override
    {
        ++m_killed;
        m_answer.end = {0, SIGKILL};
        m_has_closed = true;
    }
    End wait() override { return m_answer.end; }

private:
    const stac::TileMatrixSet &m_grid;
    const Work m_work;
    int &m_killed;
    std::deque<std::string> m_lines;
    Answer m_answer;
    bool m_has_closed = false;
};

class WorkersExecutorTest : public testing::Test
{
protected:
    std::vector<BatchOrder> make(const BatchOrder &order, const Work &work)
    {
        if (m_makers.empty())
        {
            m_makers =
                worker_makers(m_run.context, m_budget, 1,
                              [&]
                              {
                                  return std::make_unique<FakeLink>(
                                      m_run.resolved.grid, [this](const BatchOrder &given) { return m_work(given); },
                                      m_started, m_killed);
                              });
        }
        m_work = work;
        return m_makers.front()->make(order);
    }

    Json begins(const stac::TileRange &tiles) const
    {
        return {{"at", to_json(m_run.resolved.grid, Portion{6, tiles})}};
    }
    Json makes(const stac::TileRange &tiles) const
    {
        Json made = Json::array();
        stac::TileSet(tiles).for_each_run(
            [&](std::int64_t row, std::int64_t first, std::int64_t last)
            {
                for (std::int64_t col = first; col <= last; ++col)
                {
                    Json tile = to_json(m_run.resolved.grid, stac::TileId{6, row, col});
                    tile.push_back(1);
                    tile.push_back(100);
                    made.push_back(tile);
                }
            });
        return {{"made", made}};
    }
    static Json ends()
    {
        return {{"end", true},  {"peak_memory", 1 << 20},     {"held_back", Json::array()}, {"seconds", Json::object()},
                {"retries", 0}, {"requests", Json::object()}, {"slowest", Json::array()}};
    }

    SmallRun m_run{testing::UnitTest::GetInstance()->current_test_info()->name()};
    MemoryBudget m_budget{kBudget, 0, 1, 1};
    int m_started = 0;
    int m_killed = 0;
    Work m_work;
    BatchMakers m_makers;
};

} // namespace

TEST_F(WorkersExecutorTest, WhatAWorkerHasMadeIsTheRuns)
{
    const Work work = [&](const BatchOrder &order) {
        return Answer{{begins(order.tiles.bounding()), makes(order.tiles.bounding()), ends()}};
    };
    EXPECT_TRUE(make(order_of_row(0, 16), work).empty());
    EXPECT_TRUE(make(order_of_row(1, 16), work).empty());
    EXPECT_EQ(m_run.report.tiles(), 32);
    EXPECT_EQ(m_run.report.bytes(), 3200);
    EXPECT_EQ(m_started, 1) << "a worker makes many batches";
}

TEST_F(WorkersExecutorTest, ADeathInATileDividesWhatWasInWorkAndKeepsWhatIsMade)
{
    const auto again =
        make(order_of_row(0, 16),
             [&](const BatchOrder &) {
                 return Answer{{begins({0, 0, 0, 7}), makes({0, 0, 0, 7}), begins({0, 0, 8, 15})}, true, {0, SIGSEGV}};
             });
    stac::TileSet left;
    for (const BatchOrder &order : again)
    {
        EXPECT_LE(order.tiles.count(), 4);
        left.insert(order.tiles);
    }
    EXPECT_EQ(left.count(), 8);
    EXPECT_TRUE(left.contains(stac::TileSet(stac::TileRange{0, 0, 8, 15})));
    EXPECT_EQ(m_run.report.tiles(), 8);
    EXPECT_EQ(m_run.report.dead_workers(), 1);
}

TEST_F(WorkersExecutorTest, ATileThatItsWorkersDieOfFailsAlone)
{
    const Work crash = [&](const BatchOrder &order) {
        return Answer{{begins(order.tiles.bounding())}, true, {0, SIGSEGV}};
    };
    std::vector<BatchOrder> left{order_of_row(0, 1)};
    for (int tries = 0; !left.empty(); ++tries)
    {
        ASSERT_LT(tries, 10);
        left = make(left.front(), crash);
    }
    ASSERT_EQ(m_run.report.failures().size(), 1u);
    const TileFailure failure = m_run.report.failures().front();
    EXPECT_EQ(failure.cause, "crash");
    EXPECT_NE(failure.reason.find("SIGSEGV"), std::string::npos) << failure.reason;
    EXPECT_EQ(m_started, failure.attempts);
}

TEST_F(WorkersExecutorTest, ATileThatTakesTooLongIsEnded)
{
    m_run.resolved.recipe.tile_timeout = 0.01;
    const auto again =
        make(order_of_row(0, 1), [&](const BatchOrder &order) { return Answer{{begins(order.tiles.bounding())}}; });
    EXPECT_EQ(m_killed, 1);
    EXPECT_TRUE(again.empty());
    ASSERT_EQ(m_run.report.failures().size(), 1u);
    EXPECT_EQ(m_run.report.failures().front().cause, "timeout");
}

TEST_F(WorkersExecutorTest, AWorkerThatTakesTooMuchIsEndedAndItsTileTriedAlone)
{
    const Work greedy = [&](const BatchOrder &order)
    {
        Answer answer{{begins(order.tiles.bounding())}};
        answer.memory = 2 * kBudget;
        return answer;
    };
    const auto again = make(order_of_row(0, 1), greedy);
    EXPECT_EQ(m_killed, 1);
    ASSERT_EQ(again.size(), 1u);
    EXPECT_TRUE(again.front().needs_all_memory);
    EXPECT_TRUE(make(again.front(), greedy).empty());
    ASSERT_EQ(m_run.report.failures().size(), 1u);
    EXPECT_EQ(m_run.report.failures().front().cause, "memory");
}

TEST_F(WorkersExecutorTest, WorkersThatDieBeforeTheyBeginEndTheRun)
{
    const Work stillborn = [](const BatchOrder &) { return Answer{{}, true, {1, 0}}; };
    const auto try_on = [&]
    {
        for (std::vector<BatchOrder> left{order_of_row(0, 1)}; !left.empty();)
        {
            left = make(left.front(), stillborn);
        }
    };
    EXPECT_THROW(try_on(), StoreError);
    EXPECT_EQ(m_started, 20);
    EXPECT_TRUE(m_run.report.failures().empty()) << "no tile is to blame";
}

TEST_F(WorkersExecutorTest, AStopIsPassedOnToTheWorker)
{
    const auto again = make(order_of_row(0, 16),
                            [&](const BatchOrder &)
                            {
                                m_run.stop = SIGTERM;
                                return Answer{{begins({0, 0, 0, 15}), makes({0, 0, 0, 3})}};
                            });
    EXPECT_TRUE(again.empty());
    EXPECT_EQ(m_killed, 0);
    EXPECT_EQ(m_run.report.tiles(), 4) << "what it said is not lost";
}

} // namespace tiledir::engine
