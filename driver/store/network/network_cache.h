// What the process has read over networks in the last moments: objects and their absence.
#pragma once

#include "driver/store/lru_map.h"
#include "driver/store/store.h"

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>

namespace tiledir::store
{

struct CachedObject
{
    std::shared_ptr<const Bytes> bytes; ///< null: it is absent
    std::string etag;                   ///< empty: the server gave none
    std::chrono::steady_clock::time_point asked;

    /// nullopt where it is absent. Where the server gives no ETag, the time of asking tells one content from another.
    std::optional<Stamp> stamp() const;
};

/// Least recently used out first, bounded in bytes. All functions may be called from many threads.
class NetworkCache
{
public:
    using Clock = std::chrono::steady_clock;

    explicit NetworkCache(std::size_t max_bytes)
        : m_objects(max_bytes)
    {
    }
    /// TILEDIR_NETWORK_CACHE_MB (64), read at the first call.
    static NetworkCache &of_process();

    std::optional<CachedObject> find(const std::string &key);
    /// How often forget() was called.
    std::size_t forgets();
    /// Not where something was forgotten since `forgets`, which was before the object was asked for: it may be old.
    void insert(const std::string &key, const CachedObject &object, std::size_t forgets);
    /// This process writes or deletes the object.
    void forget(const std::string &key);
    /// Only if nothing was inserted yet under this key, or it is forgotten; never a second time.
    void insert_first(const std::string &key, const CachedObject &object);

private:
    std::mutex m_mutex; ///< for what follows
    LruMap<std::string, CachedObject> m_objects;
    std::size_t m_forgets = 0;
    std::unordered_set<std::string> m_firsts; ///< keys of insert_first()
};

} // namespace tiledir::store
