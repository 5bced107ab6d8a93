#include "driver/store/temporary_files.h"

#include <boost/filesystem.hpp>

#include <csignal>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>

namespace tiledir::store
{

namespace fs = boost::filesystem;

namespace
{

constexpr std::time_t kOldAge = 24 * 60 * 60;

bool is_of_the_dead(const fs::path &file)
{
    const std::string name = file.filename().string();
    const std::string own = host_name() + "-";
    if (name.compare(0, own.size(), own) == 0)
    {
        const long process = std::strtol(name.c_str() + own.size(), nullptr, 10);
        return is_dead(process);
    }
    boost::system::error_code error;
    const std::time_t written = fs::last_write_time(file, error);
    return !error && written + kOldAge < std::time(nullptr);
}

} // namespace

std::string host_name()
{
    std::array<char, 64> host{};
    gethostname(host.data(), host.size() - 1);
    return host.data();
}

bool is_dead(long process)
{
    return process > 0 && kill(static_cast<pid_t>(process), 0) != 0 && errno == ESRCH;
}

std::string temporary_prefix()
{
    std::random_device random;
    std::array<char, 120> text{};
    std::snprintf(text.data(), text.size(), "%s-%ld-%08x-", host_name().c_str(), static_cast<long>(getpid()), random());
    return text.data();
}

TemporaryFile::~TemporaryFile()
{
    if (!m_path.empty())
        unlink(m_path.c_str());
}

bool TemporaryFile::rename(const std::string &target)
{
    if (std::rename(m_path.c_str(), target.c_str()) != 0)
        return false;
    m_path.clear();
    return true;
}

void remove_temporary_files_of_the_dead(const std::string &folder)
{
    boost::system::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    {
        boost::system::error_code kept;
        if (is_of_the_dead(entry->path()))
            fs::remove(entry->path(), kept);
    }
}

} // namespace tiledir::store
