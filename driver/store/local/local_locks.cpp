#include "driver/store/local/local_locks.h"

#include "driver/store/local/lock_file.h"
#include "stac/error.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
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
        unlock(m_file, m_place.byte);
    }

private:
    Descriptor m_file;
    Place m_place;
};

} // namespace

std::unique_ptr<KeyLock> take_local_lock(const std::string &folder, const std::string &key)
{
    const off_t byte = lock_byte(key);
    for (;;)
    {
        Descriptor file = open_lock_file(folder);
        struct stat opened = {};
        if (fstat(file.get(), &opened) != 0)
        {
            throw StoreError(folder + "/lock: cannot lock: " + cause_of(errno));
        }
        const Place place{opened.st_dev, opened.st_ino, byte};
        const auto &held = held_by_this_thread();
        if (std::find(held.begin(), held.end(), place) != held.end())
        {
            return std::make_unique<KeyLock>();
        }
        if (!wait_for_lock(file, folder, byte))
        {
            return nullptr;
        }
        if (is_in_place(file, folder))
        {
            return std::make_unique<LocalLock>(std::move(file), place);
        }
    }
}

} // namespace tiledir::store
