#include "driver/journal/intent_document.h"

#include "stac/error.h"
#include "stac/json/json_document.h"
#include "stac/json/json_node.h"

#include <limits>
#include <utility>

namespace tiledir::journal
{

namespace
{

using Json = nlohmann::json;
using Ranges = std::vector<stac::TileRange>;

constexpr int kVersion = 1;
constexpr std::size_t kMostRanges = 4000; ///< of a matrix; more are told coarsely

/// As rectangles: the same runs of rows that follow each other are one.
Ranges ranges_of(const stac::TileSet &tiles)
{
    Ranges ranges;
    std::map<std::pair<std::int64_t, std::int64_t>, std::size_t> latest; // by its columns
    tiles.for_each_run(
        [&](std::int64_t row, std::int64_t first, std::int64_t last)
        {
            const auto [above, is_new] = latest.try_emplace({first, last}, ranges.size());
            if (!is_new && ranges[above->second].max_row == row - 1)
            {
                ranges[above->second].max_row = row;
                return;
            }
            above->second = ranges.size();
            ranges.push_back({row, row, first, last});
        });
    return ranges;
}

/// In blocks of 2 x 2, 4 x 4 ... tiles, where there are too many rectangles.
Ranges few_ranges_of(const stac::TileSet &tiles)
{
    Ranges ranges = ranges_of(tiles);
    for (int shift = 1; ranges.size() > kMostRanges; ++shift)
    {
        stac::TileSet blocks;
        tiles.for_each_run([&](std::int64_t row, std::int64_t first, std::int64_t last)
                           { blocks.insert(row >> shift, first >> shift, last >> shift); });
        ranges = ranges_of(blocks);
        const std::int64_t size = std::int64_t{1} << shift;
        for (stac::TileRange &range : ranges)
        {
            range = {range.min_row * size, range.max_row * size + size - 1, range.min_col * size,
                     range.max_col * size + size - 1};
        }
    }
    return ranges;
}

IntendedTiles tiles_of(const stac::JsonNode &node)
{
    IntendedTiles tiles;
    for (const auto &[matrix, json] : node.object().json().items())
    {
        const stac::JsonNode ranges = node.at(matrix);
        for (std::size_t index = 0; index < ranges.size(); ++index)
        {
            const stac::JsonNode range = ranges.element(index);
            const auto number = [&](std::size_t position)
            { return range.element(position).integer(0, std::numeric_limits<std::int64_t>::max() / 4); };
            if (range.size() != 4)
            {
                range.fail("is not [min_row, max_row, min_col, max_col]");
            }
            tiles[matrix].push_back({number(0), number(1), number(2), number(3)});
        }
    }
    return tiles;
}

IntentDocument document_of(const stac::JsonNode &root)
{
    const auto flag = [&](const char *name)
    {
        const auto found = root.find(name);
        return found && found->boolean();
    };
    IntentDocument document;
    document.id = root.text_or_empty("id");
    document.host = root.at("host").text();
    document.process = root.at("pid").integer(1, std::numeric_limits<int>::max());
    document.process_name = root.text_or_empty("process");
    document.since = root.at("since").text();
    document.run = root.text_or_empty("run");
    document.creates = root.text_or_empty("creates");
    document.locked = flag("locked");
    document.released = root.at("released").boolean();
    document.taken_by = root.text_or_empty("taken_by");
    document.tiles = tiles_of(root.at("tiles"));
    return document;
}

} // namespace

std::string IntentDocument::who() const
{
    return host + " process " + std::to_string(process) + " since " + since;
}

IntendedTiles intended(const std::map<std::string, stac::TileSet> &tiles)
{
    IntendedTiles ranges;
    for (const auto &[matrix, set] : tiles)
    {
        if (!set.empty())
        {
            ranges[matrix] = few_ranges_of(set);
        }
    }
    return ranges;
}

std::string to_text(const IntentDocument &document)
{
    Json json{{"version", kVersion},           {"id", document.id},         {"host", document.host},
              {"pid", document.process},       {"since", document.since},   {"locked", document.locked},
              {"released", document.released}, {"writes", document.writes}, {"tiles", Json::object()}};
    const auto put = [&](const char *name, const std::string &text)
    {
        if (!text.empty())
        {
            json[name] = text;
        }
    };
    put("process", document.process_name);
    put("run", document.run);
    put("creates", document.creates);
    put("taken_by", document.taken_by);
    for (const auto &[matrix, ranges] : document.tiles)
    {
        for (const stac::TileRange &range : ranges)
        {
            json["tiles"][matrix].push_back({range.min_row, range.max_row, range.min_col, range.max_col});
        }
    }
    return stac::text_of_json(json, -1);
}

std::optional<IntentDocument> intent_document(const std::string &path, const std::string &text)
{
    std::int64_t version = kVersion;
    try
    {
        const Json json = stac::parse_json(text, path);
        const stac::JsonNode root(json, path);
        version = root.at("version").integer(1, std::numeric_limits<int>::max());
        if (version == kVersion)
        {
            return document_of(root);
        }
    }
    catch (const InputError &)
    {
        return std::nullopt;
    }
    if (version > kVersion)
    {
        throw InputError(path, "is version " + std::to_string(version) + ", made by a newer tiledir; this one knows " +
                                   std::to_string(kVersion));
    }
    return std::nullopt;
}

} // namespace tiledir::journal
