// What makes batches for a run.
#pragma once

#include "tools/engine/plan/batch_order.h"

#include <functional>
#include <memory>
#include <vector>

namespace tiledir::engine
{

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

} // namespace tiledir::engine
