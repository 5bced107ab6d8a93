// The stamps that objects had when this process saw them last.
#pragma once

#include "driver/store/store.h"

#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

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
    /// It is absent, or nobody knows.
    void forget(const std::string &key);
    std::optional<Stamp> find(const std::string &key) const;

private:
    class Recent
    {
    public:
        explicit Recent(std::size_t most)
            : m_most(most)
        {
        }
        bool has(const std::string &key) const { return m_index.count(key) > 0; }
        void note(const std::string &key, const Stamp &stamp);
        void forget(const std::string &key);
        std::optional<Stamp> find(const std::string &key) const;

    private:
        using Entries = std::list<std::pair<std::string, Stamp>>;
        std::size_t m_most;
        Entries m_entries; ///< the latest first
        std::unordered_map<std::string, Entries::iterator> m_index;
    };

    mutable std::mutex m_mutex;
    Recent m_written;
    Recent m_read;
};

} // namespace tiledir::store
