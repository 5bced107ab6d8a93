// Runs the batches of a plan: on threads of this process or in worker processes.
#pragma once

#include "driver/journal/journal.h"
#include "tools/engine/executors/memory_budget.h"
#include "tools/engine/plan/batch_order.h"
#include "tools/engine/report/report.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tiledir::engine
{

/// One run, as its executor sees it.
struct RunContext
{
    const Job &job;
    const Plan &plan;
    store::Store &store;
    tiledir::journal::Journal &journal;
    Report &report;
    std::function<bool()> stopping; ///< asked between portions of work
    std::function<void()> abandon;  ///< ends the process, where work does not end soon after `stopping`
    bool fresh = false;             ///< there was nothing in the output
    /// Before a tile is written: returns once that may be done. Throws StoreError: it may not, or not any more.
    std::function<void()> wait_until_open = [] {};
    std::string intent_key; ///< of the run, so that worker processes look at it too
    std::string intent_id;

    /// A tile is written (by a worker: and durable).
    void made(const stac::TileId &tile, bool stored, std::size_t bytes) const;
    /// A tile failed for good; told at once.
    void failed(const TileFailure &failure) const;
};

/// Makes one batch after the other: a thread's own, or the worker process that it minds.
class BatchMaker
{
public:
    virtual ~BatchMaker() = default;
    /// What is to be tried again, in other portions. Throws StoreError, which ends the run.
    virtual std::vector<BatchOrder> make(const BatchOrder &order) = 0;
    /// Returns when all that make() has made last is written; for any thread. Throws as make() does.
    virtual std::function<void()> writing() const
    {
        return [] {};
    }
};

using BatchMakers = std::vector<std::unique_ptr<BatchMaker>>;

/// Returns when all is made, failed or held back, or when `stopping` says so. Throws StoreError when the store
/// refuses; what was finished is in the journal then.
void execute(const RunContext &context);

} // namespace tiledir::engine
