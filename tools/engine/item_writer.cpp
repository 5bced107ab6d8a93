#include "tools/engine/item_writer.h"

#include "driver/raster/data_type.h"
#include "driver/raster/pam_statistics.h"
#include "driver/raster/spatial_reference.h"
#include "driver/raster/stored_pyramid.h"
#include "driver/store/network_path.h"
#include "stac/error.h"
#include "stac/tiled_assets_item.h"
#include "stac/utc_time.h"
#include "tools/engine/side_by_side.h"

#include <boost/filesystem.hpp>

#include <ctime>

namespace tiledir::engine
{
namespace
{

constexpr const char *kItemKey = "stac.json";
constexpr const char *kMixed = "tiledir:mixed";
constexpr const char *kState = "tiledir:state";

stac::TileAsset asset(const Job &job)
{
    stac::TileAsset tiles;
    tiles.href = job.tile_path.text();
    tiles.media_type = raster::format_media_type(job.format.driver);
    tiles.title = "Tiles";
    for (int band = 0; band < job.format.bands; ++band)
    {
        stac::ItemBand description;
        description.name = job.process_output.band_names.at(static_cast<std::size_t>(band));
        description.data_type = raster::stac_name(job.format.type);
        description.nodata = job.format.nodata->number(); // each run has one
        tiles.bands.push_back(description);
    }
    return tiles;
}

std::vector<double> bbox_of(const Job &job, const stac::TileRange &base_limits)
{
    const stac::TileMatrix &base = job.matrix(job.finest);
    const stac::Bounds limits = base.bounds(base.range_window(base_limits));
    const stac::Bounds bounds = limits.intersection(job.data_bounds).value_or(limits);
    return raster::crs84_bbox(bounds, job.grid.crs);
}

/// Id and title: the recipe's, or what stands for them.
void name_item(stac::TiledAssetsItem &item, const Job &job)
{
    const Json &said = job.document["stac"];
    item.id = said["id"].is_null() ? boost::filesystem::path(job.recipe.output_path).filename().string()
                                   : said["id"].get<std::string>();
    item.title = said["title"].is_null() ? process_kind(job.recipe.process).title : said["title"].get<std::string>();
}

} // namespace

nlohmann::json item_properties(const store::Store &store)
{
    const auto text = store.read_text(kItemKey);
    const auto json = text ? nlohmann::json::parse(*text, nullptr, false) : nlohmann::json();
    const auto properties = json.is_object() ? json.find("properties") : json.end();
    return json.is_object() && properties != json.end() && properties->is_object() ? *properties
                                                                                   : nlohmann::json::object();
}

std::string state_in_item(const store::Store &store)
{
    const nlohmann::json properties = item_properties(store);
    const auto state = properties.find(kState);
    return state != properties.end() && state->is_string() ? state->get<std::string>() : std::string();
}

void write_item(store::Store &store, const Job &job, const stac::LevelSets &tiles,
                const std::vector<std::string> &notes, const std::string &state)
{
    write_item(store, job, tiles, notes, state, item_properties(store));
}

void write_item(store::Store &store, const Job &job, const stac::LevelSets &tiles,
                const std::vector<std::string> &notes, const std::string &state, const nlohmann::json &before)
{
    stac::TiledAssetsItem item;
    name_item(item, job);
    const Json &datetime = job.document["stac"]["datetime"];
    const std::string time = stac::utc_time(std::time(nullptr));
    if (!datetime.is_null())
    {
        item.datetime = datetime.get<std::string>();
    }
    item.start_datetime = before.value("start_datetime", time);
    item.end_datetime = time;
    item.tile_matrix_set = job.grid;
    const auto crs = raster::spatial_reference(job.grid.crs);
    item.proj_code = raster::authority_code(crs);
    for (const auto &[level, set] : tiles)
    {
        item.limits[job.matrix(level).id] = set.bounding();
    }
    item.bbox = bbox_of(job, tiles.at(job.finest).bounding());
    item.assets.push_back(asset(job));
    item.extra_properties["tiledir:overviews"] = {{"from", job.recipe.overviews_from_process ? "process" : "children"}};
    item.extra_properties[kState] = state;
    raster::describe_pyramid(job, item);
    nlohmann::json mixed = before.value(kMixed, nlohmann::json::array());
    if (!notes.empty() && (mixed.empty() || mixed.back().value("differences", nlohmann::json()) != notes))
    {
        mixed.push_back({{"since", time}, {"differences", notes}});
    }
    if (!mixed.empty())
    {
        item.extra_properties[kMixed] = mixed;
    }
    const std::string text = Secrets().redacted(item.to_json().dump(2) + "\n");
    side_by_side(store::is_on_network(store.path("")),
                 {[&] { store.write(kItemKey, text); }, [&] { raster::drop_pam_statistics(store, kItemKey); }});
}

} // namespace tiledir::engine
