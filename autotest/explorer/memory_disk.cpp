#include "autotest/explorer/memory_disk.h"

#include <algorithm>
#include <utility>

namespace tiledir::explorer
{

namespace
{

using store::Stamp;
using store::StampedObject;

class MemoryLock : public store::KeyLock
{
public:
    explicit MemoryLock(std::function<void()> let_go)
        : m_let_go(std::move(let_go))
    {
    }
    ~MemoryLock() override { m_let_go(); }

private:
    const std::function<void()> m_let_go;
};

} // namespace

std::optional<MemoryDisk::Waiting> MemoryDisk::waiting(const std::string &key) const
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    const auto found = m_waiting.find(key);
    return found == m_waiting.end() ? std::nullopt : std::optional(found->second);
}

void MemoryDisk::wait(const std::string &key, const void *data, std::size_t size, bool until_all,
                      const std::optional<Stamp> &before)
{
    const auto *bytes = static_cast<const unsigned char *>(data);
    Waiting object{{{bytes, bytes + size}, turns().stamp()}, until_all, before};
    const std::lock_guard<std::mutex> lock(m_mutex);
    object.order = ++m_count;
    m_waiting[key] = std::move(object);
}

bool MemoryDisk::drop(const std::string &key)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    return m_waiting.erase(key) > 0;
}

std::optional<StampedObject> MemoryDisk::read_stamped(const std::string &key) const
{
    const auto object = waiting(key);
    return object ? std::optional(object->object) : MemoryStore::read_stamped(key);
}

std::optional<Stamp> MemoryDisk::stamp(const std::string &key) const
{
    const auto object = waiting(key);
    return object ? std::optional(object->object.stamp) : MemoryStore::stamp(key);
}

void MemoryDisk::write(const std::string &key, const void *data, std::size_t size)
{
    if (waiting(key) || !create(key, data, size))
    {
        wait(key, data, size, false, std::nullopt);
    }
}

void MemoryDisk::write_at_sync(const std::string &key, const void *data, std::size_t size)
{
    wait(key, data, size, true, std::nullopt);
}

void MemoryDisk::write_at_once(const std::string &key, const void *data, std::size_t size)
{
    drop(key);
    if (!create(key, data, size))
    {
        const auto alone = lock(key);
        put({"replace", key, true}, data, size, turns().stamp());
    }
}

/// False where there is one.
bool MemoryDisk::create(const std::string &key, const void *data, std::size_t size)
{
    return step({"create", key, true},
                [&]
                {
                    const bool is_new = folder().objects.count(key) == 0;
                    if (is_new)
                    {
                        folder().put(key, data, size, turns().stamp(), writer());
                    }
                    return is_new;
                });
}

bool MemoryDisk::write_if(const std::string &key, const void *data, std::size_t size,
                          const std::optional<Stamp> &before)
{
    if (waiting(key))
    {
        return stage_if(key, data, size, before);
    }
    if (!before)
    {
        return create(key, data, size);
    }
    const auto alone = lock(key);
    return stamp(key) == before && put({"replace", key, true}, data, size, turns().stamp());
}

bool MemoryDisk::stage_if(const std::string &key, const void *data, std::size_t size,
                          const std::optional<Stamp> &before)
{
    if (!before)
    {
        return write_if(key, data, size, before);
    }
    if (stamp(key) != before)
    {
        return false;
    }
    wait(key, data, size, false, before);
    return true;
}

bool MemoryDisk::remove(const std::string &key)
{
    const bool was_waiting = drop(key);
    return MemoryStore::remove(key) || was_waiting;
}

bool MemoryDisk::remove_if(const std::string &key, const std::optional<Stamp> &before)
{
    if (!before)
    {
        return !stamp(key);
    }
    const auto alone = lock(key);
    return stamp(key) == before && remove(key);
}

std::vector<std::string> MemoryDisk::publish()
{
    return give_names([](const Waiting &object) { return !object.until_all; });
}

void MemoryDisk::sync()
{
    give_names([](const Waiting &object) { return !object.until_all && !object.before; });
    give_names([](const Waiting &object) { return object.until_all; });
}

/// Returns the keys of those whose objects others have changed.
std::vector<std::string> MemoryDisk::give_names(const std::function<bool(const Waiting &)> &wanted)
{
    std::vector<std::pair<std::string, Waiting>> objects;
    {
        const std::lock_guard<std::mutex> lock(m_mutex);
        std::copy_if(m_waiting.begin(), m_waiting.end(), std::back_inserter(objects),
                     [&](const auto &each) { return wanted(each.second); });
    }
    std::sort(objects.begin(), objects.end(),
              [](const auto &one, const auto &other) { return one.second.order < other.second.order; });
    std::vector<std::string> lost;
    for (const auto &[key, object] : objects)
    {
        if (!give_name(key, object))
        {
            lost.push_back(key);
        }
        const std::lock_guard<std::mutex> lock(m_mutex);
        const auto found = m_waiting.find(key);
        if (found != m_waiting.end() && found->second.order == object.order)
        {
            m_waiting.erase(found);
        }
    }
    return lost;
}

bool MemoryDisk::give_name(const std::string &key, const Waiting &object)
{
    const auto alone = lock(key);
    if (object.before && MemoryStore::stamp(key) != object.before)
    {
        return false;
    }
    return put({"name", key, true}, object.object.bytes.data(), object.object.bytes.size(), object.object.stamp);
}

std::unique_ptr<store::KeyLock> MemoryDisk::lock(const std::string &key)
{
    Step taking{"lock", key};
    taking.needs_lock = true;
    const bool is_new =
        step(taking,
             [&] {
                 return folder().locks.try_emplace(key, MemoryFolder::Holder{writer(), taking.thread}).second;
             });
    return is_new ? std::make_unique<MemoryLock>([&turns = turns(), key] { turns.unlock(key); })
                  : std::make_unique<store::KeyLock>();
}

std::unique_ptr<store::KeyLock> MemoryDisk::lock_for_life(const std::string &id)
{
    step({"lives as", id, true}, [&] { return folder().lives.emplace(id, writer()).second; });
    return std::make_unique<MemoryLock>([&turns = turns(), id] { turns.end_life(id); });
}

std::optional<bool> MemoryDisk::lives(const std::string &id) const
{
    return step({"does live", id}, [&] { return folder().lives.count(id) > 0; });
}

} // namespace tiledir::explorer
