#include "driver/store/temporary_files.h"

#include "driver/store/random_id.h"

#include <boost/filesystem.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <ctime>
#include <vector>

namespace tiledir::store
{

namespace fs = boost::filesystem;

namespace
{

constexpr double kOldAge = 24 * 60 * 60;

std::string id_of(const std::string &name)
{
    const std::string id = name.substr(0, name.find('-'));
    return is_random_id(id) ? id : std::string();
}

/// The time that the folder's file system gives a file now; nothing where none can be written there.
std::optional<std::time_t> clock_of(const std::string &folder)
{
    TemporaryFile clock(folder + "/clock-" + random_id());
    boost::system::error_code error;
    const int file = open(clock.path().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file < 0)
    {
        return std::nullopt;
    }
    ::close(file);
    const std::time_t now = fs::last_write_time(clock.path(), error);
    return error ? std::nullopt : std::optional(now);
}

} // namespace

TemporaryFile::~TemporaryFile()
{
    if (!m_path.empty())
    {
        unlink(m_path.c_str());
    }
}

bool TemporaryFile::rename(const std::string &target)
{
    if (std::rename(m_path.c_str(), target.c_str()) != 0)
    {
        return false;
    }
    m_path.clear();
    return true;
}

bool TemporaryFile::rename_to_new(const std::string &target)
{
    if (renameat2(AT_FDCWD, m_path.c_str(), AT_FDCWD, target.c_str(), RENAME_NOREPLACE) != 0)
    {
        return false;
    }
    m_path.clear();
    return true;
}

void remove_temporary_files_of_the_dead(const std::string &folder, const std::string &own,
                                        const std::function<std::optional<bool>(const std::string &id)> &is_dead)
{
    std::optional<std::time_t> now;
    bool asked = false;
    const auto is_old = [&](const fs::path &file)
    {
        boost::system::error_code error;
        const std::time_t written = fs::last_write_time(file, error);
        now = asked ? now : clock_of(folder);
        asked = true;
        return !error && now && std::difftime(*now, written) > kOldAge;
    };
    boost::system::error_code error;
    std::vector<fs::path> files;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    {
        files.push_back(entry->path());
    }
    for (const fs::path &file : files)
    {
        const std::string id = id_of(file.filename().string());
        if (id == own)
        {
            continue;
        }
        const auto dead = id.empty() ? std::nullopt : is_dead(id);
        boost::system::error_code kept;
        if (dead ? *dead : is_old(file))
        {
            fs::remove(file, kept);
        }
    }
}

} // namespace tiledir::store
