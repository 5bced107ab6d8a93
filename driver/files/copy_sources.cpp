#include "driver/files/copy_sources.h"

#include "driver/files/tiled_folders.h"
#include "driver/item/item_location.h"
#include "driver/raster/input/vrt_sources.h"
#include "driver/store/local/local_files.h"
#include "driver/store/network/folder_entries.h"
#include "driver/store/network_path.h"

#include <cpl_conv.h>
#include <cpl_string.h>

#include <sys/stat.h>

#include <optional>
#include <vector>

namespace tiledir::driver
{

namespace
{

/// Drivers of datasets that are made of others.
const char *const kCompounds[] = {"TileDir", "VRT", "GTI", nullptr}; // NOLINT(*-avoid-c-arrays): as GDAL takes them

bool is_local(const std::string &path)
{
    return path.rfind("/vsi", 0) != 0;
}

using FileId = std::pair<dev_t, ino_t>;

std::optional<FileId> file_id(const std::string &path)
{
    struct stat status = {};
    return ::stat(path.c_str(), &status) == 0 ? std::optional(FileId(status.st_dev, status.st_ino)) : std::nullopt;
}

/// A key's parts, without those that stand for nothing.
std::string normal_key(const std::string &path)
{
    const CPLStringList parts(CSLTokenizeString2(path.c_str(), "/", 0));
    std::vector<std::string> kept;
    for (int index = 0; index < parts.size(); ++index)
    {
        const std::string part = parts[index];
        if (part == ".." && !kept.empty())
        {
            kept.pop_back();
        }
        else if (part != ".")
        {
            kept.push_back(part);
        }
    }
    std::string key;
    for (const std::string &part : kept)
    {
        key += '/' + part;
    }
    return key + '/';
}

bool is_below(std::string path, const FileId &folder)
{
    path = store::canonical_path(path);
    for (std::size_t end = path.size(); end != std::string::npos && end > 0; end = path.rfind('/', end - 1))
    {
        if (file_id(path.substr(0, end)) == folder)
        {
            return true;
        }
    }
    return false;
}

/// Of all that lies in a folder, through links.
std::set<FileId> ids_in(const std::string &folder)
{
    std::set<FileId> ids;
    store::for_each_entry(folder, store::Depth::Tree, false,
                          [&](const VSIDIREntry &entry)
                          {
                              if (const auto id = file_id(folder + '/' + entry.pszName))
                              {
                                  ids.insert(*id);
                              }
                              return true;
                          });
    return ids;
}

/// Without a request: over a network a name tells.
bool may_be_compound(const std::string &name)
{
    if (has_prefix(name))
    {
        return true;
    }
    if (store::is_on_network(name))
    {
        const char *const extension = CPLGetExtension(name.c_str());
        return EQUAL(extension, "vrt") || EQUAL(extension, "json") || EQUAL(extension, "");
    }
    return GDALIdentifyDriverEx(name.c_str(), GDAL_OF_RASTER, kCompounds, nullptr) != nullptr;
}

} // namespace

CopySources::CopySources(GDALDataset &dataset)
{
    const CPLErrorHandlerPusher quiet(CPLQuietErrorHandler);
    const CPLErrorStateBackuper unchanged;
    add(dataset);
}

CopySources::CopySources(const std::vector<std::string> &names)
{
    const CPLErrorHandlerPusher quiet(CPLQuietErrorHandler);
    const CPLErrorStateBackuper unchanged;
    for (const std::string &name : names)
    {
        m_paths.insert(name);
        add_dataset(name);
    }
}

void CopySources::add(GDALDataset &dataset)
{
    if (const auto *tiles = dynamic_cast<const TiledFolders *>(&dataset))
    {
        for (const std::string &folder : tiles->tile_folders())
        {
            m_paths.insert(folder);
        }
        m_opened.insert(dataset.GetDescription());
    }
    add_sources_of_vrt(dataset);
    add_dataset(dataset.GetDescription());
    const CPLStringList files(dataset.GetFileList());
    for (int index = 0; index < files.size(); ++index)
    {
        m_paths.insert(files[index]);
        add_dataset(files[index]);
    }
}

void CopySources::add_sources_of_vrt(GDALDataset &dataset)
{
    for (const std::string &name : raster::vrt_sources(dataset))
    {
        m_paths.insert(name);
        add_dataset(name);
    }
}

void CopySources::add_dataset(const std::string &name)
{
    if (name.empty() || !m_opened.insert(name).second || !may_be_compound(name))
    {
        return;
    }
    const GDALDatasetUniquePtr dataset(GDALDataset::Open(name.c_str(), GDAL_OF_RASTER, kCompounds));
    if (dataset)
    {
        add(*dataset);
    }
}

std::string CopySources::in_folder(const std::string &folder) const
{
    const bool on_disk = is_local(folder);
    const auto id = on_disk ? file_id(folder) : std::nullopt;
    if (on_disk && !id)
    {
        return "";
    }
    const std::set<FileId> inside = on_disk ? ids_in(folder) : std::set<FileId>();
    for (const std::string &path : m_paths)
    {
        if (is_local(path) != on_disk)
        {
            continue;
        }
        const auto own = on_disk ? file_id(path) : std::nullopt;
        const bool is_there = on_disk ? own && (inside.count(*own) > 0 || is_below(path, *id))
                                      : normal_key(path).rfind(normal_key(folder), 0) == 0;
        if (is_there)
        {
            return path;
        }
    }
    return "";
}

} // namespace tiledir::driver
