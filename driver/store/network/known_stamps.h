// The stamps that objects had when this process saw them last.
#pragma once

#include "driver/store/lru_map.h"
#include "driver/store/store.h"

#include <cstddef>
#include <mutex>
#include <optional>
#include <string>

namespace tiledir::store
{

/// Of some hundred objects that were written and as many that were read; the least recently noted ones go, and no
/// number of objects that are read drives out one that was written. May be used by many threads.
class KnownStamps
{
public:
    explicit KnownStamps(std::size_t most = 1000)
        : m_written(most)
        , m_read(most)
    {
    }

    void note_written(const std::string &key, const Stamp &stamp);
    void note_read(const std::string &key, const Stamp &stamp);
    /// The object is absent, or nobody knows its stamp.
    void forget(const std::string &key);
    std::optional<Stamp> find(const std::string &key) const;

private:
    using Stamps = LruMap<std::string, Stamp>;

    mutable std::mutex m_mutex; ///< for what follows
    Stamps m_written;
    Stamps m_read;
};

} // namespace tiledir::store
