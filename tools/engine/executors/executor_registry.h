// The executors: what a recipe's `executor` names.
#pragma once

#include "tools/engine/executors/batch_maker.h"
#include "tools/engine/executors/memory_budget.h"
#include "tools/engine/executors/run_context.h"

#include <functional>
#include <string>
#include <vector>

namespace tiledir::engine
{

struct ExecutorKind
{
    std::string name;
    /// What makes `at_once` batches at the same time; the context and the budget must live longer.
    std::function<BatchMakers(const RunContext &context, MemoryBudget &budget, int at_once)> makers;
    bool is_serial = false;       ///< one batch at a time, whatever `threads` says
    bool ends_slow_tiles = false; ///< heeds `tile_timeout`
};

/// All kinds. A new one is a file of its makers and a line here; recipe/executor_names.h has the names.
const std::vector<ExecutorKind> &executor_kinds();

/// The recipe's; where that is `auto`, the first that heeds what the recipe asks for.
const ExecutorKind &executor_of(const Recipe &recipe);

} // namespace tiledir::engine
