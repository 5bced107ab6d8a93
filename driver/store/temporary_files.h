// Temporary files, whose names tell whose they are.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include <sys/stat.h>

namespace tiledir::store
{

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
    /// Renames where there is no such file yet, else EEXIST.
    bool rename_to_new(const std::string &target);

private:
    std::string m_path; ///< empty: there is none any more
};

/// Deletes from a folder files `ID-N` of the dead, but none of `own`. Where it is not known whether an id's store is
/// dead, and files of other names, are deleted a day after they were written, by the clock of the folder's file system.
/// What cannot be deleted stays.
void remove_temporary_files_of_the_dead(const std::string &folder, const std::string &own,
                                        const std::function<std::optional<bool>(const std::string &id)> &is_dead);

} // namespace tiledir::store
