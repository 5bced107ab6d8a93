#include "tools/engine/host/memory.h"

#include "stac/error.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <vector>

namespace tiledir::engine
{
namespace
{

constexpr std::int64_t kKibi = 1024;
constexpr const char *kGroups = "/sys/fs/cgroup";

/// The number in a file; nothing there, `max` or absurdly much is 0.
std::int64_t number_in(const std::string &path)
{
    constexpr std::int64_t kNoLimit = std::int64_t{1} << 60;
    std::ifstream file(path);
    std::int64_t number = 0;
    return file >> number && number < kNoLimit ? number : 0;
}

/// The number behind a word at the beginning of a line.
std::int64_t number_after(const std::string &path, const std::string &word)
{
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);)
    {
        if (line.rfind(word, 0) == 0)
        {
            return std::strtoll(line.c_str() + word.size(), nullptr, 10);
        }
    }
    return 0;
}

/// Folders of this process's control groups that govern memory, from its own up.
std::vector<std::string> memory_groups()
{
    std::vector<std::string> folders;
    std::ifstream file("/proc/self/cgroup");
    for (std::string line; std::getline(file, line);)
    {
        const auto first = line.find(':');
        const auto second = line.find(':', first + 1);
        if (second == std::string::npos)
        {
            continue;
        }
        const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
        std::string folder = kGroups;
        if (controllers != ",,")
        {
            if (controllers.find(",memory,") == std::string::npos)
            {
                continue;
            }
            folder += "/memory";
        }
        std::string group = line.substr(second + 1);
        while (!group.empty() && group != "/")
        {
            folders.push_back(folder + group);
            group.resize(group.find_last_of('/'));
        }
        folders.push_back(folder);
    }
    return folders;
}

} // namespace

std::int64_t memory_limit()
{
    std::int64_t least = number_after("/proc/meminfo", "MemTotal:") * kKibi;
    for (const auto &folder : memory_groups())
    {
        for (const char *name : {"/memory.max", "/memory.limit_in_bytes"})
        {
            if (const std::int64_t limit = number_in(folder + name); limit > 0)
            {
                least = least > 0 ? std::min(least, limit) : limit;
            }
        }
    }
    return least;
}

std::int64_t parse_memory(const std::string &text, const std::string &where)
{
    char *end = nullptr;
    const double number = std::strtod(text.c_str(), &end);
    std::string unit = end;
    unit.erase(std::remove(unit.begin(), unit.end(), ' '), unit.end());
    std::transform(unit.begin(), unit.end(), unit.begin(), [](unsigned char letter) { return std::toupper(letter); });
    double factor = 0;
    if (unit == "%")
    {
        factor = static_cast<double>(memory_limit()) / 100;
    }
    else
    {
        const std::string letters = "BKMGT";
        const auto power = unit.empty() ? 0 : letters.find(unit.front());
        const std::string rest = unit.empty() ? "" : unit.substr(1);
        if (power != std::string::npos && (rest.empty() || (power > 0 && (rest == "B" || rest == "IB"))))
        {
            factor = 1;
            for (std::size_t i = 0; i < power; ++i)
            {
                factor *= kKibi;
            }
        }
    }
    const double bytes = number * factor;
    if (end == text.c_str() || !(bytes >= 1) || bytes > 1e18)
    {
        throw InputError(fmt::format("{}: '{}' is no amount of memory; one is 2GB, 512MB or 50%", where, text));
    }
    return static_cast<std::int64_t>(bytes);
}

std::string memory_text(std::int64_t bytes)
{
    constexpr double kMebi = 1024.0 * 1024.0;
    const double mebis = static_cast<double>(bytes) / kMebi;
    return mebis < kKibi ? fmt::format("{:.0f} MB", mebis) : fmt::format("{:.2f} GB", mebis / kKibi);
}

std::int64_t resident_memory(pid_t process)
{
    static const std::int64_t kPage = sysconf(_SC_PAGESIZE);
    std::ifstream file(fmt::format("/proc/{}/statm", process));
    std::int64_t size = 0;
    std::int64_t resident = 0;
    return file >> size >> resident ? resident * kPage : 0;
}

std::int64_t peak_memory()
{
    return number_after("/proc/self/status", "VmHWM:") * kKibi;
}

void forget_peak_memory()
{
    std::ofstream("/proc/self/clear_refs") << "5"; // proc(5): resets VmHWM
}

std::int64_t kernel_memory_kills()
{
    for (const auto &folder : memory_groups())
    {
        if (const std::int64_t kills = number_after(folder + "/memory.events", "oom_kill "); kills > 0)
        {
            return kills;
        }
    }
    return 0;
}

} // namespace tiledir::engine
