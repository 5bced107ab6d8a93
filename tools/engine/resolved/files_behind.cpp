#include "tools/engine/resolved/files_behind.h"

#include "driver/raster/input/vrt_sources.h"
#include "driver/store/gdal_errors.h"
#include "driver/store/local/local_files.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <gdal_priv.h>

#include <set>

namespace tiledir::engine
{
namespace
{

/// Told by the name, or over no network by the first bytes.
bool may_be_vrt(const std::string &name)
{
    const char *const extension = CPLGetExtension(name.c_str());
    if (EQUAL(extension, "tif") || EQUAL(extension, "tiff"))
    {
        return false;
    }
    const char *const drivers[] = {"VRT", nullptr};
    const bool is_remote = name.rfind("/vsi", 0) == 0;
    return EQUAL(extension, "vrt") ||
           (!is_remote && GDALIdentifyDriverEx(name.c_str(), GDAL_OF_RASTER, drivers, nullptr) != nullptr);
}

void add(const std::string &name, std::set<std::string> &seen, std::vector<std::string> &names)
{
    if (!seen.insert(name).second)
    {
        return;
    }
    names.push_back(store::canonical_path(name));
    if (!may_be_vrt(name))
    {
        return;
    }
    const char *const drivers[] = {"VRT", nullptr};
    const GDALDatasetUniquePtr dataset(GDALDataset::Open(name.c_str(), GDAL_OF_RASTER, drivers));
    if (!dataset)
    {
        return;
    }
    for (const std::string &source : raster::vrt_sources(*dataset))
    {
        add(source, seen, names);
    }
}

} // namespace

std::vector<std::string> files_behind(const std::string &path)
{
    const store::GdalErrors quiet;
    std::set<std::string> seen;
    std::vector<std::string> names;
    add(path, seen, names);
    return names;
}

} // namespace tiledir::engine
