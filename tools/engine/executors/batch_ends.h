// Batches that are made, and not yet done by the journal's word.
#pragma once

#include "tools/engine/executors/executor.h"

#include <future>
#include <string>
#include <vector>

namespace tiledir::engine
{

/// Names each batch in the journal as soon as its tiles are written, while its maker goes on with another one: of each
/// maker no more than two are not done, the one in work and the one before. A maker's functions are for its thread.
class BatchEnds
{
public:
    BatchEnds(const RunContext &context, std::size_t makers)
        : m_context(context)
        , m_ending(makers)
    {
    }

    /// `writing` returns when the tiles of the batch `name` are written. Waits until the maker's batch before is done.
    /// Throws what went wrong with that one.
    void made(std::size_t maker, std::function<void()> writing, const std::string &name);
    /// Returns when all are done. Throws the first thing that went wrong.
    void finish();

private:
    const RunContext &m_context;
    std::vector<std::future<void>> m_ending; ///< by maker
};

} // namespace tiledir::engine
