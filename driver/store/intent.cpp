#include "driver/store/intent.h"

#include "driver/store/temporary_files.h"

#include <nlohmann/json.hpp>

namespace tiledir::store
{

Intent::Intent(Store &store)
    : m_store(store)
    , m_key(".tiledir/intents/" + temporary_prefix() + "0.json")
{
}

void Intent::add(const std::string &matrix, const stac::TileSet &tiles)
{
    m_tiles[matrix].insert(tiles);
    write(false);
}

void Intent::write(bool released)
{
    nlohmann::json json;
    json["version"] = 1;
    json["released"] = released;
    for (const auto &[matrix, tiles] : m_tiles)
    {
        tiles.for_each_run([&, &matrix = matrix](std::int64_t row, std::int64_t first, std::int64_t last)
                           { json["tiles"][matrix].push_back({row, row, first, last}); });
    }
    m_store.write(m_key, json.dump() + "\n");
}

void Intent::finish()
{
    m_store.remove(m_key);
}

void Intent::release()
{
    write(true);
}

} // namespace tiledir::store
