// Any bytes as a STAC item or tile matrix set, from the text to the paths of tiles. Nothing but InputError may come
// out, numbers stay within what GDAL's ints hold, and a path of an item from the web leads to the web.
#include "autotest/fuzz/fuzz_checks.h"
#include "driver/item/open_options.h"
#include "driver/item/raster_levels.h"
#include "driver/reading/href.h"
#include "driver/reading/tile_source.h"
#include "stac/item/tiled_assets_item.h"
#include "stac/json/json_document.h"

#include <algorithm>
#include <cstdint>
#include <limits>

using namespace tiledir;
using namespace tiledir::fuzz;

namespace
{

/// The options of the fuzzer's own member: {"fuzz:options": ["LEVEL=3", "EXTENT=0,0,1,1"]}.
CPLStringList options_of(const nlohmann::json &json)
{
    CPLStringList list;
    if (const auto options = json.find("fuzz:options"); options != json.end() && options->is_array())
    {
        for (const nlohmann::json &option : *options)
        {
            if (option.is_string())
            {
                list.AddString(option.get<std::string>().c_str());
            }
        }
    }
    return list;
}

/// Every document that the item links is its own member fuzz:linked.
stac::FetchJson fetch_from(const nlohmann::json &json)
{
    return [&json](const std::string &url)
    {
        driver::resolved_href(url, "/vsicurl/https://example.com/tiles", false);
        return json.value("fuzz:linked", nlohmann::json());
    };
}

bool leads_to_the_web(const std::string &path)
{
    for (const std::string beginning :
         {"/vsicurl/http://", "/vsicurl/https://", "/vsis3/", "/vsigs/", "/vsiaz/", "/vsiadls/"})
    {
        if (path.compare(0, beginning.size(), beginning) == 0)
        {
            return true;
        }
    }
    return false;
}

void expand(const stac::TileAsset &asset, const stac::TileMatrix &matrix, const stac::TileRange &tiles)
{
    const driver::ResolvedHref href = driver::resolved_href(asset.href, "/vsicurl/https://example.com/tiles", false);
    const driver::TileSource source(
        href, {{"TileMatrixSet", "/vsimem/x"}, {"eo:band", asset.bands.empty() ? "" : asset.bands.front().name}});
    require(leads_to_the_web(source.folder() + '/' + source.key(matrix, tiles.min_row, tiles.min_col)));
    require(leads_to_the_web(source.folder() + '/' + source.key(matrix, tiles.max_row, tiles.max_col)));
}

void walk(const stac::TiledAssetsItem &item, const driver::OpenOptions &options)
{
    constexpr auto kLargest = std::numeric_limits<int>::max();
    const auto levels = driver::raster_levels(item, options);
    require(!levels.empty());
    for (const driver::RasterLevel &level : levels)
    {
        require(level.window.width > 0 && level.window.width <= kLargest);
        require(level.window.height > 0 && level.window.height <= kLargest);
        const stac::TileMatrix &matrix = item.tile_matrix_set.matrices.at(level.matrix);
        const stac::TileRange tiles = matrix.tiles_of(level.window);
        require(!tiles.empty() && tiles.count() > 0);
        const stac::PixelWindow whole = matrix.range_window(tiles);
        require(whole.intersection(level.window) == level.window);
        matrix.tiles_covering(matrix.bounds(level.window));
        for (const stac::TileAsset &asset : item.assets)
        {
            allowing_input_errors([&] { expand(asset, matrix, tiles); });
        }
    }
}

void read_item(const nlohmann::json &json, const std::string &set)
{
    const auto item = stac::TiledAssetsItem::from_json(json, stac::facts_of_common_crs, set, fetch_from(json));
    allowing_input_errors([&] { walk(item, {}); });
    allowing_input_errors([&] { walk(item, driver::OpenOptions::from(options_of(json).List())); });
    const std::string again = item.to_json().dump();
    stac::TiledAssetsItem::from_json(stac::parse_json(again, "written"));
}

/// A few of the sets: a hundred, each with the whole item read and written, are a hundred times the work of any input.
void read_sets(const nlohmann::json &json, const std::vector<std::string> &sets)
{
    constexpr std::size_t kMost = 4;
    for (std::size_t i = 0; i < std::min(sets.size(), kMost); ++i)
    {
        allowing_input_errors([&] { read_item(json, sets[i]); });
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string text(reinterpret_cast<const char *>(data), size);
    stac::TiledAssetsItem::looks_like_one(text);
    allowing_input_errors(
        [&]
        {
            const nlohmann::json json = stac::parse_json(text, "fuzzed");
            allowing_input_errors(
                [&]
                {
                    const auto set = stac::TileMatrixSet::from_json(json);
                    require(set.same_grid(stac::TileMatrixSet::from_json(set.to_json())));
                });
            allowing_input_errors([&] { read_item(json, ""); });
            allowing_input_errors([&] { read_sets(json, stac::TiledAssetsItem::tile_matrix_sets(json)); });
        });
    return 0;
}
