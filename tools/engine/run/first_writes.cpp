#include "tools/engine/run/first_writes.h"

namespace tiledir::engine
{

FirstWrites::FirstWrites(bool aside, const std::function<void()> &task)
    : m_task(task)
    , m_done(m_task.get_future().share())
{
    if (aside)
    {
        m_thread = std::thread(std::ref(m_task));
        return;
    }
    m_task();
    wait();
}

FirstWrites::~FirstWrites()
{
    if (m_thread.joinable())
    {
        m_thread.join();
    }
}

} // namespace tiledir::engine
