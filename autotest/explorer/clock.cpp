// Time as writers see it: the folder's clock is that of the machine, and who wakes finds that what it has waited for
// for long is over. Linked in the place of the C library's functions.
#include "autotest/explorer/scheduler.h"

#include <dlfcn.h>
#include <pthread.h>

#include <cerrno>
#include <cmath>
#include <ctime>

namespace
{

using tiledir::explorer::Scheduler;

constexpr long kSecond = 1000000000;     ///< nanoseconds
constexpr long kLook = kSecond / 100;    ///< so often it is looked whether the writer has slept
constexpr std::time_t kLongSeconds = 10; ///< no schedule takes so long

/// How far this thread's clock is before the system's: it has slept so long, in seconds.
std::time_t &ahead()
{
    thread_local std::time_t seconds = 0;
    return seconds;
}

int real_gettime(clockid_t clock, timespec *time)
{
    using Get = int (*)(clockid_t, timespec *);
    static const auto kGet = reinterpret_cast<Get>(dlsym(RTLD_NEXT, "clock_gettime"));
    return kGet(clock, time);
}

int real_clockwait(pthread_cond_t *condition, pthread_mutex_t *mutex, clockid_t clock, const timespec *until)
{
    using Wait = int (*)(pthread_cond_t *, pthread_mutex_t *, clockid_t, const timespec *);
    static const auto kWait = reinterpret_cast<Wait>(dlsym(RTLD_NEXT, "pthread_cond_clockwait"));
    return kWait(condition, mutex, clock, until);
}

timespec after(const timespec &time, long nanoseconds)
{
    timespec later = time;
    later.tv_nsec += nanoseconds;
    if (later.tv_nsec >= kSecond)
    {
        later.tv_nsec -= kSecond;
        ++later.tv_sec;
    }
    return later;
}

} // namespace

extern "C" __attribute__((visibility("default"))) int clock_gettime(clockid_t clock, timespec *time) noexcept
{
    Scheduler::Place *place = Scheduler::descent().place;
    if (clock != CLOCK_BOOTTIME || place == nullptr)
    {
        const int result = real_gettime(clock, time);
        time->tv_sec += clock == CLOCK_MONOTONIC ? ahead() : 0;
        return result;
    }
    const double now = Scheduler::clock(*place);
    time->tv_sec = static_cast<std::time_t>(now);
    time->tv_nsec = static_cast<long>((now - std::floor(now)) * kSecond);
    return 0;
}

/// A long wait is over when the writer has slept. Until then it wakes often, for nothing.
extern "C" __attribute__((visibility("default"))) int
pthread_cond_clockwait(pthread_cond_t *condition, pthread_mutex_t *mutex, clockid_t clock, const timespec *until)
{
    timespec now = {};
    real_gettime(clock, &now);
    timespec real_until = *until;
    real_until.tv_sec -= clock == CLOCK_MONOTONIC ? ahead() : 0;
    if (Scheduler::descent().place == nullptr || real_until.tv_sec - now.tv_sec < kLongSeconds)
    {
        return real_clockwait(condition, mutex, clock, &real_until);
    }
    if (Scheduler::has_slept())
    {
        ahead() += real_until.tv_sec - now.tv_sec + 1;
        return ETIMEDOUT;
    }
    const timespec soon = after(now, kLook);
    real_clockwait(condition, mutex, clock, &soon);
    return 0;
}
