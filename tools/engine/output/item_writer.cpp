#include "tools/engine/output/item_writer.h"

#include "driver/journal/output_layout.h"
#include "driver/raster/crs/globe.h"
#include "driver/raster/crs/spatial_reference.h"
#include "driver/raster/folder/pam_statistics.h"
#include "driver/raster/folder/stored_pyramid.h"
#include "driver/raster/pixels/data_type.h"
#include "driver/store/update_object.h"
#include "stac/item/item_merge.h"
#include "stac/item/tiled_assets_item.h"
#include "stac/json/json_document.h"
#include "stac/utc_time.h"
#include "tools/engine/host/side_by_side.h"

#include <boost/filesystem.hpp>

#include <ctime>

namespace tiledir::engine
{
namespace
{

using journal::kItemKey;
constexpr const char *kMixed = "tiledir:mixed";
constexpr const char *kState = "tiledir:state";
constexpr const char *kTitle = "title";

stac::TileAsset asset(const ResolvedRecipe &resolved)
{
    stac::TileAsset tiles;
    tiles.href = resolved.tile_path.text();
    tiles.media_type = raster::format_media_type(resolved.format.driver);
    tiles.title = "Tiles";
    for (int band = 0; band < resolved.format.bands; ++band)
    {
        stac::ItemBand description;
        description.name = resolved.process_output.band_names.at(static_cast<std::size_t>(band));
        description.data_type = raster::stac_name(resolved.format.type);
        if (resolved.format.nodata)
        {
            description.nodata = resolved.format.nodata->number();
        }
        if (resolved.format.alpha && band == resolved.format.bands - 1)
        {
            description.common_name = "alpha";
        }
        tiles.bands.push_back(description);
    }
    return tiles;
}

std::vector<double> bbox_of(const ResolvedRecipe &resolved, const stac::TileRange &base_limits)
{
    const stac::TileMatrix &base = resolved.matrix(resolved.finest);
    const stac::Bounds limits = base.bounds(base.range_window(base_limits));
    if (resolved.data_parts.size() > resolved.mosaics.size())
    {
        return raster::common_bbox(resolved.data_parts, limits, resolved.grid.crs);
    }
    const stac::Bounds bounds = limits.intersection(resolved.data_bounds).value_or(limits);
    return raster::crs84_bbox(bounds, resolved.grid.crs);
}

/// Id and title: the recipe's, or what stands for them.
void name_item(stac::TiledAssetsItem &item, const ResolvedRecipe &resolved)
{
    const Json &said = resolved.document["stac"];
    item.id = said["id"].is_null() ? boost::filesystem::path(resolved.recipe.output_path).filename().string()
                                   : said["id"].get<std::string>();
    item.title = said["title"].is_null() ? resolved.recipe.process->title : said["title"].get<std::string>();
}

using OrderedJson = nlohmann::ordered_json;

/// Null where it is none (a power cut).
OrderedJson json_of(const store::Bytes *bytes)
{
    const auto json =
        bytes == nullptr ? OrderedJson() : OrderedJson::parse(bytes->begin(), bytes->end(), nullptr, false);
    return json.is_object() ? json : OrderedJson();
}

nlohmann::json properties_in(const OrderedJson &item)
{
    const auto properties = item.is_object() ? item.find("properties") : item.end();
    return properties != item.end() && properties->is_object() ? nlohmann::json(*properties) : nlohmann::json::object();
}

/// What a run says of its output.
struct Said
{
    const stac::LevelSets &tiles;
    const std::vector<std::string> &notes;
    const std::string &state;
};

OrderedJson own_item(const ResolvedRecipe &resolved, const Said &said, const nlohmann::json &before)
{
    stac::TiledAssetsItem item;
    name_item(item, resolved);
    const Json &datetime = resolved.document["stac"]["datetime"];
    const std::string time = stac::utc_time(std::time(nullptr));
    if (!datetime.is_null())
    {
        item.datetime = datetime.get<std::string>();
    }
    item.start_datetime = before.value("start_datetime", time);
    item.end_datetime = time;
    item.tile_matrix_set = resolved.grid;
    const auto crs = raster::spatial_reference(resolved.grid.crs);
    item.proj_code = raster::authority_code(crs);
    for (const auto &[level, set] : said.tiles)
    {
        item.limits[resolved.matrix(level).id] = set.bounding();
    }
    item.bbox = bbox_of(resolved, said.tiles.at(resolved.finest).bounding());
    item.assets.push_back(asset(resolved));
    item.extra_properties["tiledir:overviews"] = {
        {"from", resolved.recipe.overviews_from_process ? "process" : "children"}};
    item.extra_properties[kState] = said.state;
    raster::describe_pyramid(resolved, item);
    nlohmann::json mixed = before.value(kMixed, nlohmann::json::array());
    if (!said.notes.empty() && (mixed.empty() || mixed.back().value("differences", nlohmann::json()) != said.notes))
    {
        mixed.push_back({{"since", time}, {"differences", said.notes}});
    }
    if (!mixed.empty())
    {
        item.extra_properties[kMixed] = mixed;
    }
    return item.to_json();
}

store::Bytes item_text(const ResolvedRecipe &resolved, const Said &said, const store::Bytes *bytes)
{
    const OrderedJson there = json_of(bytes);
    const nlohmann::json before = properties_in(there);
    OrderedJson item = stac::merged_item(own_item(resolved, said, before), there);
    if (resolved.document["stac"]["title"].is_null() && before.contains(kTitle))
    {
        item["properties"][kTitle] = before[kTitle];
    }
    const std::string text = Secrets().redacted(stac::text_of_json(item, 2) + "\n");
    return {text.begin(), text.end()};
}

/// False: another has written it since.
bool put(store::Store &store, const store::Bytes &text, const ItemThere &there)
{
    if (there)
    {
        return store.write_if(kItemKey, text.data(), text.size(), there->stamp);
    }
    if (store.is_remote())
    {
        return store.write_if(kItemKey, text.data(), text.size(), std::nullopt);
    }
    store.write_at_sync(kItemKey, text.data(), text.size());
    return true;
}

} // namespace

ItemThere item_there(const store::Store &store)
{
    return store.read_stamped(kItemKey);
}

nlohmann::json item_properties(const ItemThere &there)
{
    return properties_in(json_of(there ? &there->bytes : nullptr));
}

std::string state_in_item(const ItemThere &there)
{
    const nlohmann::json properties = item_properties(there);
    const auto state = properties.find(kState);
    return state != properties.end() && state->is_string() ? state->get<std::string>() : std::string();
}

void write_item(store::Store &store, const ResolvedRecipe &resolved, const stac::LevelSets &tiles,
                const std::vector<std::string> &notes, const std::string &state, const ItemThere &there)
{
    const Said said{tiles, notes, state};
    const auto write = [&]
    {
        if (!put(store, item_text(resolved, said, there ? &there->bytes : nullptr), there))
        {
            store::update_object(store, kItemKey,
                                 [&](const store::Bytes *now)
                                 { return std::optional(item_text(resolved, said, now)); });
        }
    };
    side_by_side(store.is_remote(), {write, [&] { raster::drop_pam_statistics(store, kItemKey); }});
}

} // namespace tiledir::engine
