// Batches made in worker processes: a crash, too much memory or too much time costs a batch, not the run.
#pragma once

#include "tools/engine/executors/batch_maker.h"
#include "tools/engine/executors/memory_budget.h"
#include "tools/engine/executors/run_context.h"
#include "tools/engine/executors/worker_link.h"

namespace tiledir::engine
{

/// The context and the budget must live longer. Workers start with the first batch.
BatchMakers worker_makers(const RunContext &context, MemoryBudget &budget, int count, const StartWorker &start);
/// Of workers that are children of this process.
BatchMakers process_makers(const RunContext &context, MemoryBudget &budget, int count);

} // namespace tiledir::engine
