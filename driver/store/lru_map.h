// A map that is bounded by what its entries cost.
#pragma once

#include <cstddef>
#include <iterator>
#include <list>
#include <unordered_map>
#include <utility>

namespace tiledir::store
{

/// The least recently used entries go first. For one thread at a time.
template <class Key, class Value> class LruMap
{
public:
    struct Entry
    {
        Key key;
        Value value;
        std::size_t cost;
    };
    using Entries = std::list<Entry>;

    /// Of all entries together.
    explicit LruMap(std::size_t most_cost)
        : m_most(most_cost)
    {
    }
    LruMap(const LruMap &) = delete;
    LruMap &operator=(const LruMap &) = delete;

    /// Null where there is none; valid until something is inserted or erased. The entry is the last used one then.
    const Value *find(const Key &key)
    {
        const auto found = m_index.find(key);
        if (found == m_index.end())
        {
            return nullptr;
        }
        m_entries.splice(m_entries.begin(), m_entries, found->second);
        return &found->second->value;
    }
    /// As find(), of which the entries know nothing.
    const Value *peek(const Key &key) const
    {
        const auto found = m_index.find(key);
        return found == m_index.end() ? nullptr : &found->second->value;
    }

    /// In the place of what the key had; not where it costs more than all may. Gives back what had to go, so that it
    /// can be let go of where no lock is held any more.
    Entries insert(const Key &key, Value value, std::size_t cost)
    {
        Entries gone = erase(key);
        if (cost > m_most)
        {
            return gone;
        }
        m_entries.push_front(Entry{key, std::move(value), cost});
        m_index.emplace(key, m_entries.begin());
        m_cost += cost;
        while (m_cost > m_most)
        {
            take(std::prev(m_entries.end()), gone);
        }
        return gone;
    }
    Entries erase(const Key &key)
    {
        Entries gone;
        if (const auto found = m_index.find(key); found != m_index.end())
        {
            take(found->second, gone);
        }
        return gone;
    }

    std::size_t cost() const { return m_cost; }
    std::size_t most_cost() const { return m_most; }

private:
    void take(typename Entries::iterator entry, Entries &gone)
    {
        m_cost -= entry->cost;
        m_index.erase(entry->key);
        gone.splice(gone.end(), m_entries, entry);
    }

    std::size_t m_most;
    std::size_t m_cost = 0;
    Entries m_entries; ///< the last used first
    std::unordered_map<Key, typename Entries::iterator> m_index;
};

} // namespace tiledir::store
