#include "driver/store/local/waiting_names.h"

#include <utility>

namespace tiledir::store
{

void WaitingNames::put(WaitingObject &&object)
{
    auto latest = std::make_shared<WaitingObject>(std::move(object));
    const std::lock_guard<std::mutex> lock(m_mutex);
    latest->order = ++m_count;
    ObjectPtr &of_key = m_by_key[latest->key];
    if (of_key)
    {
        m_in_order.erase(of_key->order);
    }
    of_key = latest;
    m_in_order.emplace(latest->order, std::move(latest));
}

std::string WaitingNames::path(const std::string &key) const
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    const auto found = m_by_key.find(key);
    return found == m_by_key.end() ? std::string() : found->second->file.path();
}

bool WaitingNames::drop(const std::string &key)
{
    ObjectPtr dropped; // its file goes without the lock
    const std::lock_guard<std::mutex> lock(m_mutex);
    const auto found = m_by_key.find(key);
    if (found == m_by_key.end())
    {
        return false;
    }
    dropped = found->second;
    m_in_order.erase(dropped->order);
    m_by_key.erase(found);
    return true;
}

std::vector<WaitingNames::ObjectPtr>
WaitingNames::those(const std::function<bool(const WaitingObject &object)> &wanted) const
{
    std::vector<ObjectPtr> found;
    const std::lock_guard<std::mutex> lock(m_mutex);
    for (const auto &[order, object] : m_in_order)
    {
        if (wanted(*object))
        {
            found.push_back(object);
        }
    }
    return found;
}

void WaitingNames::done(const ObjectPtr &object)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    m_in_order.erase(object->order);
    const auto found = m_by_key.find(object->key);
    if (found != m_by_key.end() && found->second == object)
    {
        m_by_key.erase(found);
    }
}

} // namespace tiledir::store
