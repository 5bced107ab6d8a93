#include "tools/engine/executors/memory_budget.h"

#include <algorithm>

namespace tiledir::engine
{

int MemoryBudget::running() const
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    return m_running;
}

bool MemoryBudget::begin(bool needs_all)
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    const bool fits = !needs_all && !m_all_taken && (m_running + 1) * m_each <= for_batches();
    if (m_running > 0 && !fits)
    {
        return false;
    }
    ++m_running;
    m_all_taken = needs_all;
    return true;
}

void MemoryBudget::end()
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    --m_running;
    m_all_taken = false;
}

std::int64_t MemoryBudget::share() const
{
    const std::lock_guard<std::mutex> lock(m_mutex);
    const std::int64_t fitting = for_batches() / std::max<std::int64_t>(1, m_each);
    return for_batches() / std::clamp<std::int64_t>(fitting, 1, m_at_once);
}

void MemoryBudget::learn(std::int64_t bytes)
{
    constexpr std::int64_t kSlowness = 8;
    const std::lock_guard<std::mutex> lock(m_mutex);
    m_each = bytes > m_each ? bytes : m_each - (m_each - bytes) / kSlowness;
}

void MemoryBudget::learn_of_all(std::int64_t bytes)
{
    learn(std::max<std::int64_t>(0, bytes - m_fixed) / std::max(1, running()));
}

} // namespace tiledir::engine
