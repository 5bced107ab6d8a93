// Temporary files, and names that tell whose they are.
#pragma once

#include <string>
#include <utility>

#include <sys/stat.h>

namespace tiledir::store
{

/// Of this machine.
std::string host_name();

/// Is there no process of this machine with that id?
bool is_dead(long process);

/// HOST-PID-RANDOM-, the same for no two stores.
std::string temporary_prefix();

/// A file that goes with its object, unless it was renamed.
class TemporaryFile
{
public:
    explicit TemporaryFile(std::string path)
        : m_path(std::move(path))
    {
    }
    ~TemporaryFile();
    TemporaryFile(TemporaryFile &&other) noexcept
        : m_path(std::exchange(other.m_path, std::string()))
    {
    }
    TemporaryFile(const TemporaryFile &) = delete;
    TemporaryFile &operator=(const TemporaryFile &) = delete;
    TemporaryFile &operator=(TemporaryFile &&) = delete;

    const std::string &path() const { return m_path; }
    /// False, and errno: it is not renamed.
    bool rename(const std::string &target);

private:
    std::string m_path; ///< empty: there is none any more
};

/// Deletes files of this host's processes that are no more, and of other hosts where they are over a day old. What
/// cannot be deleted stays.
void remove_temporary_files_of_the_dead(const std::string &folder);

} // namespace tiledir::store
