#include "tools/engine/processes/process.h"

#include "stac/error.h"
#include "stac/nearest_name.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tiledir::engine
{

const ProcessKind &process_kind(const std::string &name)
{
    std::vector<std::string> names;
    for (const auto &kind : process_kinds())
    {
        if (kind.name == name)
        {
            return kind;
        }
        names.push_back(kind.name);
    }
    const std::string near = stac::nearest_name(name, names);
    throw InputError(fmt::format("process: '{}' is not known; {}", name,
                                 near.empty() ? fmt::format("the known ones are {}", fmt::join(names, ", "))
                                              : "the nearest known one is '" + near + "'"));
}

} // namespace tiledir::engine
