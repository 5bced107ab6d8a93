// One stage of a run: batches that may be made at the same time, handed out to makers.
#pragma once

#include "tools/engine/executors/batch_ends.h"
#include "tools/engine/executors/batch_maker.h"
#include "tools/engine/executors/memory_budget.h"
#include "tools/engine/plan/batch_sizes.h"

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace tiledir::engine
{

/// Hands batches to makers, each on a thread of its own, as they ask for them; never holds more than a few, and begins
/// no more at once than memory allows.
class Stage
{
public:
    using Offer = std::function<bool(BatchOrder)>;

    Stage(const RunContext &context, MemoryBudget &budget, BatchMakers &makers, BatchEnds &ends, BatchSizes &sizes);

    /// `orders` offers the stage's batches until it is told to stop; an offer returns when there is room for another.
    /// Returns when all tiles are computed. Throws what a maker has thrown.
    void run(const std::function<void(const Offer &)> &orders);

    /// After the last stage: returns when all that was made is written. Throws as run() does.
    void finish();

private:
    bool offer(BatchOrder order);
    void start(std::vector<std::thread> &threads, const std::function<void()> &work);
    void end(std::vector<std::thread> &threads);
    void serve(std::size_t maker);
    std::vector<BatchOrder> make(std::size_t maker, const BatchOrder &order);
    bool take(BatchOrder &order);
    void ended(std::vector<BatchOrder> again, const std::exception_ptr &error);
    void note(const std::exception_ptr &error);
    void wait_for_makers();

    const RunContext &m_context;
    MemoryBudget &m_budget;
    BatchMakers &m_makers;
    BatchEnds &m_ends;
    BatchSizes &m_sizes;
    std::mutex m_mutex; ///< guards what follows
    std::condition_variable m_changed;
    std::deque<BatchOrder> m_waiting;
    std::size_t m_serving = 0; ///< threads that have not ended
    bool m_complete = false;   ///< no more are offered
    std::exception_ptr m_error;
};

} // namespace tiledir::engine
