#include "autotest/explorer/memory_folder.h"

#include <utility>

namespace tiledir::explorer
{

namespace
{

constexpr double kTick = 0.4; ///< of a write: an intent just seen is believed for two more
constexpr const char *kIntents = ".tiledir/intents/";

} // namespace

const MemoryFolder::Object *MemoryFolder::find(const std::string &key) const
{
    const auto found = objects.find(key);
    return found == objects.end() || hidden.count(key) > 0 ? nullptr : &found->second;
}

void MemoryFolder::put(const std::string &key, const void *data, std::size_t size, store::Stamp stamp, int writer)
{
    clock += kTick;
    const auto *bytes = static_cast<const unsigned char *>(data);
    objects[key] = {std::make_shared<const store::Bytes>(bytes, bytes + size), std::move(stamp), clock, jumps, writer};
}

std::vector<std::string> MemoryFolder::list(const std::string &folder) const
{
    std::vector<std::string> names;
    const std::string prefix = folder.empty() || folder.back() == '/' ? folder : folder + '/';
    for (auto object = objects.lower_bound(prefix);
         object != objects.end() && object->first.compare(0, prefix.size(), prefix) == 0; ++object)
    {
        if (object->first.find('/', prefix.size()) == std::string::npos)
        {
            names.push_back(object->first.substr(prefix.size()));
        }
    }
    return names;
}

bool MemoryFolder::may_go(const Step &step, int writer) const
{
    if (!step.needs_lock)
    {
        return true;
    }
    const auto held = locks.find(step.key);
    return held == locks.end() || (held->second.writer == writer && held->second.thread == step.thread);
}

void MemoryFolder::let_go(const std::string &key, int writer)
{
    const auto held = locks.find(key);
    if (held != locks.end() && held->second.writer == writer)
    {
        locks.erase(held);
    }
}

void MemoryFolder::end_life(const std::string &id, int writer)
{
    const auto life = lives.find(id);
    if (life != lives.end() && life->second == writer)
    {
        lives.erase(life);
    }
}

void MemoryFolder::let_go_all(int writer)
{
    for (auto lock = locks.begin(); lock != locks.end();)
    {
        lock = lock->second.writer == writer ? locks.erase(lock) : std::next(lock);
    }
    for (auto life = lives.begin(); life != lives.end();)
    {
        life = life->second == writer ? lives.erase(life) : std::next(life);
    }
}

void MemoryFolder::jump(double seconds, const std::function<bool(int writer)> &awake)
{
    clock += seconds;
    ++jumps;
    const std::string prefix = kIntents;
    for (auto object = objects.lower_bound(prefix);
         object != objects.end() && object->first.compare(0, prefix.size(), prefix) == 0; ++object)
    {
        if (awake(object->second.writer))
        {
            object->second.written = clock;
            object->second.jumps = jumps;
            object->second.stamp.text += " again " + std::to_string(jumps);
        }
    }
}

std::uint64_t MemoryFolder::state() const
{
    std::uint64_t hash = static_cast<std::uint64_t>(jumps);
    for (const auto &[key, object] : objects)
    {
        hash = mixed(mixed(mixed(hash, digest(key)), digest(object.stamp.text)), object.jumps);
    }
    for (const auto &[key, holder] : locks)
    {
        hash = mixed(mixed(hash, digest(key)), static_cast<std::uint64_t>(holder.writer) + 1);
    }
    for (const auto &[id, writer] : lives)
    {
        hash = mixed(hash, digest(id));
    }
    for (const std::string &key : hidden)
    {
        hash = mixed(hash, digest(key) + 1);
    }
    return hash;
}

} // namespace tiledir::explorer
