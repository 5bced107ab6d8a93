// Objects in memory that several writers share, with locks and a clock of their own.
#pragma once

#include "autotest/explorer/turns.h"
#include "driver/store/store.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace tiledir::explorer
{

/// How a store keeps writers apart.
enum class Exclusion
{
    Locks,      ///< a local disk
    Conditions, ///< S3: conditional writes alone
    None        ///< looks at an object just before it is written
};

/// A value: copies share nothing that changes. One thread at a time.
struct MemoryFolder
{
    struct Object
    {
        std::shared_ptr<const store::Bytes> bytes;
        store::Stamp stamp;
        double written = 0; ///< by the clock
        int jumps = 0;      ///< of the clock before it was written
        int writer = -1;    ///< its index
    };
    struct Holder
    {
        int writer = -1;
        std::thread::id thread;
    };

    Exclusion exclusion = Exclusion::Locks;
    std::map<std::string, Object> objects;
    std::map<std::string, Holder> locks;
    std::map<std::string, int> lives; ///< of writers, by the ids that they have given themselves
    std::set<std::string> hidden;     ///< keys that are listed, and absent when they are read
    double clock = 1e9;               ///< seconds; goes on with each write
    int jumps = 0;

    /// Null where it is absent.
    const Object *find(const std::string &key) const;
    void put(const std::string &key, const void *data, std::size_t size, store::Stamp stamp, int writer);
    bool erase(const std::string &key) { return objects.erase(key) > 0; }
    std::vector<std::string> list(const std::string &folder) const;

    /// Does nobody else hold the lock that a step of this writer needs?
    bool may_go(const Step &step, int writer) const;
    void let_go(const std::string &key, int writer);
    void end_life(const std::string &id, int writer);
    void let_go_all(int writer);

    /// Time goes by; writers for which `awake` says yes have rewritten their intents meanwhile.
    void jump(double seconds, const std::function<bool(int writer)> &awake);

    /// The same for folders in which the same steps were done in orders that make no difference.
    std::uint64_t state() const;
};

} // namespace tiledir::explorer
