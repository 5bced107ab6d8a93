// The processes that recipes may name.
#pragma once

#include "tools/engine/processes/process.h"

#include <memory>
#include <string>
#include <vector>

namespace tiledir::engine
{

/// Not for several threads while kinds are added.
class ProcessRegistry
{
public:
    using KindPtr = std::shared_ptr<const ProcessKind>;

    /// Throws InputError where the name is taken.
    void add(ProcessKind kind);
    /// Never null. Throws InputError with the nearest known name.
    KindPtr find(const std::string &name) const;
    /// In the order in which they were added.
    const std::vector<KindPtr> &kinds() const { return m_kinds; }

private:
    std::vector<KindPtr> m_kinds;
};

} // namespace tiledir::engine
