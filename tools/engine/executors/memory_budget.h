// How many batches at once a run's memory allows.
#pragma once

#include <cstdint>
#include <mutex>

namespace tiledir::engine
{

/// Begins with an estimate and follows what is measured. All functions may be called from many threads.
class MemoryBudget
{
public:
    /// `fixed`: bytes that the run has without any batch. `estimate`: bytes that a batch takes. `at_once`: batches that
    /// the run would like to make at once.
    MemoryBudget(std::int64_t budget, std::int64_t fixed, std::int64_t estimate, int at_once)
        : m_budget(budget)
        , m_fixed(fixed)
        , m_at_once(at_once)
        , m_each(estimate)
    {
    }

    std::int64_t budget() const { return m_budget; }
    int running() const;
    /// Counts a batch that begins, if it fits beside those that run. One always does; one that needs all goes alone.
    bool begin(bool needs_all);
    void end();
    /// Bytes that each batch may take.
    std::int64_t share() const;
    /// Measured: bytes that a batch takes. More counts at once, less bit by bit.
    void learn(std::int64_t bytes);
    /// Measured: bytes of the whole process that makes the batches on its threads.
    void learn_of_all(std::int64_t bytes);

    /// Bytes that all batches may take.
    std::int64_t for_batches() const { return m_budget > m_fixed ? m_budget - m_fixed : 0; }

private:
    const std::int64_t m_budget;
    const std::int64_t m_fixed;
    const int m_at_once;
    mutable std::mutex m_mutex; ///< guards what follows
    std::int64_t m_each;
    int m_running = 0;
    bool m_all_taken = false;
};

} // namespace tiledir::engine
