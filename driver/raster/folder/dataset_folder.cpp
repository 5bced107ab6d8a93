#include "driver/raster/folder/dataset_folder.h"

#include "driver/raster/crs/spatial_reference.h"
#include "driver/raster/folder/grid_place.h"
#include "driver/store/network_path.h"
#include "driver/store/opening/open_store.h"
#include "stac/error.h"
#include "stac/grid/href_template.h"
#include "stac/item/tile_layout.h"
#include "stac/json/json_document.h"

#include <utility>

namespace tiledir::raster
{

namespace
{

constexpr const char *kItemFile = "stac.json";

bool is_file(const std::string &path)
{
    const std::string end = ".json";
    return path.size() > end.size() && path.compare(path.size() - end.size(), end.size(), end) == 0;
}

std::string folder_of(const std::string &name)
{
    const std::string path = store::vsi_path(name);
    const auto slash = path.rfind('/');
    if (is_file(path))
    {
        return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
    }
    const auto last = path.find_last_not_of('/');
    return last == std::string::npos ? path : path.substr(0, last + 1);
}

std::string item_key_of(const std::string &name)
{
    return is_file(name) ? name.substr(name.rfind('/') + 1) : kItemFile; // npos + 1 is 0
}

/// What is wrong is said of the item.
template <class Read> auto read_at(const std::string &path, Read &&read)
{
    try
    {
        return read();
    }
    catch (InputError &error)
    {
        error.under(path);
        throw;
    }
    catch (const nlohmann::json::exception &error)
    {
        throw InputError(path, std::string("not a tiled-assets item: ") + error.what());
    }
}

} // namespace

DatasetFolder::DatasetFolder(const std::string &name)
    : DatasetFolder(store::open_store(folder_of(name)), item_key_of(name))
{
}

DatasetFolder::DatasetFolder(std::unique_ptr<store::Store> store, std::string item_key)
    : m_store(std::move(store))
    , m_item_key(std::move(item_key))
    , m_item(open_item())
    , m_pyramid(read_at(m_store->path(m_item_key), [this] { return stored_pyramid(m_item, *m_store); }))
    , m_tiles(m_pyramid, *m_store)
{
}

stac::TiledAssetsItem DatasetFolder::open_item()
{
    const nlohmann::json json = read_json();
    m_layout = stac::tile_layout(json);
    return item_of(json);
}

nlohmann::json DatasetFolder::read_json() const
{
    const std::string path = m_store->path(m_item_key);
    const auto text = m_store->read_text(m_item_key);
    if (!text)
    {
        throw InputError(path, "no such file; a folder of tiles has a STAC item that describes them");
    }
    return stac::parse_json(*text, path);
}

stac::TiledAssetsItem DatasetFolder::item_of(const nlohmann::json &json) const
{
    return read_at(m_store->path(m_item_key),
                   [&]
                   {
                       const auto linked = [this](const std::string &url)
                       {
                           const auto document = m_store->read_text(url);
                           if (!document)
                           {
                               throw InputError("tile matrix set " + url + ": no such file below the item");
                           }
                           return stac::parse_json(*document, url);
                       };
                       auto item = stac::TiledAssetsItem::from_json(json, crs_facts, {}, linked);
                       settle_grid(tile_reader(item), item);
                       return item;
                   });
}

ReadTile DatasetFolder::tile_reader(const stac::TiledAssetsItem &item) const
{
    const std::string href = item.assets.front().href;
    const std::string &key = item.tile_matrix_set_key;
    return [this, href = stac::HrefTemplate(href.rfind("./", 0) == 0 ? href.substr(2) : href),
            set = key.empty() ? item.tile_matrix_set.id : key](const stac::TileMatrix &matrix, std::int64_t row,
                                                               std::int64_t col)
    {
        const std::string tile = href.expand(matrix, row, col, {{"TileMatrixSet", set}});
        auto bytes = m_store->read(tile);
        return TileBytes{m_store->path(tile),
                         bytes ? std::make_shared<const store::Bytes>(*std::move(bytes)) : nullptr};
    };
}

std::map<int, stac::TileRange> DatasetFolder::limits_of(const stac::TiledAssetsItem &item) const
{
    std::map<int, stac::TileRange> limits;
    for (int level = m_pyramid.coarsest; level <= m_pyramid.finest; ++level)
    {
        const stac::TileMatrix &matrix = m_pyramid.matrix(level);
        const auto said = item.limits.find(matrix.id);
        limits[level] = said == item.limits.end() ? matrix.range() : said->second;
    }
    return limits;
}

} // namespace tiledir::raster
