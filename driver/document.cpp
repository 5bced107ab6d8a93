#include "driver/document.h"

#include "driver/store/object_reader.h"
#include "stac/error.h"
#include "stac/json_document.h"

#include <cpl_conv.h>
#include <cpl_vsi.h>

namespace tiledir::driver
{

namespace
{

constexpr std::size_t kMaxSize = stac::kMaxJsonSize;

} // namespace

std::optional<std::string> read_document(const std::string &path)
{
    const std::string folder = CPLGetPath(path.c_str());
    store::ReadSettings settings;
    settings.max_bytes = kMaxSize;
    if (!store::is_remote(path))
    {
        VSIStatBufL status;
        if (VSIStatExL(path.c_str(), &status, VSI_STAT_EXISTS_FLAG | VSI_STAT_NATURE_FLAG | VSI_STAT_SIZE_FLAG) != 0 ||
            VSI_ISDIR(status.st_mode))
        {
            return std::nullopt;
        }
        if (static_cast<std::size_t>(status.st_size) > kMaxSize)
        {
            throw InputError(path + ": is larger than 16 MiB");
        }
    }
    return store::open_object_reader(folder.empty() ? "." : folder, settings)->read_text(CPLGetFilename(path.c_str()));
}

} // namespace tiledir::driver
