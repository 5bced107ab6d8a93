#include "driver/store/network/known_stamps.h"

namespace tiledir::store
{

void KnownStamps::note_written(const std::string &key, const Stamp &stamp)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    m_read.erase(key);
    m_written.insert(key, stamp, 1);
}

void KnownStamps::note_read(const std::string &key, const Stamp &stamp)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    (m_written.peek(key) != nullptr ? m_written : m_read).insert(key, stamp, 1);
}

void KnownStamps::forget(const std::string &key)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    m_written.erase(key);
    m_read.erase(key);
}

std::optional<Stamp> KnownStamps::find(const std::string &key) const
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    for (const Stamps *stamps : {&m_written, &m_read})
    {
        if (const Stamp *stamp = stamps->peek(key))
        {
            return *stamp;
        }
    }
    return std::nullopt;
}

} // namespace tiledir::store
