#include "driver/store/local/file_system.h"

#include <linux/magic.h>
#include <sys/vfs.h>

#include <algorithm>
#include <iterator>

namespace tiledir::store
{

namespace
{

constexpr unsigned kZfs = 0x2fc12fc1;
constexpr unsigned kBcachefs = 0xca451a4e;

bool is_one_that_syncs(unsigned type)
{
    static const unsigned kTypes[] = {EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC, BTRFS_SUPER_MAGIC, F2FS_SUPER_MAGIC,
                                      TMPFS_MAGIC};
    return std::find(std::begin(kTypes), std::end(kTypes), type) != std::end(kTypes);
}

} // namespace

bool is_synced_whole(int descriptor)
{
    struct statfs status = {};
    return fstatfs(descriptor, &status) == 0 && is_one_that_syncs(static_cast<unsigned>(status.f_type));
}

bool is_local_disk(const std::string &path)
{
    struct statfs status = {};
    if (statfs(path.c_str(), &status) != 0)
    {
        return false;
    }
    const auto type = static_cast<unsigned>(status.f_type);
    return is_one_that_syncs(type) || type == OVERLAYFS_SUPER_MAGIC || type == kZfs || type == kBcachefs;
}

} // namespace tiledir::store
