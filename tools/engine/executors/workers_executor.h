// Batches made in worker processes: a crash, too much memory or too much time costs a batch, not the run.
#pragma once

#include "tools/engine/executors/executor.h"

namespace tiledir::engine
{

/// The context and the budget must live longer. Processes start with the first batch.
BatchMakers worker_makers(const RunContext &context, MemoryBudget &budget, int count);

} // namespace tiledir::engine
