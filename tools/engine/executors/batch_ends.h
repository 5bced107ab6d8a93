// Batches that are made, and not yet done by the journal's word.
#pragma once

#include "tools/engine/executors/run_context.h"

#include <deque>
#include <functional>
#include <future>
#include <string>
#include <vector>

namespace tiledir::engine
{

/// Names each batch in the journal as soon as its tiles are written, while its maker goes on with another one: of each
/// maker no more than two are not done, the one in work and the one before; a few more over a network, where each word
/// takes a while. A maker's functions are for its thread.
class BatchEnds
{
public:
    BatchEnds(const RunContext &context, std::size_t makers);

    /// `writing` returns when the tiles of the batch `name` are written. Waits until the maker's batch before, or an
    /// earlier one, is done. Throws what went wrong with that one.
    void made(std::size_t maker, std::function<void()> writing, const std::string &name);
    /// Ends a batch without a word of its own: the next one tells of it.
    void left(std::size_t maker, std::function<void()> writing);
    /// Returns when all are done, those that were left by whoever flushes the journal next. Throws the first thing that
    /// went wrong.
    void finish();

private:
    const RunContext &m_context;
    const std::size_t m_most;                               ///< batches of a maker that are ending
    std::vector<std::deque<std::future<void>>> m_ending;    ///< by maker
    std::vector<std::vector<std::function<void()>>> m_left; ///< of batches that are not waited for yet
};

} // namespace tiledir::engine
