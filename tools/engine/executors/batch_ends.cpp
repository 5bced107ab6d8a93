#include "tools/engine/executors/batch_ends.h"

#include <spdlog/spdlog.h>

#include <utility>

namespace tiledir::engine
{

void BatchEnds::made(std::size_t maker, std::function<void()> writing, const std::string &name)
{
    if (m_ending[maker].valid())
    {
        m_ending[maker].get();
    }
    m_ending[maker] = std::async(std::launch::async,
                                 [&context = m_context, writing = std::move(writing), name]
                                 {
                                     writing();
                                     context.journal.flush();
                                     spdlog::debug("event=batch_done {}", name);
                                 });
}

void BatchEnds::left(std::size_t maker, std::function<void()> writing)
{
    m_left[maker].push_back(std::move(writing));
}

void BatchEnds::finish()
{
    for (auto &ending : m_ending)
    {
        if (ending.valid())
        {
            ending.get();
        }
    }
    for (const auto &writings : m_left)
    {
        for (const auto &writing : writings)
        {
            writing();
        }
    }
}

} // namespace tiledir::engine
