#include "driver/store/local/lock_file.h"

#include "stac/error.h"

#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <thread>

namespace tiledir::store
{

namespace
{

/// A thread that waits for a lock, and who waits for the thread.
struct Waiting
{
    std::mutex mutex; ///< for what follows
    std::condition_variable ending;
    std::optional<int> error; ///< 0: it is locked
    bool is_left = false;     ///< nobody waits for the thread any more
};

/// The system's waiting has no end. Nullopt where patience has one; else as fcntl() sets errno, 0 where it is locked.
std::optional<int> wait_beside(const Descriptor &file, off_t byte, std::chrono::seconds patience)
{
    const auto waiting = std::make_shared<Waiting>();
    std::thread(
        [waiting, byte, same = std::make_shared<Descriptor>(fcntl(file.get(), F_DUPFD_CLOEXEC, 0))]
        {
            struct flock range = lock_range(F_WRLCK, byte);
            int error = EINTR;
            while (error == EINTR)
            {
                error = fcntl(same->get(), F_OFD_SETLKW, &range) == 0 ? 0 : errno;
            }
            const std::lock_guard<std::mutex> lock(waiting->mutex);
            waiting->error = error;
            if (waiting->is_left && error == 0)
            {
                unlock(*same, byte);
            }
            waiting->ending.notify_one();
        })
        .detach();
    std::unique_lock<std::mutex> lock(waiting->mutex);
    waiting->ending.wait_for(lock, patience, [&] { return waiting->error.has_value(); });
    waiting->is_left = true;
    return waiting->error;
}

} // namespace

off_t lock_byte(const std::string &text)
{
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char letter : text)
    {
        hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3;
    }
    return static_cast<off_t>(hash % static_cast<std::uint64_t>(std::numeric_limits<off_t>::max()));
}

struct flock lock_range(short type, off_t byte)
{
    struct flock range = {};
    range.l_type = type;
    range.l_whence = SEEK_SET;
    range.l_start = byte;
    range.l_len = 1;
    return range;
}

Descriptor open_lock_file(const std::string &folder)
{
    const std::string path = folder + "/lock";
    const auto open_it = [&] { return open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666); };
    int fd = open_it();
    if (fd < 0 && errno == ENOENT)
    {
        make_folders(folder, true);
        fd = open_it();
    }
    if (fd < 0)
    {
        throw StoreError(path, "cannot lock: " + cause_of(errno) + remedy_of(errno));
    }
    return Descriptor(fd);
}

bool wait_for_lock(const Descriptor &file, const std::string &folder, off_t byte, std::chrono::seconds patience)
{
    struct flock range = lock_range(F_WRLCK, byte);
    int error = fcntl(file.get(), F_OFD_SETLK, &range) == 0 ? 0 : errno;
    if (error == EAGAIN || error == EACCES)
    {
        const auto ended = wait_beside(file, byte, patience);
        if (!ended)
        {
            throw StoreError(folder + "/lock: byte " + std::to_string(byte) + " has been locked for " +
                             std::to_string(patience.count()) +
                             " s by another writer, which stands still; let it go on, or end it (`lslocks` names those "
                             "that hold the file), and do this again");
        }
        error = *ended;
    }
    if (error == EINVAL || error == ENOLCK || error == ENOSYS || error == EOPNOTSUPP)
    {
        return false;
    }
    if (error != 0)
    {
        throw StoreError(folder + "/lock: cannot lock: " + cause_of(error));
    }
    return true;
}

bool is_in_place(const Descriptor &file, const std::string &folder)
{
    struct stat opened = {};
    struct stat there = {};
    return fstat(file.get(), &opened) == 0 && stat((folder + "/lock").c_str(), &there) == 0 &&
           there.st_dev == opened.st_dev && there.st_ino == opened.st_ino;
}

std::optional<Descriptor> lock_in_file(const std::string &folder, off_t byte)
{
    for (;;)
    {
        Descriptor file = open_lock_file(folder);
        if (!wait_for_lock(file, folder, byte))
        {
            return std::nullopt;
        }
        if (is_in_place(file, folder))
        {
            return file;
        }
    }
}

void unlock(const Descriptor &file, off_t byte)
{
    struct flock range = lock_range(F_UNLCK, byte);
    fcntl(file.get(), F_OFD_SETLK, &range);
}

} // namespace tiledir::store
