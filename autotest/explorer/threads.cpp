// Threads that writers start: the scheduler knows whose they are. Linked in the place of the C library's function.
#include "autotest/explorer/scheduler.h"

#include <dlfcn.h>
#include <pthread.h>

#include <memory>

namespace
{

using tiledir::explorer::Scheduler;

using Start = void *(*)(void *);

struct Started
{
    Start start;
    void *argument;
    Scheduler::Descent descent;
};

void *run(void *argument)
{
    const std::unique_ptr<Started> started(static_cast<Started *>(argument));
    Scheduler::descent() = started->descent;
    void *result = started->start(started->argument);
    Scheduler::ends(Scheduler::descent());
    return result;
}

} // namespace

extern "C" __attribute__((visibility("default"))) int
pthread_create(pthread_t *thread, const pthread_attr_t *attributes, Start start, void *argument) noexcept
{
    using Create = int (*)(pthread_t *, const pthread_attr_t *, Start, void *);
    static const auto kCreate = reinterpret_cast<Create>(dlsym(RTLD_NEXT, "pthread_create"));
    Scheduler::Descent descent = Scheduler::descent();
    ++descent.depth;
    Scheduler::begins(descent);
    // NOLINTNEXTLINE(bugprone-unhandled-exception-at-new): without memory the tests end
    return kCreate(thread, attributes, &run, new Started{start, argument, descent});
}
