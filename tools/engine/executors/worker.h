// The other end of the batch protocol: what `tiledir worker` does. See docs/explanation/executors.md.
#pragma once

#include "tools/engine/processes/process_registry.h"

#include <string>

namespace tiledir::engine
{

/// Makes the batches that come on standard input, a line each, of the recipe saved in an output (where it is empty, of
/// the recipe in the first line), until a line says the end. Where the input ends without one, or cannot be written to
/// any more, whoever asked is gone: the process ends at once. Recipes know
/// `processes`. Returns the exit code.
int serve_batches(const std::string &output, const ProcessRegistry &processes);

} // namespace tiledir::engine
