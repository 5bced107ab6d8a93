#include "driver/store/lock_file.h"

#include "stac/error.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstdint>
#include <limits>

namespace tiledir::store
{

off_t lock_byte(const std::string &text)
{
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char letter : text)
        hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3;
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
        throw StoreError(path + ": cannot lock: " + cause_of(errno) + remedy_of(errno));
    return Descriptor(fd);
}

bool wait_for_lock(const Descriptor &file, const std::string &folder, off_t byte)
{
    struct flock range = lock_range(F_WRLCK, byte);
    while (fcntl(file.get(), F_OFD_SETLKW, &range) != 0)
    {
        if (errno == EINVAL || errno == ENOLCK || errno == ENOSYS || errno == EOPNOTSUPP)
            return false;
        if (errno != EINTR)
            throw StoreError(folder + "/lock: cannot lock: " + cause_of(errno));
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
            return std::nullopt;
        if (is_in_place(file, folder))
            return file;
    }
}

void unlock(const Descriptor &file, off_t byte)
{
    struct flock range = lock_range(F_UNLCK, byte);
    fcntl(file.get(), F_OFD_SETLK, &range);
}

} // namespace tiledir::store
