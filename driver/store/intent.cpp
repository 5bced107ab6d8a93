#include "driver/store/intent.h"

#include "driver/store/temporary_files.h"
#include "stac/json_document.h"
#include "stac/json_node.h"
#include "stac/utc_time.h"

#include <cpl_conv.h>
#include <cpl_string.h>

#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <exception>
#include <limits>
#include <utility>

namespace tiledir::store
{

namespace
{

using Json = nlohmann::json;
using Ranges = std::vector<stac::TileRange>;

constexpr const char *kFolder = ".tiledir/intents";
constexpr const char *kEnding = ".json";
constexpr int kVersion = 1;
constexpr std::size_t kMostRanges = 4000; ///< of a matrix; more are told coarsely
constexpr int kSooner = 10;               ///< part of the interval after which a failed rewriting is tried again

std::string new_key()
{
    std::string name = temporary_prefix();
    name.pop_back(); // its last '-'
    return std::string(kFolder) + '/' + name + kEnding;
}

bool has_ending(const std::string &name, const std::string &ending)
{
    return name.size() > ending.size() && name.compare(name.size() - ending.size(), ending.size(), ending) == 0;
}

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
            range = {range.min_row * size, range.max_row * size + size - 1, range.min_col * size,
                     range.max_col * size + size - 1};
    }
    return ranges;
}

Json json_of(const std::map<std::string, stac::TileSet> &tiles)
{
    Json json = Json::object();
    for (const auto &[matrix, set] : tiles)
        for (const stac::TileRange &range : few_ranges_of(set))
            json[matrix].push_back({range.min_row, range.max_row, range.min_col, range.max_col});
    return json;
}

FoundIntent::Tiles tiles_of(const stac::JsonNode &node)
{
    FoundIntent::Tiles tiles;
    for (const auto &[matrix, json] : node.object().json().items())
    {
        const stac::JsonNode ranges = node.at(matrix);
        for (std::size_t index = 0; index < ranges.size(); ++index)
        {
            const stac::JsonNode range = ranges.element(index);
            const auto number = [&](std::size_t position)
            { return range.element(position).integer(0, std::numeric_limits<std::int64_t>::max() / 4); };
            if (range.size() != 4)
                range.fail("is not [min_row, max_row, min_col, max_col]");
            tiles[matrix].push_back({number(0), number(1), number(2), number(3)});
        }
    }
    return tiles;
}

/// What an object says; whether it is to be adopted is not looked at where nothing can be said of it.
struct Content
{
    FoundIntent intent;
    bool gone = false; ///< released, or of a process that is no more
};

Content content_of(const std::string &path, const std::string &key, const StampedObject &object)
{
    Content content;
    content.intent.key = key;
    content.intent.stamp = object.stamp;
    content.intent.who = "unknown";
    std::int64_t version = kVersion;
    try
    {
        const Json json = stac::parse_json(std::string(object.bytes.begin(), object.bytes.end()), path);
        const stac::JsonNode root(json, path);
        version = root.at("version").integer(1, std::numeric_limits<int>::max());
        if (version == kVersion)
        {
            const std::string host = root.at("host").text();
            const std::int64_t process = root.at("pid").integer(1, std::numeric_limits<int>::max());
            content.intent.since = root.at("since").text();
            content.intent.who = host + " process " + std::to_string(process) + " since " + content.intent.since;
            content.intent.run = root.text_or_empty("run");
            content.gone = root.at("released").boolean() || (host == host_name() && is_dead(process));
            content.intent.creates = root.text_or_empty("creates");
            content.intent.tiles = tiles_of(root.at("tiles"));
        }
    }
    catch (const InputError &)
    {
        return content;
    }
    if (version > kVersion)
        throw InputError(path + ": is version " + std::to_string(version) +
                         ", made by a newer tiledir; this one knows " + std::to_string(kVersion));
    return content;
}

std::vector<FoundIntent> chosen(std::vector<FoundIntent> intents, bool living)
{
    intents.erase(std::remove_if(intents.begin(), intents.end(),
                                 [living](const FoundIntent &intent) { return intent.lives != living; }),
                  intents.end());
    return intents;
}

} // namespace

Intent::Intent(Store &store, Seconds interval, std::string run)
    : m_store(store)
    , m_key(new_key())
    , m_interval(interval)
    , m_run(std::move(run))
{
}

Intent::~Intent()
{
    try
    {
        release();
    }
    catch (const std::exception &)
    {
        // It is found when it is old.
    }
}

void Intent::add(const std::string &matrix, const stac::TileSet &tiles)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    stac::TileSet &told = m_tiles[matrix];
    if (told.contains(tiles))
        return;
    const stac::TileSet before = told;
    told.insert(tiles);
    try
    {
        write();
    }
    catch (...)
    {
        told = before; // the next attempt tells them again
        throw;
    }
    if (!m_thread.joinable())
        start();
}

void Intent::finish()
{
    if (end())
        m_store.remove(m_key);
}

void Intent::release()
{
    if (!end())
        return;
    m_released = true;
    write();
}

void Intent::write()
{
    const std::string since = m_since.empty() ? stac::utc_time(std::time(nullptr)) : m_since;
    Json json{{"version", kVersion},  {"host", host_name()},    {"pid", getpid()},          {"since", since},
              {"writes", ++m_writes}, {"released", m_released}, {"tiles", json_of(m_tiles)}};
    if (!m_creates.empty())
        json["creates"] = m_creates;
    if (!m_run.empty())
        json["run"] = m_run;
    m_store.write(m_key, json.dump(-1, ' ', false, Json::error_handler_t::replace));
    m_since = since;
}

void Intent::start()
{
    // Credentials may be options of this thread alone.
    CPLStringList options(CPLGetThreadLocalConfigOptions());
    m_thread = std::thread(
        [this, options = std::move(options)]
        {
            CPLSetThreadLocalConfigOptions(options.List());
            keep_alive();
        });
}

void Intent::keep_alive()
{
    std::unique_lock<std::mutex> lock(m_mutex);
    Seconds wait = m_interval;
    while (!m_ending.wait_for(lock, wait, [this] { return m_ended; }))
    {
        wait = m_interval;
        try
        {
            write();
        }
        catch (const std::exception &)
        {
            wait = m_interval / kSooner;
        }
    }
}

bool Intent::end()
{
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        if (std::exchange(m_ended, true) || m_since.empty())
            return false;
    }
    m_ending.notify_all();
    if (m_thread.joinable())
        m_thread.join();
    return true;
}

std::vector<FoundIntent> Intent::all(Store &store, Seconds dead_after, const std::string &but)
{
    std::vector<FoundIntent> found;
    for (const std::string &name : store.list(kFolder))
    {
        if (!has_ending(name, kEnding))
            continue; // another program's
        const std::string key = std::string(kFolder) + '/' + name;
        if (key == but)
            continue;
        const auto object = store.read_stamped(key);
        if (!object)
            continue; // finished meanwhile
        Content content = content_of(store.path(key), key, *object);
        if (!content.gone)
        {
            const auto age = store.age(key);
            if (!age)
                continue; // finished meanwhile
            content.intent.lives = *age < dead_after;
        }
        found.push_back(std::move(content.intent));
    }
    return found;
}

std::vector<FoundIntent> Intent::adoptable(Store &store, Seconds dead_after)
{
    return chosen(all(store, dead_after), false);
}

std::vector<FoundIntent> Intent::living(Store &store, Seconds dead_after)
{
    return chosen(all(store, dead_after), true);
}

void Intent::forget(Store &store, const FoundIntent &intent)
{
    store.remove_if(intent.key, intent.stamp);
}

} // namespace tiledir::store
