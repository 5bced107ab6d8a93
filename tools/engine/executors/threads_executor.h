// Batches made on threads of this process.
#pragma once

#include "tools/engine/executors/batch_maker.h"
#include "tools/engine/executors/memory_budget.h"
#include "tools/engine/executors/run_context.h"

namespace tiledir::engine
{

/// The context and the budget must live longer.
BatchMakers thread_makers(const RunContext &context, MemoryBudget &budget, int count);

} // namespace tiledir::engine
