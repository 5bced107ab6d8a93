// Tells a process that it has stood still: stopped, suspended, or moved to another machine.
#pragma once

#include "driver/store/store.h"

#include <atomic>
#include <cstdint>
#include <functional>

namespace tiledir::journal
{

/// Long before an intent counts as dead.
constexpr store::Seconds kPauseToNotice{30};

/// Time since the machine was started, its sleep included (CLOCK_BOOTTIME).
store::Seconds boot_time();

/// Asked again and again by threads at work. May be used from many threads.
class PauseWatch
{
public:
    using Clock = std::function<store::Seconds()>;

    explicit PauseWatch(store::Seconds pause, Clock clock = boot_time);

    /// Has nobody asked for a pause's length? All who ask are told so until one says go_on().
    bool is_after_pause();
    void go_on();

private:
    const store::Seconds m_pause;
    const Clock m_clock;
    std::atomic<double> m_last;
};

} // namespace tiledir::journal
