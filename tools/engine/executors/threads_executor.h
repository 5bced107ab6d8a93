// Runs the batches of a plan on threads of this process.
#pragma once

#include "tools/engine/batch_runner.h"

namespace tiledir::engine
{

/// Returns when all is made, failed or held back, or when `stopping` says so. Throws StoreError when the store
/// refuses; what was finished is in the journal then.
void run_on_threads(const RunContext &context, int threads);

} // namespace tiledir::engine
