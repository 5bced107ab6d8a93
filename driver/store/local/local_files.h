// Files of the local file system: descriptors, and its errors in our words.
#pragma once

#include "driver/store/store.h"

#include <cstddef>
#include <string>
#include <utility>

#include <sys/stat.h>

namespace tiledir::store
{

/// An open file, or -1.
class Descriptor
{
public:
    explicit Descriptor(int fd)
        : m_fd(fd)
    {
    }
    ~Descriptor() { close(); }
    Descriptor(Descriptor &&other) noexcept
        : m_fd(std::exchange(other.m_fd, -1))
    {
    }
    Descriptor(const Descriptor &) = delete;
    Descriptor &operator=(const Descriptor &) = delete;
    Descriptor &operator=(Descriptor &&) = delete;

    int get() const { return m_fd; }
    /// 0 or errno.
    int close();

private:
    int m_fd;
};

/// The system's words for an errno.
std::string cause_of(int error);

/// What would let a write succeed; empty where the system's own words say it all.
const char *remedy_of(int error);

/// Does this errno say that the file is not there?
bool is_absent(int error);

[[noreturn]] void throw_write_error(const std::string &path, const char *verb, int error);
[[noreturn]] void throw_read_error(const std::string &path, int error);

/// One name for all spellings of a path, and for links; what is absent, and what lies on GDAL's virtual file systems,
/// keeps the name as it is written.
std::string canonical_path(const std::string &path);

/// Opens a regular file to read; a pipe's other end is not waited for. -1 where it is absent.
Descriptor open_file(const std::string &path, struct stat &status);

/// With its parents. A failure is the store's fault where the folder is for all objects.
void make_folders(const std::string &folder, bool for_all);

std::string parent_of(const std::string &path);

/// 0 or errno.
int write_all(int fd, const void *data, std::size_t size);

/// The state of a file: inode, size, time of the last write.
Stamp stamp_of(const struct stat &status);

/// Fills `bytes`; returns how many there were. Throws TileError, StoreError.
std::size_t read_whole(const Descriptor &file, const std::string &path, Bytes &bytes);

/// Moves the time of the last write back by up to 4 ms, by chance: an inode and a size that come again within one tick
/// of the system's clock (ext4 gives inodes out again at once) are then told apart.
void make_time_its_own(int fd);

/// What is absent was removed since: its parent folder's fsync() covers that.
void fsync_path(const std::string &path, int flags);

} // namespace tiledir::store
