// Waiting after a race that was lost.
#pragma once

namespace tiledir::store
{

/// Waits after the race has been lost for the losses + 1st time: a random time, of which the longest doubles from 10 ms
/// to 1.3 s. Who lost often waits longer, but by chance not always: of many writers each gets through in time.
void pause_after(int losses);

} // namespace tiledir::store
