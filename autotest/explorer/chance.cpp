// What of the programs is left to chance, made the same in each run of a schedule: random names, and pauses after a
// race that was lost. Linked in the place of the C++ library's and of driver/store/backoff.cpp.
#include "autotest/explorer/scheduler.h"
#include "driver/store/backoff.h"

#include <random>

std::random_device::result_type std::random_device::_M_getval()
{
    return tiledir::explorer::Scheduler::draw();
}

namespace tiledir::store
{

void pause_after(int /*losses*/)
{
    explorer::Scheduler::pause();
}

} // namespace tiledir::store
