#include "tools/engine/executors/batch_ends.h"

#include <spdlog/spdlog.h>

#include <utility>

namespace tiledir::engine
{
namespace
{

constexpr std::size_t kMostOverNetwork = 4;

} // namespace

BatchEnds::BatchEnds(const RunContext &context, std::size_t makers)
    : m_context(context)
    , m_most(context.store.is_remote() ? kMostOverNetwork : 1)
    , m_ending(makers)
    , m_left(makers)
{
}

void BatchEnds::made(std::size_t maker, std::function<void()> writing, const std::string &name)
{
    auto &ending = m_ending[maker];
    while (ending.size() >= m_most)
    {
        ending.front().get();
        ending.pop_front();
    }
    ending.push_back(std::async(std::launch::async,
                                [&context = m_context, writing = std::move(writing), name]
                                {
                                    writing();
                                    context.journal.flush();
                                    spdlog::debug("event=batch_done {}", name);
                                }));
}

void BatchEnds::left(std::size_t maker, std::function<void()> writing)
{
    m_left[maker].push_back(std::move(writing));
}

void BatchEnds::finish()
{
    for (auto &endings : m_ending)
    {
        for (auto &ending : endings)
        {
            ending.get();
        }
        endings.clear();
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
