#include "driver/store/local/life_lock.h"

#include "driver/store/local/file_system.h"
#include "driver/store/local/local_files.h"
#include "driver/store/local/lock_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace tiledir::store
{

namespace
{

class LifeLock final : public KeyLock
{
public:
    LifeLock(Descriptor file, off_t byte)
        : m_file(std::move(file))
        , m_byte(byte)
    {
    }
    ~LifeLock() override { unlock(m_file, m_byte); }

private:
    Descriptor m_file;
    off_t m_byte;
};

off_t byte_of_life(const std::string &id)
{
    return lock_byte("life of " + id);
}

} // namespace

std::unique_ptr<KeyLock> take_life_lock(const std::string &folder, const std::string &id)
{
    const off_t byte = byte_of_life(id);
    auto locked = lock_in_file(folder, byte);
    return locked ? std::make_unique<LifeLock>(std::move(*locked), byte) : nullptr;
}

std::optional<bool> is_life_locked(const std::string &folder, const std::string &id)
{
    const std::string path = folder + "/lock";
    const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0)
    {
        const int error = errno;
        return is_absent(error) && is_local_disk(folder) ? std::optional(false) : std::nullopt;
    }
    struct flock range = lock_range(F_WRLCK, byte_of_life(id));
    if (fcntl(file.get(), F_OFD_GETLK, &range) != 0)
    {
        return std::nullopt;
    }
    if (range.l_type != F_UNLCK)
    {
        return true;
    }
    return is_local_disk(folder) ? std::optional(false) : std::nullopt;
}

} // namespace tiledir::store
