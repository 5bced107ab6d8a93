// Runs the batches of a plan by the executor that its recipe names.
#pragma once

#include "tools/engine/executors/run_context.h"

namespace tiledir::engine
{

/// Returns when all is made, failed or held back, or when `stopping` says so. Throws StoreError when the store
/// refuses; what was finished is in the journal then.
void execute(const RunContext &context);

} // namespace tiledir::engine
