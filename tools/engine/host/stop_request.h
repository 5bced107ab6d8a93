// SIGINT and SIGTERM ask a run to stop; it ends in order and can be resumed.
#pragma once

#include <functional>

namespace tiledir::engine
{

/// Catches SIGINT and SIGTERM from now on. A second signal ends the process at once.
void catch_stop_signals();

/// For a worker: SIGTERM alone asks; SIGINT, which a terminal sends to all, is for its parent to pass on.
void catch_termination();

/// The signal that asked; 0 while none did.
int stop_requested();

/// Waits; false, and at once, where the work is to stop.
bool pause(double seconds, const std::function<bool()> &stopping);

} // namespace tiledir::engine
