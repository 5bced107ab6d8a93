#include "driver/store/network/known_stamps.h"

namespace tiledir::store
{

void KnownStamps::Recent::note(const std::string &key, const Stamp &stamp)
{
    forget(key);
    m_entries.emplace_front(key, stamp);
    m_index.emplace(key, m_entries.begin());
    if (m_entries.size() > m_most)
    {
        m_index.erase(m_entries.back().first);
        m_entries.pop_back();
    }
}

void KnownStamps::Recent::forget(const std::string &key)
{
    const auto found = m_index.find(key);
    if (found == m_index.end())
        return;
    m_entries.erase(found->second);
    m_index.erase(found);
}

std::optional<Stamp> KnownStamps::Recent::find(const std::string &key) const
{
    const auto found = m_index.find(key);
    return found == m_index.end() ? std::nullopt : std::optional(found->second->second);
}

void KnownStamps::note_written(const std::string &key, const Stamp &stamp)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    m_read.forget(key);
    m_written.note(key, stamp);
}

void KnownStamps::note_read(const std::string &key, const Stamp &stamp)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    (m_written.has(key) ? m_written : m_read).note(key, stamp);
}

void KnownStamps::forget(const std::string &key)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    m_written.forget(key);
    m_read.forget(key);
}

std::optional<Stamp> KnownStamps::find(const std::string &key) const
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    auto stamp = m_written.find(key);
    return stamp ? stamp : m_read.find(key);
}

} // namespace tiledir::store
