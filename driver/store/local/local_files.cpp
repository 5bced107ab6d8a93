#include "driver/store/local/local_files.h"

#include "stac/error.h"

#include <boost/filesystem.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <iterator>
#include <memory>
#include <system_error>

namespace tiledir::store
{

namespace fs = boost::filesystem;

namespace
{

/// Would any other object of the store fare the same?
bool is_fault_of_store(int error)
{
    static const int kErrors[] = {ENOSPC, EDQUOT, EACCES, EPERM, EROFS, EIO, EMFILE, ENFILE, ENOMEM, ENODEV, ESTALE};
    return std::find(std::begin(kErrors), std::end(kErrors), error) != std::end(kErrors);
}

ErrorKind kind_of(int error)
{
    switch (error)
    {
    case ENOENT:
    case ENOTDIR:
        return ErrorKind::Absent;
    case EACCES:
    case EPERM:
    case EROFS:
        return ErrorKind::Refused;
    case ENOSPC:
    case EDQUOT:
        return ErrorKind::Full;
    default:
        return ErrorKind::Other;
    }
}

} // namespace

int Descriptor::close()
{
    const int fd = std::exchange(m_fd, -1);
    return fd < 0 || ::close(fd) == 0 ? 0 : errno;
}

std::string canonical_path(const std::string &path)
{
    if (path.rfind("/vsi", 0) == 0)
    {
        return path;
    }
    const std::unique_ptr<char, decltype(&std::free)> found(::realpath(path.c_str(), nullptr), std::free);
    return found ? found.get() : path;
}

std::string cause_of(int error)
{
    return std::generic_category().message(error);
}

bool is_absent(int error)
{
    return error == ENOENT || error == ENOTDIR;
}

const char *remedy_of(int error)
{
    switch (error)
    {
    case ENOSPC:
        return "; free some space or choose another output folder";
    case EDQUOT:
        return "; free some space or raise the quota";
    case EACCES:
    case EPERM:
        return "; this user needs write permission on the output folder";
    case EROFS:
        return "; choose an output folder on a writable file system";
    case ENOTDIR:
        return "; every part of the path before the last must be a folder";
    case EISDIR:
        return "; a folder lies where the file should be";
    default:
        return "";
    }
}

void throw_write_error(const std::string &path, const char *verb, int error)
{
    TileError failure(path, std::string("cannot ") + verb + ": " + cause_of(error) + remedy_of(error));
    failure.set_kind(kind_of(error));
    if (is_fault_of_store(error))
    {
        throw StoreError(failure);
    }
    throw failure;
}

void throw_read_error(const std::string &path, int error)
{
    TileError failure(path, "cannot read: " + cause_of(error));
    failure.set_kind(kind_of(error));
    if (error == EMFILE || error == ENFILE || error == ENOMEM || error == ESTALE)
    {
        throw StoreError(failure);
    }
    throw failure;
}

Descriptor open_file(const std::string &path, struct stat &status)
{
    Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.get() < 0 && is_absent(errno))
    {
        return file;
    }
    if (file.get() < 0 || fstat(file.get(), &status) != 0)
    {
        throw_read_error(path, errno);
    }
    if (!S_ISREG(status.st_mode))
    {
        throw TileError(path, "is not a regular file");
    }
    return file;
}

void make_folders(const std::string &folder, bool for_all)
{
    boost::system::error_code error;
    fs::create_directories(folder, error);
    if (!error)
    {
        return;
    }
    if (for_all)
    {
        throw StoreError(folder, "cannot make the folder: " + cause_of(error.value()) + remedy_of(error.value()));
    }
    throw_write_error(folder, "make the folder", error.value());
}

std::string parent_of(const std::string &path)
{
    return fs::path(path).parent_path().string();
}

int write_all(int fd, const void *data, std::size_t size)
{
    const char *next = static_cast<const char *>(data);
    while (size > 0)
    {
        const ssize_t written = ::write(fd, next, size);
        if (written < 0 && errno != EINTR)
        {
            return errno;
        }
        if (written > 0)
        {
            next += written;
            size -= static_cast<std::size_t>(written);
        }
    }
    return 0;
}

void fsync_path(const std::string &path, int flags)
{
    Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | flags));
    if (file.get() < 0 && is_absent(errno))
    {
        return;
    }
    if (file.get() < 0 || fsync(file.get()) != 0)
    {
        throw StoreError(path, "cannot make durable: " + cause_of(errno) + remedy_of(errno));
    }
}

Stamp stamp_of(const struct stat &status)
{
    std::array<char, 100> text{};
    std::snprintf(text.data(), text.size(), "%llx-%llx-%lld.%09ld", static_cast<unsigned long long>(status.st_ino),
                  static_cast<unsigned long long>(status.st_size), static_cast<long long>(status.st_mtim.tv_sec),
                  status.st_mtim.tv_nsec);
    return Stamp{text.data()};
}

std::size_t read_whole(const Descriptor &file, const std::string &path, Bytes &bytes)
{
    std::size_t filled = 0;
    while (filled < bytes.size())
    {
        const ssize_t got = ::read(file.get(), bytes.data() + filled, bytes.size() - filled);
        if (got < 0 && errno == EINTR)
        {
            continue;
        }
        if (got < 0)
        {
            throw_read_error(path, errno);
        }
        if (got == 0)
        {
            break;
        }
        filled += static_cast<std::size_t>(got);
    }
    return filled;
}

void make_time_its_own(int fd)
{
    constexpr long kSecond = 1000000000;
    constexpr int kBits = 22; ///< of nanoseconds: 4 ms
    struct stat status = {};
    timespec now = {};
    if (fstat(fd, &status) != 0 || clock_gettime(CLOCK_MONOTONIC, &now) != 0)
    {
        return;
    }
    const std::uint64_t clock = static_cast<std::uint64_t>(now.tv_sec) * kSecond + now.tv_nsec;
    const std::uint64_t mixed = clock * 0x9e3779b97f4a7c15 >> (64 - kBits);
    timespec time = status.st_mtim;
    time.tv_nsec -= static_cast<long>(mixed);
    if (time.tv_nsec < 0)
    {
        time.tv_nsec += kSecond;
        --time.tv_sec;
    }
    const std::array<timespec, 2> times{timespec{0, UTIME_OMIT}, time};
    futimens(fd, times.data());
}

} // namespace tiledir::store
