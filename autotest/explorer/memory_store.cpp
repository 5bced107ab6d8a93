#include "autotest/explorer/memory_store.h"

#include <cmath>
#include <utility>

namespace tiledir::explorer
{

namespace
{

using store::Bytes;
using store::Stamp;
using store::StampedObject;

/// Ages are told apart by what intents wait for.
constexpr double kAgeStep = 100;

std::uint64_t seen(bool value)
{
    return value ? 2 : 1;
}
std::uint64_t seen(const std::optional<Stamp> &stamp)
{
    return stamp ? digest(stamp->text) : 3;
}
std::uint64_t seen(const std::optional<StampedObject> &object)
{
    return seen(object ? std::optional(object->stamp) : std::nullopt);
}
std::uint64_t seen(const std::optional<store::Seconds> &age)
{
    return age ? static_cast<std::uint64_t>(std::floor(age->count() / kAgeStep)) + 5 : 4;
}
std::uint64_t seen(const std::vector<std::string> &names)
{
    std::uint64_t hash = names.size();
    for (const std::string &name : names)
    {
        hash = mixed(hash, digest(name));
    }
    return hash;
}

class MemoryLock : public store::KeyLock
{
public:
    MemoryLock(Turns &turns, std::string key)
        : m_turns(turns)
        , m_key(std::move(key))
    {
    }
    ~MemoryLock() override { m_turns.unlock(m_key); }

private:
    Turns &m_turns;
    std::string m_key;
};

/// Ends a step whatever is thrown in it.
class InStep
{
public:
    InStep(Turns &turns, const Step &step)
        : m_turns(turns)
    {
        m_turns.begin(step);
    }
    ~InStep() { m_turns.end(m_seen); }
    InStep(const InStep &) = delete;
    InStep &operator=(const InStep &) = delete;
    void saw(std::uint64_t hash) { m_seen = hash; }

private:
    Turns &m_turns;
    std::uint64_t m_seen = 0;
};

} // namespace

template <class Work> auto MemoryStore::step(const Step &step, Work &&work) const
{
    InStep in_step(m_turns, step);
    auto result = work();
    in_step.saw(mixed(digest(step.key), seen(result)));
    return result;
}

template <class Work>
bool MemoryStore::step_if(const Step &wanted, const std::optional<Stamp> &before, Work &&work)
{
    const auto is_as_before = [&]
    {
        const MemoryFolder::Object *there = m_folder.find(wanted.key);
        return there != nullptr ? before && there->stamp == *before : !before;
    };
    if (m_folder.exclusion == Exclusion::Conditions)
    {
        return step(wanted,
                    [&]
                    {
                        const bool is_so = is_as_before();
                        if (is_so)
                        {
                            work();
                        }
                        return is_so;
                    });
    }
    const auto alone = lock(wanted.key);
    return step({"look at", wanted.key}, is_as_before) && step(wanted,
                                                               [&]
                                                               {
                                                                   work();
                                                                   return true;
                                                               });
}

std::string MemoryStore::path(const std::string &key) const
{
    return "/vsimem/explorer/output/" + key;
}

std::optional<Bytes> MemoryStore::read(const std::string &key) const
{
    auto object = read_stamped(key);
    return object ? std::optional(std::move(object->bytes)) : std::nullopt;
}

std::optional<StampedObject> MemoryStore::read_stamped(const std::string &key) const
{
    return step({"read", key},
                [&]
                {
                    const MemoryFolder::Object *there = m_folder.find(key);
                    return there != nullptr ? std::optional(StampedObject{*there->bytes, there->stamp}) : std::nullopt;
                });
}

void MemoryStore::write(const std::string &key, const void *data, std::size_t size)
{
    step({"write", key, true},
         [&]
         {
             m_folder.put(key, data, size, m_turns.stamp(), m_writer);
             return true;
         });
}

bool MemoryStore::write_if(const std::string &key, const void *data, std::size_t size,
                           const std::optional<Stamp> &before)
{
    return step_if({"write if unchanged", key, true}, before,
                   [&] { m_folder.put(key, data, size, m_turns.stamp(), m_writer); });
}

bool MemoryStore::remove(const std::string &key)
{
    return step({"remove", key, true}, [&] { return m_folder.erase(key); });
}

bool MemoryStore::remove_if(const std::string &key, const std::optional<Stamp> &before)
{
    return step_if({"remove if unchanged", key, true}, before, [&] { m_folder.erase(key); });
}

std::optional<Stamp> MemoryStore::stamp(const std::string &key) const
{
    return step({"stamp", key},
                [&]
                {
                    const MemoryFolder::Object *there = m_folder.find(key);
                    return there != nullptr ? std::optional(there->stamp) : std::nullopt;
                });
}

std::optional<store::Seconds> MemoryStore::age(const std::string &key)
{
    return step({"age of", key},
                [&]
                {
                    const MemoryFolder::Object *there = m_folder.find(key);
                    return there != nullptr ? std::optional(store::Seconds(m_folder.clock - there->written))
                                            : std::nullopt;
                });
}

std::unique_ptr<store::KeyLock> MemoryStore::lock(const std::string &key)
{
    if (m_folder.exclusion != Exclusion::Locks)
    {
        return nullptr;
    }
    Step taking{"lock", key};
    taking.needs_lock = true;
    const bool is_new =
        step(taking, [&] { return m_folder.locks.try_emplace(key, MemoryFolder::Holder{m_writer, taking.thread}).second; });
    return is_new ? std::make_unique<MemoryLock>(m_turns, key) : std::make_unique<store::KeyLock>();
}

void MemoryStore::show(const std::string &key)
{
    step({"show", key, true}, [&] { return m_folder.hidden.erase(key) > 0; });
}

std::vector<std::string> MemoryStore::list(const std::string &folder) const
{
    return step({"list", folder.empty() ? folder : folder + '/'}, [&] { return m_folder.list(folder); });
}

} // namespace tiledir::explorer
