#include "tools/engine/executors/executor_registry.h"

#include "tools/engine/executors/threads_executor.h"
#include "tools/engine/executors/workers_executor.h"
#include "tools/engine/recipe/executor_names.h"

#include <algorithm>
#include <iterator>

namespace tiledir::engine
{

const std::vector<ExecutorKind> &executor_kinds()
{
    static const std::vector<ExecutorKind> kKinds = {{"threads", thread_makers, false, false},
                                                     {"workers", process_makers, false, true},
                                                     {"serial", thread_makers, true, false}};
    return kKinds;
}

std::vector<std::string> executor_names()
{
    std::vector<std::string> names;
    std::transform(executor_kinds().begin(), executor_kinds().end(), std::back_inserter(names),
                   [](const ExecutorKind &kind) { return kind.name; });
    return names;
}

const ExecutorKind &executor_of(const Recipe &recipe)
{
    const auto fits = [&recipe](const ExecutorKind &kind) {
        return recipe.executor == "auto" ? kind.ends_slow_tiles || recipe.tile_timeout == 0
                                         : kind.name == recipe.executor;
    };
    return *std::find_if(executor_kinds().begin(), executor_kinds().end(), fits); // the schema knows no other names
}

} // namespace tiledir::engine
