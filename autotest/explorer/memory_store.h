// An object store in memory, as one writer sees it.
#pragma once

#include "autotest/explorer/memory_folder.h"
#include "autotest/explorer/turns.h"
#include "driver/store/store.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tiledir::explorer
{

/// Each operation is a step of the writer whose turns it takes; where the store knows no conditions, a conditional
/// write is two. Its path lies over a network, so that runs do side by side what needs nothing of each other. Folder
/// and turns must live longer.
class MemoryStore : public store::Store
{
public:
    using Store::write;
    using Store::write_at_once;
    using Store::write_at_sync;
    using Store::write_if;

    MemoryStore(MemoryFolder &folder, Turns &turns, int writer)
        : m_folder(folder)
        , m_turns(turns)
        , m_writer(writer)
    {
    }

    std::string path(const std::string &key) const override;
    std::optional<store::Bytes> read(const std::string &key) const override;
    std::optional<store::StampedObject> read_stamped(const std::string &key) const override;
    void write(const std::string &key, const void *data, std::size_t size) override;
    bool write_if(const std::string &key, const void *data, std::size_t size,
                  const std::optional<store::Stamp> &before) override;
    bool has_conditions() const override { return m_folder.exclusion == Exclusion::Conditions; }
    bool remove(const std::string &key) override;
    bool remove_if(const std::string &key, const std::optional<store::Stamp> &before) override;
    std::optional<store::Stamp> stamp(const std::string &key) const override;
    std::optional<store::Seconds> age(const std::string &key) override;
    std::vector<std::string> list(const std::string &folder) const override;
    void sync() override {}

    /// What was hidden() can be read again.
    void show(const std::string &key);

protected:
    MemoryFolder &folder() const { return m_folder; }
    Turns &turns() const { return m_turns; }
    int writer() const { return m_writer; }
    /// In a step of the writer; what it gives is seen by it.
    bool step(const Step &step, const std::function<bool()> &work) const;
    /// Writes in a step; true.
    bool put(const Step &step, const void *data, std::size_t size, const store::Stamp &stamp);

private:
    /// Does the work if the object is as it was before.
    bool step_if(const Step &wanted, const std::optional<store::Stamp> &before, const std::function<void()> &work);

    MemoryFolder &m_folder;
    Turns &m_turns;
    int m_writer;
};

/// As the folder keeps writers apart.
std::unique_ptr<store::Store> open_memory(MemoryFolder &folder, Turns &turns, int writer);

} // namespace tiledir::explorer
