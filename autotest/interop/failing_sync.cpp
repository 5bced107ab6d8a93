// Preloaded: of a process' calls of syncfs(), by whichever threads, number FAILING_SYNC fails.
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>

extern "C" __attribute__((visibility("default"))) int syncfs(int descriptor) noexcept
{
    static std::atomic<int> count{0};
    const char *number = std::getenv("FAILING_SYNC");
    if (number == nullptr || ++count != std::atoi(number))
    {
        return static_cast<int>(syscall(SYS_syncfs, descriptor));
    }
    syscall(SYS_syncfs, -1); // seen by strace
    errno = EIO;
    return -1;
}
