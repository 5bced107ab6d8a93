// What GDAL is told of an item: metadata of the dataset and of its bands.
#include "driver/dataset/tile_band.h"
#include "driver/dataset/tile_dataset.h"
#include "driver/item/item_properties.h"
#include "driver/item/opened_item.h"
#include "driver/raster/tile/known_formats.h"
#include "driver/reading/band_colors.h"

namespace tiledir::driver
{

void TileDataset::describe_bands(const std::vector<stac::ItemBand> &bands)
{
    for (int number = 1; number <= nBands; ++number)
    {
        const stac::ItemBand &item_band = bands[number - 1];
        BandDescription description;
        description.color = color_of_common_name(item_band.common_name);
        description.unit = item_band.unit;
        description.scale = item_band.scale;
        description.offset = item_band.offset;
        description.statistics = item_band.statistics;
        description.name = item_band.name;
        description.text = item_band.description;
        description.common_name = item_band.common_name;
        description.bits_per_sample = item_band.bits_per_sample;
        static_cast<TileBand *>(papoBands[number - 1])->describe(description);
    }
}

void TileDataset::describe(const OpenedItem &opened)
{
    const auto set = [this](const char *name, const std::string &value, const char *domain = "")
    {
        if (!value.empty())
        {
            GDALPamDataset::SetMetadataItem(name, value.c_str(), domain);
        }
    };
    for (int band = 1; band <= nBands; ++band)
    {
        static_cast<TileBand *>(papoBands[band - 1])->show_description();
    }
    set("ID", opened.item.id);
    set("TITLE", opened.item.title);
    set("DATETIME", opened.item.datetime.value_or(""));
    set("START_DATETIME", opened.item.start_datetime);
    set("END_DATETIME", opened.item.end_datetime);
    GDALPamDataset::SetMetadata(nullptr, "STAC"); // as it was saved with other metadata
    for (const auto &[name, value] : item_properties(opened.json))
    {
        set(name.c_str(), value, "STAC");
    }
    set("ITEM", m_item_path, "TILEDIR");
    if (opened.assets.size() == 1)
    {
        set("ASSET", opened.assets[0].key, "TILEDIR");
        set("TEMPLATE", opened.assets[0].href, "TILEDIR");
    }
    for (const auto &[name, value] : opened.dimensions)
    {
        set(("DIMENSION_" + name).c_str(), value, "TILEDIR");
    }
    set("TILE_MATRIX_SET", opened.item.tile_matrix_set.id, "TILEDIR");
    set("TILE_MATRIX", m_reader->matrix(m_level.matrix).id, "TILEDIR");
    set("INTERLEAVE", opened.assets.size() > 1 ? "BAND" : nBands > 1 ? "PIXEL" : "", "IMAGE_STRUCTURE");
    set("COMPRESSION", raster::compression_of(opened.assets[0].media_type), "IMAGE_STRUCTURE");
}

} // namespace tiledir::driver
