#include "tools/engine/executors/threads_executor.h"

#include <condition_variable>
#include <deque>
#include <exception>
#include <thread>

namespace tiledir::engine
{
namespace
{

using Work = void (BatchRunner::*)(const Batch &);
using Batches = std::function<void(const std::function<bool(Batch)> &)>;

/// Hands batches to threads as they ask for them; never holds more than a few.
class Stage
{
public:
    Stage(const RunContext &context, std::vector<std::unique_ptr<BatchRunner>> &runners, Work work)
        : m_context(context)
        , m_runners(runners)
        , m_work(work)
    {
    }

    void run(const Batches &batches)
    {
        std::vector<std::thread> threads;
        threads.reserve(m_runners.size());
        for (auto &runner : m_runners)
        {
            threads.emplace_back([this, &runner] { serve(*runner); });
        }
        batches([this](Batch batch) { return offer(std::move(batch)); });
        {
            const std::lock_guard<std::mutex> lock(m_mutex);
            m_complete = true;
        }
        m_changed.notify_all();
        for (auto &thread : threads)
        {
            thread.join();
        }
        if (m_error)
        {
            std::rethrow_exception(m_error);
        }
    }

private:
    bool offer(Batch batch)
    {
        std::unique_lock<std::mutex> lock(m_mutex);
        m_changed.wait(lock, [&] { return m_error || m_waiting.size() < m_runners.size(); });
        if (m_error || m_context.stopping())
        {
            return false;
        }
        m_waiting.push_back(std::move(batch));
        m_changed.notify_all();
        return true;
    }

    void serve(BatchRunner &runner)
    {
        for (;;)
        {
            Batch batch;
            {
                std::unique_lock<std::mutex> lock(m_mutex);
                m_changed.wait(lock, [&] { return m_error || m_complete || !m_waiting.empty(); });
                if (m_error || m_waiting.empty() || m_context.stopping())
                {
                    m_waiting.clear();
                    m_changed.notify_all();
                    if (m_error || m_complete)
                    {
                        return;
                    }
                    continue;
                }
                batch = std::move(m_waiting.front());
                m_waiting.pop_front();
                m_changed.notify_all();
            }
            try
            {
                (runner.*m_work)(batch);
            }
            catch (...)
            {
                const std::lock_guard<std::mutex> lock(m_mutex);
                m_error = std::current_exception();
                m_changed.notify_all();
                return;
            }
        }
    }

    const RunContext &m_context;
    std::vector<std::unique_ptr<BatchRunner>> &m_runners;
    Work m_work;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<Batch> m_waiting;
    bool m_complete = false;
    std::exception_ptr m_error;
};

/// What of a level's overviews is left after the batches below: less those above tiles that failed.
stac::TileSet left_to_make(const RunContext &context, int level)
{
    stac::TileSet tiles = context.plan.overviews().at(level);
    tiles.erase(context.report.made_at(level));
    const stac::LevelSets unmade = context.report.unmade();
    const auto below = unmade.find(level + 1);
    if (below != unmade.end())
    {
        stac::parents(context.job.grid, level + 1, below->second, context.job.overview_halo())
            .common(tiles)
            .for_each_run(
                [&](std::int64_t row, std::int64_t first, std::int64_t last)
                {
                    for (std::int64_t col = first; col <= last; ++col)
                    {
                        context.report.held_back({level, row, col});
                    }
                    tiles.erase(row, first, last);
                });
    }
    return tiles;
}

} // namespace

void run_on_threads(const RunContext &context, int threads)
{
    std::vector<std::unique_ptr<BatchRunner>> runners;
    runners.reserve(static_cast<std::size_t>(threads));
    for (int i = 0; i < threads; ++i)
    {
        runners.push_back(std::make_unique<BatchRunner>(context));
    }
    Stage(context, runners, &BatchRunner::compute)
        .run([&](const std::function<bool(Batch)> &offer) { context.plan.for_each_batch(offer); });
    const stac::LevelSets &overviews = context.plan.overviews();
    for (auto level = overviews.rbegin(); level != overviews.rend() && !context.stopping(); ++level)
    {
        const stac::TileSet tiles = left_to_make(context, level->first);
        Stage(context, runners, &BatchRunner::make_overviews)
            .run([&, finer = level->first](const std::function<bool(Batch)> &offer)
                 { for_each_overview_batch(context.job, finer, tiles, offer); });
    }
}

} // namespace tiledir::engine
