#include "driver/dataset/identification.h"

#include "driver/files/dataset_files.h"
#include "driver/item/item_beginning.h"
#include "driver/item/item_location.h"
#include "driver/reading/url_query.h"
#include "driver/store/gdal_edge.h"
#include "driver/store/opening/object_reader.h"
#include "driver/trees/document.h"
#include "stac/json/json_document.h"

#include <cpl_conv.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace tiledir::driver
{

namespace
{

constexpr int kHeaderSize = 16384; ///< bytes looked at before a .json file is read whole

std::string first_bytes(const GDALOpenInfo &info)
{
    return {reinterpret_cast<const char *>(info.pabyHeader), static_cast<std::size_t>(info.nHeaderBytes)};
}

/// Compressed, by its server too, or in UTF-16.
bool is_encoded(const GDALOpenInfo &info)
{
    const std::string bytes = first_bytes(info);
    const bool by_server = store::is_remote(info.pszFilename) && bytes.find_first_of("{[ \t\r\n\xEF") != 0;
    return by_server || is_compressed(bytes) || stac::begins_like_utf16(bytes);
}

/// Spares a request where GDAL's look at a document's beginning has shown all of it.
void note_what_gdal_read(GDALOpenInfo &info)
{
    if (info.nHeaderBytes > 0 && !is_encoded(info) && store::is_remote(info.pszFilename) &&
        info.TryToIngest(kHeaderSize) && info.nHeaderBytes < kHeaderSize)
    {
        store::note_read_by_gdal(with_plain_query(info.pszFilename), info.pabyHeader,
                                 static_cast<std::size_t>(info.nHeaderBytes));
    }
}

bool is_item_file(GDALOpenInfo &info)
{
    if (info.nHeaderBytes == 0 || !names_json(without_query(with_plain_query(info.pszFilename))))
    {
        return false;
    }
    const auto begins_like_item = [&info] { return may_begin_item(first_bytes(info)); };
    if (is_encoded(info))
    {
        return holds_tiled_assets(locate_item(info.pszFilename)); // its beginning tells nothing
    }
    if (!begins_like_item() || !info.TryToIngest(kHeaderSize) || !begins_like_item())
    {
        return false;
    }
    note_what_gdal_read(info);
    return holds_tiled_assets(locate_item(info.pszFilename));
}

/// Does the caller want this driver alone (gdalinfo -if TileDir)?
bool is_only_allowed_driver(const GDALOpenInfo &info)
{
    return CSLCount(info.papszAllowedDrivers) == 1 && EQUAL(info.papszAllowedDrivers[0], "TileDir");
}

/// A file of which GDAL has read the beginning, and which begins as neither JSON nor XML does, nor compressed.
bool is_no_document(const GDALOpenInfo &info)
{
    const std::string_view header(reinterpret_cast<const char *>(info.pabyHeader),
                                  static_cast<std::size_t>(info.nHeaderBytes));
    const auto begin = header.find_first_not_of(" \t\r\n\xEF\xBB\xBF"); // a byte order mark
    return begin != std::string_view::npos && std::string_view("{<\x1F").find(header[begin]) == std::string_view::npos;
}

} // namespace

int identify_dataset(GDALOpenInfo *info) noexcept
{
    if (info == nullptr || info->pszFilename == nullptr)
    {
        return FALSE;
    }
    // Asking is no reason for an error: what cannot be read is not claimed.
    const CPLErrorHandlerPusher quiet(CPLQuietErrorHandler);
    const CPLErrorStateBackuper unchanged;
    return at_gdal_edge(
        FALSE,
        [info]() -> int
        {
            if (has_prefix(info->pszFilename) || (is_only_allowed_driver(*info) && !is_no_document(*info)))
            {
                note_what_gdal_read(*info);
                return TRUE;
            }
            if (may_be_item_url(info->pszFilename))
            {
                return GDAL_IDENTIFY_UNKNOWN; // a request tells, which open() makes
            }
            if (!info->bIsDirectory)
            {
                return is_item_file(*info) ? TRUE : FALSE;
            }
            const bool ours =
                holds_tiled_assets(locate_item(info->pszFilename)) ||
                (!store::is_remote(info->pszFilename) && is_unfinished_dataset(locate_tree(info->pszFilename).folder));
            return ours ? TRUE : FALSE;
        });
}

bool leads_to_item(const char *url)
{
    const CPLErrorHandlerPusher quiet(CPLQuietErrorHandler);
    const CPLErrorStateBackuper unchanged;
    return at_gdal_edge(false, [url] { return holds_tiled_assets(locate_item(url)); });
}

} // namespace tiledir::driver
