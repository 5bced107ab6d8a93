// Several processes, one after the other, as one.
#pragma once

#include "tools/engine/processes/process.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tiledir::engine
{

/// The name under which a step has what the step before it has made.
constexpr const char *kPrevious = "previous";

struct Step
{
    std::shared_ptr<const ProcessKind> kind;
    Json parameters; ///< resolved
    /// Which input of the recipe, or kPrevious, each of the step's own is; those that are not named are of the same
    /// name, but the only one of a later step whose parameters do not name it, which is kPrevious.
    std::map<std::string, std::string> inputs;
};

/// Takes the inputs of all steps but kPrevious. Each step has that, made in memory of as many pixels more as the
/// buffers of later steps need, as tiles of the step's own type would hold it; beyond the grid it is without data.
/// Throws InputError: a step takes what is not there, or another meaning of an input's pixels than a step before it.
std::shared_ptr<const ProcessKind> kind_of_steps(const std::vector<Step> &steps);

} // namespace tiledir::engine
