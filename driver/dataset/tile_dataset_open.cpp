// From a name to a dataset: which names are ours, what the item says, what of it GDAL is told.
#include "driver/dataset/tile_band.h"
#include "driver/dataset/tile_dataset.h"
#include "driver/files/dataset_files.h"
#include "driver/item/asset_choice.h"
#include "driver/item/band_sources.h"
#include "driver/item/item_beginning.h"
#include "driver/item/item_location.h"
#include "driver/item/item_place.h"
#include "driver/item/item_properties.h"
#include "driver/item/opened_item.h"
#include "driver/raster/crs/spatial_reference.h"
#include "driver/raster/folder/stored_pyramid.h"
#include "driver/raster/tile/known_formats.h"
#include "driver/raster/tile/lossy_format.h"
#include "driver/reading/band_colors.h"
#include "driver/reading/href.h"
#include "driver/reading/url_query.h"
#include "driver/store/gdal_edge.h"
#include "driver/store/opening/object_reader.h"
#include "driver/store/opening/open_store.h"
#include "driver/trees/bare_tree.h"
#include "driver/trees/document.h"
#include "driver/trees/folder_document.h"
#include "stac/grid/crs_name.h"
#include "stac/item/tile_layout.h"
#include "stac/json/json_document.h"

#include <cpl_conv.h>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

namespace tiledir::driver
{

namespace
{

constexpr int kUnknown = GDAL_IDENTIFY_UNKNOWN;
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

/// A document that the item links.
nlohmann::json linked_json(const std::string &url, const ItemLocation &location, bool allow_local)
{
    const std::string path = resolved_href(url, location.folder, allow_local, location.query()).text();
    const auto text = read_document(path);
    if (!text)
    {
        throw InputError("tile matrix set " + path + ": no such file");
    }
    return stac::parse_json(*text, "tile matrix set " + path);
}

/// True of an item without a grid, none of whose templates speaks of one.
bool names_whole_rasters(const nlohmann::json &json)
{
    if (!stac::TiledAssetsItem::tile_matrix_sets(json).empty())
    {
        return false;
    }
    const auto assets = stac::TiledAssetsItem::from_json_without_grid(json).assets;
    return std::none_of(assets.begin(), assets.end(),
                        [](const stac::TileAsset &asset)
                        {
                            const stac::HrefTemplate href(asset.href);
                            return std::any_of(href.parameters().begin(), href.parameters().end(),
                                               [](const std::string &name)
                                               { return name.find(':') == std::string::npos; });
                        });
}

stac::TiledAssetsItem item_of(const nlohmann::json &json, const ItemLocation &location, bool allow_local)
{
    try
    {
        if (names_whole_rasters(json))
        {
            return stac::TiledAssetsItem::from_json_without_grid(json);
        }
        auto item = stac::TiledAssetsItem::from_json(json, raster::crs_facts, location.tile_matrix_set,
                                                     [&](const std::string &url)
                                                     { return linked_json(url, location, allow_local); });
        settle_item(location, allow_local, item);
        return item;
    }
    catch (InputError &error)
    {
        error.under(location.path());
        throw;
    }
    catch (const nlohmann::json::exception &error)
    {
        throw InputError(location.path(), std::string("not a tiled-assets item: ") + error.what());
    }
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

/// Trees of tiles may lie in no CRS.
OGRSpatialReference crs_of(const stac::TileMatrixSet &grid)
{
    if (stac::names_a_file(grid.crs)) // of documents that are no sets
    {
        throw InputError("crs: names a file, which the CRS of a grid may not");
    }
    return grid.crs.empty() ? OGRSpatialReference() : raster::with_epsg_code(raster::spatial_reference(grid.crs));
}

/// Where it cannot be told, it is left to other drivers.
bool leads_to_item(const char *url)
{
    const CPLErrorHandlerPusher quiet(CPLQuietErrorHandler);
    const CPLErrorStateBackuper unchanged;
    return at_gdal_edge(false, [url] { return holds_tiled_assets(locate_item(url)); });
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

int TileDataset::identify(GDALOpenInfo *info) noexcept
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
        [info]
        {
            if (has_prefix(info->pszFilename) || (is_only_allowed_driver(*info) && !is_no_document(*info)))
            {
                note_what_gdal_read(*info);
                return TRUE;
            }
            if (may_be_item_url(info->pszFilename))
            {
                return kUnknown; // a request tells, which open() makes
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

GDALDataset *TileDataset::open(GDALOpenInfo *info) noexcept
{
    const int ours = identify(info);
    if (ours == FALSE || (ours == kUnknown && !leads_to_item(info->pszFilename)))
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
    OpenedItem opened;
    opened.options = OpenOptions::from(info.papszOpenOptions);
    opened.options.reading.warns_of_none = info.eAccess != GA_Update;
    read_item(info.pszFilename, opened);
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

void TileDataset::read_item(const char *name, OpenedItem &opened)
{
    const OpenOptions &options = opened.options;
    const bool as_tree = !options.scheme.empty() || !options.grid.empty();
    opened.location = as_tree ? locate_tree(name) : locate_item(name);
    for (const auto &[dimension, value] : options.dimensions)
    {
        opened.location.dimensions[dimension] = value;
    }
    const bool bare = opened.location.file.empty();
    if (bare && !as_tree && is_unfinished_dataset(opened.location.folder))
    {
        throw InputError(opened.location.folder,
                         "is not whole: a dataset is made there, or was when its writer died; make it again");
    }
    const std::string text = bare ? "" : driver::read_item(opened.location);
    if (!bare && !describes_tree(text))
    {
        opened.json = stac::parse_json(text, opened.location.path());
        opened.item = item_of(opened.json, opened.location, options.allow_local);
        opened.stored = {opened.item.limits, {}};
        for (const std::string &warning : opened.item.warnings)
        {
            warn(opened.location.path() + ": " + warning);
        }
        return;
    }
    if (bare)
    {
        BareTree tree = bare_tree(opened.location.folder, options.scheme, options.grid);
        opened.item = std::move(tree.item);
        opened.stored = std::move(tree.stored);
    }
    else
    {
        opened.item = item_of_document(opened.location.path(), text);
        opened.stored = {opened.item.limits, {}};
    }
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
