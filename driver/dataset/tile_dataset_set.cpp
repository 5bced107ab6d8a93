// What users set of a dataset as a whole: what of it the item takes, and what stays as it is.
#include "driver/dataset/tile_dataset.h"
#include "stac/utc_time.h"

#include <cpl_string.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

namespace tiledir::driver
{

namespace
{

constexpr double kSamePart = 1e-6; ///< of a cell, which geotransforms that are the same may differ by

/// What an item says of itself.
struct ItemText
{
    const char *metadata;
    const char *member;
    bool is_time;
    bool may_go;
};

constexpr std::array<ItemText, 5> kItemTexts{{{"ID", "id", false, false},
                                              {"TITLE", "title", false, true},
                                              {"DATETIME", "datetime", true, false},
                                              {"START_DATETIME", "start_datetime", true, false},
                                              {"END_DATETIME", "end_datetime", true, false}}};

const ItemText *item_text(const char *name)
{
    const auto *found = std::find_if(kItemTexts.begin(), kItemTexts.end(),
                                     [name](const ItemText &text) { return EQUAL(text.metadata, name); });
    return found == kItemTexts.end() ? nullptr : found;
}

bool is_main(const char *domain)
{
    return domain == nullptr || domain[0] == '\0';
}

/// Of what tiles are, which nobody sets.
bool is_of_tiles(const char *domain)
{
    return !is_main(domain) && (EQUAL(domain, "TILEDIR") || EQUAL(domain, "STAC") || EQUAL(domain, "IMAGE_STRUCTURE"));
}

std::string text_of(const char *text)
{
    return text == nullptr ? std::string() : text;
}

} // namespace

CPLErr TileDataset::SetMetadataItem(const char *name, const char *value, const char *domain)
{
    const std::string before = text_of(GetMetadataItem(name, domain));
    const std::string after = text_of(value);
    if (is_of_tiles(domain))
    {
        return after == before
                   ? CE_None
                   : refuse("metadata domain " + std::string(domain) + " tells of its tiles: it cannot be set");
    }
    const ItemText *text = name != nullptr && is_main(domain) ? item_text(name) : nullptr;
    if (text == nullptr || (m_writer == nullptr && before.empty()))
    {
        return GDALPamDataset::SetMetadataItem(name, value, domain);
    }
    if (after == before)
    {
        return CE_None;
    }
    if (!m_writer)
    {
        return refuse(std::string(text->metadata) + " is the item's; open it for update to change it");
    }
    if (after.empty() && !text->may_go)
    {
        return refuse(std::string(text->metadata) + " is the item's: it can be changed, not taken away");
    }
    if (text->is_time && !stac::is_datetime(after))
    {
        return refuse(std::string(text->metadata) + ": is '" + after + "', should be as 2024-05-31T12:00:00Z");
    }
    m_item_change.texts[text->member] = after;
    return GDALPamDataset::SetMetadataItem(name, value, domain);
}

/// What an item must say stays where the list does not name it.
CPLErr TileDataset::SetMetadata(store::StringList metadata, const char *domain)
{
    if (is_of_tiles(domain))
    {
        return refuse("metadata domain " + std::string(domain) + " tells of its tiles: it cannot be set");
    }
    if (!is_main(domain))
    {
        return GDALPamDataset::SetMetadata(metadata, domain);
    }
    CPLStringList merged(CSLDuplicate(metadata));
    for (const ItemText &text : kItemTexts)
    {
        const std::string before = text_of(GetMetadataItem(text.metadata, domain));
        const char *after = merged.FetchNameValue(text.metadata);
        if (after != nullptr && SetMetadataItem(text.metadata, after, domain) != CE_None)
        {
            return CE_Failure;
        }
        if (after == nullptr && !before.empty())
        {
            merged.SetNameValue(text.metadata, before.c_str());
        }
    }
    return GDALPamDataset::SetMetadata(merged.List(), domain);
}

CPLErr TileDataset::TILEDIR_SET_GEO_TRANSFORM(values)
{
    for (std::size_t index = 0; index < m_geotransform.size(); ++index)
    {
        if (!(std::abs(values[index] - m_geotransform[index]) <= kSamePart * m_geotransform[1]))
        {
            return refuse("its geotransform is that of its grid and stays; gdalwarp makes a dataset on another one");
        }
    }
    return CE_None;
}

CPLErr TileDataset::SetSpatialRef(const OGRSpatialReference *crs)
{
    const bool is_none = crs == nullptr || crs->IsEmpty();
    const char *const options[] = {"IGNORE_DATA_AXIS_TO_SRS_AXIS_MAPPING=YES", nullptr};
    if (is_none ? m_crs.IsEmpty() : crs->IsSame(&m_crs, options) != 0)
    {
        return CE_None;
    }
    return refuse("its CRS is that of its grid and stays; gdalwarp makes a dataset in another one");
}

CPLErr TileDataset::SetGCPs(int count, const GDAL_GCP *, const OGRSpatialReference *)
{
    return count == 0 ? CE_None : refuse("takes no ground control points: its grid says where it lies");
}

} // namespace tiledir::driver
