#include "driver/store/network/network_cache.h"

#include <cpl_conv.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace tiledir::store
{

std::optional<Stamp> CachedObject::stamp() const
{
    if (!bytes)
        return std::nullopt;
    return Stamp{etag.empty() ? "asked " + std::to_string(asked.time_since_epoch().count()) : etag};
}

NetworkCache &NetworkCache::of_process()
{
    static NetworkCache cache(
        []
        {
            const double megabytes = CPLAtof(CPLGetConfigOption("TILEDIR_NETWORK_CACHE_MB", "64"));
            return static_cast<std::size_t>(std::clamp(megabytes, 0.0, 1e9) * 1024 * 1024);
        }());
    return cache;
}

/// With what the containers take for it.
std::size_t NetworkCache::Entry::bytes() const
{
    constexpr std::size_t kOverhead = 200;
    return kOverhead + 2 * key.size() + object.etag.size() + (object.bytes ? object.bytes->size() : 0);
}

std::optional<CachedObject> NetworkCache::find(const std::string &key)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    const auto found = m_index.find(key);
    if (found == m_index.end())
        return std::nullopt;
    m_entries.splice(m_entries.begin(), m_entries, found->second);
    return found->second->object;
}

std::size_t NetworkCache::forgets()
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    return m_forgets;
}

void NetworkCache::insert(const std::string &key, const CachedObject &object, std::size_t forgets)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    if (forgets == m_forgets)
        insert_locked(key, object);
}

void NetworkCache::forget(const std::string &key)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    ++m_forgets;
    if (const auto found = m_index.find(key); found != m_index.end())
        drop(found->second);
}

void NetworkCache::insert_first(const std::string &key, const CachedObject &object)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    if (m_firsts.insert(key).second && m_index.count(key) == 0)
        insert_locked(key, object);
}

void NetworkCache::insert_locked(const std::string &key, const CachedObject &object)
{
    if (const auto found = m_index.find(key); found != m_index.end())
        drop(found->second);
    Entry entry{key, object};
    if (entry.bytes() > m_max_bytes)
        return;
    m_entries.push_front(std::move(entry));
    m_index.emplace(key, m_entries.begin());
    m_bytes += m_entries.front().bytes();
    while (m_bytes > m_max_bytes)
        drop(std::prev(m_entries.end()));
}

void NetworkCache::drop(std::list<Entry>::iterator entry)
{
    m_bytes -= entry->bytes();
    m_index.erase(entry->key);
    m_entries.erase(entry);
}

} // namespace tiledir::store
