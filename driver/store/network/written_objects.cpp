#include "driver/store/network/written_objects.h"

#include "driver/store/network/folder_entries.h"
#include "driver/store/own_folder.h"

namespace tiledir::store
{

namespace
{

const std::string kOwnPrefix = std::string(kOwnFolder) + "/";

std::time_t time_of(const VSIDIREntry &entry, const std::string &path)
{
    if (entry.bMTimeKnown)
    {
        return static_cast<std::time_t>(entry.nMTime);
    }
    VSIStatBufL status;
    return VSIStatL(path.c_str(), &status) == 0 ? status.st_mtime : 0;
}

} // namespace

void for_each_written_since(const Store &store, const std::string &folder, std::time_t since,
                            const std::function<void(const std::string &key)> &visit)
{
    const std::string prefix = folder.empty() || folder.back() == '/' ? folder : folder + '/';
    const std::string root = store.path(prefix.empty() ? "" : prefix.substr(0, prefix.size() - 1));
    for_each_entry(root, Depth::Tree, true,
                   [&](const VSIDIREntry &entry)
                   {
                       const std::string key = prefix + entry.pszName;
                       const bool is_file = entry.bModeKnown ? VSI_ISREG(entry.nMode) : key.back() != '/';
                       if (is_file && key.compare(0, kOwnPrefix.size(), kOwnPrefix) != 0 &&
                           time_of(entry, store.path(key)) >= since)
                       {
                           visit(key);
                       }
                       return true;
                   });
}

} // namespace tiledir::store
