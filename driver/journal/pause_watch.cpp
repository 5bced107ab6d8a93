#include "driver/journal/pause_watch.h"

#include <ctime>
#include <utility>

namespace tiledir::journal
{

store::Seconds boot_time()
{
    timespec now = {};
    clock_gettime(CLOCK_BOOTTIME, &now);
    return store::Seconds(static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec));
}

PauseWatch::PauseWatch(store::Seconds pause, Clock clock)
    : m_pause(pause)
    , m_clock(std::move(clock))
    , m_last(m_clock().count())
{
}

bool PauseWatch::is_after_pause()
{
    const double now = m_clock().count();
    if (now - m_last > m_pause.count())
    {
        return true;
    }
    m_last = now;
    return false;
}

void PauseWatch::go_on()
{
    m_last = m_clock().count();
}

} // namespace tiledir::journal
