// SIGINT and SIGTERM ask a run to stop; it ends in order and can be resumed.
#pragma once

namespace tiledir::engine
{

/// Catches SIGINT and SIGTERM from now on. A second signal ends the process at once.
void catch_stop_signals();

/// The signal that asked; 0 while none did.
int stop_requested();

} // namespace tiledir::engine
