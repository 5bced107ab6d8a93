#include "tools/engine/processes/process_registry.h"

#include "stac/error.h"
#include "stac/nearest_name.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace tiledir::engine
{

void ProcessRegistry::add(ProcessKind kind)
{
    if (std::any_of(m_kinds.begin(), m_kinds.end(), [&](const KindPtr &known) { return known->name == kind.name; }))
    {
        throw InputError(fmt::format("process: there is a '{}' already", kind.name));
    }
    m_kinds.push_back(std::make_shared<const ProcessKind>(std::move(kind)));
}

ProcessRegistry::KindPtr ProcessRegistry::find(const std::string &name) const
{
    std::vector<std::string> names;
    for (const KindPtr &kind : m_kinds)
    {
        if (kind->name == name)
        {
            return kind;
        }
        names.push_back(kind->name);
    }
    const std::string near = stac::nearest_name(name, names);
    throw InputError(fmt::format("process: '{}' is not known; {}", name,
                                 near.empty() ? fmt::format("the known ones are {}", fmt::join(names, ", "))
                                              : "the nearest known one is '" + near + "'"));
}

} // namespace tiledir::engine
