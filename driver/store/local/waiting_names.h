// Objects of a local disk that are written, and wait for their names.
#pragma once

#include "driver/store/store.h"
#include "driver/store/temporary_files.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace tiledir::store
{

/// An object as a temporary file.
struct WaitingObject
{
    enum class Until
    {
        Durable,   ///< its content
        AllDurable ///< all that was written before it
    };
    std::string key;
    TemporaryFile file;
    Until until;
    std::optional<Stamp> before; ///< what it replaces; nullopt: whatever is there
    std::uint64_t order = 0;     ///< of writing
};

/// By key the latest, in the order in which they were written. All functions may be called from many threads.
class WaitingNames
{
public:
    using ObjectPtr = std::shared_ptr<WaitingObject>;

    /// In place of one of this key that waits already.
    void put(WaitingObject &&object);
    /// Where the object's content is; empty where none waits.
    std::string path(const std::string &key) const;
    /// Forgets it, and its file. False where none waits.
    bool drop(const std::string &key);

    std::vector<ObjectPtr> those(const std::function<bool(const WaitingObject &object)> &wanted) const;
    /// It has its name, or has lost it.
    void done(const ObjectPtr &object);

private:
    mutable std::mutex m_mutex; ///< for what follows
    std::map<std::string, ObjectPtr> m_by_key;
    std::map<std::uint64_t, ObjectPtr> m_in_order;
    std::uint64_t m_count = 0;
};

} // namespace tiledir::store
