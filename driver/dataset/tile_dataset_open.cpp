// From a name to a dataset.
#include "driver/dataset/identification.h"
#include "driver/dataset/item_opening.h"
#include "driver/dataset/tile_band.h"
#include "driver/dataset/tile_dataset.h"
#include "driver/item/asset_choice.h"
#include "driver/item/band_sources.h"
#include "driver/item/item_location.h"
#include "driver/item/opened_item.h"
#include "driver/raster/crs/spatial_reference.h"
#include "driver/raster/folder/stored_pyramid.h"
#include "driver/raster/tile/lossy_format.h"
#include "driver/store/gdal_edge.h"
#include "driver/store/opening/open_store.h"
#include "driver/trees/document.h"
#include "stac/grid/crs_name.h"
#include "stac/item/tile_layout.h"

#include <cpl_conv.h>

#include <utility>

namespace tiledir::driver
{

namespace
{

/// Trees of tiles may lie in no CRS.
OGRSpatialReference crs_of(const stac::TileMatrixSet &grid)
{
    if (stac::names_a_file(grid.crs)) // of documents that are no sets
    {
        throw InputError("crs: names a file, which the CRS of a grid may not");
    }
    return grid.crs.empty() ? OGRSpatialReference() : raster::with_epsg_code(raster::spatial_reference(grid.crs));
}

/// Over a network GDAL would look for the file of statistics with a request of its own at each opening. Where it has
/// opened the item itself it has listed the folder before.
CPLStringList known_siblings(const ItemLocation &location, GDALOpenInfo &info)
{
    CPLStringList siblings;
    if (!store::is_remote(location.folder))
    {
        return siblings;
    }
    siblings.AddString(location.file.c_str());
    const std::string statistics = location.file + ".aux.xml";
    const bool opened_by_gdal = info.nHeaderBytes > 0 && location.path() == info.pszFilename;
    char **const listed = opened_by_gdal ? info.GetSiblingFiles() : nullptr;
    const bool there = listed != nullptr ? CSLFindString(listed, statistics.c_str()) >= 0
                                         : !location.file.empty() && location.query().empty() &&
                                               side_file_exists(location.folder + '/' + statistics);
    if (there)
    {
        siblings.AddString(statistics.c_str());
    }
    return siblings;
}

/// Throws InputError: the item cannot be written to as it was opened. Tiles of the extent may come to be there.
std::unique_ptr<TileWriter> writer_of(OpenedItem &opened)
{
    const std::string &path = opened.location.path();
    if (opened.json.is_null())
    {
        throw InputError(path, "opens read-only: only a directory with a STAC item says how its tiles are made");
    }
    if (EQUAL(CPLGetExtension(path.c_str()), "gz"))
    {
        throw InputError(path, "opens read-only: it is compressed");
    }
    if (!opened.options.level.empty())
    {
        throw InputError(
            path, "open option LEVEL: opens read-only; the base level is written to, the others are made from it");
    }
    auto store = store::open_store(opened.location.folder);
    raster::Pyramid pyramid = raster::stored_pyramid(opened.item, *store, template_values(opened.dimensions));
    for (const RasterLevel &level : raster_levels(opened.item, opened.options))
    {
        const stac::TileMatrix &matrix = opened.item.tile_matrix_set.matrices[level.matrix];
        if (!opened.stored.limits.empty())
        {
            stac::TileRange &limits = opened.stored.limits[matrix.id];
            limits = limits.united(matrix.tiles_of(level.window).intersection(matrix.range()).value_or(limits));
        }
    }
    store->check_writable();
    WritingOptions options;
    options.refresh = opened.options.refresh;
    options.threads = opened.options.reading.threads;
    options.lossy = raster::is_lossy(pyramid.format);
    options.overviews_from_process = raster::has_overviews_from_process(opened.item);
    options.asset = opened.assets.front().key;
    options.layout = stac::tile_layout(opened.json);
    return std::make_unique<TileWriter>(std::move(pyramid), std::move(store), opened.location.file, options);
}

} // namespace

GDALDataset *TileDataset::open(GDALOpenInfo *info) noexcept
{
    const int ours = identify_dataset(info);
    if (ours == FALSE || (ours == GDAL_IDENTIFY_UNKNOWN && !leads_to_item(info->pszFilename)))
    {
        return nullptr;
    }
    GDALDataset *const dataset = at_gdal_edge<GDALDataset *>(nullptr, [info] { return open_item(*info).release(); });
    if (dataset != nullptr && info->eAccess == GA_Update)
    {
        CPLErrorReset(); // GDAL has complained that /vsis3/ cannot be opened for update
    }
    return dataset;
}

std::unique_ptr<GDALDataset> TileDataset::open_item(GDALOpenInfo &info)
{
    OpenOptions options = OpenOptions::from(info.papszOpenOptions);
    options.reading.warns_of_none = info.eAccess != GA_Update;
    OpenedItem opened = driver::open_item(info.pszFilename, std::move(options));
    if (opened.item.tile_matrix_set.matrices.empty())
    {
        return std::make_unique<ChoiceList>(whole_rasters(opened.item, opened.location, opened.options.allow_local));
    }
    opened.assets = chosen_assets(opened.item, opened.location);
    if (!opened.json.is_null())
    {
        const auto choices = open_choices(opened.item, opened.json, opened.location);
        if (!choices.empty())
        {
            return std::make_unique<ChoiceList>(choices);
        }
    }
    opened.dimensions = dimension_choices(opened.item, opened.assets, opened.location.dimensions).front();
    std::unique_ptr<TileWriter> writer = info.eAccess == GA_Update ? writer_of(opened) : nullptr;
    auto dataset = make(opened);
    dataset->SetDescription(info.pszFilename);
    dataset->SetPhysicalFilename(dataset->m_item_path.c_str());
    // Each part has statistics of its own in stac.json.aux.xml.
    std::string part = opened.item.assets.size() > opened.assets.size() ? opened.assets[0].key : "";
    for (const std::string &more :
         {opened.location.tile_matrix_set, connection_part(opened.dimensions), opened.options.part})
    {
        part += (part.empty() || more.empty() ? "" : ":") + more;
    }
    if (!part.empty())
    {
        dataset->SetSubdatasetName(part.c_str());
    }
    CPLStringList siblings = known_siblings(opened.location, info);
    dataset->TryLoadXML(siblings.empty() ? nullptr : siblings.List());
    dataset->describe(opened);
    for (int band = 0; band < dataset->nBands; ++band)
    {
        static_cast<TileBand *>(dataset->papoBands[band])->tell_statistics();
    }
    dataset->nPamFlags &= ~GPF_DIRTY;
    if (writer)
    {
        dataset->allow_writing(std::move(writer));
    }
    return dataset;
}

std::unique_ptr<TileDataset> TileDataset::make(const OpenedItem &opened)
{
    BandSources found = band_sources(opened);
    const auto levels = raster_levels(opened.item, opened.options);
    check_tile_sizes(opened.item.tile_matrix_set, levels, found.pixels);
    const auto reader =
        std::make_shared<const TileReader>(found.sources, opened.item.tile_matrix_set, opened.stored,
                                           opened.item.pixel_buffers, std::move(found.pixels), opened.options.reading);
    auto dataset = std::make_unique<TileDataset>(reader, levels, crs_of(opened.item.tile_matrix_set));
    dataset->m_item_path = opened.location.path();
    dataset->describe_bands(found.bands);
    for (const auto &overview : dataset->m_overviews)
    {
        overview->describe_bands(found.bands);
    }
    return dataset;
}

} // namespace tiledir::driver
