#include "tools/engine/plan/batch_order.h"

#include "stac/error.h"

#include <fmt/format.h>

#include <algorithm>

namespace tiledir::engine
{
namespace
{

int level_named(const stac::TileMatrixSet &grid, const std::string &id)
{
    if (const auto level = grid.index_of(id))
    {
        return *level;
    }
    throw InputError(fmt::format("batch: '{}' is no tile matrix of {}", id, grid.id));
}

const std::string &id_of(const stac::TileMatrixSet &grid, int level)
{
    return grid.matrices[static_cast<std::size_t>(level)].id;
}

Json runs_json(const stac::TileSet &tiles)
{
    Json runs = Json::array();
    tiles.for_each_run(
        [&](std::int64_t row, std::int64_t first, std::int64_t last) {
            runs.push_back({row, first, last});
        });
    return runs;
}

stac::TileSet runs_from_json(const stac::TileMatrix &matrix, const Json &json)
{
    stac::TileSet tiles;
    const stac::TileRange all = matrix.range();
    for (const auto &run : json)
    {
        const std::int64_t row = run.at(0);
        const std::int64_t first = run.at(1);
        const std::int64_t last = run.at(2);
        if (row < all.min_row || row > all.max_row || first < all.min_col || last > all.max_col || first > last)
        {
            throw InputError(
                fmt::format("batch: {} is no row, first and last column of tile matrix {}", run.dump(), matrix.id));
        }
        tiles.insert(row, first, last);
    }
    return tiles;
}

/// Two parts of nearly the same count, in order.
std::vector<stac::TileSet> halves(const stac::TileSet &tiles)
{
    std::vector<stac::TileSet> parts(2);
    const std::int64_t half = (tiles.count() + 1) / 2;
    std::int64_t taken = 0;
    tiles.for_each_run(
        [&](std::int64_t row, std::int64_t first, std::int64_t last)
        {
            const std::int64_t end = std::min(last, first + std::max<std::int64_t>(0, half - taken) - 1);
            if (end >= first)
            {
                parts[0].insert(row, first, end);
            }
            if (end < last)
            {
                parts[1].insert(row, end + 1, last);
            }
            taken += last - first + 1;
        });
    return parts;
}

} // namespace

BatchOrder order_of(const ResolvedRecipe &resolved, const Plan &plan, const Batch &batch)
{
    BatchOrder order;
    order.level = batch.level;
    order.tiles = batch.tiles;
    stac::TileRange range = batch.root;
    for (int level = batch.top; level < batch.level; ++level)
    {
        if (const stac::TileSet &planned = plan.overviews().at(level); !planned.empty())
        {
            order.overviews[level] = planned.within(range);
        }
        range = stac::children(resolved.grid, level, range);
    }
    return order;
}

std::vector<BatchOrder> split(const BatchOrder &order, const stac::LevelSets &settled,
                              const std::optional<Portion> &in_work)
{
    stac::TileSet left = order.tiles;
    left.erase(settled.at(order.level));
    stac::TileSet blamed = left;
    if (in_work)
    {
        stac::TileSet working;
        if (in_work->level == order.level)
        {
            working = left.within(in_work->tiles);
        }
        // What was in work may have been an overview: then no tile of the order is to blame.
        blamed = working.empty() && in_work->level == order.level ? left : working;
    }
    std::vector<BatchOrder> orders;
    const auto add = [&](const stac::TileSet &tiles, bool is_blamed)
    {
        if (tiles.empty())
        {
            return;
        }
        BatchOrder part = order;
        part.tiles = tiles;
        part.overviews = {};
        part.attempts += is_blamed ? 1 : 0;
        part.alone += is_blamed && order.tiles.count() == 1 ? 1 : 0;
        orders.push_back(std::move(part));
    };
    for (const auto &part : halves(blamed))
    {
        add(part, true);
    }
    left.erase(blamed);
    add(left, false);
    return orders;
}

Json to_json(const stac::TileMatrixSet &grid, const BatchOrder &order)
{
    Json json = {{"make", order.from_stored ? "overviews" : "tiles"},
                 {"level", id_of(grid, order.level)},
                 {"tiles", runs_json(order.tiles)}};
    if (order.fresh)
    {
        json["fresh"] = true;
    }
    for (const auto &[level, tiles] : order.overviews)
    {
        json["overviews"][id_of(grid, level)] = runs_json(tiles);
    }
    return json;
}

BatchOrder order_from_json(const stac::TileMatrixSet &grid, const Json &json)
{
    try
    {
        BatchOrder order;
        const std::string make = json.at("make");
        if (make != "overviews" && make != "tiles")
        {
            throw InputError("batch: make is neither 'tiles' nor 'overviews'");
        }
        order.from_stored = make == "overviews";
        order.fresh = json.value("fresh", false);
        order.level = level_named(grid, json.at("level"));
        order.tiles = runs_from_json(grid.matrices[static_cast<std::size_t>(order.level)], json.at("tiles"));
        if (json.contains("overviews"))
        {
            for (const auto &[id, runs] : json.at("overviews").items())
            {
                const int level = level_named(grid, id);
                order.overviews[level] = runs_from_json(grid.matrices[static_cast<std::size_t>(level)], runs);
            }
        }
        return order;
    }
    catch (const Json::exception &error)
    {
        throw InputError(fmt::format("batch: is not understood: {}", error.what()));
    }
}

Json to_json(const stac::TileMatrixSet &grid, const stac::TileId &tile)
{
    return {id_of(grid, tile.level), tile.row, tile.col};
}

stac::TileId tile_from_json(const stac::TileMatrixSet &grid, const Json &json)
{
    return {level_named(grid, json.at(0)), json.at(1), json.at(2)};
}

Json to_json(const stac::TileMatrixSet &grid, const Portion &portion)
{
    const stac::TileRange &tiles = portion.tiles;
    return {id_of(grid, portion.level), tiles.min_row, tiles.max_row, tiles.min_col, tiles.max_col};
}

Portion portion_from_json(const stac::TileMatrixSet &grid, const Json &json)
{
    return {level_named(grid, json.at(0)), {json.at(1), json.at(2), json.at(3), json.at(4)}};
}

} // namespace tiledir::engine
