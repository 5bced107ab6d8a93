#include "driver/journal/process_name.h"

#include <unistd.h>

#include <array>
#include <fstream>
#include <sstream>

namespace tiledir::journal
{

namespace
{

/// "BOOT NAMESPACE": whose process ids one knows. Empty where /proc does not tell.
std::string own_world()
{
    std::string boot;
    std::ifstream("/proc/sys/kernel/random/boot_id") >> boot;
    std::array<char, 64> space{};
    const ssize_t size = readlink("/proc/self/ns/pid", space.data(), space.size() - 1);
    return boot.empty() || size <= 0 ? std::string() : boot + ' ' + space.data();
}

/// Of the system's clock ticks; empty where there is no such process.
std::string start_of(const std::string &process)
{
    std::ifstream file("/proc/" + process + "/stat");
    std::string text;
    std::getline(file, text);
    const std::size_t name_end = text.rfind(')'); // the name may hold anything
    if (name_end == std::string::npos)
    {
        return "";
    }
    constexpr int kStart = 20; // the 22nd field, of which two are before the name's end
    std::istringstream fields(text.substr(name_end + 1));
    std::string field;
    for (int i = 0; i < kStart; ++i)
    {
        fields >> field;
    }
    return field;
}

} // namespace

std::string own_process_name()
{
    const std::string world = own_world();
    const std::string start = start_of("self");
    return world.empty() || start.empty() ? std::string() : world + ' ' + std::to_string(getpid()) + ' ' + start;
}

bool is_process_gone(const std::string &name)
{
    std::istringstream words(name);
    std::string boot;
    std::string space;
    std::string process;
    std::string start;
    if (!(words >> boot >> space >> process >> start) || boot + ' ' + space != own_world() ||
        process.find_first_not_of("0123456789") != std::string::npos)
    {
        return false;
    }
    return start_of(process) != start;
}

} // namespace tiledir::journal
