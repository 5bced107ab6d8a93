// A local disk in memory, as one writer sees it: what replaces something waits for a sync.
#pragma once

#include "autotest/explorer/memory_store.h"

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace tiledir::explorer
{

/// Has locks, and gives names when LocalStore does. What waits for its name is seen by this store alone, without a
/// step.
class MemoryDisk final : public MemoryStore
{
public:
    using MemoryStore::MemoryStore;

    std::optional<store::StampedObject> read_stamped(const std::string &key) const override;
    void write(const std::string &key, const void *data, std::size_t size) override;
    void write_at_sync(const std::string &key, const void *data, std::size_t size) override;
    void write_at_once(const std::string &key, const void *data, std::size_t size) override;
    bool write_if(const std::string &key, const void *data, std::size_t size,
                  const std::optional<store::Stamp> &before) override;
    bool stage_if(const std::string &key, const void *data, std::size_t size,
                  const std::optional<store::Stamp> &before) override;
    std::vector<std::string> publish() override;
    bool remove(const std::string &key) override;
    bool remove_if(const std::string &key, const std::optional<store::Stamp> &before) override;
    std::optional<store::Stamp> stamp(const std::string &key) const override;
    std::unique_ptr<store::KeyLock> lock(const std::string &key) override;
    std::unique_ptr<store::KeyLock> lock_for_life(const std::string &id) override;
    std::optional<bool> lives(const std::string &id) const override;
    void sync() override;

private:
    struct Waiting
    {
        store::StampedObject object;
        bool until_all = false;             ///< that was written before is durable
        std::optional<store::Stamp> before; ///< what it replaces; nullopt: whatever is there
        std::uint64_t order = 0;            ///< of writing
    };
    std::optional<Waiting> waiting(const std::string &key) const;
    void wait(const std::string &key, const void *data, std::size_t size, bool until_all,
              const std::optional<store::Stamp> &before);
    bool drop(const std::string &key);
    bool create(const std::string &key, const void *data, std::size_t size);
    std::vector<std::string> give_names(const std::function<bool(const Waiting &)> &wanted);
    bool give_name(const std::string &key, const Waiting &object);

    mutable std::mutex m_mutex; ///< for what follows
    std::map<std::string, Waiting> m_waiting;
    std::uint64_t m_count = 0;
};

} // namespace tiledir::explorer
