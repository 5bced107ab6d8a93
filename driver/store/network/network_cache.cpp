#include "driver/store/network/network_cache.h"

#include <cpl_conv.h>

#include <algorithm>

namespace tiledir::store
{
namespace
{

/// With what the containers take for it.
std::size_t size_of(const std::string &key, const CachedObject &object)
{
    constexpr std::size_t kOverhead = 200;
    return kOverhead + 2 * key.size() + object.etag.size() + (object.bytes ? object.bytes->size() : 0);
}

} // namespace

std::optional<Stamp> CachedObject::stamp() const
{
    if (!bytes)
    {
        return std::nullopt;
    }
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

std::optional<CachedObject> NetworkCache::find(const std::string &key)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    const CachedObject *found = m_objects.find(key);
    return found == nullptr ? std::nullopt : std::optional(*found);
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
    {
        m_objects.insert(key, object, size_of(key, object));
    }
}

void NetworkCache::forget(const std::string &key)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    ++m_forgets;
    m_objects.erase(key);
}

void NetworkCache::insert_first(const std::string &key, const CachedObject &object)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    if (m_firsts.insert(key).second && m_objects.peek(key) == nullptr)
    {
        m_objects.insert(key, object, size_of(key, object));
    }
}

} // namespace tiledir::store
