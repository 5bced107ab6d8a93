#include "driver/store/written_objects.h"

#include "driver/store/gdal_errors.h"

#include <cpl_vsi.h>

#include <memory>

namespace tiledir::store
{

namespace
{

constexpr const char *kOwnFolder = ".tiledir/";

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
    VSIStatBufL status;
    if (VSIStatExL(root.c_str(), &status, VSI_STAT_EXISTS_FLAG | VSI_STAT_NATURE_FLAG) != 0)
    {
        return;
    }
    const GdalErrors errors;
    const std::unique_ptr<VSIDIR, decltype(&VSICloseDir)> dir(VSIOpenDir(root.c_str(), -1, nullptr), VSICloseDir);
    if (!dir)
    {
        throw StoreError(root + ": cannot be listed: " + errors.cause("GDAL gives no reason"));
    }
    while (const VSIDIREntry *entry = VSIGetNextDirEntry(dir.get()))
    {
        const std::string key = prefix + entry->pszName;
        const bool is_file = entry->bModeKnown ? VSI_ISREG(entry->nMode) : key.back() != '/';
        if (is_file && key.compare(0, std::string(kOwnFolder).size(), kOwnFolder) != 0 &&
            time_of(*entry, store.path(key)) >= since)
        {
            visit(key);
        }
    }
    if (errors.failed())
    {
        throw StoreError(root + ": cannot be listed: " + errors.cause("GDAL gives no reason"));
    }
}

} // namespace tiledir::store
