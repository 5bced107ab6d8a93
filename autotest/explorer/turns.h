// Steps of writers that take turns: each operation on the store is one.
#pragma once

#include "driver/store/store.h"

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <thread>

namespace tiledir::explorer
{

/// An operation that a writer is about to do.
struct Step
{
    const char *verb = "";
    std::string key; ///< for a listing: the folder, with '/' at its end
    bool changes = false;
    bool needs_lock = false; ///< waits while somebody else holds the key's lock
    std::thread::id thread = std::this_thread::get_id();
};

/// What each operation of a killed writer throws: no code takes it for an error of the store.
class Killed : public std::exception
{
public:
    const char *what() const noexcept override { return "killed"; }
};

/// A writer's turns.
class Turns
{
public:
    virtual ~Turns() = default;
    /// Returns when the step may be done, and nobody else does one before end(). Throws Killed.
    virtual void begin(const Step &step) = 0;
    /// `seen`: a digest of what the step has told the writer.
    virtual void end(std::uint64_t seen) = 0;
    /// Of what is written next: the same where the writer has seen and written the same until then.
    virtual store::Stamp stamp() = 0;
    /// Lets a lock go, if this writer has it still.
    virtual void unlock(const std::string &key) = 0;
    /// The same of one for life.
    virtual void end_life(const std::string &id) = 0;
};

inline std::uint64_t mixed(std::uint64_t hash, std::uint64_t value)
{
    hash ^= value + 0x9E3779B97F4A7C15U + (hash << 6U) + (hash >> 2U);
    hash *= 0xFF51AFD7ED558CCDU;
    return hash ^ hash >> 33U;
}

/// FNV-1a.
inline std::uint64_t digest(std::string_view text)
{
    std::uint64_t hash = 0xCBF29CE484222325U;
    for (const char letter : text)
    {
        hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001B3U;
    }
    return hash;
}

} // namespace tiledir::explorer
