#include "driver/store/local_locks.h"

#include "driver/store/local_files.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <limits>
#include <tuple>
#include <utility>
#include <vector>

namespace tiledir::store
{

namespace
{

/// A byte of a lock file.
struct Place
{
    dev_t device;
    ino_t file;
    off_t byte;

    bool operator==(const Place &other) const
    {
        return std::tie(device, file, byte) == std::tie(other.device, other.file, other.byte);
    }
};

/// What this thread holds: it does not wait for itself.
std::vector<Place> &held_by_this_thread()
{
    thread_local std::vector<Place> held;
    return held;
}

/// FNV-1a: the same in all programs.
off_t byte_of(const std::string &key)
{
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char letter : key)
        hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3;
    return static_cast<off_t>(hash % static_cast<std::uint64_t>(std::numeric_limits<off_t>::max()));
}

struct flock range_of(short type, off_t byte)
{
    struct flock range = {};
    range.l_type = type;
    range.l_whence = SEEK_SET;
    range.l_start = byte;
    range.l_len = 1;
    return range;
}

class LocalLock final : public KeyLock
{
public:
    LocalLock(Descriptor file, const Place &place)
        : m_file(std::move(file))
        , m_place(place)
    {
        held_by_this_thread().push_back(m_place);
    }
    ~LocalLock() override
    {
        auto &held = held_by_this_thread();
        held.erase(std::find(held.begin(), held.end(), m_place));
        // Closing is not enough where a child process has the file too.
        struct flock range = range_of(F_UNLCK, m_place.byte);
        fcntl(m_file.get(), F_OFD_SETLK, &range);
    }

private:
    Descriptor m_file;
    Place m_place;
};

Descriptor open_lock_file(const std::string &folder, const std::string &path)
{
    const auto open_it = [&] { return open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666); };
    int fd = open_it();
    if (fd < 0 && errno == ENOENT)
    {
        make_folders(folder, true);
        fd = open_it();
    }
    if (fd < 0)
        throw StoreError(path + ": cannot lock: " + cause_of(errno) + remedy_of(errno));
    return Descriptor(fd);
}

enum class Waited
{
    Locked,
    HasNoLocks
};

Waited wait_for(const Descriptor &file, const std::string &path, off_t byte)
{
    struct flock range = range_of(F_WRLCK, byte);
    while (fcntl(file.get(), F_OFD_SETLKW, &range) != 0)
    {
        if (errno == EINVAL || errno == ENOLCK || errno == ENOSYS || errno == EOPNOTSUPP)
            return Waited::HasNoLocks;
        if (errno != EINTR)
            throw StoreError(path + ": cannot lock: " + cause_of(errno));
    }
    return Waited::Locked;
}

} // namespace

std::unique_ptr<KeyLock> take_local_lock(const std::string &folder, const std::string &key)
{
    const std::string path = folder + "/lock";
    const off_t byte = byte_of(key);
    for (;;)
    {
        Descriptor file = open_lock_file(folder, path);
        struct stat opened = {};
        if (fstat(file.get(), &opened) != 0)
            throw StoreError(path + ": cannot lock: " + cause_of(errno));
        const Place place{opened.st_dev, opened.st_ino, byte};
        const auto &held = held_by_this_thread();
        if (std::find(held.begin(), held.end(), place) != held.end())
            return std::make_unique<KeyLock>();
        if (wait_for(file, path, byte) == Waited::HasNoLocks)
            return nullptr;
        // A file that was deleted since keeps nobody out.
        struct stat there = {};
        if (stat(path.c_str(), &there) == 0 && there.st_dev == opened.st_dev && there.st_ino == opened.st_ino)
            return std::make_unique<LocalLock>(std::move(file), place);
    }
}

} // namespace tiledir::store
