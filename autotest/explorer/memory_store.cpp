#include "autotest/explorer/memory_store.h"

#include "autotest/explorer/memory_disk.h"

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

/// What a step gives is seen by the writer.
template <class Work> auto seen_in(Turns &turns, const Step &step, Work &&work)
{
    InStep in_step(turns, step);
    auto result = work();
    in_step.saw(mixed(digest(step.key), seen(result)));
    return result;
}

} // namespace

bool MemoryStore::step(const Step &step, const std::function<bool()> &work) const
{
    return seen_in(m_turns, step, work);
}

bool MemoryStore::put(const Step &step, const void *data, std::size_t size, const Stamp &stamp)
{
    return this->step(step,
                      [&]
                      {
                          m_folder.put(step.key, data, size, stamp, m_writer);
                          return true;
                      });
}

bool MemoryStore::step_if(const Step &wanted, const std::optional<Stamp> &before, const std::function<void()> &work)
{
    const auto is_as_before = [&]
    {
        const MemoryFolder::Object *there = m_folder.find(wanted.key);
        return there != nullptr ? before && there->stamp == *before : !before;
    };
    if (m_folder.exclusion == Exclusion::None)
    {
        return step({"look at", wanted.key}, is_as_before) && step(wanted,
                                                                   [&]
                                                                   {
                                                                       work();
                                                                       return true;
                                                                   });
    }
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

std::string MemoryStore::path(const std::string &key) const
{
    return (m_folder.exclusion == Exclusion::Locks ? "/vsimem/explorer/output/" : "/vsis3/explorer/output/") + key;
}

std::optional<Bytes> MemoryStore::read(const std::string &key) const
{
    auto object = read_stamped(key);
    return object ? std::optional(std::move(object->bytes)) : std::nullopt;
}

std::optional<StampedObject> MemoryStore::read_stamped(const std::string &key) const
{
    return seen_in(
        m_turns, {"read", key},
        [&]
        {
            const MemoryFolder::Object *there = m_folder.find(key);
            return there != nullptr ? std::optional(StampedObject{*there->bytes, there->stamp}) : std::nullopt;
        });
}

void MemoryStore::write(const std::string &key, const void *data, std::size_t size)
{
    put({"write", key, true}, data, size, m_turns.stamp());
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
    return seen_in(m_turns, {"stamp", key},
                   [&]
                   {
                       const MemoryFolder::Object *there = m_folder.find(key);
                       return there != nullptr ? std::optional(there->stamp) : std::nullopt;
                   });
}

std::optional<store::Seconds> MemoryStore::age(const std::string &key)
{
    return seen_in(m_turns, {"age of", key},
                   [&]
                   {
                       const MemoryFolder::Object *there = m_folder.find(key);
                       return there != nullptr ? std::optional(store::Seconds(m_folder.clock - there->written))
                                               : std::nullopt;
                   });
}

void MemoryStore::show(const std::string &key)
{
    step({"show", key, true}, [&] { return m_folder.hidden.erase(key) > 0; });
}

std::vector<std::string> MemoryStore::list(const std::string &folder) const
{
    return seen_in(m_turns, {"list", folder.empty() ? folder : folder + '/'}, [&] { return m_folder.list(folder); });
}

std::unique_ptr<store::Store> open_memory(MemoryFolder &folder, Turns &turns, int writer)
{
    if (folder.exclusion == Exclusion::Locks)
    {
        return std::make_unique<MemoryDisk>(folder, turns, writer);
    }
    return std::make_unique<MemoryStore>(folder, turns, writer);
}

} // namespace tiledir::explorer
