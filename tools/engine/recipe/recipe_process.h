// The process that a recipe names, or its steps.
#pragma once

#include "tools/engine/processes/process_registry.h"
#include "tools/engine/schema/schema.h"

#include <memory>
#include <string>

namespace tiledir::engine
{

struct NamedProcess
{
    std::shared_ptr<const ProcessKind> kind;
    Json parameters; ///< resolved; null where it has steps, which have their own
};

/// Of keys `process` and `parameters` of a document as it was written; makes them in `resolved` what they are in full.
/// `source`: the file, for messages. `read` is called for files that parameters name. Throws InputError.
NamedProcess read_process(const YAML::Node &document, const std::string &source, const ProcessRegistry &processes,
                          const ReadText &read, Json &resolved);

} // namespace tiledir::engine
